# web_assets: the page, built by npm and embedded by scripts/embed_assets.py; implements src/http/assets.h.
# With SCHEDULER_WEB=OFF a page of one line stands in its place, and npm is not needed.
enable_language(ASM)

set(web_dir ${CMAKE_SOURCE_DIR}/web)
set(web_out ${CMAKE_BINARY_DIR}/web)
set(web_generated ${web_out}/web_assets.cpp ${web_out}/web_assets.S ${web_out}/web_assets.bin)
set(embed_script ${CMAKE_SOURCE_DIR}/scripts/embed_assets.py)

if(SCHEDULER_WEB)
  find_program(NPM npm REQUIRED)
  find_program(FLOCK flock REQUIRED)
  file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web_dir}/src/* ${web_dir}/public/* ${web_dir}/scripts/*)
  list(FILTER web_sources EXCLUDE REGEX "\\.test\\.ts$")
  list(APPEND web_sources ${web_dir}/index.html ${web_dir}/boot.js ${web_dir}/docs.html ${web_dir}/package.json
    ${web_dir}/package-lock.json ${web_dir}/.npmrc ${web_dir}/vite.config.ts ${web_dir}/svelte.config.js)
  set(web_dist ${web_out}/dist)
  # Build folders share web/node_modules; the lock keeps two builds from installing at once.
  set(web_commands COMMAND ${FLOCK} ${web_dir} sh ${web_dir}/scripts/build.sh ${web_dist})
else()
  set(web_sources)
  set(web_commands)
  set(web_dist ${web_out}/left-out)
  file(CONFIGURE OUTPUT ${web_dist}/index.html CONTENT
    "<!doctype html><title>Mini Scheduler</title><p>This binary was built without its page (SCHEDULER_WEB=OFF); the API is described in <a href=\"/openapi.json\">/openapi.json</a>.\n")
endif()

add_custom_command(
  OUTPUT ${web_generated}
  ${web_commands}
  COMMAND ${Python3_EXECUTABLE} ${embed_script} ${web_dist} ${web_out}
  DEPENDS ${web_sources} ${embed_script}
  COMMENT "Building the page"
  VERBATIM)

add_library(web_assets STATIC ${web_out}/web_assets.cpp ${web_out}/web_assets.S)
target_link_libraries(web_assets PUBLIC compile_options)
set_source_files_properties(${web_out}/web_assets.S PROPERTIES OBJECT_DEPENDS ${web_out}/web_assets.bin)
# The options are for C++; the assembler takes none of them.
set_source_files_properties(${web_out}/web_assets.S PROPERTIES COMPILE_OPTIONS "-w")
