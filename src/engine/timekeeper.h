// What the engine knows of the clock and of the time zones: notices that one was set back or that the others
// were changed, and has the tasks' cursors follow. Lives on the engine's thread.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/dispatcher.h"

namespace engine {

class Timekeeper {
 public:
  struct Parts {
    store::Store& store;
    const base::Clock& clock;
    const Options& options;
    Timers& timers;
    Schedules& schedules;
    const Ledger& ledger;
    Dispatcher& dispatcher;
    bool watches_zones;
  };
  explicit Timekeeper(Parts parts) : parts_(parts) {}

  // Holds the clock and the zones against what was booked before the start. Before anything fires.
  void begin();
  // Each time that something may be due. A clock that was set back moves timers, retries and cursors.
  void look(Instant now);
  // Reads the zones anew where their files have changed, and moves the cursors of the tasks to which that
  // makes a difference. Costs a few milliseconds where nothing has.
  void look_at_zones();

  const ClockPast& past() const { return past_; }

 private:
  using Move = std::function<void(store::Transaction&, TaskId, Instant now, Plan&)>;
  void set_back(Instant from, Instant now);
  void set_cursors_back();
  // Of the tasks above `after` those whose last fire has passed, some hundred in a transaction.
  void set_ended_back(TaskId after);
  void follow_zones();
  // Every task that has a next fire, some hundred in a transaction, one after another; then `then`.
  void for_each_task(const Move& move, std::function<void()> then);
  Instant latest_evidence(ExecutionId booked_before);

  Parts parts_;
  ClockPast past_;
  Instant latest_seen_{};
  int passes_ = 0;
  std::string zones_;  // what their files were when the cursors were right
};

// How often the zones' files are looked at.
inline constexpr std::chrono::hours kZonesLook{1};

}  // namespace engine
