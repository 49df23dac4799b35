// No query reads a large table without an index, or sorts more rows than a bound allows (spec: the pages stay
// fast over ten million executions). The very statements that the store prepares are recorded and explained.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <regex>
#include <set>

#include "store/conformance.h"
#include "store/sqlite/sqlite_store.h"

namespace store {
namespace {

constexpr const char* kLargeTables =
    "(tasks|executions|attempts|outputs|logs|revisions|task_tags|task_upstreams|task_pauses|task_secrets|"
    "audit)";

struct Allowed {
  const char* sql;   // found in the statement
  const char* step;  // found in the plan's step
};

// Where a step is right that the rules below refuse; each with its bound.
constexpr Allowed kAllowed[] = {
    // newest first and cut by LIMIT: the first rows match, as nearly all rows have these values
    {"FROM executions WHERE 1 ORDER BY id DESC LIMIT", "SCAN executions"},
    {"FROM executions WHERE 1 AND +status = ? ORDER BY id DESC LIMIT", "SCAN executions"},
    {"FROM executions WHERE 1 AND +trigger = ? ORDER BY id DESC LIMIT", "SCAN executions"},
    {"FROM executions WHERE 1 AND +status = ? AND +trigger = ? ORDER BY id DESC LIMIT", "SCAN executions"},
    // the order's own index, cut by LIMIT
    {"FROM tasks ORDER BY", "SCAN tasks"},
    {"FROM tasks WHERE +status = ? ORDER BY", "SCAN tasks"},
    // as many as carry the tag, or are not ACTIVE
    {"task_tags WHERE tag = ?) ORDER BY", "USE TEMP B-TREE FOR ORDER BY"},
    {"FROM tasks WHERE status = ? ORDER BY", "USE TEMP B-TREE FOR ORDER BY"},
    {"FROM tasks WHERE status = 'PAUSED' AND last_failed ORDER BY", "USE TEMP B-TREE FOR ORDER BY"},
    // as many as never ran
    {"FROM tasks WHERE last_run_at IS NULL AND +status = 'ACTIVE'", "USE TEMP B-TREE"},
    {"task_tags WHERE tag = ?) GROUP BY status", "USE TEMP B-TREE FOR GROUP BY"},
    // an index that holds only what waits for a pool, read once after a start
    {"SELECT DISTINCT pool FROM executions WHERE waiting = 'pool'",
     "SCAN executions USING INDEX executions_waiting_for_pool"},
    // a substring can be anywhere: each task is looked at once, however many executions it has
    {"search LIKE ?", ""},
    // counts read one narrow index, and no row
    {"count(*) FROM tasks", "SCAN tasks USING COVERING INDEX"},
    {"count(*) FROM task_tags", "SCAN task_tags"},
    // over what is open: as much as runs and waits
    {"FROM executions INDEXED BY executions_open", "USING INDEX executions_open"},
    {"FROM executions INDEXED BY executions_open", "USE TEMP B-TREE FOR ORDER BY"},
    // what was open at an instant, and what began and ended soon after it
    {"INDEXED BY executions_long", "USE TEMP B-TREE FOR ORDER BY"},
    {"waiting = 'backoff' ORDER BY due_at", "USE TEMP B-TREE FOR ORDER BY"},
    // one user's
    {"FROM sessions WHERE user_id = ? ORDER BY created_at", "USE TEMP B-TREE FOR ORDER BY"},
    // over one task's history, which retention bounds
    {"UNION ALL SELECT id FROM (SELECT id FROM executions WHERE task_id", "USE TEMP B-TREE FOR ORDER BY"},
};

std::set<std::string> recorded;
std::mutex recording;

int record(unsigned, void*, void* statement, void*) {
  const std::lock_guard lock(recording);
  recorded.insert(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
  return 0;
}

// Called by SQLite for each connection that is opened.
int record_statements_of(sqlite3* database, char**, const struct sqlite3_api_routines*) {
  return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, record, nullptr);
}

class Recording {
 public:
  Recording() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(record_statements_of)); }
  ~Recording() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(record_statements_of)); }
};

