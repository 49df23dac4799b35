// The database of the original Python system is taken over as it is (spec 6).
#include "base/time_fixture.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/temporary_folder_test.h"

namespace store {
namespace {

using base::at;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* kTables = R"sql(
  CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, username VARCHAR(50) UNIQUE,
                      password_hash VARCHAR, created_at DATETIME);
  CREATE TABLE tasks (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR, cron VARCHAR, command TEXT,
                      status VARCHAR, last_run_at DATETIME, created_at DATETIME, force_run_at DATETIME,
                      last_error TEXT);
  CREATE TABLE executions (id INTEGER PRIMARY KEY AUTOINCREMENT, task_id INTEGER REFERENCES tasks (id),
                           status VARCHAR, started_at DATETIME, finished_at DATETIME, stdout TEXT,
                           stderr TEXT, error TEXT);
  CREATE INDEX executions_by_task ON executions (task_id);
)sql";

class LegacyDatabase : public InTemporaryFolder {
 protected:
  void make(const std::string& rows) { execute(kTables + rows); }

  void with_reader(const std::function<void(Reader&)>& ask) {
    const auto store = open_sqlite({.path = path_, .default_timezone = "Asia/Shanghai"});
    ASSERT_TRUE(store) << store.error().message;
    (*store)->read(ask);
  }

  std::vector<std::filesystem::path> copies() const {
    std::vector<std::filesystem::path> found;
    for (const auto& name : files()) {
      if (name.starts_with("scheduler.db.before-version-" + std::to_string(sqlite::kSchemaVersion) + "-"))
        found.push_back(folder_ / name);
    }
    return found;
  }
};

TEST_F(LegacyDatabase, KeepsItsRowsUnderTheirIds) {
  make(R"sql(
    INSERT INTO users VALUES (1, 'admin', '$2b$12$abc', '2025-01-01T00:00:00');
    INSERT INTO tasks VALUES (7, 'nightly', '0 3 * * *', 'backup.sh', 'ACTIVE', '2025-06-01T03:00:00.123456',
                              '2025-01-02 03:04:05', NULL, NULL);
    INSERT INTO tasks VALUES (9, 'off', '*/5 * * * *', 'true', 'PAUSED', NULL, '2025-01-02T03:04:05Z',
                              '2025-02-01T00:00:00', 'boom');
    INSERT INTO executions VALUES (41, 7, 'SUCCESS', '2025-06-01T03:00:00', '2025-06-01T03:00:09', 'out', 'err', NULL);
    INSERT INTO executions VALUES (42, 7, 'FAILED', '2025-06-02T03:00:00', '2025-06-02T03:00:09', '', '', 'exit 1');
    INSERT INTO executions VALUES (43, 7, 'RUNNING', '2025-06-03T03:00:00', NULL, NULL, NULL, NULL);
  )sql");
  with_reader([](Reader& reader) {
    const auto nightly = reader.find_task(TaskId{7}).value();
    EXPECT_EQ(nightly.definition.name, "nightly");
    EXPECT_EQ(nightly.definition.cron, "0 3 * * *");
    EXPECT_EQ(nightly.definition.command, "backup.sh");
    EXPECT_FALSE(nightly.paused);
    EXPECT_EQ(nightly.created_at, at("2025-01-02T03:04:05Z"));
    EXPECT_EQ(nightly.last_run_at, at("2025-06-01T03:00:00.123Z"));
    ASSERT_TRUE(nightly.next_run_at);
    EXPECT_THAT(base::to_iso(*nightly.next_run_at), HasSubstr("T19:00:00Z"));  // 03:00 in Shanghai
    EXPECT_THAT(reader.list_revisions(TaskId{7}, 10), SizeIs(1));
    const auto off = reader.find_task(TaskId{9}).value();
    EXPECT_TRUE(off.paused);
    EXPECT_EQ(off.last_error, "boom");
    EXPECT_EQ(off.force_run_at, at("2025-02-01T00:00:00Z"));
    EXPECT_EQ(off.next_run_at, std::nullopt);

    using enum task::ExecutionStatus;
    const auto good = reader.find_execution(ExecutionId{41}).value();
    EXPECT_EQ(good.task_id, TaskId{7});
    EXPECT_EQ(good.task_name, "nightly");
    EXPECT_EQ(good.status, success);
    EXPECT_EQ(good.started_at, at("2025-06-01T03:00:00Z"));
    EXPECT_EQ(good.finished_at, at("2025-06-01T03:00:09Z"));
    EXPECT_EQ(reader.find_output(good.id).stdout_text, "out");
    EXPECT_EQ(reader.find_output(good.id).stderr_text, "err");
    const auto bad = reader.find_execution(ExecutionId{42}).value();
    EXPECT_EQ(bad.status, failed);
    EXPECT_EQ(bad.attempt.error, "exit 1");
    const auto cut_off = reader.find_execution(ExecutionId{43}).value();
    EXPECT_EQ(cut_off.status, lost);
    EXPECT_THAT(cut_off.reason, HasSubstr("RUNNING"));
    EXPECT_THAT(reader.list_executions({.task_id = TaskId{7}}).items, SizeIs(3));

    const auto admin = reader.find_user_by_name("admin").value();
    EXPECT_EQ(admin.password_hash, "$2b$12$abc");
  });
}

