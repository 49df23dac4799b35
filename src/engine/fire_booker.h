// Books the fires whose time has come. Lives on the engine's thread; nothing here may be called from another.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "engine/dispatcher.h"
#include "engine/ledger.h"
#include "engine/planner.h"
#include "engine/timekeeper.h"
#include "engine/timers.h"

namespace engine {

class FireBooker {
 public:
  struct Parts {
    const base::Clock& clock;
    Planner& planner;
    Timers& timers;
    const Timekeeper& timekeeper;
    const Ledger& ledger;
    Dispatcher& dispatcher;
  };
  explicit FireBooker(Parts parts) : parts_(parts) {}

  // Takes from the planner what is due. Prompt fires are booked at once, the soonest alone, then more and
  // more in a transaction; missed ones one part after another, so that however many were missed, a fire that
  // is due now waits for no more than one. What the database refuses is due again 1 s later.
  void book_due(Instant now);

  std::uint64_t fires() const { return fires_; }  // that came due since the start

 private:
  using Due = Planner::Due;

  void book_in_steps(std::vector<Due> due, Instant now, std::span<const std::size_t> steps);
  void book_others(std::span<const Due> due, Instant now);
  void book_late();
  void book(std::vector<Due> due, Instant now, std::function<void()> then);

  Parts parts_;
  std::deque<Due> late_;  // missed, not yet booked
  bool booking_late_ = false;
  std::uint64_t fires_ = 0;
};

}  // namespace engine
