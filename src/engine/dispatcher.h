// Books through the ledger, then does what the plan says: hands attempts to the runner, cancels, arms timers;
// and books what the runner reports. Lives on the engine's thread; nothing here may be called from another.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "engine/janitor.h"
#include "engine/ledger.h"
#include "engine/loop.h"
#include "engine/planner.h"
#include "engine/timers.h"

namespace engine {

class Dispatcher {
 public:
  using Booking = std::function<base::Result<void>(store::Transaction&, Slots&, Plan&)>;
  using Then = std::function<void(base::Result<void>)>;

  struct Parts {
    store::Store& store;
    const base::Clock& clock;
    const Options& options;
    Loop& loop;
    Planner& planner;
    Timers& timers;
    Janitor& janitor;
    const Ledger& ledger;
  };
  explicit Dispatcher(Parts parts);

  void use(runner::Runner& runner) { runner_ = &runner; }

  // Runs the booking in one transaction with up to `wanted` slots, carries its plan out after the commit, and
  // then calls `then`, all in the order in which bookings were asked for.
  void book(std::int64_t wanted, Booking booking, Then then = {});

  // The same, without slots, and again each second until the store keeps it, as long as it is `wanted`.
  void book_surely(
      Booking booking, std::function<bool()> wanted = [] { return true; });

  // What the runner knows is held against what the store believes: adopts what runs, books what ended, starts
  // what was never started, and calls lost what the runner can't know of any more.
  void reconcile(const runner::Snapshot& snapshot);
  void disconnected(const std::string& why);
  void on_event(const runner::Event& event);
  // Books what was reported, and promotes what waits for a slot, as far as it can be done now.
  void pump();

  // Calls that when no report waits to be booked; now, where none does.
  void when_reports_are_booked(std::function<void()> action);

  // A deleted task's attempt that the runner is still ending: its output goes when it has.
  void doom(const runner::AttemptKey& key, TaskId task_id) { doomed_[key] = task_id; }

  void follow(ExecutionId id, std::weak_ptr<std::function<void()>> grown);

  bool connected() const { return connected_; }
  std::int64_t running() const { return static_cast<std::int64_t>(active_.size()); }
  std::uint64_t started_count() const { return started_count_; }
  std::uint64_t finished_count() const { return finished_count_; }

 private:
  void carry_out(Plan& plan);
  // With the places in pools that nobody holds any more.
  void start_unstarted(std::vector<task::Execution> unstarted, std::vector<runner::AttemptKey> left);
  void end_unbegun(const runner::AttemptKey& key, runner::EndCause cause, std::string error);
  struct Reports;
  std::shared_ptr<Reports> take_reports();
  void book_reports();
  void promote_waiting();
  void wait_for(ExecutionId id, Instant due_at);
  void give_up(ExecutionId id, Instant deadline);
  void load_backoffs();
  void load_deadlines();
  void tell_followers(ExecutionId id);
  std::int64_t free_slots() const;
  // A reported end, and whose it was.
  struct End {
    runner::Finished finished;
    TaskId task_id;
  };
  TaskId task_of(ExecutionId id) const;
  store::Output read_output(const End& end) const;
  void settle(const std::vector<End>& ends);
  void writes_no_more(const runner::AttemptKey& key);

  Parts parts_;
  runner::Runner* runner_ = nullptr;
  const std::map<std::string, std::string> inherited_;
  bool connected_ = false;
  std::uint64_t connections_ = 0;
  bool timers_loaded_ = false;

  struct Active {
    TaskId task_id;
    int attempt;
  };
  std::unordered_map<ExecutionId, Active>
      active_;                 // claimed, or left of a deleted task, and not yet reported as ended
  std::int64_t reserved_ = 0;  // slots lent to transactions under way
  bool slot_waiters_ = true;   // unknown until the first look
  bool promoting_ = false;

  std::vector<runner::Started> started_;  // reported, not yet booked
  std::vector<End> ends_;
  bool booking_reports_ = false;
  std::vector<std::function<void()>> until_booked_;
  std::map<runner::AttemptKey, TaskId> doomed_;
  std::set<runner::AttemptKey> strangers_;  // of tasks that were deleted before the start
  std::unordered_map<ExecutionId, std::vector<std::weak_ptr<std::function<void()>>>> followers_;

  std::mt19937_64 random_;
  std::uint64_t started_count_ = 0;
  std::uint64_t finished_count_ = 0;
};

}  // namespace engine