void ask_for_tasks(Reader& reader) {
  reader.find_task({});
  reader.find_tasks_by_name("", 1);
  reader.find_task_by_legacy_id("");
  reader.count_tasks_by_status();
  reader.count_matching_by_status({.search = "text"});
  reader.count_matching_by_status({.tag = "tag"});
  reader.count_matching_by_status({.search = "text", .tag = "tag"});
  for (const auto need : {TaskNeed::paused_failed, TaskNeed::never_ran})
    reader.count_matching_by_status({.need = need});
  reader.count_tasks_by_tag(1);
  reader.for_each_due([](TaskId, Instant) {});
  reader.tasks_without_fire({}, 1);
  reader.tasks_due_before({}, 1);
  reader.tasks_with_cron("@reboot", {}, 1);
  reader.find_revision({}, 1);
  reader.list_revisions({}, 1);
  reader.revision_at({}, {});
  reader.tasks_after({});
  reader.upstreams_of({});
  reader.pause_before({}, {});
  for (int sort = 0; sort <= static_cast<int>(TaskSort::next_run_at); ++sort) {
    for (int terms = 0; terms < 16; ++terms) {
      TaskQuery query{.sort = static_cast<TaskSort>(sort), .descending = (terms & 1) != 0};
      if (terms & 4) query.tag = "tag";
      if (terms & 8) query.search = "text";
      for (const auto status : {TaskStatus::active, TaskStatus::failed}) {
        if (terms & 2) query.status = status;
        reader.list_tasks(query);
        reader.list_task_ids(query, 1);
      }
    }
    for (const auto need : {TaskNeed::paused_failed, TaskNeed::never_ran})
      reader.list_tasks({.need = need, .sort = static_cast<TaskSort>(sort)});
  }
}

void ask_for_executions(Reader& reader) {
  reader.find_execution({});
  reader.find_execution_by_legacy_id("");
  reader.earlier_attempts({});
  reader.find_output({});
  reader.find_log({}, 1);
  reader.open_executions({}, 1);
  reader.open_executions_after({}, 1);
  reader.waiting_for_slot(1);
  reader.waiting_for_pool("", 1);
  reader.pools_waited_for();
  reader.in_backoff(1);
  reader.newest_execution({}, {});
  reader.newest_execution({}, ExecutionStatus::failed);
  reader.execution_for_fire({}, {});
  reader.expected_duration({});
  reader.count_running_in_pool("");
  reader.beyond_retention({}, 1, 1, 1);
  reader.final_before({}, {}, 1);
  reader.final_before(TaskId{}, {}, 1);
  reader.hourly_outcomes({}, {});
  reader.task_outcomes({}, {}, 1);
  reader.deleted_outcomes({}, {});
  reader.recent_runs({}, 1);
  for (int status = -1; status < 9; ++status) {
    for (int trigger = -1; trigger < 6; ++trigger) {
      for (int terms = 0; terms < 32; ++terms) {
        ExecutionQuery query;
        if (status >= 0) query.status = static_cast<ExecutionStatus>(status);
        if (trigger >= 0) query.trigger = static_cast<Trigger>(trigger);
        if (terms & 1) query.task_id = TaskId{};
        if (terms & 2) query.since = kNoon;
        if (terms & 4) query.until = kNoon;
        if (terms & 8) query.before = "1";
        if (terms & 16) query.started_by = ExecutionId{1};
        reader.list_executions(query);
        if (terms & (2 | 4 | 16)) continue;
        query.during = Window{kNoon, kNoon};
        reader.list_executions(query);
      }
    }
  }
}

void ask_for_the_rest(Reader& reader) {
  reader.find_user({});
  reader.find_user_by_name("");
  reader.list_users(1);
  reader.find_session("");
  reader.list_sessions({}, 1);
  reader.find_token_by_hash("");
  reader.list_tokens({}, 1);
  for (const char* actor : {"", "a"}) {
    for (const char* action : {"", "a"}) {
      for (const char* object : {"", "a"})
        reader.list_audit({.actor = actor, .action = action, .object = object});
    }
  }
  reader.audit_after(0, 1);
  reader.find_second_factor({});
  reader.find_preferences({});
  reader.find_secret("");
  reader.list_secrets(1);
  reader.tasks_using_secret("", 1);
  reader.find_answer({}, "");
  reader.find_setting("");
}

