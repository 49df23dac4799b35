# One folder of src is one library, one namespace and, where it has *_test.cpp files, one test program.
add_library(compile_options INTERFACE)
target_compile_options(compile_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wno-missing-field-initializers -Werror -fno-plt $<$<CONFIG:Debug>:-Og>)
# GCC 12's warnings by data flow are wrong about std::map and std::string where much is inlined; the sanitizers
# look for what they mean.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(compile_options INTERFACE -Wno-maybe-uninitialized -Wno-stringop-overflow
    -Wno-stringop-overread -Wno-array-bounds -Wno-restrict)
endif()
if(CMAKE_UNITY_BUILD)
  # a unit of several files takes their local types for those of a header
  target_compile_options(compile_options INTERFACE -Wno-subobject-linkage)
endif()
target_compile_definitions(compile_options INTERFACE SPDLOG_HEADER_ONLY FMT_HEADER_ONLY SPDLOG_FMT_EXTERNAL
  TOML_HEADER_ONLY=1 BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_DATE_TIME=0)
target_include_directories(compile_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/cmake ${CMAKE_BINARY_DIR}/generated)
target_link_libraries(compile_options INTERFACE Threads::Threads)
target_link_options(compile_options INTERFACE -static-libstdc++ -static-libgcc)

if(SCHEDULER_SANITIZE)
  string(REPLACE "+" "," sanitizers ${SCHEDULER_SANITIZE})
  add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${sanitizers})
  if(SCHEDULER_SANITIZE STREQUAL "thread")
    add_compile_options(-Wno-tsan)  # Asio's fences, which it cannot follow
  endif()
  set_property(TARGET compile_options PROPERTY INTERFACE_LINK_OPTIONS "")
  add_library(sanitizer_options OBJECT ${CMAKE_SOURCE_DIR}/cmake/sanitizer_options.cpp)
  target_compile_definitions(sanitizer_options PRIVATE SCHEDULER_SANITIZER_REPORTS="${CMAKE_BINARY_DIR}/sanitizer")
  set(is_program $<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>)
  link_libraries($<${is_program}:$<TARGET_OBJECTS:sanitizer_options>>)
endif()
if(SCHEDULER_FUZZ)
  # clang 14 cannot place what `function` checks in the parts of a coroutine
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
  set_property(TARGET compile_options PROPERTY INTERFACE_LINK_OPTIONS "")
endif()

# The include rule of docs/architecture.md holds in every build.
add_custom_target(layers ALL
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/scripts/check_layers.py ${CMAKE_SOURCE_DIR}/src
  COMMENT "Checking the layers" VERBATIM)

# Tests gain little by the full optimiser, which takes a third of the time that they take to compile.
set(test_options $<$<CONFIG:Release>:-O1>)

# Headers are precompiled once for all libraries, and once for all tests: `first` does it.
function(share_precompiled name first)
  if(name STREQUAL first)
    target_precompile_headers(${name} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${name} REUSE_FROM ${first})
  endif()
endfunction()

# scheduler_folder(NAME [DEPS libraries...] [TEST_DEPS libraries...])
function(scheduler_folder name)
  cmake_parse_arguments(arg "" "" "DEPS;TEST_DEPS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$|/main\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC compile_options ${arg_DEPS})
    share_precompiled(${name} base <precompiled.h>)
    set_property(TARGET ${name} PROPERTY LINKER_LANGUAGE CXX)
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE compile_options ${arg_DEPS})
  endif()
  if(SCHEDULER_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} ${arg_TEST_DEPS} gtest gmock gtest_main)
    target_compile_options(${name}_test PRIVATE ${test_options})
    share_precompiled(${name}_test base_test <precompiled.h> <precompiled_test.h>)
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
endfunction()
