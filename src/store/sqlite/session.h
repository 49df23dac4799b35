// What one connection can be asked and told. SQL stands beside the function that uses it, one file for each
// group of tables.
#pragma once
#include <unordered_map>
#include <vector>

#include "store/audit_chain.h"
#include "store/sqlite/connection.h"
#include "store/store.h"

namespace store::sqlite {

// Ids grow with time, but for a clock that was set back by no more than this.
inline constexpr std::chrono::hours kClockStep{1};

class Session : public Transaction {
 public:
  explicit Session(Connection& connection, std::string audit_key = {})
      : connection_(connection), audit_key_(std::move(audit_key)) {}

  // What was changed since the last call; for the listener.
  std::vector<Change> take_changes() { return std::exchange(changes_, {}); }
  std::size_t change_count() const { return changes_.size(); }
  void forget_changes_after(std::size_t count) { changes_.resize(count); }

  // The newest row of the audit.
  std::optional<AuditHead> audit_head();

  // session_tasks.cpp
  std::optional<task::Task> find_task(TaskId id) override;
  std::vector<task::Task> find_tasks_by_name(std::string_view name, std::int64_t limit) override;
  std::optional<TaskId> find_task_by_legacy_id(std::string_view id) override;
  TaskPage list_tasks(const TaskQuery& query) override;
  std::vector<TaskId> list_task_ids(const TaskQuery& query, std::int64_t limit) override;
  std::map<task::TaskStatus, std::int64_t> count_tasks_by_status() override;
  std::map<task::TaskStatus, std::int64_t> count_matching_by_status(const TaskQuery& query) override;
  std::map<std::string, std::int64_t> count_tasks_by_tag(std::int64_t limit) override;
  void for_each_due(const std::function<void(TaskId, Instant)>& visit) override;
  std::vector<TaskId> tasks_without_fire(TaskId after, std::int64_t limit) override;
  std::vector<task::Task> tasks_due_before(Instant until, std::int64_t limit) override;
  std::vector<task::Task> tasks_with_cron(std::string_view cron, TaskId after, std::int64_t limit) override;
  std::optional<Revision> find_revision(TaskId id, std::int64_t number) override;
  std::vector<Revision> list_revisions(TaskId id, std::int64_t limit) override;
  std::optional<Revision> revision_at(TaskId id, Instant at) override;
  TaskId insert_task(const task::Task& task) override;
  void save_definition(const task::Task& task, std::string_view changed_by) override;
  void save_task_state(const task::Task& task) override;
  void save_run_state(const task::Task& task) override;
  void delete_task(TaskId id) override;

  // session_executions.cpp
  std::optional<task::Execution> find_execution(ExecutionId id) override;
  std::optional<ExecutionId> find_execution_by_legacy_id(std::string_view id) override;
  std::vector<task::Execution> open_executions(TaskId id, std::int64_t limit) override;
  std::vector<task::Execution> open_executions_after(ExecutionId after, std::int64_t limit) override;
  std::vector<task::Execution> waiting_for_slot(std::int64_t limit) override;
  std::vector<task::Execution> waiting_for_pool(std::string_view pool, std::int64_t limit) override;
  std::vector<std::string> pools_waited_for() override;
  std::vector<task::Execution> in_backoff(std::int64_t limit) override;
  std::optional<task::Execution> newest_execution(TaskId id,
                                                  std::optional<task::ExecutionStatus> status) override;
  std::optional<base::Milliseconds> expected_duration(TaskId id) override;
  std::optional<task::Execution> execution_for_fire(TaskId id, Instant scheduled_at) override;
  std::int64_t count_running_in_pool(std::string_view pool) override;
  std::optional<ExecutionId> insert_execution(const task::Execution& execution) override;
  void save_execution(const task::Execution& execution) override;

  // session_execution_lists.cpp
  ExecutionPage list_executions(const ExecutionQuery& query) override;

  // session_chains.cpp
  std::vector<TaskId> tasks_after(TaskId upstream) override;
  std::vector<Upstream> upstreams_of(TaskId id) override;
  std::optional<Pause> pause_before(TaskId id, Instant at) override;
  void set_arrival(TaskId id, TaskId upstream, std::optional<ExecutionId> arrived) override;
  void forget_arrivals(TaskId id) override;
  void note_pause(TaskId id, Instant at, bool paused) override;

