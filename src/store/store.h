// The database behind one interface. Every database passes the same conformance suite (conformance.h).
//
// Reads run on the caller's thread on a view of the last commit. Writes run one after another; those that
// wait together commit together. What a write's `done` or the blocking write reports as kept survives kill
// -9.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/records.h"

namespace store {

// Thrown when the database itself fails (disk full, locked by a foreign writer, gone). Everything that a
// caller can be at fault for is a Result or an empty optional instead.
class DatabaseFailure : public std::exception {
 public:
  explicit DatabaseFailure(std::string message) : message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

// Everything that can be asked. Lists are bounded by their limit; none reads a large table without an index.
class Reader {
 public:
  virtual ~Reader() = default;

  // Tasks.
  virtual std::optional<task::Task> find_task(TaskId id) = 0;
  virtual std::vector<task::Task> find_tasks_by_name(std::string_view name, std::int64_t limit) = 0;
  // A task of a taken-over database whose id there was no number.
  virtual std::optional<TaskId> find_task_by_legacy_id(std::string_view id) = 0;
  virtual TaskPage list_tasks(const TaskQuery& query) = 0;
  // Ids of all tasks that the query matches, whatever its page; at most `limit`.
  virtual std::vector<TaskId> list_task_ids(const TaskQuery& query, std::int64_t limit) = 0;
  virtual std::map<task::TaskStatus, std::int64_t> count_tasks_by_status() = 0;
  // The same of the tasks with the query's search and tag, whatever status it names.
  virtual std::map<task::TaskStatus, std::int64_t> count_matching_by_status(const TaskQuery& query) = 0;
  virtual std::map<std::string, std::int64_t> count_tasks_by_tag(std::int64_t limit) = 0;
  // Every task that has a next fire, with its due time, in any order. Reads only an index.
  virtual void for_each_due(const std::function<void(TaskId, Instant)>& visit) = 0;
  // Tasks with an id above `after` that are not paused and have no next fire, by id.
  virtual std::vector<TaskId> tasks_without_fire(TaskId after, std::int64_t limit) = 0;
  // Tasks whose next_run_at is before `until`, soonest first.
  virtual std::vector<task::Task> tasks_due_before(Instant until, std::int64_t limit) = 0;
  // Tasks with an id above `after` that have that word for a schedule, by id. Only "@reboot", in letters of
  // any case, is kept findable.
  virtual std::vector<task::Task> tasks_with_cron(std::string_view cron, TaskId after,
                                                  std::int64_t limit) = 0;
  virtual std::optional<Revision> find_revision(TaskId id, std::int64_t number) = 0;
  virtual std::vector<Revision> list_revisions(TaskId id, std::int64_t limit) = 0;  // newest first
  // The newest that was written by that instant; before the first, the first.
  virtual std::optional<Revision> revision_at(TaskId id, Instant at) = 0;
  // The tasks whose `after` names that one, by id.
  virtual std::vector<TaskId> tasks_after(TaskId upstream) = 0;
  // What that task's `after` names, as far as it exists, by id.
  virtual std::vector<Upstream> upstreams_of(TaskId id) = 0;
  // The latest pause of the task that began before that instant.
  virtual std::optional<Pause> pause_before(TaskId id, Instant at) = 0;

