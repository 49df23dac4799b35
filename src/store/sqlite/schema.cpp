#include "store/sqlite/schema.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "base/clock.h"
#include "base/kill_point.h"
#include "store/sqlite/legacy.h"
#include "store/sqlite/session.h"

namespace store::sqlite {
namespace {

constexpr const char* kVersion1 = R"sql(
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  revision INTEGER NOT NULL,
  name TEXT NOT NULL,
  cron TEXT NOT NULL,
  search TEXT NOT NULL,
  definition TEXT NOT NULL,
  paused INTEGER NOT NULL,
  running INTEGER NOT NULL,
  queued INTEGER NOT NULL,
  last_failed INTEGER NOT NULL,
  status TEXT NOT NULL GENERATED ALWAYS AS (CASE WHEN paused THEN 'PAUSED' WHEN running > 0 THEN 'RUNNING'
    WHEN queued > 0 THEN 'PENDING' WHEN last_failed THEN 'FAILED' ELSE 'ACTIVE' END) VIRTUAL,
  last_run_at INTEGER,
  next_run_at INTEGER,
  next_due_at INTEGER,
  last_error TEXT NOT NULL,
  force_run_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT;
CREATE INDEX tasks_by_status ON tasks (status);
CREATE INDEX tasks_by_name ON tasks (name);
CREATE INDEX tasks_by_update ON tasks (updated_at);
CREATE INDEX tasks_by_last_run ON tasks (last_run_at);
CREATE INDEX tasks_by_next_run ON tasks (next_run_at);
CREATE INDEX tasks_by_due ON tasks (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX tasks_at_reboot ON tasks (cron) WHERE cron LIKE '@reboot';

CREATE TABLE task_tags (
  task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (tag, task_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_tags_by_task ON task_tags (task_id);

CREATE TABLE revisions (
  task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  definition TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (task_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE executions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  task_name TEXT NOT NULL,
  task_revision INTEGER NOT NULL,
  status TEXT NOT NULL,
  waiting TEXT NOT NULL,
  trigger TEXT NOT NULL,
  triggered_by TEXT NOT NULL,
  scheduled_at INTEGER,
  due_at INTEGER,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  late_ms INTEGER,
  priority INTEGER NOT NULL,
  pool TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  attempt_status TEXT NOT NULL,
  attempt_started_at INTEGER,
  attempt_finished_at INTEGER,
  exit_code INTEGER,
  signal INTEGER,
  error TEXT NOT NULL,
  output_bytes INTEGER NOT NULL,
  output_dropped_bytes INTEGER NOT NULL,
  cpu_ms INTEGER NOT NULL,
  max_rss_bytes INTEGER NOT NULL,
  reason TEXT NOT NULL,
  node TEXT NOT NULL,
  count INTEGER NOT NULL,
  scheduled_until INTEGER,
  overrides TEXT NOT NULL,
  cancel_asked INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX executions_by_fire ON executions (task_id, scheduled_at) WHERE trigger IN ('schedule', 'misfire');
CREATE INDEX executions_by_task ON executions (task_id);
CREATE INDEX executions_by_time ON executions (created_at);
CREATE INDEX executions_open ON executions (task_id) WHERE status IN ('PENDING', 'RUNNING');
CREATE INDEX executions_not_good ON executions (status) WHERE status NOT IN ('SUCCESS', 'PENDING', 'RUNNING');
CREATE INDEX executions_unscheduled ON executions (trigger) WHERE trigger <> 'schedule';
CREATE INDEX executions_waiting ON executions (waiting, priority DESC, id) WHERE waiting <> 'none';
CREATE INDEX executions_waiting_for_pool ON executions (pool, priority DESC, id) WHERE waiting = 'pool';
CREATE INDEX executions_in_pool ON executions (pool) WHERE pool <> '' AND waiting = 'none' AND status IN ('PENDING', 'RUNNING');

CREATE TABLE attempts (
  execution_id INTEGER NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  exit_code INTEGER,
  signal INTEGER,
  error TEXT NOT NULL,
  output_bytes INTEGER NOT NULL,
  output_dropped_bytes INTEGER NOT NULL,
  cpu_ms INTEGER NOT NULL,
  max_rss_bytes INTEGER NOT NULL,
  PRIMARY KEY (execution_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE outputs (
  execution_id INTEGER PRIMARY KEY REFERENCES executions (id) ON DELETE CASCADE,
  stdout BLOB NOT NULL,
  stderr BLOB NOT NULL
) STRICT;

CREATE TABLE logs (
  execution_id INTEGER NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  frames BLOB NOT NULL,
  PRIMARY KEY (execution_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE hourly_outcomes (
  hour INTEGER NOT NULL,
  status TEXT NOT NULL,
  count INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  PRIMARY KEY (hour, status)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  disabled INTEGER NOT NULL,
  must_change_password INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  last_login_at INTEGER
) STRICT;
CREATE UNIQUE INDEX users_by_name ON users (name COLLATE NOCASE);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER
) STRICT;
CREATE INDEX tokens_by_user ON tokens (user_id);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  address TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL
) STRICT;

CREATE TABLE answers (
  user_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  answer TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_by_time ON answers (at);

CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE legacy_ids (
  kind TEXT NOT NULL,
  legacy_id TEXT NOT NULL,
  id INTEGER NOT NULL,
  PRIMARY KEY (kind, legacy_id)
) STRICT, WITHOUT ROWID;
)sql";

// Secrets, second factors, and an audit that is only ever appended to.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  sealed BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE task_secrets (
  secret TEXT NOT NULL,
  task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  PRIMARY KEY (secret, task_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_secrets_by_task ON task_secrets (task_id);

CREATE TABLE second_factors (
  user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  sealed BLOB NOT NULL,
  confirmed INTEGER NOT NULL,
  last_step INTEGER NOT NULL,
  recovery_hashes TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
)sql";

constexpr const char* kAuditGuards = R"sql(
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is only appended to'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is only appended to'); END;
)sql";

// Chains that several tasks lead to, and when tasks were paused.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE task_upstreams (
  task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  upstream_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  execution_id INTEGER,
  PRIMARY KEY (task_id, upstream_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_upstreams_by_upstream ON task_upstreams (upstream_id);

CREATE TABLE task_pauses (
  task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  began_at INTEGER NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (task_id, began_at)
) STRICT, WITHOUT ROWID;
INSERT INTO task_pauses SELECT id, updated_at, NULL FROM tasks WHERE paused;
)sql";

// What retention has deleted, by task and day.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE task_days (
  task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  day INTEGER NOT NULL,
  status TEXT NOT NULL,
  count INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  PRIMARY KEY (task_id, day, status)
) STRICT, WITHOUT ROWID;
)sql";

// As comparisons: SQLite makes a table of its own for a list of three, once for each row that it writes.
constexpr const char* kVersion5 = R"sql(
DROP INDEX executions_not_good;
CREATE INDEX executions_not_good ON executions (status)
  WHERE status <> 'SUCCESS' AND status <> 'PENDING' AND status <> 'RUNNING';
)sql";

// Which of a task's runs only wait for a slot or their pool: its status says so.
constexpr const char* kVersion6 = R"sql(
DROP INDEX tasks_by_status;
ALTER TABLE tasks DROP COLUMN status;
ALTER TABLE tasks ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN status TEXT NOT NULL GENERATED ALWAYS AS (CASE WHEN paused THEN 'PAUSED'
  WHEN running > waiting THEN 'RUNNING' WHEN running + queued > 0 THEN 'PENDING' WHEN last_failed THEN 'FAILED'
  ELSE 'ACTIVE' END) VIRTUAL;
UPDATE tasks SET waiting = (SELECT count(*) FROM executions
    WHERE task_id = tasks.id AND status = 'PENDING' AND waiting IN ('slot', 'pool'))
  WHERE id IN (SELECT task_id FROM executions WHERE waiting <> 'none' AND waiting IN ('slot', 'pool'));
CREATE INDEX tasks_by_status ON tasks (status);
)sql";

// What an execution's end started, and what was done by whom to what.
constexpr const char* kVersion7 = R"sql(
ALTER TABLE executions ADD COLUMN upstream_id INTEGER;
UPDATE executions SET upstream_id = json_extract(overrides, '$.env.MINI_SCHEDULER_UPSTREAM_EXECUTION_ID')
  WHERE trigger <> 'schedule' AND trigger = 'chain' AND overrides <> '';
CREATE INDEX executions_by_upstream ON executions (upstream_id) WHERE upstream_id IS NOT NULL;
CREATE INDEX audit_by_actor ON audit (actor);
CREATE INDEX audit_by_action ON audit (action);
CREATE INDEX audit_by_object ON audit (object);
)sql";

// What each user keeps for himself.
constexpr const char* kVersion8 = R"sql(
CREATE TABLE preferences (
  user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  document TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
)sql";

// What was open for a minute or longer, by how long (in digits of milliseconds) and until when: shorter ones
// lie close to when they were made. A missed or skipped record is open from its first fire on.
constexpr const char* kVersion9 = R"sql(
CREATE INDEX executions_long ON executions (
  length((finished_at - CASE WHEN status = 'MISSED' OR status = 'SKIPPED'
    THEN min(created_at, coalesce(scheduled_at, created_at)) ELSE created_at END)),
  finished_at)
  WHERE (finished_at - CASE WHEN status = 'MISSED' OR status = 'SKIPPED'
    THEN min(created_at, coalesce(scheduled_at, created_at)) ELSE created_at END) >= 60000;
)sql";

// The rows of version 1 become the chain's first links; their ids become a sequence without gaps.
void chain_audit(Connection& writer, const std::string& audit_key) {
  std::vector<AuditEntry> rows;
  {
    Session session(writer);
    rows = session.audit_after(0, INT64_MAX);
  }
  writer.execute("DELETE FROM audit");
  Session session(writer, audit_key);
  for (const auto& row : rows) session.append_audit(row);
  writer.execute(kAuditGuards);
}

int pragma(Connection& writer, const char* name) {
  return writer.database().execAndGet(std::string("PRAGMA ") + name).getInt();
}

bool has_tables(Connection& writer) {
  return writer.database().execAndGet("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").getInt() > 0;
}

void copy_beside(Connection& writer, const std::string& path) {
  auto stamp = base::to_iso(base::SystemClock().now());
  std::erase(stamp, ':');
  const auto name = path + ".before-version-" + std::to_string(kSchemaVersion);
  // what has the final name is whole, whenever this is killed
  const auto unfinished = name + ".unfinished";
  unlink(unfinished.c_str());
  {
    SQLite::Database target(unfinished, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    chmod(unfinished.c_str(), 0600);
    SQLite::Backup backup(target, writer.database());
    if (backup.executeStep() != SQLITE_DONE) throw SQLite::Exception(path + " is locked by another program");
  }
  base::kill_point("migration.copy_written");
  std::filesystem::rename(unfinished, name + "-" + stamp);
}

}  // namespace

void migrate(Connection& writer, const std::string& path, const std::string& default_timezone,
             const std::string& audit_key) {
  const int version = pragma(writer, "user_version");
  const bool ours = pragma(writer, "application_id") == kApplicationId;
  const bool filled = has_tables(writer);
  if (ours && version == kSchemaVersion) return;
  if (ours && version > kSchemaVersion) {
    throw std::runtime_error("the database " + path + " was written by a newer version (schema " +
                             std::to_string(version) + ", this one knows " + std::to_string(kSchemaVersion) +
                             "): run the newer program, or restore the copy that lies beside the file");
  }
  const bool legacy = !ours && filled && is_legacy(writer);
  if (!ours && filled && !legacy) {
    throw std::runtime_error(
        "the database " + path +
        " belongs to another program: choose another path for database.url, or move the file away");
  }
  if (filled) copy_beside(writer, path);
  base::kill_point("migration.copied");
  writer.execute("PRAGMA foreign_keys = OFF");
  SQLite::Transaction transaction(writer.database(), SQLite::TransactionBehavior::IMMEDIATE);
  if (legacy) put_aside_legacy_tables(writer);
  if (version < 1 || legacy) writer.execute(kVersion1);
  if (version < 2 || legacy) writer.execute(kVersion2);
  // before the take-over, which writes tasks and executions as they are written now
  if (version < 6 || legacy) writer.execute(kVersion6);
  if (version < 7 || legacy) writer.execute(kVersion7);
  if (legacy) take_over_legacy_tables(writer, default_timezone);
  if (version < 3 || legacy) writer.execute(kVersion3);
  if (version < 4 || legacy) writer.execute(kVersion4);
  if (version < 5 || legacy) writer.execute(kVersion5);
  if (version < 8 || legacy) writer.execute(kVersion8);
  if (version < 9 || legacy) writer.execute(kVersion9);
  if (version < 2 || legacy) chain_audit(writer, audit_key);
  writer.execute(("PRAGMA application_id = " + std::to_string(kApplicationId)).c_str());
  writer.execute(("PRAGMA user_version = " + std::to_string(kSchemaVersion)).c_str());
  base::kill_point("migration.before_commit");
  transaction.commit();
  base::kill_point("migration.committed");
  writer.execute("PRAGMA foreign_keys = ON");
}

}  // namespace store::sqlite
