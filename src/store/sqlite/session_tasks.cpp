#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "store/sqlite/session.h"
#include "task/definition_json.h"

namespace store::sqlite {
namespace {

#define TASK_COLUMNS                                                                             \
  "tasks.id, revision, definition, paused, running, queued, waiting, last_failed, last_run_at, " \
  "next_run_at, next_due_at, "                                                                   \
  "last_error, force_run_at, created_at, updated_at, created_by"

task::TaskDefinition definition_from(const std::string& text) {
  boost::system::error_code failure;
  const auto value = boost::json::parse(text, failure);
  return value.is_object() ? task::from_compact_json(value.get_object()) : task::TaskDefinition{};
}

std::string definition_to_text(const task::TaskDefinition& definition) {
  return boost::json::serialize(task::to_compact_json(definition));
}

template <class ReadDefinition>
task::Task read_task_with(Row& row, const ReadDefinition& read_definition) {
  task::Task task;
  task.id = row.id<TaskId>();
  task.revision = row.integer();
  task.definition = read_definition(row.text());
  task.paused = row.flag();
  task.running = row.integer();
  task.queued = row.integer();
  task.waiting = row.integer();
  task.last_failed = row.flag();
  task.last_run_at = row.optional_instant();
  task.next_run_at = row.optional_instant();
  task.next_due_at = row.optional_instant();
  task.last_error = row.text();
  task.force_run_at = row.optional_instant();
  task.created_at = row.instant();
  task.updated_at = row.instant();
  task.created_by = row.text();
  return task;
}

task::Task read_task(Row& row) {
  return read_task_with(row, definition_from);
}

Revision read_revision(Row& row) {
  Revision revision;
  revision.number = row.integer();
  revision.definition = definition_from(row.text());
  revision.changed_at = row.instant();
  revision.changed_by = row.text();
  return revision;
}

// What a search looks at.
std::string search_text(const task::TaskDefinition& definition) {
  std::string text = definition.name + '\n' + definition.command + '\n' + definition.description;
  if (definition.http) text += '\n' + definition.http->url;
  for (const auto& tag : definition.tags) text += '\n' + tag;
  return text;
}

std::string like_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern += '%';
}

// created_at grows with the id, so that order needs no index of its own.
const char* order_of(TaskSort sort, bool descending) {
  switch (sort) {
    case TaskSort::id:
    case TaskSort::created_at:
      return descending ? "tasks.id DESC" : "tasks.id";
    case TaskSort::name:
      return descending ? "name DESC, tasks.id DESC" : "name, tasks.id";
    case TaskSort::status:
      return descending ? "status DESC, tasks.id DESC" : "status, tasks.id";
    case TaskSort::updated_at:
      return descending ? "updated_at DESC, tasks.id DESC" : "updated_at, tasks.id";
    case TaskSort::last_run_at:
      return descending ? "last_run_at DESC NULLS LAST, tasks.id DESC"
                        : "last_run_at ASC NULLS LAST, tasks.id";
    case TaskSort::next_run_at:
      return descending ? "next_run_at DESC NULLS LAST, tasks.id DESC"
                        : "next_run_at ASC NULLS LAST, tasks.id";
  }
  return "tasks.id";
}

// Every fire leaves its record, or a count of what retention deleted, so that one that has any was due. What
// follows another task, or waits for a restart, has its turn still to come.
constexpr const char* kNeverRan =
    "last_run_at IS NULL AND +status = 'ACTIVE' AND "
    "(EXISTS (SELECT 1 FROM executions WHERE executions.task_id = tasks.id) OR "
    "EXISTS (SELECT 1 FROM task_days WHERE task_days.task_id = tasks.id) OR "
    "(next_run_at IS NULL AND created_at < ? AND cron NOT LIKE '@reboot' AND "
    "NOT EXISTS (SELECT 1 FROM task_upstreams WHERE task_upstreams.task_id = tasks.id)))";

// What the planner should find rows by.
enum class By { condition, order };

std::string where_of(const TaskQuery& query, By by) {
  std::string where;
  const auto add = [&](const char* condition) {
    where += (where.empty() ? " WHERE " : " AND ") + std::string(condition);
  };
  // `+` keeps the planner from that index
  if (query.status) add(by == By::condition ? "status = ?" : "+status = ?");
  if (query.tag) add("tasks.id IN (SELECT task_id FROM task_tags WHERE tag = ?)");
  if (!query.search.empty()) add("search LIKE ? ESCAPE '\\'");
  if (query.need == TaskNeed::paused_failed) add("status = 'PAUSED' AND last_failed");
  if (query.need == TaskNeed::never_ran) add(kNeverRan);
  return where;
}

void bind_where(Binder& binder, const TaskQuery& query) {
  if (query.status) binder << to_string(*query.status);
  if (query.tag) binder << *query.tag;
  if (!query.search.empty()) binder << like_pattern(query.search);
  if (query.need == TaskNeed::never_ran) binder << query.made_before;
}

constexpr const char* kFindTask = "SELECT " TASK_COLUMNS " FROM tasks WHERE id = ?";
constexpr const char* kFindByName = "SELECT " TASK_COLUMNS " FROM tasks WHERE name = ? ORDER BY id LIMIT ?";
// One status at a time reads the index alone; GROUP BY would compute each task's status from its row.
constexpr const char* kCountOfStatus = "SELECT count(*) FROM tasks WHERE status = ?";
constexpr const char* kCountByTag = "SELECT tag, count(*) FROM task_tags GROUP BY tag LIMIT ?";
constexpr const char* kAllDue = "SELECT id, next_due_at FROM tasks WHERE next_due_at IS NOT NULL";
constexpr const char* kWithoutFire =
    "SELECT id FROM tasks WHERE next_run_at IS NULL AND id > ? AND NOT paused ORDER BY id LIMIT ?";
constexpr const char* kDueBefore =
    "SELECT " TASK_COLUMNS " FROM tasks WHERE next_run_at < ? ORDER BY next_run_at, id LIMIT ?";
constexpr const char* kAtReboot =
    "SELECT " TASK_COLUMNS
    " FROM tasks WHERE cron LIKE '@reboot' AND cron LIKE ? AND id > ? ORDER BY id LIMIT ?";
constexpr const char* kFindRevision =
    "SELECT number, definition, changed_at, changed_by FROM revisions WHERE task_id = ? AND number = ?";
constexpr const char* kListRevisions =
    "SELECT number, definition, changed_at, changed_by FROM revisions WHERE task_id = ? ORDER BY number DESC "
    "LIMIT ?";
constexpr const char* kRevisionBy =
    "SELECT number, definition, changed_at, changed_by FROM revisions WHERE task_id = ? AND changed_at <= ? "
    "ORDER BY number DESC LIMIT 1";
constexpr const char* kFirstRevision =
    "SELECT number, definition, changed_at, changed_by FROM revisions WHERE task_id = ? ORDER BY number "
    "LIMIT 1";
constexpr const char* kInsertTask =
    "INSERT INTO tasks (revision, name, cron, search, definition, paused, running, queued, waiting, "
    "last_failed, last_run_at, next_run_at, next_due_at, last_error, force_run_at, created_at, updated_at, "
    "created_by) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kSaveDefinition =
    "UPDATE tasks SET revision = ?, name = ?, cron = ?, search = ?, definition = ?, updated_at = ?, "
    "next_run_at = ?, "
    "next_due_at = ?, paused = ? WHERE id = ?";
constexpr const char* kSaveState =
    "UPDATE tasks SET paused = ?, running = ?, queued = ?, waiting = ?, last_failed = ?, last_run_at = ?, "
    "next_run_at = ?, next_due_at = ?, last_error = ?, force_run_at = ? WHERE id = ?";
constexpr const char* kSaveRunState =
    "UPDATE tasks SET running = ?, queued = ?, waiting = ?, last_failed = ?, last_run_at = ?, last_error = "
    "?, "
    "force_run_at = ? WHERE id = ?";
constexpr const char* kInsertRevision =
    "INSERT INTO revisions (task_id, number, definition, changed_at, changed_by) VALUES (?, ?, ?, ?, ?)";
constexpr const char* kInsertTag = "INSERT INTO task_tags (task_id, tag) VALUES (?, ?)";
constexpr const char* kInsertUse = "INSERT OR IGNORE INTO task_secrets (secret, task_id) VALUES (?, ?)";
constexpr const char* kDeleteUses = "DELETE FROM task_secrets WHERE task_id = ?";
constexpr const char* kDeleteTags = "DELETE FROM task_tags WHERE task_id = ?";
constexpr const char* kDeleteTask = "DELETE FROM tasks WHERE id = ?";
constexpr const char* kFindLegacy = "SELECT id FROM legacy_ids WHERE kind = ? AND legacy_id = ?";

}  // namespace

