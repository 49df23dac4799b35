#include "engine/ledger.h"
#include "task/start_deadline.h"

namespace engine {

using task::Execution;
using task::ExecutionStatus;
using task::Task;
using task::Trigger;
using task::Waiting;

Execution Ledger::draft_of(const Task& task, Trigger trigger, Instant now) const {
  Execution draft;
  draft.task_id = task.id;
  draft.task_name = task.definition.name;
  draft.task_revision = task.revision;
  draft.trigger = trigger;
  draft.created_at = now;
  draft.priority = task.definition.priority;
  draft.pool = task.definition.pool;
  draft.node = options_.node;
  return draft;
}

void Ledger::fire(store::Transaction& tx, TaskId id, Instant due_at, Instant now, const ClockPast& past,
                  Slots& slots, Plan& plan) const {
  auto task = tx.find_task(id);
  if (!task || task->paused || !task->next_due_at) return;
  if (*task->next_due_at != due_at) {
    plan.due_times.emplace_back(id, task->next_due_at);
    return;
  }
  const auto schedule = schedules_.of(task->definition);
  if (!schedule) {
    task->next_run_at = task->next_due_at = std::nullopt;
    task->last_error = "the schedule '" + task->definition.cron + "' can't be read; edit the task to mend it";
    tx.save_task_state(*task);
    return;
  }
  if (due_at < past.began_at || now - due_at > kLateIsMisfire) {
    if (pass_over_repeated(tx, *task, *schedule, past.repeated, now))
      misfire(tx, *task, *schedule, past.repeated, now, slots, plan);
  } else {
    while (task->next_due_at && *task->next_due_at <= now) {
      const auto nominal = *task->next_run_at;
      const auto next = task::cursor_after(task->definition, *schedule, nominal);
      if (task::was_shown(past.repeated, *task->next_due_at))
        fire_again(tx, *task, *schedule, nominal, *past.repeated, now, slots, plan);
      else
        fire_once(tx, *task, *schedule, nominal, now, slots, plan);
      task->next_run_at = next.next_run_at;
      task->next_due_at = next.next_due_at;
    }
  }
  tx.save_task_state(*task);
  plan.due_times.emplace_back(id, task->next_due_at);
}

std::optional<Task> Ledger::settle(store::Transaction& tx, TaskId id, Instant now, const ClockPast& past,
                                   Slots& slots, Plan& plan) const {
  auto task = tx.find_task(id);
  if (!task || !task->next_due_at || *task->next_due_at > now) return task;
  fire(tx, id, *task->next_due_at, now, past, slots, plan);
  return tx.find_task(id);
}

namespace {

// Of the run that a fire would be skipped for. After a short stall, or where a pool is full, that one has
// only been admitted.
bool has_begun(store::Transaction& tx, const Task& task) {
  if (task.definition.overlap != task::OverlapPolicy::skip || task.running == 0) return true;
  const auto open = tx.open_executions(task.id, 1);
  return open.empty() || open.front().started_at;
}

}  // namespace

void Ledger::fire_once(store::Transaction& tx, Task& task, const cron::Schedule& schedule, Instant nominal,
                       Instant now, Slots& slots, Plan& plan) const {
  auto draft = draft_of(task, Trigger::schedule, now);
  draft.scheduled_at = nominal;
  draft.due_at = *task.next_due_at;
  draft.triggered_by = "schedule";
  if (task::is_past_start_deadline(task.definition, draft, now)) {
    skip(tx, task, schedule, {nominal, nominal, 1, kBookedTooLate}, now);
    return;
  }
  const auto admission =
      task::admit(task.definition.overlap, false, {task.running, task.queued, has_begun(tx, task)});
  if (admission.verdict == task::Admission::Verdict::refuse) {
    skip(tx, task, schedule, {nominal, nominal, 1, admission.reason}, now);
    return;
  }
  admit(tx, task, std::move(draft), admission, now, slots, plan);
}

namespace {

// The key of a fire that is made up: its own where it was told as missed before the clock was set back.
Instant key_of(store::Reader& reader, const Task& task, Instant nominal,
               const std::optional<task::RepeatedTime>& repeated) {
  if (!task::was_shown(repeated, nominal + task::jitter_of(task.definition))) return nominal;
  const auto before = reader.execution_for_fire(task.id, nominal);
  return before && before->status == ExecutionStatus::missed ? task::in_pass(nominal, *repeated) : nominal;
}

}  // namespace

void Ledger::misfire(store::Transaction& tx, Task& task, const cron::Schedule& schedule,
                     const std::optional<task::RepeatedTime>& repeated, Instant now, Slots& slots,
                     Plan& plan) const {
  const auto plan_for_missed = task::plan_misfire(task.definition, schedule, *task.next_run_at, now);
  const auto& left_out = plan_for_missed.missed;
  if (const auto missed = left_out ? without_record(tx, task, schedule, repeated, *left_out) : std::nullopt) {
    auto record = draft_of(task, Trigger::misfire, now);
    record.status = ExecutionStatus::missed;
    record.scheduled_at = missed->first;
    record.scheduled_until = missed->last;
    record.count = missed->count;
    record.reason = missed->reason;
    record.finished_at = now;
    tx.insert_execution(record);
    plan.ended.push_back(task.id);
  }
  std::vector<Execution> drafts;
  for (const auto nominal : plan_for_missed.run) {
    auto draft = draft_of(task, Trigger::misfire, now);
    draft.scheduled_at = key_of(tx, task, nominal, repeated);
    draft.due_at = nominal + task::jitter_of(task.definition);
    draft.triggered_by = "misfire";
    if (task::is_past_start_deadline(task.definition, draft, now))
      skip(tx, task, schedule, {*draft.scheduled_at, *draft.scheduled_at, 1, kBookedTooLate}, now);
    else
      drafts.push_back(std::move(draft));
  }
  // one after another, whatever the overlap policy says of later fires
  const auto overlap = task.definition.misfire.policy == task::MisfirePolicy::fire_all
                           ? task::OverlapPolicy::queue_all
                           : task.definition.overlap;
  for (auto& draft : drafts) {
    const auto admission = task::admit(overlap, false, {task.running, task.queued});
    if (admission.verdict == task::Admission::Verdict::refuse)
      skip(tx, task, schedule, {*draft.scheduled_at, *draft.scheduled_at, 1, admission.reason}, now);
    else
      admit(tx, task, std::move(draft), admission, now, slots, plan);
  }
  task.next_run_at = plan_for_missed.next.next_run_at;
  task.next_due_at = plan_for_missed.next.next_due_at;
}

namespace {

// Whether that record of skipped fires ends just before this one, so that both are one.
bool goes_on(const Execution& record, const Task& task, const cron::Schedule& schedule, Instant nominal,
             const std::string& reason) {
  if (record.status != ExecutionStatus::skipped || record.reason != reason || !record.scheduled_until)
    return false;
  // the range is read by the schedule that the record was made by
  if (record.task_revision != task.revision) return false;
  if (record.trigger != Trigger::schedule || task::pass_of(*record.scheduled_until) != task::pass_of(nominal))
    return false;
  const auto next = task::cursor_after(task.definition, schedule, *record.scheduled_until).next_run_at;
  return next && *next == std::chrono::floor<std::chrono::seconds>(nominal);
}

}  // namespace

void Ledger::skip(store::Transaction& tx, const Task& task, const cron::Schedule& schedule,
                  const task::FoldedFires& fires, Instant now) const {
  auto newest = tx.newest_execution(task.id, std::nullopt);
  if (newest && goes_on(*newest, task, schedule, fires.first, fires.reason)) {
    newest->count += fires.count;
    newest->scheduled_until = fires.last;
    newest->finished_at = now;
    tx.save_execution(*newest);
    tx.set_setting(kFoldedAtSetting, std::to_string(base::to_unix_ms(now)));
    return;
  }
  auto record = draft_of(task, Trigger::schedule, now);
  record.status = ExecutionStatus::skipped;
  record.scheduled_at = fires.first;
  record.due_at = fires.first + task::jitter_of(task.definition);
  record.scheduled_until = fires.last;
  record.count = fires.count;
  record.triggered_by = "schedule";
  record.reason = fires.reason;
  record.finished_at = now;
  tx.insert_execution(record);
}

void Ledger::skip_in_jitter(store::Transaction& tx, const Task& before, Instant now, const ClockPast& past,
                            const std::string& reason) const {
  const auto schedule = schedules_.of(before.definition);
  if (!schedule) return;
  const auto jitter = task::jitter_of(before.definition);
  const auto& ends_at = before.definition.ends_at;
  const auto skip_from = [&](Instant first, Instant until, const std::optional<task::RepeatedTime>& again) {
    auto fires = task::fold_fires(*schedule, first, until);
    if (again) {
      fires.first = task::in_pass(fires.first, *again);
      fires.last = task::in_pass(fires.last, *again);
    }
    fires.reason = reason;
    skip(tx, before, *schedule, fires, now);
  };
  const auto until = ends_at ? std::min(now, *ends_at) : now;
  auto cursor = task::Cursor{before.next_run_at, before.next_due_at};
  if (task::was_shown(past.repeated, *cursor.next_due_at)) {
    const auto shown_until = std::min(until, past.repeated->until - jitter);
    // a fixed schedule's had their records when the clock showed them first
    if (task::follows_the_clock(*schedule)) skip_from(*cursor.next_run_at, shown_until, past.repeated);
    cursor = task::cursor_after(before.definition, *schedule, shown_until);
  }
  if (cursor.next_run_at && *cursor.next_run_at <= until) skip_from(*cursor.next_run_at, until, {});
}

}  // namespace engine
