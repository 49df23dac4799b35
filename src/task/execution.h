// One run for one fire, or by hand; its attempts; and the table of moves between its states.
#pragma once
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

// What the run that a chain starts is told: the end that started it, and all ends that it waited for
// ("12,15").
inline constexpr const char* kUpstreamVariable = "MINI_SCHEDULER_UPSTREAM_EXECUTION_ID";
inline constexpr const char* kAllUpstreamsVariable = "MINI_SCHEDULER_UPSTREAM_EXECUTION_IDS";

enum class ExecutionStatus { pending, running, success, failed, timeout, cancelled, skipped, missed, lost };
enum class Trigger { schedule, manual, misfire, backfill, chain, heartbeat };

std::string_view to_string(ExecutionStatus value);  // "PENDING", ...
std::string_view to_string(Trigger value);          // "schedule", ...
std::optional<ExecutionStatus> parse_execution_status(std::string_view text);
std::optional<Trigger> parse_trigger(std::string_view text);

bool is_final(ExecutionStatus status);
// Failed in the sense of a task's FAILED status, of retention's keep_failed and of on_failure.
bool is_failure(ExecutionStatus status);
// The only moves there are; everything else is refused by whoever applies them.
bool may_become(ExecutionStatus from, ExecutionStatus to);

// Why a PENDING execution waits, so that each waiting one has an owner that will move it on.
enum class Waiting {
  none,     // not waiting: claimed for the runner, running, or final
  slot,     // admitted; waits for a free slot (scheduler.max_running), by priority
  pool,     // its pool is full: when something in the pool ends it waits for a slot
  overlap,  // the overlap policy lets it go when the one before has ended
  backoff,  // its next attempt is due at due_at
};
std::string_view to_string(Waiting value);
// Admitted, and kept from its start by a limit alone: of slots or of its pool.
bool waits_for_room(Waiting waiting);
std::optional<Waiting> parse_waiting(std::string_view text);

// What one run adds to the task's definition.
struct RunOverrides {
  std::map<std::string, std::string> env;
  std::vector<std::string> args;  // appended to the command, each as one word
  bool operator==(const RunOverrides&) const = default;
};

// One try. The current one stands in the execution itself; earlier ones are kept beside it.
struct Attempt {
  int number = 1;
  ExecutionStatus status = ExecutionStatus::pending;
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::string error;
  std::int64_t output_bytes = 0;
  std::int64_t output_dropped_bytes = 0;
  std::int64_t cpu_ms = 0;
  std::int64_t max_rss_bytes = 0;
};

struct Execution {
  ExecutionId id;
  TaskId task_id;
  std::string task_name;           // as it was when it was made
  std::int64_t task_revision = 1;  // the definition that it runs
  ExecutionStatus status = ExecutionStatus::pending;
  Waiting waiting = Waiting::none;
  Trigger trigger = Trigger::schedule;
  std::string triggered_by;
  std::optional<Instant> scheduled_at;  // nominal time; none for a manual run
  std::optional<Instant> due_at;        // nominal time and jitter, or when the next attempt is due
  Instant created_at;
  std::optional<Instant> started_at;    // of the first attempt
  std::optional<Instant> finished_at;   // of the last
  std::optional<std::int64_t> late_ms;  // started_at - due_at of the first attempt; none for a manual run
  int priority = 0;
  std::string pool;
  Attempt attempt;     // the current one
  std::string reason;  // why it was skipped, missed, cancelled, retried ...
  std::string node;
  std::int64_t count = 1;  // fires folded into a SKIPPED or MISSED record
  std::optional<Instant> scheduled_until;
  RunOverrides overrides;
  bool cancel_asked = false;  // whoever holds it ends it; it is not tried again
};

// The execution whose end started it; none where no chain did.
std::optional<ExecutionId> upstream_of(const Execution& execution);

}  // namespace task
