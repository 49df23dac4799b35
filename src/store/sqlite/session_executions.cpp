#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "store/sqlite/execution_rows.h"
#include "store/sqlite/session.h"

namespace store::sqlite {
namespace {

std::string overrides_to_text(const task::RunOverrides& overrides) {
  if (overrides.env.empty() && overrides.args.empty()) return {};
  boost::json::object env;
  for (const auto& [name, value] : overrides.env) env[name] = value;
  boost::json::array args;
  for (const auto& arg : overrides.args) args.emplace_back(arg);
  return boost::json::serialize(boost::json::object{{"env", std::move(env)}, {"args", std::move(args)}});
}

constexpr const char* kFind = "SELECT " EXECUTION_COLUMNS " FROM executions WHERE id = ?";
constexpr const char* kOpenOfTask =
    "SELECT " EXECUTION_COLUMNS
    " FROM executions WHERE task_id = ? AND status IN ('PENDING', 'RUNNING') ORDER BY id LIMIT ?";
constexpr const char* kOpenAfter =
    "SELECT " EXECUTION_COLUMNS
    " FROM executions INDEXED BY executions_open WHERE status IN ('PENDING', 'RUNNING') AND id > ? "
    "ORDER BY id LIMIT ?";
constexpr const char* kWaiting =
    "SELECT " EXECUTION_COLUMNS
    " FROM executions WHERE waiting <> 'none' AND waiting = 'slot' ORDER BY priority DESC, id LIMIT ?";
constexpr const char* kWaitingForPool =
    "SELECT " EXECUTION_COLUMNS
    " FROM executions WHERE waiting = 'pool' AND pool = ? ORDER BY priority DESC, id LIMIT ?";
constexpr const char* kPoolsWaitedFor = "SELECT DISTINCT pool FROM executions WHERE waiting = 'pool'";
constexpr const char* kBackoff =
    "SELECT " EXECUTION_COLUMNS
    " FROM executions WHERE waiting <> 'none' AND waiting = 'backoff' ORDER BY due_at LIMIT ?";
constexpr const char* kNewest =
    "SELECT " EXECUTION_COLUMNS " FROM executions WHERE task_id = ? ORDER BY id DESC LIMIT 1";
constexpr const char* kNewestOfStatus =
    "SELECT " EXECUTION_COLUMNS " FROM executions WHERE task_id = ? AND status = ? ORDER BY id DESC LIMIT 1";
constexpr const char* kForFire =
    "SELECT " EXECUTION_COLUMNS
    " FROM executions WHERE task_id = ?1 AND trigger IN ('schedule', 'misfire') AND scheduled_at <= ?2 "
    "AND scheduled_at % 1000 = ?2 % 1000 ORDER BY scheduled_at DESC LIMIT 1";
constexpr const char* kExpectedDuration =
    "SELECT avg(max(0, finished_at - started_at)) FROM (SELECT started_at, finished_at FROM executions WHERE "
    "task_id = ? AND started_at IS NOT NULL AND finished_at IS NOT NULL AND +status <> 'CANCELLED' ORDER BY "
    "id "
    "DESC LIMIT 10)";
constexpr const char* kInPool =
    "SELECT count(*) FROM executions WHERE pool <> '' AND pool = ? AND waiting = 'none' AND status IN "
    "('PENDING', 'RUNNING')";
constexpr const char* kInsert =
    "INSERT INTO executions (task_id, task_name, task_revision, status, waiting, trigger, triggered_by, "
    "scheduled_at, due_at, "
    "created_at, started_at, finished_at, late_ms, priority, pool, attempt, attempt_status, "
    "attempt_started_at, "
    "attempt_finished_at, exit_code, signal, error, output_bytes, output_dropped_bytes, cpu_ms, "
    "max_rss_bytes, reason, node, "
    "count, scheduled_until, overrides, cancel_asked, upstream_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
constexpr const char* kSave =
    "UPDATE executions SET status = ?, waiting = ?, due_at = ?, started_at = ?, finished_at = ?, late_ms = "
    "?, attempt = ?, "
    "attempt_status = ?, attempt_started_at = ?, attempt_finished_at = ?, exit_code = ?, signal = ?, error = "
    "?, "
    "output_bytes = ?, output_dropped_bytes = ?, cpu_ms = ?, max_rss_bytes = ?, reason = ?, node = ?, count "
    "= ?, "
    "scheduled_until = ?, cancel_asked = ? WHERE id = ?";
Change changed(Change::Kind kind, const task::Execution& execution) {
  return {
      .kind = kind, .task_id = execution.task_id, .execution_id = execution.id, .status = execution.status};
}

}  // namespace

std::optional<task::Execution> Session::find_execution(ExecutionId id) {
  auto& statement = connection_.prepare(kFind);
  Binder(statement) << id;
  return one_row(statement, read_execution);
}

std::optional<ExecutionId> Session::find_execution_by_legacy_id(std::string_view id) {
  const auto found = find_legacy("execution", id);
  return found ? std::optional{ExecutionId{*found}} : std::nullopt;
}

std::vector<task::Execution> Session::open_executions(TaskId id, std::int64_t limit) {
  auto& statement = connection_.prepare(kOpenOfTask);
  Binder(statement) << id << limit;
  return all_rows(statement, read_execution);
}

std::vector<task::Execution> Session::open_executions_after(ExecutionId after, std::int64_t limit) {
  auto& statement = connection_.prepare(kOpenAfter);
  Binder(statement) << after << limit;
  return all_rows(statement, read_execution);
}

std::vector<task::Execution> Session::waiting_for_slot(std::int64_t limit) {
  auto& statement = connection_.prepare(kWaiting);
  Binder(statement) << limit;
  return all_rows(statement, read_execution);
}

std::vector<task::Execution> Session::waiting_for_pool(std::string_view pool, std::int64_t limit) {
  auto& statement = connection_.prepare(kWaitingForPool);
  Binder(statement) << pool << limit;
  return all_rows(statement, read_execution);
}

std::vector<std::string> Session::pools_waited_for() {
  return all_rows(connection_.prepare(kPoolsWaitedFor), [](Row& row) { return row.text(); });
}

std::vector<task::Execution> Session::in_backoff(std::int64_t limit) {
  auto& statement = connection_.prepare(kBackoff);
  Binder(statement) << limit;
  return all_rows(statement, read_execution);
}

std::optional<task::Execution> Session::newest_execution(TaskId id,
                                                         std::optional<task::ExecutionStatus> status) {
  auto& statement = connection_.prepare(status ? kNewestOfStatus : kNewest);
  Binder binder(statement);
  binder << id;
  if (status) binder << to_string(*status);
  return one_row(statement, read_execution);
}

std::optional<task::Execution> Session::execution_for_fire(TaskId id, Instant scheduled_at) {
  auto& statement = connection_.prepare(kForFire);
  Binder(statement) << id << scheduled_at;
  auto found = one_row(statement, read_execution);
  if (!found || *found->scheduled_at == scheduled_at) return found;
  if (found->scheduled_until && *found->scheduled_until >= scheduled_at) return found;
  return std::nullopt;
}

std::optional<base::Milliseconds> Session::expected_duration(TaskId id) {
  auto& statement = connection_.prepare(kExpectedDuration);
  Binder(statement) << id;
  const auto average = one_row(statement, [](Row& row) { return row.optional_integer(); });
  if (!average || !*average) return std::nullopt;
  return base::Milliseconds{**average};
}

std::int64_t Session::count_running_in_pool(std::string_view pool) {
  auto& statement = connection_.prepare(kInPool);
  Binder(statement) << pool;
  return one_row(statement, [](Row& row) { return row.integer(); }).value_or(0);
}

std::optional<ExecutionId> Session::insert_execution(const task::Execution& execution) {
  const auto& attempt = execution.attempt;
  auto& statement = connection_.prepare(kInsert);
  Binder(statement) << execution.task_id << execution.task_name << execution.task_revision
                    << to_string(execution.status) << to_string(execution.waiting)
                    << to_string(execution.trigger) << execution.triggered_by << execution.scheduled_at
                    << execution.due_at << execution.created_at << execution.started_at
                    << execution.finished_at << execution.late_ms << execution.priority << execution.pool
                    << attempt.number << to_string(attempt.status) << attempt.started_at
                    << attempt.finished_at << attempt.exit_code << attempt.signal << attempt.error
                    << attempt.output_bytes << attempt.output_dropped_bytes << attempt.cpu_ms
                    << attempt.max_rss_bytes << execution.reason << execution.node << execution.count
                    << execution.scheduled_until << overrides_to_text(execution.overrides)
                    << execution.cancel_asked << task::upstream_of(execution);
  if (statement.exec() == 0) return std::nullopt;
  auto made = execution;
  made.id = ExecutionId{connection_.last_id()};
  changes_.push_back(changed(Change::Kind::execution_created, made));
  return made.id;
}

void Session::save_execution(const task::Execution& execution) {
  const auto& attempt = execution.attempt;
  auto& statement = connection_.prepare(kSave);
  Binder(statement) << to_string(execution.status) << to_string(execution.waiting) << execution.due_at
                    << execution.started_at << execution.finished_at << execution.late_ms << attempt.number
                    << to_string(attempt.status) << attempt.started_at << attempt.finished_at
                    << attempt.exit_code << attempt.signal << attempt.error << attempt.output_bytes
                    << attempt.output_dropped_bytes << attempt.cpu_ms << attempt.max_rss_bytes
                    << execution.reason << execution.node << execution.count << execution.scheduled_until
                    << execution.cancel_asked << execution.id;
  statement.exec();
  changes_.push_back(changed(Change::Kind::execution_updated, execution));
}

}  // namespace store::sqlite
