// What is booked when the clock was set back. README.md has the rule.
#include "engine/ledger.h"
#include "task/cursor.h"

namespace engine {

using task::Task;

namespace {

// The fire before the cursor; where there is none, the last that the task has at all: its time is over by the
// clock that was set back, and may have come again.
std::optional<std::chrono::sys_seconds> last_fire_of(store::Reader& reader, const Task& task,
                                                     const cron::Schedule& schedule) {
  using std::chrono::seconds;
  if (task.next_run_at) return schedule.previous(std::chrono::floor<seconds>(*task.next_run_at));
  const auto& ends_at = task.definition.ends_at;
  if (!schedule.is_every()) {
    constexpr std::chrono::sys_days kNoFireSince{std::chrono::January / 1 / 2100};
    return schedule.previous(ends_at ? std::chrono::floor<seconds>(*ends_at) + seconds{1} : kNoFireSince);
  }
  if (!ends_at) return std::nullopt;
  return on_the_beat(reader, task, schedule, std::chrono::floor<seconds>(*ends_at));
}

// More fires than this are not looked at, for the sake of those that wait for the transaction.
constexpr int kMostLookedAt = 1000;

// From the task's cursor on, up to `until`.
std::optional<Instant> last_that_was_not_missed(store::Reader& reader, const Task& task,
                                                const cron::Schedule& schedule, Instant until) {
  using std::chrono::seconds;
  auto fire = schedule.previous(std::chrono::floor<seconds>(until) + seconds{1});
  for (int looked_at = 0; fire && *fire >= *task.next_run_at && looked_at < kMostLookedAt; ++looked_at) {
    const auto record = reader.execution_for_fire(task.id, *fire);
    if (record && record->status != task::ExecutionStatus::missed) return *fire;
    fire = schedule.previous(*fire);
  }
  return std::nullopt;
}

}  // namespace

std::optional<task::FoldedFires> Ledger::without_record(store::Reader& reader, const Task& task,
                                                        const cron::Schedule& schedule,
                                                        const std::optional<task::RepeatedTime>& repeated,
                                                        const task::FoldedFires& missed) const {
  if (!task::was_shown(repeated, missed.first + task::jitter_of(task.definition))) return missed;
  auto first = missed.first;
  while (const auto record = reader.execution_for_fire(task.id, first)) {
    const auto next = task::cursor_after(task.definition, schedule, record->scheduled_until.value_or(first));
    if (!next.next_run_at || *next.next_run_at > missed.last) return std::nullopt;
    first = *next.next_run_at;
  }
  if (first == missed.first) return missed;
  auto rest = task::fold_fires(schedule, first, missed.last);
  rest.reason = missed.reason;
  return rest;
}

void Ledger::set_back(store::Transaction& tx, TaskId id, Instant now, Plan& plan) const {
  auto task = tx.find_task(id);
  if (!task || task->paused) return;
  const auto schedule = schedules_.of(task->definition);
  if (!schedule || schedule->is_reboot()) return;
  const auto last_fire = last_fire_of(tx, *task, *schedule);
  if (!last_fire) return;
  const auto cursor = task::cursor_set_back(task->definition, *schedule, *last_fire, now);
  if (!cursor) return;
  task->next_run_at = cursor->next_run_at;
  task->next_due_at = cursor->next_due_at;
  tx.save_task_state(*task);
  plan.due_times.emplace_back(id, task->next_due_at);
}

void Ledger::follow_zone(store::Transaction& tx, TaskId id, Instant now,
                         const std::optional<task::RepeatedTime>& repeated, Plan& plan) const {
  auto task = tx.find_task(id);
  // what is due already is booked as it was planned
  if (!task || task->paused || !task->next_due_at || *task->next_due_at <= now) return;
  const auto schedule = schedules_.of(task->definition);
  if (!schedule || schedule->is_every()) return;
  auto after = now;
  if (repeated && !schedule->is_wild() && repeated->until - now < task::kLongestCatchUp)
    after = std::max(after, repeated->until);
  const auto cursor =
      task::cursor_after(task->definition, *schedule, after - task::jitter_of(task->definition));
  if (cursor.next_run_at == task->next_run_at) return;
  task->next_run_at = cursor.next_run_at;
  task->next_due_at = cursor.next_due_at;
  tx.save_task_state(*task);
  plan.due_times.emplace_back(id, task->next_due_at);
}

void Ledger::bring_retries_forward(store::Transaction& tx, base::Milliseconds by) const {
  for (auto& waiting : tx.in_backoff(std::numeric_limits<std::int64_t>::max())) {
    if (waiting.due_at) *waiting.due_at -= by;
    tx.save_execution(waiting);
  }
}

void Ledger::fire_again(store::Transaction& tx, Task& task, const cron::Schedule& schedule, Instant nominal,
                        const task::RepeatedTime& repeated, Instant now, Slots& slots, Plan& plan) const {
  if (task::follows_the_clock(schedule)) {
    fire_once(tx, task, schedule, task::in_pass(nominal, repeated), now, slots, plan);
    return;
  }
  const auto record = tx.execution_for_fire(task.id, nominal);
  if (!record)
    fire_once(tx, task, schedule, nominal, now, slots, plan);  // a schedule that it had not then
  else if (record->status == task::ExecutionStatus::missed)
    fire_once(tx, task, schedule, task::in_pass(nominal, repeated), now, slots, plan);
}

// Each of them had its record when the clock showed it first: none is missed. Of a fixed schedule what was
// missed then may still run, behind the last that was not.
bool Ledger::pass_over_repeated(store::Reader& reader, Task& task, const cron::Schedule& schedule,
                                const std::optional<task::RepeatedTime>& repeated, Instant now) const {
  if (!task::was_shown(repeated, *task.next_due_at)) return true;
  const auto jitter = task::jitter_of(task.definition);
  const auto until = std::min(repeated->until, now) - jitter;
  auto from = until;
  if (!task::follows_the_clock(schedule)) {
    const auto last = last_that_was_not_missed(reader, task, schedule, until);
    if (!last) return true;
    from = *last;
  }
  if (schedule.is_every()) {  // in whole steps
    const Instant cursor = *task.next_run_at;
    const base::Milliseconds step = schedule.every();
    from = cursor + (until - cursor) / step * step;
  }
  const auto cursor = task::cursor_after(task.definition, schedule, from);
  task.next_run_at = cursor.next_run_at;
  task.next_due_at = cursor.next_due_at;
  return task.next_due_at && *task.next_due_at <= now;
}

}  // namespace engine
