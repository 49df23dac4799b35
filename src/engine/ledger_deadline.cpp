// What has not begun within its start_deadline_s is skipped, and never started late.
#include "engine/ledger.h"
#include "task/start_deadline.h"

namespace engine {

using task::Execution;
using task::ExecutionStatus;
using task::Waiting;

namespace {

std::string reason_of(const Execution& execution) {
  const auto waited_for = [](const std::string& what) {
    return "start deadline: it waited for " + what + " until its start_deadline_s had passed";
  };
  switch (execution.waiting) {
    case Waiting::overlap:
      return waited_for("the run before it to end");
    case Waiting::pool:
      return waited_for("room in pool '" + execution.pool + "'");
    case Waiting::slot:
      return waited_for("a free slot");
    case Waiting::none:
    case Waiting::backoff:
      break;
  }
  return kBookedTooLate;
}

}  // namespace

std::optional<Instant> Ledger::start_deadline(store::Reader& reader, const Execution& execution) const {
  const bool waits = execution.waiting == Waiting::slot || execution.waiting == Waiting::pool ||
                     execution.waiting == Waiting::overlap;
  if (!waits) return std::nullopt;
  const auto definition = definition_of(reader, execution);
  return definition ? task::start_deadline(*definition, execution) : std::nullopt;
}

void Ledger::give_up_waiting(store::Transaction& tx, ExecutionId id, Instant now, Slots& slots,
                             Plan& plan) const {
  auto execution = tx.find_execution(id);
  if (execution && start_deadline(tx, *execution)) skip_late(tx, *execution, now, slots, plan);
}

void Ledger::skip_late(store::Transaction& tx, Execution& execution, Instant now, Slots& slots,
                       Plan& plan) const {
  auto task = tx.find_task(execution.task_id);
  if (!task) return;
  --(execution.waiting == Waiting::overlap ? task->queued : task->running);
  if (waits_for_room(execution.waiting)) --task->waiting;
  execution.reason = reason_of(execution);
  execution.attempt.status = ExecutionStatus::skipped;
  close(tx, *task, execution, ExecutionStatus::skipped, Turn::stands_in_line, now, slots, plan);
  tx.save_run_state(*task);
}

// Not by way of close(), which lets the next one go: a long queue would be as many calls deep.
void Ledger::skip_late_in_queue(store::Transaction& tx, Execution& execution, Instant now, Plan& plan) const {
  execution.reason = reason_of(execution);
  execution.status = execution.attempt.status = ExecutionStatus::skipped;
  execution.waiting = Waiting::none;
  execution.finished_at = now;
  tx.save_execution(execution);
  plan.ended.push_back(execution.task_id);
}

}  // namespace engine