  // Executions.
  virtual std::optional<task::Execution> find_execution(ExecutionId id) = 0;
  virtual std::optional<ExecutionId> find_execution_by_legacy_id(std::string_view id) = 0;
  virtual ExecutionPage list_executions(const ExecutionQuery& query) = 0;
  virtual std::vector<task::Attempt> earlier_attempts(
      ExecutionId id) = 0;  // oldest first, without the current one
  virtual Output find_output(ExecutionId id) = 0;
  // The frames of that attempt's output, where it was too little for a file.
  virtual std::optional<std::string> find_log(ExecutionId id, int attempt) = 0;
  virtual std::vector<RecentRun> recent_runs(TaskId id, std::int64_t limit) = 0;  // newest first
  // Not final ones of a task, oldest first.
  virtual std::vector<task::Execution> open_executions(TaskId id, std::int64_t limit) = 0;
  // Not final ones of all tasks with an id above `after`, by id.
  virtual std::vector<task::Execution> open_executions_after(ExecutionId after, std::int64_t limit) = 0;
  // PENDING ones that wait for a slot: highest priority first, then oldest.
  virtual std::vector<task::Execution> waiting_for_slot(std::int64_t limit) = 0;
  // PENDING ones that wait for that pool, in the same order.
  virtual std::vector<task::Execution> waiting_for_pool(std::string_view pool, std::int64_t limit) = 0;
  // The pools that something waits for.
  virtual std::vector<std::string> pools_waited_for() = 0;
  // PENDING ones in backoff, soonest due first.
  virtual std::vector<task::Execution> in_backoff(std::int64_t limit) = 0;
  // The task's newest execution with that status, where there is one.
  virtual std::optional<task::Execution> newest_execution(TaskId id,
                                                          std::optional<task::ExecutionStatus> status) = 0;
  // How long the task's last runs that ended took, on average; nullopt where none has.
  virtual std::optional<base::Milliseconds> expected_duration(TaskId id) = 0;
  // The record that covers that nominal time: made for it, or a folded one whose range holds it. Milliseconds
  // tell the passes of a clock that was set back (task/repeated_time.h): a record covers its own pass only.
  virtual std::optional<task::Execution> execution_for_fire(TaskId id, Instant scheduled_at) = 0;
  virtual std::int64_t count_running_in_pool(std::string_view pool) = 0;  // RUNNING or claimed
  // What retention may delete, oldest first: final executions of the task beyond the newest `keep` of all
  // that did not fail and the newest `keep_failed` of those that did.
  virtual std::vector<ExecutionId> beyond_retention(TaskId id, std::int64_t keep, std::int64_t keep_failed,
                                                    std::int64_t limit) = 0;
  // Final ones created before that instant, oldest first; of one task, or of all.
  virtual std::vector<ExecutionId> final_before(std::optional<TaskId> id, Instant before,
                                                std::int64_t limit) = 0;
  virtual std::vector<HourlyOutcome> hourly_outcomes(Instant from, Instant to) = 0;
  // The task's final executions that were created since then, newest first.
  virtual std::vector<TaskOutcome> task_outcomes(TaskId id, Instant since, std::int64_t limit) = 0;
  // Those of the task that were deleted since, added up by day (of UTC: `at` is its noon) and outcome, oldest
  // first.
  virtual std::vector<TaskOutcome> deleted_outcomes(TaskId id, Instant since) = 0;

  // Accounts.
  virtual std::optional<User> find_user(UserId id) = 0;
  virtual std::optional<User> find_user_by_name(std::string_view name) = 0;  // letters' case is ignored
  virtual std::vector<User> list_users(std::int64_t limit) = 0;
  virtual std::optional<Session> find_session(std::string_view id) = 0;
  virtual std::vector<Session> list_sessions(UserId id, std::int64_t limit) = 0;
  virtual std::optional<Token> find_token_by_hash(std::string_view hash) = 0;
  virtual std::vector<Token> list_tokens(UserId id, std::int64_t limit) = 0;

  virtual std::optional<SecondFactor> find_second_factor(UserId id) = 0;
  virtual std::optional<Preferences> find_preferences(UserId id) = 0;

  // Secrets of jobs.
  virtual std::optional<Secret> find_secret(std::string_view name) = 0;
  virtual std::vector<Secret> list_secrets(std::int64_t limit) = 0;  // by name
  virtual std::vector<TaskId> tasks_using_secret(std::string_view name, std::int64_t limit) = 0;

  // The rest.
  // Newest first.
  virtual AuditPage list_audit(const AuditQuery& query) = 0;
  // Rows with an id above `after`, oldest first: for checking the chain.
  virtual std::vector<AuditEntry> audit_after(std::int64_t after, std::int64_t limit) = 0;
  virtual std::optional<RememberedAnswer> find_answer(UserId user, std::string_view key) = 0;
  virtual std::optional<std::string> find_setting(std::string_view key) = 0;
};

// What one write may do. A row given to save_* must have been read in the same transaction.
class Transaction : public Reader {
 public:
  // Gives the task its id (revision 1 is written too).
  virtual TaskId insert_task(const task::Task& task) = 0;
  // Writes definition and revision: the task's new revision number and its row of history.
  virtual void save_definition(const task::Task& task, std::string_view changed_by) = 0;
  // Writes everything but the definition: paused, counters, cursor, last run and error.
  virtual void save_task_state(const task::Task& task) = 0;
  // Of these what a run changes: counters, last run and error. The cursor, and so its indexes, stay
  // untouched.
  virtual void save_run_state(const task::Task& task) = 0;
  // Of the task's `after`: that upstream's end counts from now on, or (nullopt) none of its ends does.
  virtual void set_arrival(TaskId id, TaskId upstream, std::optional<ExecutionId> arrived) = 0;
  virtual void forget_arrivals(TaskId id) = 0;
  // The task was paused, or resumed, at that instant.
  virtual void note_pause(TaskId id, Instant at, bool paused) = 0;
  // With all its executions, outputs, attempts and revisions.
  virtual void delete_task(TaskId id) = 0;

