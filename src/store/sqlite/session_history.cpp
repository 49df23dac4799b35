#include "store/sqlite/session.h"

namespace store::sqlite {
namespace {

constexpr const char* kEarlierAttempts =
    "SELECT number, status, started_at, finished_at, exit_code, signal, error, output_bytes, "
    "output_dropped_bytes, cpu_ms, "
    "max_rss_bytes FROM attempts WHERE execution_id = ? ORDER BY number";
constexpr const char* kKeepAttempt =
    "INSERT OR REPLACE INTO attempts (execution_id, number, status, started_at, finished_at, exit_code, "
    "signal, error, "
    "output_bytes, output_dropped_bytes, cpu_ms, max_rss_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kFindLog = "SELECT frames FROM logs WHERE execution_id = ? AND attempt = ?";
constexpr const char* kSaveLog =
    "INSERT OR REPLACE INTO logs (execution_id, attempt, frames) VALUES (?, ?, ?)";
constexpr const char* kFindOutput = "SELECT stdout, stderr FROM outputs WHERE execution_id = ?";
constexpr const char* kSaveOutput =
    "INSERT OR REPLACE INTO outputs (execution_id, stdout, stderr) VALUES (?, ?, ?)";
constexpr const char* kBeyondRetention =
    "SELECT id FROM (SELECT id FROM executions WHERE task_id = ?1 AND +status <> 'PENDING' AND +status <> "
    "'RUNNING' AND +status <> 'FAILED' AND +status <> 'TIMEOUT' AND +status <> 'LOST' ORDER BY id DESC LIMIT "
    "-1 OFFSET ?2) UNION ALL SELECT id FROM (SELECT id FROM executions WHERE task_id = ?1 AND (+status = "
    "'FAILED' OR +status = 'TIMEOUT' OR +status = 'LOST') ORDER BY id DESC LIMIT -1 OFFSET ?3) ORDER BY id "
    "LIMIT ?4";
constexpr const char* kFinalBefore =
    "SELECT id FROM executions WHERE created_at < ? AND +status NOT IN ('PENDING', 'RUNNING') ORDER BY "
    "created_at, id LIMIT ?";
constexpr const char* kFinalOfTaskBefore =
    "SELECT id FROM executions WHERE task_id = ? AND +created_at < ? AND +status NOT IN ('PENDING', "
    "'RUNNING') ORDER BY id LIMIT ?";
constexpr const char* kDeleteExecution =
    "DELETE FROM executions WHERE id = ? RETURNING task_id, coalesce(started_at, scheduled_at, created_at), "
    "status, count, coalesce(finished_at - started_at, 0)";
constexpr const char* kRememberDay =
    "INSERT INTO task_days (task_id, day, status, count, duration_ms) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT DO UPDATE SET count = count + excluded.count, duration_ms = duration_ms + "
    "excluded.duration_ms";
constexpr const char* kForgetDays = "DELETE FROM task_days WHERE task_id = ? AND day < ?";
constexpr const char* kRememberedDays =
    "SELECT day, status, count, duration_ms FROM task_days WHERE task_id = ? AND day >= ? ORDER BY day, "
    "status";
constexpr const char* kAddOutcome =
    "INSERT INTO hourly_outcomes (hour, status, count, duration_ms) VALUES (?, ?, 1, ?) "
    "ON CONFLICT DO UPDATE SET count = count + 1, duration_ms = duration_ms + excluded.duration_ms";
constexpr const char* kOutcomes =
    "SELECT hour, status, count, duration_ms FROM hourly_outcomes WHERE hour >= ? AND hour < ? ORDER BY "
    "hour, status";
constexpr const char* kTaskOutcomes =
    "SELECT coalesce(started_at, scheduled_at, created_at), status, count, coalesce(finished_at - "
    "started_at, 0) "
    "FROM executions WHERE task_id = ?1 AND id > coalesce((SELECT id FROM executions WHERE created_at < ?2 "
    "ORDER BY "
    "created_at DESC, id DESC LIMIT 1), 0) AND +created_at >= ?3 AND +status NOT IN ('PENDING', 'RUNNING') "
    "ORDER "
    "BY id DESC LIMIT ?4";
constexpr const char* kRecentRuns =
    "SELECT id, status, started_at, CASE WHEN status IN ('PENDING', 'RUNNING') THEN NULL ELSE finished_at - "
    "started_at END FROM executions WHERE task_id = ? ORDER BY id DESC LIMIT ?";
constexpr const char* kAuditColumns =
    "SELECT id, at, actor, address, action, object, before, after, hash FROM audit WHERE ";
constexpr const char* kAuditAfter =
    "SELECT id, at, actor, address, action, object, before, after, hash FROM audit WHERE id > ? ORDER BY id "
    "LIMIT ?";
constexpr const char* kLastAudit = "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1";
constexpr const char* kAppendAudit =
    "INSERT INTO audit (id, at, actor, address, action, object, before, after, hash) VALUES (?, ?, ?, ?, ?, "
    "?, "
    "?, ?, ?)";
constexpr const char* kFindAnswer =
    "SELECT fingerprint, answer, at FROM answers WHERE user_id = ? AND key = ?";
constexpr const char* kRememberAnswer =
    "INSERT OR REPLACE INTO answers (user_id, key, fingerprint, answer, at) VALUES (?, ?, ?, ?, ?)";
constexpr const char* kForgetAnswers = "DELETE FROM answers WHERE at < ?";
constexpr const char* kFindSetting = "SELECT value FROM settings WHERE key = ?";
constexpr const char* kSetSetting = "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)";

TaskOutcome read_outcome(Row& row) {
  TaskOutcome outcome;
  outcome.at = row.instant();
  outcome.status = task::parse_execution_status(row.text()).value_or(task::ExecutionStatus::failed);
  outcome.count = row.integer();
  outcome.duration_ms = row.integer();
  return outcome;
}

Instant day_of(Instant at) {
  return std::chrono::floor<std::chrono::days>(at);
}

task::Attempt read_attempt(Row& row) {
  task::Attempt attempt;
  attempt.number = static_cast<int>(row.integer());
  attempt.status = task::parse_execution_status(row.text()).value_or(task::ExecutionStatus::failed);
  attempt.started_at = row.optional_instant();
  attempt.finished_at = row.optional_instant();
  attempt.exit_code = row.optional_int();
  attempt.signal = row.optional_int();
  attempt.error = row.text();
  attempt.output_bytes = row.integer();
  attempt.output_dropped_bytes = row.integer();
  attempt.cpu_ms = row.integer();
  attempt.max_rss_bytes = row.integer();
  return attempt;
}

AuditEntry read_audit(Row& row) {
  AuditEntry entry;
  entry.id = row.integer();
  entry.at = row.instant();
  entry.actor = row.text();
  entry.address = row.text();
  entry.action = row.text();
  entry.object = row.text();
  entry.before = row.text();
  entry.after = row.text();
  entry.hash = row.text();
  return entry;
}

ExecutionId read_id(Row& row) {
  return row.id<ExecutionId>();
}

}  // namespace

std::vector<task::Attempt> Session::earlier_attempts(ExecutionId id) {
  auto& statement = connection_.prepare(kEarlierAttempts);
  Binder(statement) << id;
  return all_rows(statement, read_attempt);
}

void Session::keep_attempt(ExecutionId id, const task::Attempt& attempt) {
  auto& statement = connection_.prepare(kKeepAttempt);
  Binder(statement) << id << attempt.number << to_string(attempt.status) << attempt.started_at
                    << attempt.finished_at << attempt.exit_code << attempt.signal << attempt.error
                    << attempt.output_bytes << attempt.output_dropped_bytes << attempt.cpu_ms
                    << attempt.max_rss_bytes;
  statement.exec();
}

Output Session::find_output(ExecutionId id) {
  auto& statement = connection_.prepare(kFindOutput);
  Binder(statement) << id;
  const auto read = [](Row& row) {
    Output output;
    output.stdout_text = row.text();
    output.stderr_text = row.text();
    return output;
  };
  return one_row(statement, read).value_or(Output{});
}

void Session::save_output(ExecutionId id, const Output& output) {
  auto& statement = connection_.prepare(kSaveOutput);
  (Binder(statement) << id).blob(output.stdout_text).blob(output.stderr_text);
  statement.exec();
}

std::optional<std::string> Session::find_log(ExecutionId id, int attempt) {
  auto& statement = connection_.prepare(kFindLog);
  Binder(statement) << id << attempt;
  return one_row(statement, [](Row& row) { return row.text(); });
}

void Session::save_log(ExecutionId id, int attempt, const std::string& frames) {
  auto& statement = connection_.prepare(kSaveLog);
  (Binder(statement) << id << attempt).blob(frames);
  statement.exec();
}

std::vector<ExecutionId> Session::beyond_retention(TaskId id, std::int64_t keep, std::int64_t keep_failed,
                                                   std::int64_t limit) {
  auto& statement = connection_.prepare(kBeyondRetention);
  Binder(statement) << id << keep << keep_failed << limit;
  return all_rows(statement, read_id);
}

std::vector<ExecutionId> Session::final_before(std::optional<TaskId> id, Instant before, std::int64_t limit) {
  auto& statement = connection_.prepare(id ? kFinalOfTaskBefore : kFinalBefore);
  Binder binder(statement);
  if (id) binder << *id;
  binder << before << limit;
  return all_rows(statement, read_id);
}

void Session::delete_executions(std::span<const ExecutionId> ids) {
  std::map<std::tuple<TaskId, Instant, task::ExecutionStatus>, TaskOutcome> days;
  for (const auto id : ids) {
    auto& statement = connection_.prepare(kDeleteExecution);
    Binder(statement) << id;
    const auto deleted = one_row(statement, [](Row& row) {
      const auto task_id = row.id<TaskId>();
      return std::pair(task_id, read_outcome(row));
    });
    if (!deleted) continue;
    const auto& [task_id, outcome] = *deleted;
    auto& day = days[{task_id, day_of(outcome.at), outcome.status}];
    day.count += outcome.count;
    day.duration_ms += std::max<std::int64_t>(0, outcome.duration_ms);
    changes_.push_back({.kind = Change::Kind::executions_deleted, .task_id = task_id, .execution_id = id});
  }
  std::map<TaskId, Instant> latest;
  for (const auto& [key, sum] : days) {
    const auto& [task_id, day, status] = key;
    auto& statement = connection_.prepare(kRememberDay);
    Binder(statement) << task_id << day << to_string(status) << sum.count << sum.duration_ms;
    statement.exec();
    latest[task_id] = std::max(latest[task_id], day);
  }
  for (const auto& [task_id, day] : latest) {
    auto& statement = connection_.prepare(kForgetDays);
    Binder(statement) << task_id << day - kDaysRemembered;
    statement.exec();
  }
}

void Session::add_outcome(Instant hour, task::ExecutionStatus status, std::int64_t duration_ms) {
  auto& statement = connection_.prepare(kAddOutcome);
  Binder(statement) << hour << to_string(status) << duration_ms;
  statement.exec();
}

std::vector<HourlyOutcome> Session::hourly_outcomes(Instant from, Instant to) {
  auto& statement = connection_.prepare(kOutcomes);
  Binder(statement) << from << to;
  return all_rows(statement, [](Row& row) {
    HourlyOutcome outcome;
    outcome.hour = row.instant();
    outcome.status = task::parse_execution_status(row.text()).value_or(task::ExecutionStatus::failed);
    outcome.count = row.integer();
    outcome.duration_ms = row.integer();
    return outcome;
  });
}

std::vector<RecentRun> Session::recent_runs(TaskId id, std::int64_t limit) {
  auto& statement = connection_.prepare(kRecentRuns);
  Binder(statement) << id << limit;
  return all_rows(statement, [](Row& row) {
    RecentRun run;
    run.id = row.id<ExecutionId>();
    run.status = task::parse_execution_status(row.text()).value_or(task::ExecutionStatus::failed);
    run.started_at = row.optional_instant();
    run.duration_ms = row.optional_integer();
    return run;
  });
}

std::vector<TaskOutcome> Session::task_outcomes(TaskId id, Instant since, std::int64_t limit) {
  auto& statement = connection_.prepare(kTaskOutcomes);
  Binder(statement) << id << since - kClockStep << since << limit;
  return all_rows(statement, read_outcome);
}

std::vector<TaskOutcome> Session::deleted_outcomes(TaskId id, Instant since) {
  auto& statement = connection_.prepare(kRememberedDays);
  Binder(statement) << id << day_of(since);
  auto outcomes = all_rows(statement, read_outcome);
  for (auto& outcome : outcomes) outcome.at += std::chrono::hours{12};
  return outcomes;
}

AuditPage Session::list_audit(const AuditQuery& query) {
  // each with an index; the first that is given leaves the fewest rows, and is read by it
  std::string where;
  for (const auto& [column, wanted] :
       {std::pair{"object", &query.object}, {"action", &query.action}, {"actor", &query.actor}}) {
    if (!wanted->empty()) where += std::string(where.empty() ? "" : "+") + column + " = ? AND ";
  }
  auto& statement = connection_.prepare_composed(kAuditColumns + where + "id < ? ORDER BY id DESC LIMIT ?");
  Binder binder(statement);
  for (const auto* wanted : {&query.object, &query.action, &query.actor}) {
    if (!wanted->empty()) binder << *wanted;
  }
  const auto limit = query.limit;
  binder << (query.before ? base::parse_decimal(*query.before).value_or(0) : INT64_MAX) << limit + 1;
  AuditPage page;
  page.items = all_rows(statement, read_audit);
  if (static_cast<std::int64_t>(page.items.size()) > limit) {
    page.items.pop_back();
    page.next_cursor = std::to_string(page.items.back().id);
  }
  return page;
}

std::vector<AuditEntry> Session::audit_after(std::int64_t after, std::int64_t limit) {
  auto& statement = connection_.prepare(kAuditAfter);
  Binder(statement) << after << limit;
  return all_rows(statement, read_audit);
}

std::optional<AuditHead> Session::audit_head() {
  return one_row(connection_.prepare(kLastAudit), [](Row& row) {
    AuditHead head;
    head.id = row.integer();
    head.hash = row.text();
    return head;
  });
}

void Session::append_audit(const AuditEntry& entry) {
  const auto last = audit_head();
  auto made = entry;
  made.id = last ? last->id + 1 : 1;
  made.hash = audit_hash(audit_key_, last ? last->hash : std::string(), made);
  auto& statement = connection_.prepare(kAppendAudit);
  Binder(statement) << made.id << made.at << made.actor << made.address << made.action << made.object
                    << made.before << made.after << made.hash;
  statement.exec();
}

std::optional<RememberedAnswer> Session::find_answer(UserId user, std::string_view key) {
  auto& statement = connection_.prepare(kFindAnswer);
  Binder(statement) << user << key;
  return one_row(statement, [](Row& row) {
    RememberedAnswer answer;
    answer.fingerprint = row.text();
    answer.answer = row.text();
    answer.at = row.instant();
    return answer;
  });
}

void Session::remember_answer(UserId user, std::string_view key, const RememberedAnswer& answer) {
  auto& statement = connection_.prepare(kRememberAnswer);
  Binder(statement) << user << key << answer.fingerprint << answer.answer << answer.at;
  statement.exec();
}

void Session::forget_answers_before(Instant at) {
  auto& statement = connection_.prepare(kForgetAnswers);
  Binder(statement) << at;
  statement.exec();
}

std::optional<std::string> Session::find_setting(std::string_view key) {
  auto& statement = connection_.prepare(kFindSetting);
  Binder(statement) << key;
  return one_row(statement, [](Row& row) { return row.text(); });
}

void Session::set_setting(std::string_view key, std::string_view value) {
  auto& statement = connection_.prepare(kSetSetting);
  Binder(statement) << key << value;
  statement.exec();
}

}  // namespace store::sqlite
