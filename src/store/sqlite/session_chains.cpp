#include "store/sqlite/session.h"

namespace store::sqlite {
namespace {

constexpr const char* kTasksAfter =
    "SELECT task_id FROM task_upstreams WHERE upstream_id = ? ORDER BY task_id";
constexpr const char* kUpstreams =
    "SELECT upstream_id, execution_id FROM task_upstreams WHERE task_id = ? ORDER BY upstream_id";
constexpr const char* kInsertUpstream =
    "INSERT INTO task_upstreams (task_id, upstream_id) SELECT ?1, id FROM tasks WHERE id = ?2 ON CONFLICT DO "
    "NOTHING";
constexpr const char* kDeleteUpstream = "DELETE FROM task_upstreams WHERE task_id = ? AND upstream_id = ?";
constexpr const char* kSetArrival =
    "UPDATE task_upstreams SET execution_id = ? WHERE task_id = ? AND upstream_id = ?";
constexpr const char* kForgetArrivals =
    "UPDATE task_upstreams SET execution_id = NULL WHERE task_id = ? AND execution_id IS NOT NULL";
constexpr const char* kBeginPause =
    "INSERT OR REPLACE INTO task_pauses (task_id, began_at, ended_at) VALUES (?, ?, NULL)";
constexpr const char* kEndPause =
    "UPDATE task_pauses SET ended_at = ? WHERE task_id = ? AND ended_at IS NULL";
constexpr const char* kPauseBefore =
    "SELECT began_at, ended_at FROM task_pauses WHERE task_id = ? AND began_at < ? ORDER BY began_at DESC "
    "LIMIT 1";

}  // namespace

std::vector<TaskId> Session::tasks_after(TaskId upstream) {
  auto& statement = connection_.prepare(kTasksAfter);
  Binder(statement) << upstream;
  return all_rows(statement, [](Row& row) { return row.id<TaskId>(); });
}

std::vector<Upstream> Session::upstreams_of(TaskId id) {
  auto& statement = connection_.prepare(kUpstreams);
  Binder(statement) << id;
  return all_rows(statement, [](Row& row) {
    Upstream upstream{.task_id = row.id<TaskId>(), .arrived = {}};
    if (const auto arrived = row.optional_integer()) upstream.arrived = ExecutionId{*arrived};
    return upstream;
  });
}

// What stays named keeps what has arrived of it.
void Session::write_upstreams(const task::Task& task) {
  const auto& wanted = task.definition.after.tasks;
  for (const auto& upstream : upstreams_of(task.id)) {
    if (std::find(wanted.begin(), wanted.end(), upstream.task_id) != wanted.end()) continue;
    auto& statement = connection_.prepare(kDeleteUpstream);
    Binder(statement) << task.id << upstream.task_id;
    statement.exec();
  }
  for (const auto upstream : wanted) {
    auto& statement = connection_.prepare(kInsertUpstream);
    Binder(statement) << task.id << upstream;
    statement.exec();
  }
}

void Session::set_arrival(TaskId id, TaskId upstream, std::optional<ExecutionId> arrived) {
  auto& statement = connection_.prepare(kSetArrival);
  Binder(statement) << (arrived ? std::optional{arrived->value} : std::nullopt) << id << upstream;
  statement.exec();
}

void Session::forget_arrivals(TaskId id) {
  auto& statement = connection_.prepare(kForgetArrivals);
  Binder(statement) << id;
  statement.exec();
}

void Session::note_pause(TaskId id, Instant at, bool paused) {
  auto& statement = connection_.prepare(paused ? kBeginPause : kEndPause);
  if (paused)
    Binder(statement) << id << at;
  else
    Binder(statement) << at << id;
  statement.exec();
}

std::optional<Pause> Session::pause_before(TaskId id, Instant at) {
  auto& statement = connection_.prepare(kPauseBefore);
  Binder(statement) << id << at;
  return one_row(statement, [](Row& row) {
    Pause pause;
    pause.began_at = row.instant();
    pause.ended_at = row.optional_instant();
    return pause;
  });
}

}  // namespace store::sqlite
