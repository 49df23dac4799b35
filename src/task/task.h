// What is defined to run: a task, its policies and its state. Field names are those of spec 3.2.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace task {

using base::ExecutionId;
using base::Instant;
using base::TaskId;

// The schedule of what runs once after each start of the machine, as it is kept.
inline constexpr const char* kReboot = "@reboot";

enum class OverlapPolicy { skip, queue, queue_all, cancel_running, allow };
enum class MisfirePolicy { fire_once, fire_all, skip };
enum class KillMode { group, main };
enum class ChainNeed { all, any };
enum class ChainOn { success, failure, any };

// Status of a task as users see it. Derived from paused and the counters, never set by hand.
enum class TaskStatus { active, paused, pending, running, failed };

struct RetryPolicy {
  int max_attempts = 1;
  double initial_delay_s = 10;
  double factor = 2;
  double max_delay_s = 600;
  double jitter = 0.2;  // share of the delay, 0 to 1, both ways
  bool operator==(const RetryPolicy&) const = default;
};

struct Misfire {
  MisfirePolicy policy = MisfirePolicy::fire_once;
  std::int64_t window_s = 86400;
  bool operator==(const Misfire&) const = default;
};

// What it runs after, said by the task that runs.
struct After {
  std::vector<TaskId> tasks;
  ChainNeed need = ChainNeed::all;  // all: when each of them has ended so since its last start
  ChainOn on = ChainOn::success;    // any: a success or a failure; never a cancelled run
  bool operator==(const After&) const = default;
};

struct HttpCall {
  std::string method = "GET";
  std::string url;
  std::map<std::string, std::string> headers;
  std::string body;
  std::vector<int> expect_status;  // empty: any 2xx
  bool operator==(const HttpCall&) const = default;
};

// What a run may use at most; absent: as much as the runner itself. `memory_bytes` and `processes` hold for
// all that a run started together where the runner has a cgroup with those controllers; else memory for each
// of its processes, and processes for all of its user (who must not
// be root).
struct Limits {
  std::optional<std::int64_t> memory_bytes;
  std::optional<std::int64_t> cpu_s;  // of one process
  std::optional<std::int64_t> open_files;
  std::optional<std::int64_t> processes;
  std::optional<std::int64_t> nice;  // -20 first served, 19 last
  bool operator==(const Limits&) const = default;
};

// All that a user writes. Exactly one of command and http is set in a valid definition.
struct TaskDefinition {
  std::string name;
  std::string cron;
  std::string timezone;  // empty: the server's scheduler.timezone
  std::string command;
  std::optional<HttpCall> http;
  std::string description;
  std::vector<std::string> tags;
  std::map<std::string, std::string> env;
  std::map<std::string, std::string> secrets;  // variable to the name of the secret that it is given
  // Variable to the name of the secret that lies in the file that the variable names.
  std::map<std::string, std::string> secret_files;
  std::string working_dir;
  std::string run_as;
  std::string shell;  // empty: direct where the command has no shell syntax, else /bin/sh
  std::string stdin_text;
  std::optional<std::int64_t> timeout_s;  // absent: scheduler.default_timeout; 0: none
  std::int64_t kill_grace_s = 10;
  Limits limits;
  std::vector<int> success_exit_codes{0};
  RetryPolicy retry;
  OverlapPolicy overlap = OverlapPolicy::skip;
  Misfire misfire;
  std::int64_t jitter_s = 0;
  std::int64_t start_deadline_s = 0;  // what waits longer is skipped; 0: none
  std::optional<Instant> starts_at;
  std::optional<Instant> ends_at;
  int priority = 0;  // higher goes first among what waits
  std::string pool;
  std::map<std::string, std::string> node_labels;
  KillMode kill_mode = KillMode::group;
  bool rerun_lost = false;
  std::int64_t keep_executions = 50;
  std::int64_t keep_failed = 50;
  std::vector<TaskId> on_success;
  std::vector<TaskId> on_failure;
  After after;
  std::vector<std::string> notify;
  bool operator==(const TaskDefinition&) const = default;
};

// A task as the store keeps it.
struct Task {
  TaskId id;
  std::int64_t revision = 1;  // counts every change of the definition; also the ETag
  TaskDefinition definition;
  bool paused = false;
  std::int64_t running = 0;  // executions that were admitted and are not final, retry delays included
  std::int64_t queued = 0;   // executions that wait for the overlap policy
  std::int64_t waiting = 0;  // of `running`, those that wait for a slot or for their pool
  bool last_failed = false;
  std::optional<Instant> last_run_at;
  std::optional<Instant> next_run_at;  // the cursor: nominal time of the next fire; none while paused
  std::optional<Instant> next_due_at;  // next_run_at and its jitter
  std::string last_error;
  std::optional<Instant> force_run_at;
  Instant created_at;
  Instant updated_at;
  std::string created_by;
};

// PAUSED stands over RUNNING: what the user switched off is shown as off, its executions show that one goes
// on. What was admitted but waits for a slot or its pool is queued.
TaskStatus status_of(const Task& task);
TaskStatus status_of(bool paused, std::int64_t running, std::int64_t queued, bool last_failed);

// Whether an end of a task that it names counts for it.
bool counts(const After& after, bool succeeded);

std::string_view to_string(OverlapPolicy value);
std::string_view to_string(MisfirePolicy value);
std::string_view to_string(KillMode value);
std::string_view to_string(ChainNeed value);
std::string_view to_string(ChainOn value);
std::string_view to_string(TaskStatus value);  // "ACTIVE", "PAUSED", ...
std::optional<OverlapPolicy> parse_overlap(std::string_view text);
std::optional<MisfirePolicy> parse_misfire(std::string_view text);
std::optional<KillMode> parse_kill_mode(std::string_view text);
std::optional<ChainNeed> parse_chain_need(std::string_view text);
std::optional<ChainOn> parse_chain_on(std::string_view text);
std::optional<TaskStatus> parse_task_status(std::string_view text);

}  // namespace task
