// For tests: instants as they are written, and a clock that stands still.
#pragma once
#include <atomic>

#include "base/clock.h"

namespace base {

// Throws where the text is no instant (parse_iso).
inline Instant at(std::string_view iso) {
  return parse_iso(iso).value();
}

// Stands where it was set; other threads may read it meanwhile.
class SharedClock : public Clock {
 public:
  explicit SharedClock(Instant at) : at_(at) {}
  Instant now() const override { return at_; }
  void set(Instant at) { at_ = at; }
  void advance(Milliseconds by) { at_ = at_.load() + by; }

 private:
  std::atomic<Instant> at_;
};

}  // namespace base
