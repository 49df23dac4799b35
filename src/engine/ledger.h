// What a transaction books: fires, runs, starts and ends of attempts. Every function here works inside one
// transaction of the store and tells in a Plan what is to be done after its commit; it does nothing else, so
// that a transaction that is rolled back or run again leaves no trace.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/held_places.h"
#include "engine/schedules.h"
#include "runner/runner.h"
#include "store/store.h"
#include "task/admission.h"
#include "task/misfire.h"
#include "task/repeated_time.h"

namespace engine {

// An attempt that was claimed for the runner.
struct StartOrder {
  task::Execution execution;
  task::TaskDefinition definition;
};

// What is to be done once the transaction is kept.
struct Plan {
  std::vector<StartOrder> starts;
  std::vector<runner::AttemptKey> cancels;
  std::vector<runner::AttemptKey> unwanted;  // cancelled before the runner knew of them: they end unbegun
  std::vector<ExecutionId> unstarted;        // claimed, and ended without the runner: their slots are free
  struct Backoff {
    ExecutionId id;
    Instant due_at;
  };
  std::vector<Backoff> backoffs;
  std::vector<Backoff> deadlines;  // of what waits: given up then (start_deadline_s)
  std::vector<std::pair<TaskId, std::optional<Instant>>> due_times;  // for the planner
  std::vector<TaskId> ended;  // tasks with a new final record: retention may have work
  bool slot_waiters = false;
};

// Attempts that may still be claimed. Taken by the engine before the transaction, given back after it.
class Slots {
 public:
  explicit Slots(std::int64_t free) : free_(free) {}
  bool take() { return free_ > 0 && free_-- > 0; }
  std::int64_t left() const { return free_; }

 private:
  std::int64_t free_;
};

// What the engine knows of the clock's past when it books.
struct ClockPast {
  Instant began_at{};  // what was due before it is a misfire
  std::optional<task::RepeatedTime> repeated = std::nullopt;
};

// The clock showed that many milliseconds since 1970 when a record of skipped fires was made longer: of those
// it is the only evidence, where younger records are older than it.
inline constexpr std::string_view kFoldedAtSetting = "folded_at";

class Ledger {
 public:
  Ledger(const Options& options, Schedules& schedules) : options_(options), schedules_(schedules) {}

  // Books the fire(s) of a task whose due time came: runs, skips and misfires, and moves its cursor. Nothing
  // where the task is gone, paused or due at another time. What was due before the engine began is a misfire,
  // as is what is later than kLateIsMisfire.
  void fire(store::Transaction& tx, TaskId id, Instant due_at, Instant now, const ClockPast& past,
            Slots& slots, Plan& plan) const;

  // Books the fires of that task that are due, where there are any; gives the task as it is then.
  std::optional<task::Task> settle(store::Transaction& tx, TaskId id, Instant now, const ClockPast& past,
                                   Slots& slots, Plan& plan) const;

  // A change at `now` took the cursor of the task that was from fires whose time had come, and whose jitter
  // had not passed: skipped, for that reason.
  void skip_in_jitter(store::Transaction& tx, const task::Task& before, Instant now, const ClockPast& past,
                      const std::string& reason) const;

  // The clock was set back to `now`: moves the task's cursor where it must not wait for the clock to catch
  // up, and gives one to a task whose last fire had passed.
  void set_back(store::Transaction& tx, TaskId id, Instant now, Plan& plan) const;
  // Zones were read anew: places the cursor where the schedule has its next fire by them.
  void follow_zone(store::Transaction& tx, TaskId id, Instant now,
                   const std::optional<task::RepeatedTime>& repeated, Plan& plan) const;
  // Retries that wait are due that much sooner.
  void bring_retries_forward(store::Transaction& tx, base::Milliseconds by) const;