void change_all(Transaction& transaction) {
  auto task = task_named("a");
  task.definition.tags = {"tag"};
  task.definition.after.tasks = {transaction.insert_task(task_named("b"))};
  task.definition.secrets = {{"KEY", "a"}};
  task.definition.secret_files = {{"FILE", "a"}};
  task.id = transaction.insert_task(task);
  transaction.set_arrival(task.id, task.definition.after.tasks[0], ExecutionId{1});
  transaction.forget_arrivals(task.id);
  transaction.note_pause(task.id, kNoon, true);
  transaction.note_pause(task.id, kNoon, false);
  task.definition.after.tasks.clear();
  task.revision = 2;
  transaction.save_definition(task, "");
  transaction.save_task_state(task);
  transaction.save_run_state(task);
  auto execution = execution_of(task.id);
  execution.id = transaction.insert_execution(execution).value();
  transaction.save_execution(execution);
  transaction.keep_attempt(execution.id, {});
  transaction.save_output(execution.id, {});
  transaction.add_outcome(kNoon, execution.status, 0);
  transaction.delete_executions({&execution.id, 1});
  transaction.delete_task(task.id);
  auto user = user_named("a");
  user.id = transaction.insert_user(user);
  transaction.save_user(user);
  transaction.insert_session({.id = "a", .user_id = user.id});
  transaction.delete_session("a");
  transaction.delete_sessions_of(user.id, "");
  const auto token = transaction.insert_token({.user_id = user.id, .hash = "a"});
  transaction.touch_token(token, kNoon);
  transaction.delete_token(user.id, token);
  transaction.save_second_factor({.user_id = user.id});
  transaction.delete_second_factor(user.id);
  transaction.save_preferences(user.id, {});
  transaction.delete_user(user.id);
  transaction.save_secret({.name = "a"});
  transaction.delete_secret("a");
  transaction.append_audit({});
  transaction.remember_answer({}, "", {});
  transaction.forget_answers_before(kNoon);
  transaction.forget_sessions_before(kNoon);
  transaction.set_setting("", "");
}

std::vector<std::string> plan_of(SQLite::Database& database, const std::string& sql) {
  std::vector<std::string> steps;
  SQLite::Statement explain(database, "EXPLAIN QUERY PLAN " + sql);
  while (explain.executeStep()) steps.push_back(explain.getColumn(3).getString());
  return steps;
}

bool is_costly(const std::string& step) {
  static const std::regex scan(std::string("SCAN ") + kLargeTables + "( USING (COVERING )?INDEX .*)?");
  return std::regex_match(step, scan) || step.starts_with("USE TEMP B-TREE") ||
         step.find("AUTOMATIC") != std::string::npos;
}

// The one of kAllowed that lets it pass, or nullptr.
const Allowed* allowance(const std::string& sql, const std::string& step) {
  const auto* found = std::find_if(std::begin(kAllowed), std::end(kAllowed), [&](const Allowed& allowed) {
    return sql.find(allowed.sql) != std::string::npos && step.find(allowed.step) != std::string::npos;
  });
  return found == std::end(kAllowed) ? nullptr : found;
}

TEST(Plans, NeverReadOrSortALargeTableWhole) {
  auto folder = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const auto path = folder + "/scheduler.db";
  {
    const auto store = open_sqlite({.path = path}).value();
    const Recording started;
    store->read([](Reader& reader) {
      ask_for_tasks(reader);
      ask_for_executions(reader);
      ask_for_the_rest(reader);
    });
    ASSERT_TRUE(store->write([](Transaction& transaction) {
      change_all(transaction);
      return base::Result<void>();
    }));
  }
  SQLite::Database database(path);
  std::set<const Allowed*> used;
  std::ptrdiff_t long_ones = 0;
  for (const auto& sql : recorded) {
    if (sql.starts_with("--")) continue;  // what a trigger or a cascade does
    for (const auto& step : plan_of(database, sql)) {
      // of each order of length no more than that length's part of the index
      if (step.find("USING INDEX executions_long (<expr>=? AND finished_at>? AND finished_at<?)") !=
          std::string::npos)
        ++long_ones;
      if (!is_costly(step)) continue;
      const auto* allowed = allowance(sql, step);
      EXPECT_TRUE(allowed != nullptr) << step << "\n  in " << sql;
      used.insert(allowed);
    }
  }
  for (const auto& allowed : kAllowed) EXPECT_TRUE(used.contains(&allowed)) << "not needed: " << allowed.sql;
  EXPECT_GT(recorded.size(), 200);
  EXPECT_EQ(long_ones, std::ranges::count_if(recorded, [](const auto& sql) {
              return sql.find("INDEXED BY executions_long") != std::string::npos;
            }));
  EXPECT_GT(long_ones, 0);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace store