std::optional<task::Task> Session::find_task(TaskId id) {
  auto& statement = connection_.prepare(kFindTask);
  Binder(statement) << id;
  return one_row(statement, [&](Row& row) {
    return read_task_with(row, [&](std::string text) { return known_definition(std::move(text)); });
  });
}

task::TaskDefinition Session::known_definition(std::string text) {
  constexpr std::size_t kKnown = 1024;    // at most some 4 KB each
  constexpr std::size_t kLongest = 1024;  // bytes; most are a quarter of that
  if (text.size() > kLongest) return definition_from(text);
  const auto known = definitions_.find(text);
  if (known != definitions_.end()) return known->second;
  if (definitions_.size() >= kKnown) definitions_.clear();
  auto definition = definition_from(text);
  return definitions_.emplace(std::move(text), std::move(definition)).first->second;
}

std::vector<task::Task> Session::find_tasks_by_name(std::string_view name, std::int64_t limit) {
  auto& statement = connection_.prepare(kFindByName);
  Binder(statement) << name << limit;
  return all_rows(statement, read_task);
}

std::optional<std::int64_t> Session::find_legacy(std::string_view kind, std::string_view id) {
  auto& statement = connection_.prepare(kFindLegacy);
  Binder(statement) << kind << id;
  return one_row(statement, [](Row& row) { return row.integer(); });
}

