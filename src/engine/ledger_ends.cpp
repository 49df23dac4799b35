#include <signal.h>

#include "engine/ledger.h"
#include "task/backoff.h"

namespace engine {

using runner::EndCause;
using task::Execution;
using task::ExecutionStatus;
using task::Task;
using task::Trigger;
using task::Waiting;

namespace {

ExecutionStatus status_of(const runner::Finished& finished, const task::TaskDefinition& definition) {
  switch (finished.cause) {
    case EndCause::exited: {
      const auto& good = definition.success_exit_codes;
      const bool succeeded =
          finished.exit_code && std::find(good.begin(), good.end(), *finished.exit_code) != good.end();
      return succeeded ? ExecutionStatus::success : ExecutionStatus::failed;
    }
    case EndCause::signaled:
    case EndCause::spawn_failed:
      return ExecutionStatus::failed;
    case EndCause::timeout:
      return ExecutionStatus::timeout;
    case EndCause::cancelled:
      return ExecutionStatus::cancelled;
    case EndCause::lost:
      return ExecutionStatus::lost;
  }
  return ExecutionStatus::failed;
}

// Whether that end is the kernel's for the processor time of a process; a shell passes a child's signal on as
// its exit code. What ignores SIGXCPU is killed some seconds later.
bool ran_out_of_cpu(const runner::Finished& finished, const task::Limits& limits) {
  if (!limits.cpu_s) return false;
  constexpr int kSignalled = 128;
  if (finished.signal == SIGXCPU || finished.exit_code == kSignalled + SIGXCPU) return true;
  constexpr std::int64_t kMsPerSecond = 1000;
  return finished.signal == SIGKILL && finished.cpu_ms >= *limits.cpu_s * kMsPerSecond;
}

std::string error_of(const runner::Finished& finished, ExecutionStatus status,
                     const task::TaskDefinition& definition, std::int64_t default_timeout_s) {
  if (!finished.error.empty() || status == ExecutionStatus::success) return finished.error;
  const bool of_itself = finished.cause == EndCause::exited || finished.cause == EndCause::signaled;
  if (of_itself && ran_out_of_cpu(finished, definition.limits)) {
    return "over its limit of cpu_s: " + std::to_string(*definition.limits.cpu_s) +
           " s of processor time (SIGXCPU)";
  }
  switch (finished.cause) {
    case EndCause::exited:
      return "exit code " + std::to_string(finished.exit_code.value_or(-1));
    case EndCause::signaled:
      return "ended by signal " + std::to_string(finished.signal.value_or(0));
    case EndCause::timeout:
      return "ran longer than its timeout of " +
             std::to_string(definition.timeout_s.value_or(default_timeout_s)) + " s";
    case EndCause::cancelled:
      return "cancelled";
    case EndCause::spawn_failed:
      return "spawn failed";
    case EndCause::lost:
      return "its process is gone without an exit status";
  }
  return {};
}

void describe(task::Attempt& attempt, const runner::Finished& finished) {
  // a start that failed never began
  if (finished.cause != EndCause::spawn_failed && finished.started_at != Instant{})
    attempt.started_at = finished.started_at;
  attempt.finished_at = finished.finished_at;
  attempt.exit_code = finished.exit_code;
  attempt.signal = finished.signal;
  attempt.output_bytes = static_cast<std::int64_t>(finished.output_bytes);
  attempt.output_dropped_bytes = static_cast<std::int64_t>(finished.output_dropped_bytes);
  attempt.cpu_ms = finished.cpu_ms;
  attempt.max_rss_bytes = finished.max_rss_bytes;
}

void note_start(Execution& execution, Instant started_at) {
  if (execution.started_at) return;
  execution.started_at = started_at;
  if (execution.scheduled_at && execution.due_at && execution.trigger != Trigger::backfill) {
    execution.late_ms = (started_at - *execution.due_at).count();
  }
}

std::string cancelled_by(const std::string& whom) {
  return "cancelled by " + whom;
}

bool is_current(const std::optional<Execution>& execution, const runner::AttemptKey& key) {
  return execution && !is_final(execution->status) && execution->waiting == Waiting::none &&
         execution->attempt.number == key.attempt;
}

// An end that nobody saw is taken for the one that was asked for.
runner::Finished as_cancelled(runner::Finished finished) {
  finished.cause = EndCause::cancelled;
  finished.error.clear();
  return finished;
}

bool may_retry(const task::TaskDefinition& definition, const Execution& execution, ExecutionStatus status) {
  if (!is_failure(status) || execution.cancel_asked) return false;
  if (execution.attempt.number >= definition.retry.max_attempts) return false;
  return status != ExecutionStatus::lost || definition.rerun_lost;
}

Instant hour_of(Instant at) {
  return std::chrono::floor<std::chrono::hours>(at);
}

// By hand, before the task's time has come: no figure is to tell how a task does that is not yet in use. What
// the page's form tries is a task whose time never comes.
bool is_try(const Task& task, const Execution& execution) {
  const auto& starts_at = task.definition.starts_at;
  return execution.trigger == Trigger::manual && starts_at && execution.created_at < *starts_at;
}

std::string failed_attempt(const Execution& execution, const task::TaskDefinition& definition) {
  return "attempt " + std::to_string(execution.attempt.number) + " of " +
         std::to_string(definition.retry.max_attempts) + " failed: " + execution.attempt.error;
}

}  // namespace

void Ledger::started(store::Transaction& tx, const runner::Started& started) const {
  auto execution = tx.find_execution(started.key.execution);
  if (!is_current(execution, started.key) || execution->status != ExecutionStatus::pending) return;
  execution->status = execution->attempt.status = ExecutionStatus::running;
  execution->attempt.started_at = started.started_at;
  note_start(*execution, started.started_at);
  tx.save_execution(*execution);
}

void Ledger::finished(store::Transaction& tx, const runner::Finished& reported, const store::Output& output,
                      Instant now, double random, Slots& slots, Plan& plan) const {
  auto execution = tx.find_execution(reported.key.execution);
  if (!execution) return give_places_back(tx, {reported.key}, plan);
  if (!is_current(execution, reported.key)) return;
  std::optional<runner::Finished> asked_for;
  if (execution->cancel_asked && reported.cause == EndCause::lost) asked_for = as_cancelled(reported);
  const auto& finished = asked_for ? *asked_for : reported;
  auto task = tx.find_task(execution->task_id);
  if (!task) return;
  const auto turn_of_next =
      execution->reason == cancelled_by(kByNewerRun) ? Turn::has_come : Turn::stands_in_line;
  std::optional<task::TaskDefinition> older;
  if (task->revision != execution->task_revision) older = definition_of(tx, *execution);
  const auto& definition = older ? *older : task->definition;

  const auto status = status_of(finished, definition);
  describe(execution->attempt, finished);
  execution->attempt.status = status;
  execution->attempt.error = error_of(finished, status, definition, options_.default_timeout_s);
  if (execution->attempt.started_at) note_start(*execution, *execution->attempt.started_at);
  if (!finished.log.empty()) tx.save_log(execution->id, finished.key.attempt, finished.log);
  // an earlier attempt's must not stand for this one's
  const bool is_retry = execution->attempt.number > 1;
  if (is_retry || !output.stdout_text.empty() || !output.stderr_text.empty())
    tx.save_output(execution->id, output);

  if (may_retry(definition, *execution, status)) {
    const auto delay = task::backoff_after(definition.retry, execution->attempt.number, random);
    tx.keep_attempt(execution->id, execution->attempt);
    execution->reason = failed_attempt(*execution, definition);
    execution->attempt = {.number = execution->attempt.number + 1};
    execution->status = ExecutionStatus::pending;
    execution->waiting = Waiting::backoff;
    execution->due_at = finished.finished_at + delay;
    tx.save_execution(*execution);
    plan.backoffs.push_back({execution->id, *execution->due_at});
    let_into_pool(tx, execution->pool, plan);
    return;
  }
  if (status == ExecutionStatus::success && execution->attempt.number > 1)
    execution->reason = "attempt " + std::to_string(execution->attempt.number) + " succeeded";
  else if (is_failure(status) && execution->attempt.number > 1)
    execution->reason = failed_attempt(*execution, definition);
  if (execution->started_at) task->last_run_at = execution->started_at;
  --task->running;
  close(tx, *task, *execution, status, turn_of_next, now, slots, plan);
  tx.save_run_state(*task);
}

void Ledger::close(store::Transaction& tx, Task& task, Execution& execution, ExecutionStatus status,
                   Turn turn, Instant now, Slots& slots, Plan& plan) const {
  execution.status = status;
  execution.waiting = Waiting::none;
  execution.finished_at = execution.attempt.finished_at.value_or(now);
  tx.save_execution(execution);
  const bool ran = status != ExecutionStatus::cancelled && status != ExecutionStatus::skipped;
  if (ran) {
    task.last_failed = is_failure(status);
    task.last_error = task.last_failed ? execution.attempt.error : std::string();
  }
  // a clock that was set back meanwhile makes no run shorter than nothing
  const auto duration =
      execution.started_at
          ? std::max<std::int64_t>(0, (*execution.finished_at - *execution.started_at).count())
          : 0;
  if (status != ExecutionStatus::skipped && !is_try(task, execution))
    tx.add_outcome(hour_of(*execution.finished_at), status, duration);
  plan.ended.push_back(task.id);
  let_into_pool(tx, execution.pool, plan);
  release_next(tx, task, turn, now, slots, plan);
  follow_chain(tx, task, execution, now, slots, plan);
}

base::Result<void> Ledger::cancel(store::Transaction& tx, ExecutionId id, const std::string& by, Instant now,
                                  Slots& slots, Plan& plan) const {
  auto execution = tx.find_execution(id);
  if (!execution) {
    return base::make_error(base::ErrorKind::not_found, "there is no execution " + base::to_string(id));
  }
  if (is_final(execution->status)) {
    return base::make_error(base::ErrorKind::conflict, "execution " + base::to_string(id) +
                                                           " has ended already (" +
                                                           std::string(to_string(execution->status)) + ")");
  }
  execution->reason = cancelled_by(by);
  execution->cancel_asked = true;
  if (execution->waiting == Waiting::none) {
    tx.save_execution(*execution);
    plan.cancels.push_back({execution->id, execution->attempt.number});
    return {};
  }
  auto task = tx.find_task(execution->task_id);
  if (!task) return base::make_error(base::ErrorKind::not_found, "its task is gone");
  if (execution->waiting == Waiting::overlap)
    --task->queued;
  else
    --task->running;
  if (waits_for_room(execution->waiting)) --task->waiting;
  execution->attempt.status = ExecutionStatus::cancelled;
  close(tx, *task, *execution, ExecutionStatus::cancelled, Turn::stands_in_line, now, slots, plan);
  tx.save_run_state(*task);
  return {};
}

}  // namespace engine