  // Admits one run by hand, chain or backfill.
  base::Result<ExecutionId> run(store::Transaction& tx, const RunRequest& request, Instant now, Slots& slots,
                                Plan& plan) const;
  // The same of what nobody waits for: where it is refused, there is a record of that, skipped.
  void run_or_skip(store::Transaction& tx, const RunRequest& request, Instant now, Slots& slots,
                   Plan& plan) const;
  base::Result<std::vector<ExecutionId>> backfill(store::Transaction& tx, const BackfillRequest& request,
                                                  Instant now, Slots& slots, Plan& plan) const;

  // Books that an attempt began or ended. `output` is its head and tail. A report of an attempt that is not
  // the execution's current open one is ignored: it was booked before.
  void started(store::Transaction& tx, const runner::Started& started) const;
  void finished(store::Transaction& tx, const runner::Finished& reported, const store::Output& output,
                Instant now, double random, Slots& slots, Plan& plan) const;

  // Cancels what has not been handed to the runner, else asks in the plan for the runner to do it.
  base::Result<void> cancel(store::Transaction& tx, ExecutionId id, const std::string& by, Instant now,
                            Slots& slots, Plan& plan) const;

  // Claims executions that wait for a slot, by priority, and ones whose backoff is over. One whose pool is
  // full steps aside; one whose start deadline has passed is skipped.
  void promote(store::Transaction& tx, Instant now, Slots& slots, Plan& plan) const;
  // Lets as many as a pool has room for, or those of all pools, wait for a slot instead.
  void let_into_pool(store::Transaction& tx, const std::string& pool, Plan& plan) const;
  void let_into_pools(store::Transaction& tx, Plan& plan) const;
  void end_backoff(store::Transaction& tx, ExecutionId id, Instant now, Slots& slots, Plan& plan) const;
  // Those attempts, of tasks that are deleted in this transaction, hold their places until their jobs are
  // gone.
  void hold_places(store::Transaction& tx, const HeldPlaces& of_deleted) const;
  // Those have gone: whoever waits for a place that one of them held may have it.
  void give_places_back(store::Transaction& tx, const std::vector<runner::AttemptKey>& gone,
                        Plan& plan) const;

  // The execution's start deadline has passed: skipped, unless it began.
  void give_up_waiting(store::Transaction& tx, ExecutionId id, Instant now, Slots& slots, Plan& plan) const;
  // When that is of one that waits; nullopt where it has none.
  std::optional<Instant> start_deadline(store::Reader& reader, const task::Execution& execution) const;

  // Tasks that these run after were deleted: starts those of them that waited for nothing else.
  void go_on_without_deleted(store::Transaction& tx, const std::set<TaskId>& targets, Instant now,
                             Slots& slots, Plan& plan) const;

  // Orders a claimed attempt that the runner never started, as its snapshot proves; skips one whose start
  // deadline has passed.
  void start_again(store::Transaction& tx, const task::Execution& execution, Instant now, Slots& slots,
                   Plan& plan) const;

