// The engine: fires what is due, admits what wants to run, hands it to the runner and books what became of
// it. One thread of its own does all of that in turn; the calls below may come from any thread but its own
// and return when what they promise is committed.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "engine/loop.h"
#include "runner/runner.h"
#include "store/store.h"
#include "task/execution.h"
#include "task/task.h"

namespace engine {

using base::ExecutionId;
using base::Instant;
using base::TaskId;

struct Options {
  std::string node = "local";
  std::filesystem::path data_dir = "data";
  std::string program;                   // path of this binary, for HTTP tasks
  std::string default_timezone = "UTC";  // scheduler.timezone
  std::int64_t default_timeout_s = 60;   // scheduler.default_timeout; 0: none
  std::int64_t max_running = 1000;       // scheduler.max_running, on this node
  std::uint64_t max_output_bytes = 10u << 20;
  std::int64_t retention_days = 0;            // 0: only keep_executions and keep_failed count
  std::optional<std::uint64_t> random_seed;   // of the retries' jitter; absent: from the system
  std::map<std::string, std::int64_t> pools;  // limit of each pool; a pool without one is unlimited
  std::vector<std::string> run_as_allowed;    // scheduler.run_as_allowed
  bool no_new_privs = true;                   // scheduler.no_new_privs
  // The value of a task's secret, asked on the loop as an attempt starts; an error fails the attempt. Absent:
  // there are no secrets.
  std::function<base::Result<std::string>(const std::string& name)> secret_value = nullptr;
};

// Done in the transaction that books what was asked of a task's execution; the same rules hold as for
// Store::Work.
using Also = std::function<void(store::Transaction&, const task::Task&, ExecutionId)>;

struct RunRequest {
  TaskId task_id;
  task::Trigger trigger = task::Trigger::manual;
  std::string triggered_by;
  task::RunOverrides overrides;
  bool force = false;  // beside what runs, whatever the overlap policy says
  std::string reason;
  Also also = nullptr;  // with the new execution
};

// What is asked of an execution that is there: to cancel it, or to run it once more.
struct ExecutionRequest {
  ExecutionId id;
  std::string by;
  Also also = nullptr;  // with the one that is cancelled, or the new one
};

struct BackfillRequest {
  TaskId task_id;
  Instant from;  // inclusive
  Instant to;    // exclusive
  task::OverlapPolicy overlap = task::OverlapPolicy::queue_all;
  std::string triggered_by;
  // As Also, with the records that are made.
  std::function<void(store::Transaction&, const task::Task&, const std::vector<ExecutionId>&)> also = nullptr;
};

// For readiness, metrics and `doctor`.
struct State {
  bool runner_connected = false;
  std::string runner_problem;
  std::string kill_level;    // of the runner that was connected last (runner::Snapshot)
  std::int64_t planned = 0;  // entries in the planner's heap
  std::int64_t running = 0;  // attempts handed to the runner and not yet booked as ended
  std::optional<Instant> next_due_at;
  std::uint64_t fires = 0;  // since the start
  std::uint64_t started = 0;
  std::uint64_t finished = 0;
};

// Where an attempt's output is kept (runner/log_reader.h reads it). One folder a task, so that deleting a
// task deletes a folder.
std::filesystem::path output_path(const std::filesystem::path& data_dir, TaskId task_id,
                                  ExecutionId execution_id, int attempt);

class Engine : public runner::Listener {
 public:
  // With a loop of its own where none is given. A simulation gives one: nothing here has a thread then,
  // retention does not delete, and only what doesn't wait for an answer may be called.
  Engine(store::Store& store, const base::Clock& clock, Options options,
         std::unique_ptr<Loop> loop = nullptr);
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Reads the plan, books what was missed while nobody looked, and begins to fire. The runner is told what to
  // do as soon as it is connected; it must outlive the engine. Throws store::DatabaseFailure.
  void start(runner::Runner& runner);
  // Stops firing; what runs goes on in the runner. Idempotent.
  void stop();

  // Admits each request by the one gate. Per request: the execution's id, or not_found, or conflict naming
  // the execution that runs. All in one transaction; one bad request spoils nothing else.
  using RunOutcomes = std::vector<base::Result<ExecutionId>>;
  RunOutcomes run(std::vector<RunRequest> requests);
  // The same, and does not wait: `then` is called on the loop, unless the engine is stopped before.
  void run(std::vector<RunRequest> requests, std::function<void(RunOutcomes)> then);
  // Queues the fires of a past window, oldest first, as far as the task fires then (starts_at, ends_at);
  // gives the ids of their records, one for fires skipped in a row. At most 1,000 (invalid beyond).
  base::Result<std::vector<ExecutionId>> backfill(const BackfillRequest& request);
  void backfill(const BackfillRequest& request,
                std::function<void(base::Result<std::vector<ExecutionId>>)> then);
  // conflict where it is final already.
  base::Result<void> cancel(const ExecutionRequest& request);
  void cancel(const ExecutionRequest& request, std::function<void(base::Result<void>)> then);
  // A new execution of the same task with the same overrides, whose job is told the nominal time of that one;
  // conflict where that one is not final.
  base::Result<ExecutionId> retry(const ExecutionRequest& request);
  void retry(const ExecutionRequest& request, std::function<void(base::Result<ExecutionId>)> then);
  // Books what is due of those tasks' fires, then does `work`, in one transaction: what a task's past is owed
  // is not lost to a change of the task. The change is of the instant that the work is given: by it the work
  // places cursors, and of fires that it leaves in their jitter there is a record, skipped. Gives the work's
  // outcome.
  using Change = std::function<base::Result<void>(store::Transaction&, Instant now)>;
  base::Result<void> change(const std::vector<TaskId>& ids, Change work);
  void change(const std::vector<TaskId>& ids, Change work, std::function<void(base::Result<void>)> then);
  // Deletes the tasks with their executions and output; cancels what runs. Per task: done, not_found, or
  // what `audit` refuses it with. What that gives is written in the same transaction for each that is
  // deleted. A long history goes before it, in transactions that no fire waits long for; the call that does
  // not wait leaves all to the one.
  using RemoveOutcomes = std::vector<base::Result<void>>;
  using Audit = std::function<base::Result<store::AuditEntry>(const task::Task&)>;
  RemoveOutcomes remove(const std::vector<TaskId>& ids, const Audit& audit);
  void remove(const std::vector<TaskId>& ids, const Audit& audit, std::function<void(RemoveOutcomes)> then);
  // Deletes final executions with their output; gives how many. Ids that are not final are left alone.
  std::int64_t remove_executions(const std::vector<ExecutionId>& ids);

  // Calls `grown` (on an engine thread; must not block) each time that execution's output grows or it ends,
  // until the handle is destroyed.
  [[nodiscard]] std::shared_ptr<void> follow_output(ExecutionId id, std::function<void()> grown);

  // The store's listener must pass every change here: the planner lives on it.
  void on_changes(std::span<const store::Change> changes);

  // Looks now, and not only once an hour, whether the time zones' files have changed.
  void reread_zones();

  State state() const;
  const Options& options() const;

  // runner::Listener
  void on_connected(runner::Snapshot snapshot) override;
  void on_disconnected(std::string why) override;
  void on_events(std::span<const runner::Event> events) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace engine
