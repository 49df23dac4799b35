#include "task/execution.h"

#include "task/names.h"

namespace task {
namespace {

using enum ExecutionStatus;

constexpr Names<ExecutionStatus, 9> kStatuses{{{pending, "PENDING"},
                                               {running, "RUNNING"},
                                               {success, "SUCCESS"},
                                               {failed, "FAILED"},
                                               {timeout, "TIMEOUT"},
                                               {cancelled, "CANCELLED"},
                                               {skipped, "SKIPPED"},
                                               {missed, "MISSED"},
                                               {lost, "LOST"}}};
constexpr Names<Trigger, 6> kTriggers{{{Trigger::schedule, "schedule"},
                                       {Trigger::manual, "manual"},
                                       {Trigger::misfire, "misfire"},
                                       {Trigger::backfill, "backfill"},
                                       {Trigger::chain, "chain"},
                                       {Trigger::heartbeat, "heartbeat"}}};
constexpr Names<Waiting, 5> kWaitings{{{Waiting::none, "none"},
                                       {Waiting::slot, "slot"},
                                       {Waiting::pool, "pool"},
                                       {Waiting::overlap, "overlap"},
                                       {Waiting::backoff, "backoff"}}};

}  // namespace

std::string_view to_string(ExecutionStatus value) {
  return name_of(kStatuses, value);
}
std::string_view to_string(Trigger value) {
  return name_of(kTriggers, value);
}
std::string_view to_string(Waiting value) {
  return name_of(kWaitings, value);
}
bool waits_for_room(Waiting waiting) {
  return waiting == Waiting::slot || waiting == Waiting::pool;
}
std::optional<ExecutionStatus> parse_execution_status(std::string_view text) {
  return value_of(kStatuses, text);
}
std::optional<Trigger> parse_trigger(std::string_view text) {
  return value_of(kTriggers, text);
}
std::optional<Waiting> parse_waiting(std::string_view text) {
  return value_of(kWaitings, text);
}

bool is_final(ExecutionStatus status) {
  switch (status) {
    case pending:
    case running:
      return false;
    case success:
    case failed:
    case timeout:
    case cancelled:
    case skipped:
    case missed:
    case lost:
      return true;
  }
  return true;
}

bool is_failure(ExecutionStatus status) {
  return status == failed || status == timeout || status == lost;
}

bool may_become(ExecutionStatus from, ExecutionStatus to) {
  switch (from) {
    // straight to an end: a start that failed, or one whose start and end were reported together
    case pending:
      return to == running || (is_final(to) && to != missed);
    // back to pending: the next attempt waits for its backoff
    case running:
      return to == pending || (is_final(to) && to != skipped && to != missed);
    case success:
    case failed:
    case timeout:
    case cancelled:
    case skipped:
    case missed:
    case lost:
      return false;
  }
  return false;
}

std::optional<ExecutionId> upstream_of(const Execution& execution) {
  if (execution.trigger != Trigger::chain) return std::nullopt;
  const auto found = execution.overrides.env.find(kUpstreamVariable);
  if (found == execution.overrides.env.end()) return std::nullopt;
  return base::parse_id<ExecutionId>(found->second);
}

}  // namespace task
