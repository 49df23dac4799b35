// The only door to the current time: everything else takes time as an argument or asks a Clock.
#pragma once
#include "base/time.h"

namespace base {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;  // any thread
};

// The machine's wall clock.
class SystemClock : public Clock {
 public:
  Instant now() const override;
};

// A clock that stands where it was set; tests move it.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Instant at) : at_(at) {}
  Instant now() const override { return at_; }
  void set(Instant at) { at_ = at; }
  void advance(Milliseconds by) { at_ += by; }

 private:
  Instant at_;
};

}  // namespace base
