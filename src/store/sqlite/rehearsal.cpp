#include "store/sqlite/rehearsal.h"

namespace store::sqlite {

void rehearse_a_run(Session& session) {
  task::Task task;
  task.definition.name = "rehearsal";
  const auto task_id = session.insert_task(task);
  task = session.find_task(task_id).value();
  task::Execution execution;
  execution.task_id = task_id;
  execution.trigger = task::Trigger::schedule;
  execution.scheduled_at = task.created_at;
  execution.id = session.insert_execution(execution).value();
  session.save_task_state(task);
  execution = session.find_execution(execution.id).value();
  execution.status = task::ExecutionStatus::success;
  session.save_execution(execution);
  session.save_log(execution.id, 1, {});
  session.save_output(execution.id, {});
  session.add_outcome(task.created_at, execution.status, 0);
  session.tasks_after(task_id);
  session.save_run_state(task);
}

}  // namespace store::sqlite