  // session_history.cpp
  std::vector<task::Attempt> earlier_attempts(ExecutionId id) override;
  Output find_output(ExecutionId id) override;
  std::optional<std::string> find_log(ExecutionId id, int attempt) override;
  std::vector<ExecutionId> beyond_retention(TaskId id, std::int64_t keep, std::int64_t keep_failed,
                                            std::int64_t limit) override;
  std::vector<ExecutionId> final_before(std::optional<TaskId> id, Instant before,
                                        std::int64_t limit) override;
  std::vector<HourlyOutcome> hourly_outcomes(Instant from, Instant to) override;
  std::vector<RecentRun> recent_runs(TaskId id, std::int64_t limit) override;
  std::vector<TaskOutcome> task_outcomes(TaskId id, Instant since, std::int64_t limit) override;
  std::vector<TaskOutcome> deleted_outcomes(TaskId id, Instant since) override;
  void keep_attempt(ExecutionId id, const task::Attempt& attempt) override;
  void save_output(ExecutionId id, const Output& output) override;
  void save_log(ExecutionId id, int attempt, const std::string& frames) override;
  void delete_executions(std::span<const ExecutionId> ids) override;
  void add_outcome(Instant hour, task::ExecutionStatus status, std::int64_t duration_ms) override;
  AuditPage list_audit(const AuditQuery& query) override;
  std::vector<AuditEntry> audit_after(std::int64_t after, std::int64_t limit) override;
  std::optional<RememberedAnswer> find_answer(UserId user, std::string_view key) override;
  std::optional<std::string> find_setting(std::string_view key) override;
  void append_audit(const AuditEntry& entry) override;
  void remember_answer(UserId user, std::string_view key, const RememberedAnswer& answer) override;
  void forget_answers_before(Instant at) override;
  void set_setting(std::string_view key, std::string_view value) override;

  // session_accounts.cpp
  std::optional<User> find_user(UserId id) override;
  std::optional<User> find_user_by_name(std::string_view name) override;
  std::vector<User> list_users(std::int64_t limit) override;
  std::optional<store::Session> find_session(std::string_view id) override;
  std::vector<store::Session> list_sessions(UserId id, std::int64_t limit) override;
  std::optional<Token> find_token_by_hash(std::string_view hash) override;
  std::vector<Token> list_tokens(UserId id, std::int64_t limit) override;
  UserId insert_user(const User& user) override;
  void save_user(const User& user) override;
  void delete_user(UserId id) override;
  void insert_session(const store::Session& session) override;
  void delete_session(std::string_view id) override;
  void delete_sessions_of(UserId id, std::string_view but_not) override;
  void forget_sessions_before(Instant at) override;
  TokenId insert_token(const Token& token) override;
  bool delete_token(UserId owner, TokenId id) override;
  void touch_token(TokenId id, Instant used_at) override;

  // session_secrets.cpp
  std::optional<Secret> find_secret(std::string_view name) override;
  std::vector<Secret> list_secrets(std::int64_t limit) override;
  std::vector<TaskId> tasks_using_secret(std::string_view name, std::int64_t limit) override;
  std::optional<SecondFactor> find_second_factor(UserId id) override;
  std::optional<Preferences> find_preferences(UserId id) override;
  void save_secret(const Secret& secret) override;
  bool delete_secret(std::string_view name) override;
  void save_second_factor(const SecondFactor& factor) override;
  bool delete_second_factor(UserId id) override;
  void save_preferences(UserId id, const Preferences& preferences) override;

 private:
  // Newest first, one more than the limit where there are more.
  std::vector<task::Execution> executions_made(const ExecutionQuery& query);
  std::vector<task::Execution> executions_during(const ExecutionQuery& query);
  void write_tags(const task::Task& task);  // and which secrets it uses
  void write_upstreams(const task::Task& task);
  void write_revision(const task::Task& task, std::string_view changed_by);
  // What that text says; a short one is read once, since a run asks for its task's several times.
  task::TaskDefinition known_definition(std::string text);
  std::optional<std::int64_t> find_legacy(std::string_view kind, std::string_view id);

  Connection& connection_;
  const std::string audit_key_;
  std::vector<Change> changes_;
  std::unordered_map<std::string, task::TaskDefinition> definitions_;  // by their texts
};

// Visits each row of a statement whose values are bound. However it ends, the statement does: one that
// stopped half-way would hold its view of the file, and keep all later reads of the connection on it.
template <class Visit>
void each_row(SQLite::Statement& statement, const Visit& visit) {
  struct End {
    SQLite::Statement& statement;
    ~End() { statement.tryReset(); }
  } const end{statement};
  while (statement.executeStep()) {
    Row row(statement);
    visit(row);
  }
}

// All rows, each read by `read`.
template <class Read>
auto all_rows(SQLite::Statement& statement, const Read& read) {
  std::vector<decltype(read(std::declval<Row&>()))> rows;
  each_row(statement, [&](Row& row) { rows.push_back(read(row)); });
  return rows;
}

// The one row that there is, or none.
template <class Read>
auto one_row(SQLite::Statement& statement, const Read& read) {
  std::optional<decltype(read(std::declval<Row&>()))> found;
  each_row(statement, [&](Row& row) { found = read(row); });
  return found;
}

}  // namespace store::sqlite
