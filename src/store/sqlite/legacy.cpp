#include "store/sqlite/legacy.h"

#include <map>
#include <set>

#include "base/clock.h"
#include "base/log.h"
#include "store/sqlite/session.h"
#include "task/cursor.h"

namespace store::sqlite {
namespace {

constexpr std::size_t kOutputEndBytes = 32 * 1024;
constexpr const char* kTables[] = {"tasks", "executions", "users"};

std::set<std::string> columns_of(Connection& writer, const std::string& table) {
  std::set<std::string> columns;
  SQLite::Statement statement(writer.database(), "SELECT name FROM pragma_table_info(?)");
  statement.bind(1, table);
  while (statement.executeStep()) columns.insert(statement.getColumn(0).getString());
  return columns;
}

// The rows of one old table; a column that it lacks reads as nothing.
class OldTable {
 public:
  OldTable(Connection& writer, const std::string& table)
      : columns_(columns_of(writer, table)),
        statement_(writer.database(), "SELECT * FROM " + table + " ORDER BY rowid") {}

  bool next() { return statement_.executeStep(); }

  std::string text(std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (!columns_.contains(name)) continue;
      const auto column = statement_.getColumn(name);
      if (column.isNull()) continue;
      const char* bytes = static_cast<const char*>(column.getBlob());
      return bytes == nullptr ? std::string()
                              : std::string(bytes, static_cast<std::size_t>(column.getBytes()));
    }
    return {};
  }

  std::optional<Instant> instant(std::initializer_list<const char*> names) {
    return base::parse_iso(text(names));
  }

 private:
  std::set<std::string> columns_;
  SQLite::Statement statement_;
};

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

task::ExecutionStatus status_from(const std::string& old, std::string& note) {
  using enum task::ExecutionStatus;
  const auto name = upper(old);
  if (name == "SUCCESS" || name == "SUCCEEDED" || name == "COMPLETED" || name == "OK") return success;
  if (name == "RUNNING" || name == "PENDING" || name == "QUEUED") {
    note = "lost: it was " + name + " when the database was taken over";
    return lost;
  }
  if (name == "CANCELED") return cancelled;
  if (const auto known = task::parse_execution_status(name); known && task::is_final(*known)) return *known;
  if (name != "FAILURE" && name != "ERROR") note = "status '" + old + "' of the original database";
  return failed;
}

std::string ends_of(const std::string& text) {
  if (text.size() <= 2 * kOutputEndBytes) return text;
  const auto left_out = text.size() - 2 * kOutputEndBytes;
  return text.substr(0, kOutputEndBytes) + "\n[... " + std::to_string(left_out) +
         " bytes left out here ...]\n" + text.substr(text.size() - kOutputEndBytes);
}

class TakeOver {
 public:
  TakeOver(Connection& writer, std::string default_timezone)
      : writer_(writer), session_(writer), default_timezone_(std::move(default_timezone)) {}

  void run() {
    users();
    tasks();
    executions();
    base::log::info("store.taken_over", {{"tasks", tasks_}, {"executions", executions_}, {"users", users_}});
  }

 private:
  void users() {
    if (columns_of(writer_, "legacy_users").empty()) return;
    OldTable old(writer_, "legacy_users");
    while (old.next()) {
      User user;
      user.name = old.text({"username", "name", "email"});
      if (user.name.empty() || session_.find_user_by_name(user.name)) continue;
      user.password_hash = old.text({"password_hash", "hashed_password", "password"});
      const auto role = rights::parse_role(old.text({"role"}));
      const auto is_admin = old.text({"is_admin", "is_superuser", "admin"});
      user.role = !is_admin.empty() && is_admin != "0" && is_admin != "false"
                      ? rights::Role::admin
                      : role.value_or(rights::Role::editor);
      const auto active = old.text({"is_active", "active"});
      user.disabled = active == "0" || active == "false";
      user.created_at = user.updated_at = old.instant({"created_at"}).value_or(now_);
      session_.insert_user(user);
      ++users_;
    }
  }

  void tasks() {
    OldTable old(writer_, "legacy_tasks");
    while (old.next()) {
      task::Task task;
      task.definition.name = old.text({"name"});
      task.definition.cron = old.text({"cron", "cron_expression", "schedule"});
      task.definition.command = old.text({"command", "cmd"});
      task.definition.description = old.text({"description"});
      if (task.definition.name.empty()) task.definition.name = "task " + old.text({"id"});
      const auto status = upper(old.text({"status"}));
      task.paused = status == "PAUSED" || status == "DISABLED" || status == "INACTIVE";
      task.last_failed = status == "FAILED";
      task.last_error = old.text({"last_error"});
      task.last_run_at = old.instant({"last_run_at"});
      task.force_run_at = old.instant({"force_run_at"});
      task.created_at = old.instant({"created_at"}).value_or(now_);
      task.updated_at = old.instant({"updated_at"}).value_or(task.created_at);
      task.created_by = "taken over";
      schedule(task);
      tasks_by_old_id_[old.text({"id"})] = insert_task(old.text({"id"}), task);
      ++tasks_;
    }
  }