  // Gives the id; nullopt where the fire (task, scheduled_at) has its execution already (schedule and misfire
  // triggers only: the unique key that makes a fire happen once).
  virtual std::optional<ExecutionId> insert_execution(const task::Execution& execution) = 0;
  virtual void save_execution(const task::Execution& execution) = 0;
  // Keeps an ended attempt beside its execution, which goes on with the next one.
  virtual void keep_attempt(ExecutionId id, const task::Attempt& attempt) = 0;
  virtual void save_output(ExecutionId id, const Output& output) = 0;  // the latest attempt's
  virtual void save_log(ExecutionId id, int attempt, const std::string& frames) = 0;
  // Ended ones. How they ended is remembered by task and day for kDaysRemembered (deleted_outcomes).
  virtual void delete_executions(std::span<const ExecutionId> ids) = 0;
  virtual void add_outcome(Instant hour, task::ExecutionStatus status, std::int64_t duration_ms) = 0;

  virtual UserId insert_user(const User& user) = 0;  // the name is free; see find_user_by_name
  virtual void save_user(const User& user) = 0;
  virtual void delete_user(UserId id) = 0;  // with sessions, tokens, second factor and preferences
  virtual void insert_session(const Session& session) = 0;
  virtual void delete_session(std::string_view id) = 0;
  virtual void delete_sessions_of(UserId id, std::string_view but_not) = 0;
  virtual TokenId insert_token(const Token& token) = 0;
  virtual bool delete_token(UserId owner, TokenId id) = 0;  // false: no such token of that user
  virtual void touch_token(TokenId id, Instant used_at) = 0;

  virtual void save_second_factor(const SecondFactor& factor) = 0;
  virtual bool delete_second_factor(UserId id) = 0;  // false: there was none
  // Of a user that exists; in place of those that are kept.
  virtual void save_preferences(UserId id, const Preferences& preferences) = 0;

  virtual void save_secret(const Secret& secret) = 0;  // new, or in place of the one of that name
  virtual bool delete_secret(std::string_view name) = 0;

  // Gives the row its id, one above the last, and its hash. No row is ever changed or deleted.
  virtual void append_audit(const AuditEntry& entry) = 0;
  virtual void remember_answer(UserId user, std::string_view key, const RememberedAnswer& answer) = 0;
  virtual void forget_answers_before(Instant at) = 0;
  virtual void forget_sessions_before(Instant at) = 0;
  virtual void set_setting(std::string_view key, std::string_view value) = 0;
};

inline constexpr std::chrono::days kDaysRemembered{400};

class Store {
 public:
  // An error returned (or thrown) rolls back this work alone, not those that commit with it. May run more
  // than once where the database asks for a retry, so it must have no other effect; its results are set anew
  // each time.
  using Work = std::function<base::Result<void>(Transaction&)>;
  using Done = std::function<void(base::Result<void>)>;
  using Listener = std::function<void(std::span<const Change>)>;

  virtual ~Store() = default;

  // Runs `ask` on a consistent view. Throws DatabaseFailure. Any thread, several at once.
  virtual void read(const std::function<void(Reader&)>& ask) = 0;

  // Queues the work; `done` runs on the writer's thread after the commit and must not block.
  virtual void write(Work work, Done done) = 0;
  // The same, and waits. Never call it on the writer's thread.
  virtual base::Result<void> write(Work work);

  // Called after each commit on the writer's thread; must not block. Set before the first write.
  virtual void set_listener(Listener listener) = 0;

  // A complete copy in one file while writing goes on.
  virtual base::Result<void> backup(const std::string& path) = 0;

  // For how long the oldest write that was asked for has waited to be done; zero where none waits. Any
  // thread, never blocks.
  virtual std::chrono::milliseconds oldest_wait() const { return {}; }

  // For readiness and metrics.
  virtual std::string description() const = 0;  // "sqlite:data/scheduler.db"; never a password
};

}  // namespace store