TEST_F(LegacyDatabase, KeepsTextIdsFindable) {
  execute(R"sql(
    CREATE TABLE tasks (id TEXT PRIMARY KEY, name TEXT, cron TEXT, command TEXT, status TEXT,
                        last_run_at TEXT, created_at TEXT, force_run_at TEXT, last_error TEXT);
    CREATE TABLE executions (id TEXT PRIMARY KEY, task_id TEXT, status TEXT, started_at TEXT,
                             finished_at TEXT, stdout TEXT, stderr TEXT, error TEXT);
    INSERT INTO tasks (id, name, cron, command) VALUES
      ('1f0e-4a', 'a', '@daily', 'true'), ('99999999999999999999aaaaaaaaaaaa', 'b', '@daily', 'true');
    INSERT INTO executions (id, task_id, status, started_at) VALUES
      ('12345678901234567890abcdefabcdef', '1f0e-4a', 'SUCCESS', '2025-01-01T00:00:00'),
      ('ffff', '99999999999999999999aaaaaaaaaaaa', 'SUCCESS', '2025-01-02T00:00:00');
  )sql");
  with_reader([](Reader& reader) {
    const auto first = reader.find_task_by_legacy_id("1f0e-4a").value();
    EXPECT_EQ(reader.find_task(first)->definition.name, "a");
    const auto run = reader.find_execution_by_legacy_id("12345678901234567890abcdefabcdef").value();
    EXPECT_EQ(reader.find_execution(run)->task_id, first);
    EXPECT_LT(run.value, 1000);
    const auto second = reader.find_task_by_legacy_id("99999999999999999999aaaaaaaaaaaa").value();
    EXPECT_EQ(reader.find_task(second)->definition.name, "b");
    EXPECT_TRUE(reader.find_execution_by_legacy_id("ffff"));
    EXPECT_FALSE(reader.find_execution_by_legacy_id("eeee"));
  });
}

TEST_F(LegacyDatabase, CountsOnAboveItsIds) {
  make("INSERT INTO tasks (id, name, cron, command) VALUES (500, 'a', '@daily', 'true')");
  const auto store = open_sqlite({.path = path_}).value();
  TaskId made;
  ASSERT_TRUE(store->write([&](Transaction& transaction) {
    made = transaction.insert_task({.definition = {.name = "new"}});
    return base::Result<void>();
  }));
  EXPECT_GT(made.value, 500);
}

TEST_F(LegacyDatabase, IsCopiedBesideAsItWasAndTakenOverOnce) {
  make("INSERT INTO tasks (id, name, cron, command) VALUES (1, 'a', '@daily', 'true')");
  with_reader([](Reader& reader) { EXPECT_EQ(reader.list_tasks({}).total, 1); });
  ASSERT_THAT(copies(), SizeIs(1));
  {
    SQLite::Database copy(copies().front());
    EXPECT_EQ(copy.execAndGet("SELECT name FROM tasks WHERE id = 1").getString(), "a");
    EXPECT_FALSE(copy.tableExists("revisions"));
  }
  with_reader([](Reader& reader) { EXPECT_EQ(reader.list_tasks({}).total, 1); });
  EXPECT_THAT(copies(), SizeIs(1));
}

TEST_F(LegacyDatabase, PausesTasksWhoseScheduleCantBeRead) {
  make(
      "INSERT INTO tasks (id, name, cron, command) VALUES (1, 'a', 'whenever', 'true'), (2, NULL, '@daily', "
      "'x')");
  with_reader([](Reader& reader) {
    const auto task = reader.find_task(TaskId{1}).value();
    EXPECT_TRUE(task.paused);
    EXPECT_THAT(task.last_error, HasSubstr("'whenever'"));
    EXPECT_THAT(reader.find_task(TaskId{2})->definition.name, StartsWith("task"));
  });
}

TEST_F(LegacyDatabase, KeepsTheEndsOfLongOutput) {
  make(
      "INSERT INTO tasks (id, name, cron, command) VALUES (1, 'a', '@daily', 'true');"
      "INSERT INTO executions (id, task_id, status, stdout) VALUES "
      "(1, 1, 'SUCCESS', 'begin' || printf('%.*c', 200000, 'x') || 'end')");
  with_reader([](Reader& reader) {
    const auto output = reader.find_output(ExecutionId{1}).stdout_text;
    EXPECT_THAT(output, StartsWith("begin"));
    EXPECT_THAT(output, testing::EndsWith("end"));
    EXPECT_THAT(output, HasSubstr("bytes left out here"));
    EXPECT_LT(output.size(), 70'000);
  });
}

TEST_F(LegacyDatabase, KeepsExecutionsInTheirTimeThoughOneHasNone) {
  make(
      "INSERT INTO tasks (id, name, cron, command, created_at) VALUES (1, 'a', '@daily', 'true', "
      "'2024-12-31');"
      "INSERT INTO executions (id, task_id, status, started_at) VALUES (1, 1, 'SUCCESS', '2025-01-01'), "
      "(2, 1, 'PENDING', NULL), (3, 1, 'SUCCESS', '2025-01-03')");
  with_reader([](Reader& reader) {
    EXPECT_THAT(reader.list_executions({.since = at("2025-01-01"), .until = at("2025-01-04")}).items,
                SizeIs(3));
  });
}

TEST_F(LegacyDatabase, LetsItsTasksBeDeleted) {
  make(
      "INSERT INTO tasks (id, name, cron, command) VALUES (1, 'a', '@daily', 'true');"
      "INSERT INTO executions (id, task_id, status) VALUES (1, 1, 'SUCCESS')");
  const auto store = open_sqlite({.path = path_}).value();
  const auto deleted = store->write([](Transaction& transaction) {
    transaction.delete_task(TaskId{1});
    return base::Result<void>();
  });
  EXPECT_TRUE(deleted) << deleted.error().message;
  store->read([](Reader& reader) { EXPECT_THAT(reader.list_executions({}).items, IsEmpty()); });
}

}  // namespace
}  // namespace store