  void schedule(task::Task& task) const {
    const auto schedule = task::schedule_of(task.definition, default_timezone_);
    if (!schedule) {
      task.paused = true;
      task.last_error = "paused when it was taken over: its schedule '" + task.definition.cron +
                        "' can't be read; edit the task to mend it";
      return;
    }
    if (task.paused) return;
    const auto cursor = task::cursor_after(task.definition, *schedule, now_);
    task.next_run_at = cursor.next_run_at;
    task.next_due_at = cursor.next_due_at;
  }

  TaskId insert_task(const std::string& old_id, const task::Task& task) {
    auto id = session_.insert_task(task);
    if (const auto number = base::parse_id<TaskId>(old_id)) {
      renumber("tasks", "id", id.value, number->value);
      renumber("revisions", "task_id", id.value, number->value);
      return *number;
    }
    remember("task", old_id, id.value);
    return id;
  }

  void executions() {
    OldTable old(writer_, "legacy_executions");
    Instant made_at{};
    while (old.next()) {
      const auto owner = tasks_by_old_id_.find(old.text({"task_id"}));
      if (owner == tasks_by_old_id_.end()) continue;
      task::Execution execution;
      execution.task_id = owner->second;
      const auto task = session_.find_task(owner->second);
      execution.task_name = task->definition.name;
      std::string note;
      execution.status = execution.attempt.status = status_from(old.text({"status"}), note);
      execution.trigger = task::Trigger::manual;
      execution.triggered_by = "taken over";
      execution.started_at = execution.attempt.started_at = old.instant({"started_at"});
      execution.finished_at = execution.attempt.finished_at = old.instant({"finished_at"});
      // one without a time came after its task and the one before it
      made_at =
          execution.started_at.value_or(execution.finished_at.value_or(std::max(made_at, task->created_at)));
      execution.created_at = made_at;
      execution.attempt.error = old.text({"error"});
      execution.reason = note;
      const auto output = old.text({"stdout"});
      const auto errors = old.text({"stderr"});
      execution.attempt.output_bytes = static_cast<std::int64_t>(output.size() + errors.size());
      auto id = *session_.insert_execution(execution);
      const auto old_id = old.text({"id"});
      if (const auto number = base::parse_id<ExecutionId>(old_id)) {
        renumber("executions", "id", id.value, number->value);
        id = *number;
      } else {
        remember("execution", old_id, id.value);
      }
      if (!output.empty() || !errors.empty()) session_.save_output(id, {ends_of(output), ends_of(errors)});
      ++executions_;
    }
  }

  // New rows are numbered from the largest id on, so that a number which stays is never taken.
  void renumber(const std::string& table, const std::string& column, std::int64_t from, std::int64_t to) {
    if (from == to) return;
    SQLite::Statement statement(writer_.database(),
                                "UPDATE " + table + " SET " + column + " = ? WHERE " + column + " = ?");
    statement.bind(1, to);
    statement.bind(2, from);
    statement.exec();
  }

  void remember(const std::string& kind, const std::string& old_id, std::int64_t id) {
    SQLite::Statement statement(writer_.database(),
                                "INSERT OR IGNORE INTO legacy_ids (kind, legacy_id, id) VALUES (?, ?, ?)");
    Binder(statement) << kind << old_id << id;
    statement.exec();
  }

  Connection& writer_;
  Session session_;
  const std::string default_timezone_;
  const Instant now_ = base::SystemClock().now();
  std::map<std::string, TaskId> tasks_by_old_id_;
  std::int64_t tasks_ = 0, executions_ = 0, users_ = 0;
};

// Our counters begin above every old id that stays as base::parse_id read it.
void start_counting_above(Connection& writer, const char* table) {
  const std::string old = std::string("legacy_") + table;
  const auto largest = writer.database()
                           .execAndGet("SELECT coalesce(max(CAST(id AS INTEGER)), 0) FROM " + old +
                                       " WHERE id NOT GLOB '*[^0-9]*' AND length(id) <= 18")
                           .getInt64();
  SQLite::Statement statement(writer.database(), "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)");
  Binder(statement) << table << largest;
  statement.exec();
}

}  // namespace

bool is_legacy(Connection& writer) {
  const auto tasks = columns_of(writer, "tasks");
  const auto executions = columns_of(writer, "executions");
  return tasks.contains("cron") && tasks.contains("command") && executions.contains("task_id");
}

void put_aside_legacy_tables(Connection& writer) {
  // an index keeps its name when its table is renamed, and could take one of ours
  std::vector<std::string> indexes;
  SQLite::Statement statement(writer.database(),
                              "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND "
                              "tbl_name IN ('tasks', 'executions', 'users')");
  while (statement.executeStep()) indexes.push_back(statement.getColumn(0).getString());
  statement.reset();
  for (const auto& index : indexes) writer.execute(("DROP INDEX \"" + index + "\"").c_str());
  for (const std::string table : kTables) {
    if (columns_of(writer, table).empty()) continue;
    const auto rename = std::string("ALTER TABLE ").append(table).append(" RENAME TO legacy_").append(table);
    writer.execute(rename.c_str());
  }
}

void take_over_legacy_tables(Connection& writer, const std::string& default_timezone) {
  start_counting_above(writer, "tasks");
  start_counting_above(writer, "executions");
  TakeOver(writer, default_timezone).run();
}

}  // namespace store::sqlite
