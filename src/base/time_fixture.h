// For tests: instants as they are written.
#pragma once
#include "base/time.h"

namespace base {

// Throws where the text is no instant (parse_iso).
inline Instant at(std::string_view iso) {
  return parse_iso(iso).value();
}

}  // namespace base
