// What users do.
#include "world.h"

namespace simulator {

using std::chrono::hours;
using std::chrono::minutes;

PlannedTask* World::any_task() {
  auto& task =
      tasks_[static_cast<std::size_t>(simulation_.between(0, static_cast<std::int64_t>(tasks_.size()) - 1))];
  return task.deleted ? nullptr : &task;
}

std::vector<task::Execution> World::open_executions() {
  std::vector<task::Execution> open;
  store_.read([&](store::Reader& reader) { open = reader.open_executions_after({}, 5); });
  return open;
}

void World::visit_user() {
  auto* task = any_task();
  if (!engine_ || task == nullptr) return;
  switch (simulation_.between(0, 24)) {
    case 0:
    case 1:
      return edit(*task);
    case 2:
      return simulation_.chance(0.5) ? remove(*task) : make_one_more();
    case 3:
    case 4:
    case 5:
    case 6:
      return pause(*task);
    case 7:
    case 8:
    case 9:
    case 10: {
      const auto open = open_executions();
      if (open.empty()) return;
      ++counts_.cancels;
      engine_->cancel({open.back().id, "ada"}, [](const base::Result<void>&) {});
      return;
    }
    case 11:
    case 12: {
      const auto running = open_executions();  // beside which it is to run
      return run_by_hand(running.empty() || simulation_.chance(0.3) ? task->id : running.back().task_id,
                         true);
    }
    case 13:
    case 14:
      return run_again();
    case 15:
      return backfill(*task);
    default:
      return run_by_hand(task->id, false);
  }
}

template <class Answer>
std::pair<std::string, std::function<void(Answer)>> World::ask(Asked asked) {
  auto& noted = asked_.emplace_back(std::move(asked));
  auto name = Asked::name(asked_.size() - 1);
  return {std::move(name), [&noted](Answer answer) {
            if (!answer)
              noted.refused = answer.error().kind;
            else if constexpr (std::is_same_v<Answer, base::Result<ExecutionId>>)
              noted.given = {*answer};
            else
              noted.given = std::move(*answer);
          }};
}

void World::run_by_hand(TaskId id, bool force) {
  ++(force ? counts_.forced_runs : counts_.manual_runs);
  auto [name, note] = ask<base::Result<ExecutionId>>(
      {.kind = force ? Asked::Kind::forced_run : Asked::Kind::run, .task_id = id});
  engine::RunRequest request{.task_id = id, .triggered_by = name};
  request.force = force && options_.planted != Planted::weak_force;
  if (simulation_.chance(0.5)) request.overrides.env["BY"] = name;
  engine_->run({std::move(request)}, [note = std::move(note)](engine::Engine::RunOutcomes outcomes) {
    note(std::move(outcomes.front()));
  });
}

// One of the last, ended or not.
void World::run_again() {
  std::vector<task::Execution> last;
  store_.read([&](store::Reader& reader) {
    store::ExecutionQuery query;
    query.limit = 10;
    last = reader.list_executions(query).items;
  });
  if (last.empty()) return;
  ++counts_.retries;
  const auto& before =
      last[static_cast<std::size_t>(simulation_.between(0, static_cast<std::int64_t>(last.size()) - 1))];
  auto [name, note] = ask<base::Result<ExecutionId>>({.kind = Asked::Kind::retry,
                                                      .task_id = before.task_id,
                                                      .again = before.id,
                                                      .has_ended = is_final(before.status)});
  const auto id = options_.planted == Planted::wrong_retries ? last.front().id : before.id;
  engine_->retry({id, name}, std::move(note));
}

void World::backfill(const PlannedTask& task) {
  ++counts_.backfills;
  constexpr task::OverlapPolicy kOverlaps[] = {
      task::OverlapPolicy::skip, task::OverlapPolicy::queue, task::OverlapPolicy::queue_all,
      task::OverlapPolicy::cancel_running, task::OverlapPolicy::allow};
  const auto to = simulation_.wall() - minutes{simulation_.between(0, 3000)};
  const bool is_long = task.longest > minutes{1};  // a thousand of those would not end in this world
  const auto from = to - minutes{simulation_.between(1, is_long ? 1500 : 15'000)};
  const auto overlap = kOverlaps[simulation_.chance(0.5) ? 2 : simulation_.between(0, 4)];
  auto [name, note] = ask<base::Result<std::vector<ExecutionId>>>(
      {.kind = Asked::Kind::backfill, .task_id = task.id, .from = from, .to = to, .overlap = overlap});
  const auto asked_to = options_.planted == Planted::short_backfills ? to - hours{2} : to;
  engine_->backfill(
      {.task_id = task.id, .from = from, .to = asked_to, .overlap = overlap, .triggered_by = name},
      std::move(note));
}

void World::pause(PlannedTask& task) {
  if (!task.paused.empty() && task.paused.back().second > simulation_.wall()) return;
  ++counts_.pauses;
  set_paused(task, true);
  simulation_.in(Milliseconds{simulation_.between(1, 3000) * 60'000},
                 [this, &task] { set_paused(task, false); });
}

// As the service does it; a resumed task goes on with the fires after now. Nothing, where the server is
// killed before it is done.
void World::set_paused(PlannedTask& planned, bool paused) {
  if (!engine_ || planned.deleted) return;
  const auto work = [this, &planned, paused](store::Transaction& tx, Instant now) -> base::Result<void> {
    auto task = tx.find_task(planned.id);
    if (!task || task->paused == paused) return {};
    task->paused = paused;
    place_cursor(*task, now);
    tx.save_task_state(*task);
    tx.note_pause(planned.id, now, paused);
    if (paused)
      planned.paused.emplace_back(now, Instant::max());
    else
      planned.paused.back().second = now;
    return {};
  };
  engine_->change({planned.id}, work, [](const base::Result<void>&) {});
}

void World::edit(PlannedTask& planned) {
  const auto beat = random_beat(simulation_);
  const PlannedTask::Chapter chapter{{}, beat, random_window(beat)};
  const auto work = [this, &planned, chapter](store::Transaction& tx, Instant now) -> base::Result<void> {
    auto task = tx.find_task(planned.id);
    if (!task || task->definition.cron == chapter.beat.cron) return {};
    ++task->revision;
    define(task->definition, chapter);
    task->updated_at = now;
    place_cursor(*task, now);
    tx.save_definition(*task, "ada");
    planned.chapters.push_back(chapter);
    planned.chapters.back().from = now;
    ++counts_.edits;
    return {};
  };
  engine_->change({planned.id}, work, [](const base::Result<void>&) {});
}

void World::make_one_more() {
  auto planned = random_task(options_.tasks + 1);
  const auto work = [this, planned](store::Transaction& tx, Instant now) mutable -> base::Result<void> {
    task::Task task;
    task.definition = planned.definition;
    planned.created = planned.chapters.front().from = task.created_at = task.updated_at = now;
    place_cursor(task, now);
    planned.id = tx.insert_task(task);
    tasks_.push_back(planned);
    by_id_[planned.id] = &tasks_.back();
    ++counts_.made;
    return {};
  };
  engine_->change({}, work, [](const base::Result<void>&) {});
}

void World::remove(PlannedTask& planned) {
  // noted in the same transaction
  const auto audit = [this, &planned](const task::Task&) {
    planned.deleted = simulation_.wall();
    ++counts_.deleted;
    return store::AuditEntry{.action = "task.delete"};
  };
  engine_->remove({planned.id}, audit, [](const engine::Engine::RemoveOutcomes&) {});
}

}  // namespace simulator
