// One fuzzer: CHECK is the function of invariants.h that it calls.
#include <cstddef>

#include "invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::CHECK({data, size});
  return 0;
}
