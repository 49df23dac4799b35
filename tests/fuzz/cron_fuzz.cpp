#include <cstddef>
#include <cstdint>

#include "cron_invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::check_cron({data, size});
  return 0;
}