 private:
  // Inserts and, where admitted, claims it or lets it wait. nullopt: that fire was booked before.
  std::optional<task::Execution> admit(store::Transaction& tx, task::Task& task, task::Execution draft,
                                       const task::Admission& admission, Instant now, Slots& slots,
                                       Plan& plan) const;
  void fire_once(store::Transaction& tx, task::Task& task, const cron::Schedule& schedule, Instant nominal,
                 Instant now, Slots& slots, Plan& plan) const;
  // In time that the clock showed before: its own nominal time where it fires again, nothing where it must
  // not.
  void fire_again(store::Transaction& tx, task::Task& task, const cron::Schedule& schedule, Instant nominal,
                  const task::RepeatedTime& repeated, Instant now, Slots& slots, Plan& plan) const;
  // Leaves out what was due in repeated time and had its record then; false where nothing else is due.
  bool pass_over_repeated(store::Reader& reader, task::Task& task, const cron::Schedule& schedule,
                          const std::optional<task::RepeatedTime>& repeated, Instant now) const;
  // Leaves out those at the begin, in repeated time, that have their record of then; nullopt where none is
  // left.
  std::optional<task::FoldedFires> without_record(store::Reader& reader, const task::Task& task,
                                                  const cron::Schedule& schedule,
                                                  const std::optional<task::RepeatedTime>& repeated,
                                                  const task::FoldedFires& missed) const;
  void misfire(store::Transaction& tx, task::Task& task, const cron::Schedule& schedule,
               const std::optional<task::RepeatedTime>& repeated, Instant now, Slots& slots,
               Plan& plan) const;
  // One record for them, or more in the newest one where they go on with it.
  void skip(store::Transaction& tx, const task::Task& task, const cron::Schedule& schedule,
            const task::FoldedFires& fires, Instant now) const;
  // Of one that is to have a slot: whether those that wait for one go first, by priority and then by age, or
  // it is its turn, as the first of them or in the place of the run that it ends.
  enum class Turn { stands_in_line, has_come };
  // Claims it, or says what it waits for; counts that in the task, which the caller saves.
  void claim_or_queue(store::Transaction& tx, task::Task& task, task::Execution& execution,
                      const task::TaskDefinition& definition, Turn turn, Slots& slots, Plan& plan) const;
  // The same, and saves the task where its count has changed.
  void let_go(store::Transaction& tx, task::Task& task, task::Execution& execution,
              const task::TaskDefinition& definition, Turn turn, Slots& slots, Plan& plan) const;
  std::int64_t room_in_pool(store::Transaction& tx, const std::string& pool) const;
  // Takes a slot and gives none, or says what is waited for.
  task::Waiting claim(store::Transaction& tx, const task::Execution& execution, Turn turn,
                      Slots& slots) const;
  void replace_waiting(store::Transaction& tx, task::Task& task, Instant now) const;
  void skip_late(store::Transaction& tx, task::Execution& execution, Instant now, Slots& slots,
                 Plan& plan) const;
  void skip_late_in_queue(store::Transaction& tx, task::Execution& execution, Instant now, Plan& plan) const;
  // Books its end; `turn` is that of the task's next run, which waited for it.
  void close(store::Transaction& tx, task::Task& task, task::Execution& execution,
             task::ExecutionStatus status, Turn turn, Instant now, Slots& slots, Plan& plan) const;
  void release_next(store::Transaction& tx, task::Task& task, Turn turn, Instant now, Slots& slots,
                    Plan& plan) const;
  void follow_chain(store::Transaction& tx, const task::Task& task, const task::Execution& ended, Instant now,
                    Slots& slots, Plan& plan) const;
  void start_next(store::Transaction& tx, TaskId target, TaskId upstream, ExecutionId ended,
                  std::map<std::string, std::string> env, Instant now, Slots& slots, Plan& plan) const;
  std::optional<task::TaskDefinition> definition_of(store::Reader& reader,
                                                    const task::Execution& execution) const;
  task::TaskDefinition definition_of(store::Reader& reader, const task::Task& task,
                                     const task::Execution& execution) const;
  task::Execution draft_of(const task::Task& task, task::Trigger trigger, Instant now) const;

  const Options& options_;
  Schedules& schedules_;
};

// @every has no calendar: the latest of the task's own steps up to that second, by its next fire or its
// newest record of one; the second itself where it has neither.
std::chrono::sys_seconds on_the_beat(store::Reader& reader, const task::Task& task,
                                     const cron::Schedule& schedule, std::chrono::sys_seconds second);

// A fire that comes later than this, or was due before the engine began, is a misfire: the machine slept, its
// clock was set forwards, or nobody was there.
inline constexpr base::Milliseconds kLateIsMisfire{5'000};

// Why a fire that is booked after its start deadline is skipped. The same words for each, so that one record
// can hold several.
inline constexpr const char* kBookedTooLate =
    "start deadline: the scheduler could not run it until its start_deadline_s had passed";

// Who cancels a run for the task's next one, by the overlap policy.
inline constexpr const char* kByNewerRun = "overlap policy 'cancel_running'";

// Fires of one backfill request, at most.
inline constexpr std::size_t kMaxBackfill = 1000;

}  // namespace engine