std::optional<TaskId> Session::find_task_by_legacy_id(std::string_view id) {
  const auto found = find_legacy("task", id);
  return found ? std::optional{TaskId{*found}} : std::nullopt;
}

TaskPage Session::list_tasks(const TaskQuery& query) {
  TaskPage page;
  // nearly all are ACTIVE: a page of them is soonest found in the order's own index, few others by sorting
  const bool by_id = query.sort == TaskSort::id || query.sort == TaskSort::created_at;
  const auto by = query.status == task::TaskStatus::active && !by_id ? By::order : By::condition;
  auto& rows =
      connection_.prepare_composed("SELECT " TASK_COLUMNS " FROM tasks" + where_of(query, by) + " ORDER BY " +
                                   order_of(query.sort, query.descending) + " LIMIT ? OFFSET ?");
  Binder binder(rows);
  bind_where(binder, query);
  binder << query.page_size << (query.page - 1) * query.page_size;
  page.items = all_rows(rows, read_task);
  auto& count = connection_.prepare_composed("SELECT count(*) FROM tasks" + where_of(query, By::condition));
  Binder count_binder(count);
  bind_where(count_binder, query);
  page.total = one_row(count, [](Row& row) { return row.integer(); }).value_or(0);
  return page;
}

std::vector<TaskId> Session::list_task_ids(const TaskQuery& query, std::int64_t limit) {
  auto& rows = connection_.prepare_composed("SELECT tasks.id FROM tasks" + where_of(query, By::condition) +
                                            " ORDER BY tasks.id LIMIT ?");
  Binder binder(rows);
  bind_where(binder, query);
  binder << limit;
  return all_rows(rows, [](Row& row) { return row.id<TaskId>(); });
}

std::map<task::TaskStatus, std::int64_t> Session::count_tasks_by_status() {
  std::map<task::TaskStatus, std::int64_t> counts;
  using enum task::TaskStatus;
  for (const auto status : {active, paused, pending, running, failed}) {
    auto& statement = connection_.prepare(kCountOfStatus);
    Binder(statement) << to_string(status);
    const auto count = one_row(statement, [](Row& row) { return row.integer(); }).value_or(0);
    if (count > 0) counts[status] = count;
  }
  return counts;
}

std::map<task::TaskStatus, std::int64_t> Session::count_matching_by_status(const TaskQuery& query) {
  if (query.search.empty() && !query.tag && !query.need) return count_tasks_by_status();
  auto any_status = query;
  any_status.status.reset();
  auto& statement = connection_.prepare_composed("SELECT status, count(*) FROM tasks" +
                                                 where_of(any_status, By::condition) + " GROUP BY status");
  Binder binder(statement);
  bind_where(binder, any_status);
  std::map<task::TaskStatus, std::int64_t> counts;
  each_row(statement, [&](Row& row) {
    const auto status = task::parse_task_status(row.text());
    const auto count = row.integer();
    if (status) counts[*status] = count;
  });
  return counts;
}

std::map<std::string, std::int64_t> Session::count_tasks_by_tag(std::int64_t limit) {
  std::map<std::string, std::int64_t> counts;
  auto& statement = connection_.prepare(kCountByTag);
  Binder(statement) << limit;
  each_row(statement, [&](Row& row) {
    auto tag = row.text();
    counts[std::move(tag)] = row.integer();
  });
  return counts;
}

void Session::for_each_due(const std::function<void(TaskId, Instant)>& visit) {
  auto& statement = connection_.prepare(kAllDue);
  each_row(statement, [&](Row& row) {
    const auto id = row.id<TaskId>();
    visit(id, row.instant());
  });
}

std::vector<TaskId> Session::tasks_without_fire(TaskId after, std::int64_t limit) {
  auto& statement = connection_.prepare(kWithoutFire);
  Binder(statement) << after << limit;
  return all_rows(statement, [](Row& row) { return row.id<TaskId>(); });
}

std::vector<task::Task> Session::tasks_due_before(Instant until, std::int64_t limit) {
  auto& statement = connection_.prepare(kDueBefore);
  Binder(statement) << until << limit;
  return all_rows(statement, read_task);
}

