#include "engine/ledger.h"
#include "task/cursor.h"
#include "task/start_deadline.h"

namespace engine {

using task::Execution;
using task::ExecutionStatus;
using task::Task;
using task::Trigger;
using task::Waiting;

namespace {

constexpr std::int64_t kMaxOpenRead = 10'000;  // open executions of one task that a single step looks at

// The part of the window in which the task fires at all, as the schedule takes it: after one second, up to
// and with another.
std::pair<std::chrono::sys_seconds, std::chrono::sys_seconds> seconds_of(
    const BackfillRequest& request, const task::TaskDefinition& definition) {
  constexpr std::chrono::seconds kOne{1};
  const auto from = std::max(request.from, definition.starts_at.value_or(request.from));
  const auto last = std::chrono::ceil<std::chrono::seconds>(request.to) - kOne;
  const auto ends_at = std::chrono::floor<std::chrono::seconds>(definition.ends_at.value_or(last));
  return {std::chrono::ceil<std::chrono::seconds>(from) - kOne, std::min(last, ends_at)};
}

// Not of an attempt that waited for its turn, but of the fire.
std::optional<Instant> due_at_of(const Execution& execution, const task::TaskDefinition& definition) {
  const bool is_fire = execution.trigger == Trigger::schedule || execution.trigger == Trigger::misfire;
  if (!is_fire || !execution.scheduled_at) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(*execution.scheduled_at) + task::jitter_of(definition);
}

std::string running_one(store::Transaction& tx, TaskId id) {
  const auto open = tx.open_executions(id, 1);
  return open.empty() ? std::string("one") : "execution " + base::to_string(open.front().id);
}

}  // namespace

std::chrono::sys_seconds on_the_beat(store::Reader& reader, const Task& task, const cron::Schedule& schedule,
                                     std::chrono::sys_seconds second) {
  auto fire = task.next_run_at;
  if (!fire) {
    const auto last =
        reader.list_executions({.task_id = task.id, .trigger = Trigger::schedule, .limit = 1}).items;
    if (!last.empty()) fire = last.front().scheduled_at;
  }
  if (!fire) return second;
  auto past = (second - std::chrono::floor<std::chrono::seconds>(*fire)) % schedule.every();
  if (past.count() < 0) past += schedule.every();
  return second - past;
}

base::Result<ExecutionId> Ledger::run(store::Transaction& tx, const RunRequest& request, Instant now,
                                      Slots& slots, Plan& plan) const {
  auto task = tx.find_task(request.task_id);
  if (!task) {
    return base::make_error(base::ErrorKind::not_found,
                            "there is no task " + base::to_string(request.task_id));
  }
  const auto admission = task::admit(task->definition.overlap, request.force, {task->running, task->queued});
  if (admission.verdict == task::Admission::Verdict::refuse) {
    auto error = base::make_error(base::ErrorKind::conflict,
                                  "task '" + task->definition.name + "' is running already (" +
                                      running_one(tx, task->id) + ") and its " + admission.reason);
    if (request.trigger == Trigger::manual)
      error.message += "; wait for its end, cancel it, or run with \"force\": true";
    if (const auto open = tx.open_executions(task->id, 1); !open.empty()) {
      error.fields.push_back({{"execution_id"}, base::to_string(open.front().id), {}});
    }
    return error;
  }
  auto draft = draft_of(*task, request.trigger, now);
  draft.triggered_by = request.triggered_by;
  draft.overrides = request.overrides;
  draft.reason = request.reason;
  const auto admitted = admit(tx, *task, std::move(draft), admission, now, slots, plan);
  if (request.trigger == Trigger::manual) task->force_run_at = now;
  tx.save_run_state(*task);
  if (request.also) request.also(tx, *task, admitted->id);
  return admitted->id;
}

void Ledger::run_or_skip(store::Transaction& tx, const RunRequest& request, Instant now, Slots& slots,
                         Plan& plan) const {
  const auto admitted = run(tx, request, now, slots, plan);
  if (admitted || admitted.error().kind != base::ErrorKind::conflict) return;
  const auto task = tx.find_task(request.task_id);
  auto record = draft_of(*task, request.trigger, now);
  record.status = ExecutionStatus::skipped;
  record.triggered_by = request.triggered_by;
  record.overrides = request.overrides;
  record.reason = admitted.error().message;
  record.finished_at = now;
  tx.insert_execution(record);
}

base::Result<std::vector<ExecutionId>> Ledger::backfill(store::Transaction& tx,
                                                        const BackfillRequest& request, Instant now,
                                                        Slots& slots, Plan& plan) const {
  auto task = tx.find_task(request.task_id);
  if (!task) {
    return base::make_error(base::ErrorKind::not_found,
                            "there is no task " + base::to_string(request.task_id));
  }
  const auto schedule = schedules_.of(task->definition);
  if (!schedule) return base::make_error(base::ErrorKind::conflict, "the task's schedule can't be read");
  auto [from, to] = seconds_of(request, task->definition);
  if (schedule->is_every()) from = on_the_beat(tx, *task, *schedule, from);
  const auto fires = schedule->between(from, to, kMaxBackfill + 1);
  if (fires.size() > kMaxBackfill) {
    return base::make_error(
        base::ErrorKind::invalid,
        "the window has more than " + std::to_string(kMaxBackfill) + " fires; backfill it in smaller pieces");
  }
  std::vector<ExecutionId> ids;
  std::optional<Execution> skipped;  // the last record, where it is one of skipped fires
  for (const auto fire : fires) {
    auto draft = draft_of(*task, Trigger::backfill, now);
    draft.scheduled_at = fire;
    draft.triggered_by = request.triggered_by;
    const auto admission = task::admit(request.overlap, false, {task->running, task->queued});
    if (admission.verdict == task::Admission::Verdict::refuse) {
      if (skipped && skipped->reason == admission.reason) {
        skipped->count += 1;
        skipped->scheduled_until = fire;
        tx.save_execution(*skipped);
        continue;
      }
      draft.status = ExecutionStatus::skipped;
      draft.reason = admission.reason;
      draft.scheduled_until = fire;
      draft.finished_at = now;
      if (const auto id = tx.insert_execution(draft)) {
        ids.push_back(*id);
        skipped = std::move(draft);
        skipped->id = *id;
      }
      continue;
    }
    skipped.reset();
    if (const auto admitted = admit(tx, *task, std::move(draft), admission, now, slots, plan)) {
      ids.push_back(admitted->id);
    }
  }
  tx.save_run_state(*task);
  if (request.also) request.also(tx, *task, ids);
  return ids;
}

std::int64_t Ledger::room_in_pool(store::Transaction& tx, const std::string& pool) const {
  const auto limit = options_.pools.find(pool);
  if (limit == options_.pools.end()) return kMaxOpenRead;
  auto taken = tx.count_running_in_pool(pool);
  for (const auto& [key, held] : read_held_places(tx)) taken += held == pool ? 1 : 0;
  return std::max<std::int64_t>(0, limit->second - taken);
}

void Ledger::hold_places(store::Transaction& tx, const HeldPlaces& of_deleted) const {
  if (of_deleted.empty()) return;
  auto places = read_held_places(tx);
  places.insert(of_deleted.begin(), of_deleted.end());
  write_held_places(tx, places);
}

void Ledger::give_places_back(store::Transaction& tx, const std::vector<runner::AttemptKey>& gone,
                              Plan& plan) const {
  auto places = read_held_places(tx);
  std::set<std::string> pools;
  for (const auto& key : gone) {
    if (auto place = places.extract(key)) pools.insert(std::move(place.mapped()));
  }
  if (pools.empty()) return;
  write_held_places(tx, places);
  for (const auto& pool : pools) let_into_pool(tx, pool, plan);
}

namespace {

// Whether one waits for a slot that comes before it. A draft has no id yet: it is the newest.
bool another_goes_first(store::Reader& reader, const Execution& execution) {
  const auto waiting = reader.waiting_for_slot(1);
  if (waiting.empty()) return false;
  const auto& first = waiting.front();
  if (first.priority != execution.priority) return first.priority > execution.priority;
  return !execution.id || first.id < execution.id;
}

}  // namespace

Waiting Ledger::claim(store::Transaction& tx, const Execution& execution, Turn turn, Slots& slots) const {
  if (room_in_pool(tx, execution.pool) == 0) return Waiting::pool;
  if (slots.left() > 0 && turn == Turn::stands_in_line && another_goes_first(tx, execution))
    return Waiting::slot;
  return slots.take() ? Waiting::none : Waiting::slot;
}

void Ledger::let_into_pool(store::Transaction& tx, const std::string& pool, Plan& plan) const {
  if (pool.empty()) return;
  const auto room = room_in_pool(tx, pool);
  if (room == 0) return;
  for (auto& execution : tx.waiting_for_pool(pool, room)) {
    execution.waiting = Waiting::slot;
    tx.save_execution(execution);
    plan.slot_waiters = true;
  }
}

void Ledger::let_into_pools(store::Transaction& tx, Plan& plan) const {
  for (const auto& pool : tx.pools_waited_for()) let_into_pool(tx, pool, plan);
}

std::optional<Execution> Ledger::admit(store::Transaction& tx, Task& task, Execution draft,
                                       const task::Admission& admission, Instant now, Slots& slots,
                                       Plan& plan) const {
  const bool waits = admission.verdict == task::Admission::Verdict::wait;
  if (admission.replace_waiting) replace_waiting(tx, task, now);
  if (waits) {
    draft.waiting = Waiting::overlap;
    if (draft.reason.empty()) draft.reason = admission.reason;
  } else {
    draft.waiting = claim(tx, draft, Turn::stands_in_line, slots);
    plan.slot_waiters |= draft.waiting == Waiting::slot;
  }
  const auto id = tx.insert_execution(draft);
  if (!id) return std::nullopt;
  draft.id = *id;
  if (waits)
    ++task.queued;
  else
    ++task.running;
  if (waits_for_room(draft.waiting)) ++task.waiting;
  const auto deadline = task::start_deadline(task.definition, draft);
  if (draft.waiting != Waiting::none && deadline) plan.deadlines.push_back({*id, *deadline});
  if (draft.waiting == Waiting::none) {
    task.last_run_at = now;
    plan.starts.push_back({draft, task.definition});
  }
  if (admission.cancel_running) {
    tx.save_run_state(task);
    for (const auto& open : tx.open_executions(task.id, kMaxOpenRead)) {
      if (open.id == draft.id || open.waiting == Waiting::overlap) continue;
      const auto done = cancel(tx, open.id, kByNewerRun, now, slots, plan);
      static_cast<void>(done);  // one that ended meanwhile needs no cancelling
    }
    // what had not reached the runner ended in this transaction, and may have let the new one go
    if (const auto fresh = tx.find_task(task.id)) {
      task.running = fresh->running;
      task.queued = fresh->queued;
      task.waiting = fresh->waiting;
    }
  }
  return draft;
}

void Ledger::replace_waiting(store::Transaction& tx, Task& task, Instant now) const {
  for (auto& open : tx.open_executions(task.id, kMaxOpenRead)) {
    if (open.waiting != Waiting::overlap) continue;
    open.status = open.attempt.status = ExecutionStatus::skipped;
    open.waiting = Waiting::none;
    open.finished_at = now;
    open.reason = "overlap policy 'cancel_running': a newer run took its place";
    tx.save_execution(open);
    --task.queued;
  }
}

void Ledger::claim_or_queue(store::Transaction& tx, Task& task, Execution& execution,
                            const task::TaskDefinition& definition, Turn turn, Slots& slots,
                            Plan& plan) const {
  if (waits_for_room(execution.waiting)) --task.waiting;
  execution.waiting = claim(tx, execution, turn, slots);
  if (waits_for_room(execution.waiting)) ++task.waiting;
  if (execution.waiting == Waiting::none) plan.starts.push_back({execution, definition});
  plan.slot_waiters |= execution.waiting == Waiting::slot;
  tx.save_execution(execution);
}

void Ledger::release_next(store::Transaction& tx, Task& task, Turn turn, Instant now, Slots& slots,
                          Plan& plan) const {
  while (task.running == 0 && task.queued > 0) {
    // with nothing running, the oldest that is open waits
    auto open = tx.open_executions(task.id, 1);
    if (open.empty()) return;
    auto& next = open.front();
    --task.queued;
    const auto definition = definition_of(tx, task, next);
    if (task::is_past_start_deadline(definition, next, now)) {
      skip_late_in_queue(tx, next, now, plan);
      continue;
    }
    if (task::is_of_admission(next.reason)) next.reason.clear();
    ++task.running;
    claim_or_queue(tx, task, next, definition, turn, slots, plan);
  }
}

void Ledger::let_go(store::Transaction& tx, Task& task, Execution& execution,
                    const task::TaskDefinition& definition, Turn turn, Slots& slots, Plan& plan) const {
  const auto waiting_before = task.waiting;
  claim_or_queue(tx, task, execution, definition, turn, slots, plan);
  if (task.waiting != waiting_before) tx.save_run_state(task);
}

void Ledger::promote(store::Transaction& tx, Instant now, Slots& slots, Plan& plan) const {
  constexpr std::int64_t kPromotedAtOnce = 256;
  const auto waiting = tx.waiting_for_slot(kPromotedAtOnce);
  for (auto execution : waiting) {
    if (slots.left() <= 0) {
      plan.slot_waiters = true;
      return;
    }
    auto task = tx.find_task(execution.task_id);
    if (!task) continue;
    const auto definition = definition_of(tx, *task, execution);
    if (task::is_past_start_deadline(definition, execution, now))
      skip_late(tx, execution, now, slots, plan);
    else
      let_go(tx, *task, execution, definition, Turn::has_come, slots, plan);
  }
  plan.slot_waiters |= static_cast<std::int64_t>(waiting.size()) == kPromotedAtOnce;
}

void Ledger::end_backoff(store::Transaction& tx, ExecutionId id, Instant now, Slots& slots,
                         Plan& plan) const {
  auto execution = tx.find_execution(id);
  if (!execution || execution->status != ExecutionStatus::pending || execution->waiting != Waiting::backoff)
    return;
  if (execution->due_at && *execution->due_at > now) {
    plan.backoffs.push_back({id, *execution->due_at});
    return;
  }
  auto task = tx.find_task(execution->task_id);
  if (!task) return;
  const auto definition = definition_of(tx, *task, *execution);
  execution->due_at = due_at_of(*execution, definition);
  let_go(tx, *task, *execution, definition, Turn::stands_in_line, slots, plan);
}

void Ledger::start_again(store::Transaction& tx, const Execution& execution, Instant now, Slots& slots,
                         Plan& plan) const {
  auto definition = definition_of(tx, execution);
  if (!definition) return;
  if (!task::is_past_start_deadline(*definition, execution, now)) {
    plan.starts.push_back({execution, std::move(*definition)});
    return;
  }
  auto late = execution;
  plan.unstarted.push_back(late.id);
  skip_late(tx, late, now, slots, plan);
}

std::optional<task::TaskDefinition> Ledger::definition_of(store::Reader& reader,
                                                          const Execution& execution) const {
  const auto task = reader.find_task(execution.task_id);
  return task ? std::optional{definition_of(reader, *task, execution)} : std::nullopt;
}

task::TaskDefinition Ledger::definition_of(store::Reader& reader, const Task& task,
                                           const Execution& execution) const {
  if (task.revision == execution.task_revision) return task.definition;
  auto revision = reader.find_revision(execution.task_id, execution.task_revision);
  return revision ? std::move(revision->definition) : task.definition;
}

}  // namespace engine
