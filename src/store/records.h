// Rows that are not tasks or executions, and what queries take and give. Nothing here belongs to one
// database.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "rights/actor.h"
#include "task/execution.h"
#include "task/task.h"

namespace store {

using base::ExecutionId;
using base::Instant;
using base::TaskId;
using base::TokenId;
using base::UserId;

enum class TaskSort { id, name, status, created_at, updated_at, last_run_at, next_run_at };

// Tasks that somebody should look at, and that no status tells.
enum class TaskNeed {
  paused_failed,  // paused, and its last run failed
  never_ran,      // ACTIVE, never ran, and should have: a fire of it has its record, or none will ever come
};

struct TaskQuery {
  std::string search;  // substring of name, command, description or a tag; letters' case is ignored
  std::optional<task::TaskStatus> status;
  std::optional<std::string> tag;
  std::optional<TaskNeed> need;
  Instant made_before{};  // with never_ran: what has no fire to come is named only if it was made before that
  TaskSort sort = TaskSort::id;
  bool descending = false;
  std::int64_t page = 1;
  std::int64_t page_size = 50;
};

struct TaskPage {
  std::vector<task::Task> items;
  std::int64_t total = 0;
};

// From the first instant until before the last; of no length, it is that instant.
struct Window {
  Instant from;
  Instant to;
};

struct ExecutionQuery {
  std::optional<TaskId> task_id;
  std::optional<task::ExecutionStatus> status;
  std::optional<task::Trigger> trigger;
  std::optional<Instant> since;           // created at or after
  std::optional<Instant> until;           // created before
  std::optional<ExecutionId> started_by;  // by the end of that execution, in a chain
  // Begun before the window's end, and not ended before its beginning: from its start, where it was missed or
  // skipped its first fire, else its making, to its end; what is open goes on. Not with since, until or
  // started_by.
  std::optional<Window> during;
  std::int64_t limit = 50;
  std::optional<std::string> before;  // a page's next_cursor
};

// Newest first. next_cursor is absent on the last page.
struct ExecutionPage {
  std::vector<task::Execution> items;
  std::optional<std::string> next_cursor;
};

struct Output {
  std::string stdout_text;  // head and tail, any bytes
  std::string stderr_text;
};

struct Revision {
  std::int64_t number = 1;
  task::TaskDefinition definition;
  Instant changed_at;
  std::string changed_by;
};

// What a task's `after` waits for: that task, and the execution of it whose end counts so far.
struct Upstream {
  TaskId task_id;
  std::optional<ExecutionId> arrived;
};

struct Pause {
  Instant began_at;
  std::optional<Instant> ended_at;
};

// One hour of outcomes.
struct HourlyOutcome {
  Instant hour;
  task::ExecutionStatus status = task::ExecutionStatus::success;
  std::int64_t count = 0;
  std::int64_t duration_ms = 0;  // summed
};

// How one execution ended, or several of one day.
struct TaskOutcome {
  Instant at;  // when it began, or should have
  task::ExecutionStatus status = task::ExecutionStatus::success;
  std::int64_t count = 0;  // more than 1 for a folded record
  std::int64_t duration_ms = 0;
  auto operator<=>(const TaskOutcome&) const = default;
};

// What a strip of a task's last runs shows of each.
struct RecentRun {
  ExecutionId id;
  task::ExecutionStatus status = task::ExecutionStatus::success;
  std::optional<Instant> started_at;
  std::optional<std::int64_t> duration_ms;  // of final ones that began
};

struct User {
  UserId id;
  std::string name;
  std::string password_hash;  // libsodium's or crypt(3)'s text; empty: no password log-in
  rights::Role role = rights::Role::viewer;
  bool disabled = false;
  bool must_change_password = false;
  Instant created_at;
  Instant updated_at;
  std::optional<Instant> last_login_at;
};

// A log-in. Gone when logged out, revoked or past its end.
struct Session {
  std::string id;
  UserId user_id;
  Instant created_at;
  Instant expires_at;
  std::string address;
  std::string user_agent;
};

// A personal API token; only its hash is kept.
struct Token {
  TokenId id;
  UserId user_id;
  std::string name;
  std::string hash;
  rights::Scope scope = rights::Scope::read;
  Instant created_at;
  std::optional<Instant> expires_at;
  std::optional<Instant> last_used_at;
};

// A named secret of the jobs, sealed with a key that the database does not hold.
struct Secret {
  std::string name;
  std::string sealed;  // bytes
  Instant created_at;
  Instant updated_at;
  std::string updated_by;
};

// A user's one-time codes (TOTP).
struct SecondFactor {
  UserId user_id;
  std::string sealed;                        // the key of the codes, sealed as secrets are
  bool confirmed = false;                    // asked for at log-in from then on
  std::int64_t last_step = 0;                // of the newest code that was taken: none works twice
  std::vector<std::string> recovery_hashes;  // of the codes that are left
  Instant created_at;
};

// One row of the chain: `hash` covers the row and the hash of the one before.
struct AuditEntry {
  std::int64_t id = 0;
  Instant at;
  std::string actor;
  std::string address;
  std::string action;     // "task.create", "auth.login_failed", ...
  std::string object;     // "task:17", "user:bob"
  std::string before;     // JSON or empty
  std::string after;      // JSON or empty
  std::string hash = {};  // hex; given by the store
};

// Empty: whatever it is.
// What a user keeps for himself (auth/preferences.h), as JSON text.
struct Preferences {
  std::string document;
  std::int64_t revision = 0;
};

struct AuditQuery {
  std::string actor;
  std::string action;
  std::string object;
  std::int64_t limit = 50;
  std::optional<std::string> before;  // a page's next_cursor
};

struct AuditPage {
  std::vector<AuditEntry> items;
  std::optional<std::string> next_cursor;
};

// An answer that was given for an Idempotency-Key.
struct RememberedAnswer {
  std::string fingerprint;  // of the request, so that another one under the same key is refused
  std::string answer;
  Instant at;
};

// One committed change, told to the listener after the commit. Nothing is told of what was rolled back.
struct Change {
  enum class Kind {
    task_created,
    task_updated,
    task_deleted,
    task_state,
    execution_created,
    execution_updated,
    executions_deleted
  };
  Kind kind = Kind::task_updated;
  TaskId task_id;
  ExecutionId execution_id;                                       // for the execution kinds
  task::ExecutionStatus status = task::ExecutionStatus::pending;  // for the execution kinds
  std::optional<Instant> next_due_at;  // for the task kinds: what the planner needs
};

}  // namespace store