std::vector<task::Task> Session::tasks_with_cron(std::string_view cron, TaskId after, std::int64_t limit) {
  auto& statement = connection_.prepare(kAtReboot);
  Binder(statement) << cron << after << limit;
  return all_rows(statement, read_task);
}

std::optional<Revision> Session::find_revision(TaskId id, std::int64_t number) {
  auto& statement = connection_.prepare(kFindRevision);
  Binder(statement) << id << number;
  return one_row(statement, read_revision);
}

std::vector<Revision> Session::list_revisions(TaskId id, std::int64_t limit) {
  auto& statement = connection_.prepare(kListRevisions);
  Binder(statement) << id << limit;
  return all_rows(statement, read_revision);
}

std::optional<Revision> Session::revision_at(TaskId id, Instant at) {
  auto& by_then = connection_.prepare(kRevisionBy);
  Binder(by_then) << id << at;
  if (auto revision = one_row(by_then, read_revision)) return revision;
  auto& first = connection_.prepare(kFirstRevision);
  Binder(first) << id;
  return one_row(first, read_revision);
}

TaskId Session::insert_task(const task::Task& task) {
  auto& statement = connection_.prepare(kInsertTask);
  Binder(statement) << std::int64_t{1} << task.definition.name << task.definition.cron
                    << search_text(task.definition) << definition_to_text(task.definition) << task.paused
                    << task.running << task.queued << task.waiting << task.last_failed << task.last_run_at
                    << task.next_run_at << task.next_due_at << task.last_error << task.force_run_at
                    << task.created_at << task.updated_at << task.created_by;
  statement.exec();
  auto made = task;
  made.id = TaskId{connection_.last_id()};
  made.revision = 1;
  write_tags(made);
  if (!made.definition.after.tasks.empty()) write_upstreams(made);
  write_revision(made, task.created_by);
  changes_.push_back(
      {.kind = Change::Kind::task_created, .task_id = made.id, .next_due_at = task.next_due_at});
  return made.id;
}

void Session::write_tags(const task::Task& task) {
  for (const auto& tag : task.definition.tags) {
    auto& statement = connection_.prepare(kInsertTag);
    Binder(statement) << task.id << tag;
    statement.exec();
  }
  for (const auto* secrets : {&task.definition.secrets, &task.definition.secret_files}) {
    for (const auto& [variable, secret] : *secrets) {
      auto& statement = connection_.prepare(kInsertUse);
      Binder(statement) << secret << task.id;
      statement.exec();
    }
  }
}

void Session::write_revision(const task::Task& task, std::string_view changed_by) {
  auto& statement = connection_.prepare(kInsertRevision);
  Binder(statement) << task.id << task.revision << definition_to_text(task.definition) << task.updated_at
                    << changed_by;
  statement.exec();
}

void Session::save_definition(const task::Task& task, std::string_view changed_by) {
  auto& statement = connection_.prepare(kSaveDefinition);
  Binder(statement) << task.revision << task.definition.name << task.definition.cron
                    << search_text(task.definition) << definition_to_text(task.definition) << task.updated_at
                    << task.next_run_at << task.next_due_at << task.paused << task.id;
  statement.exec();
  auto& untag = connection_.prepare(kDeleteTags);
  Binder(untag) << task.id;
  untag.exec();
  auto& forget_uses = connection_.prepare(kDeleteUses);
  Binder(forget_uses) << task.id;
  forget_uses.exec();
  write_tags(task);
  write_upstreams(task);
  write_revision(task, changed_by);
  changes_.push_back(
      {.kind = Change::Kind::task_updated, .task_id = task.id, .next_due_at = task.next_due_at});
}

void Session::save_task_state(const task::Task& task) {
  auto& statement = connection_.prepare(kSaveState);
  Binder(statement) << task.paused << task.running << task.queued << task.waiting << task.last_failed
                    << task.last_run_at << task.next_run_at << task.next_due_at << task.last_error
                    << task.force_run_at << task.id;
  statement.exec();
  changes_.push_back({.kind = Change::Kind::task_state, .task_id = task.id, .next_due_at = task.next_due_at});
}

void Session::save_run_state(const task::Task& task) {
  auto& statement = connection_.prepare(kSaveRunState);
  Binder(statement) << task.running << task.queued << task.waiting << task.last_failed << task.last_run_at
                    << task.last_error << task.force_run_at << task.id;
  statement.exec();
  changes_.push_back({.kind = Change::Kind::task_state, .task_id = task.id, .next_due_at = task.next_due_at});
}

void Session::delete_task(TaskId id) {
  auto& statement = connection_.prepare(kDeleteTask);
  Binder(statement) << id;
  if (statement.exec() > 0) changes_.push_back({.kind = Change::Kind::task_deleted, .task_id = id});
}

}  // namespace store::sqlite
