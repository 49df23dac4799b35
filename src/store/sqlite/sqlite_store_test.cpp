#include "store/sqlite/sqlite_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include "store/conformance.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/temporary_folder_test.h"

namespace store {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class SqliteFile : public InTemporaryFolder {};

constexpr uid_t kNobody = 65534;

// Root may write everywhere, so that it takes another user's place while this lives.
class AsSomebodyWithoutRights {
 public:
  AsSomebodyWithoutRights() {
    if (geteuid() == 0 && seteuid(kNobody) != 0) throw std::runtime_error("seteuid");
  }
  ~AsSomebodyWithoutRights() {
    if (getuid() == 0 && seteuid(0) != 0) std::terminate();
  }
};

int mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return static_cast<int>(status.st_mode & 0777);
}

void set_setting(Store& store, const char* value) {
  const auto kept = store.write([&](Transaction& transaction) {
    transaction.set_setting("key", value);
    return base::Result<void>();
  });
  ASSERT_TRUE(kept) << kept.error().message;
}

std::string setting(Store& store) {
  std::string value;
  store.read([&](Reader& reader) { value = reader.find_setting("key").value_or("none"); });
  return value;
}

TEST_F(SqliteFile, IsMadeWithItsFolderForItsOwnerAlone) {
  path_ = folder_ / "a" / "b" / "scheduler.db";
  const auto store = open_sqlite({.path = path_}).value();
  set_setting(*store, "value");
  EXPECT_EQ(mode_of(path_), 0600);
  EXPECT_EQ(mode_of(path_.string() + "-wal"), 0600);
  EXPECT_EQ(mode_of(path_.parent_path()), 0700);
  EXPECT_EQ(store->description(), "sqlite:" + path_.string());
}

TEST_F(SqliteFile, KeepsItsRowsFromOneOpeningToTheNextAndIsOneFileWhenClosed) {
  set_setting(*open_sqlite({.path = path_}).value(), "value");
  {
    const auto store = open_sqlite({.path = path_, .synchronous_full = true}).value();
    EXPECT_EQ(setting(*store), "value");
    set_setting(*store, "more");
  }
  EXPECT_THAT(files(), ElementsAre("scheduler.db"));
  EXPECT_EQ(setting(*open_sqlite({.path = path_}).value()), "more");
}

TEST_F(SqliteFile, OfANewerVersionIsRefusedAndLeftAsItIs) {
  open_sqlite({.path = path_}).value().reset();
  execute("PRAGMA user_version = " + std::to_string(sqlite::kSchemaVersion + 1));
  const auto before = bytes_of(path_);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(path_.string()),
                               HasSubstr("newer version (schema " +
                                         std::to_string(sqlite::kSchemaVersion + 1) + ", this one"),
                               HasSubstr("run the newer program")));
  EXPECT_TRUE(bytes_of(path_) == before);
}

TEST_F(SqliteFile, OfVersion5LearnsWhichTasksOnlyWaitForRoom) {
  std::map<std::string, TaskId> ids;
  {
    const auto store = open_sqlite({.path = path_}).value();
    ASSERT_TRUE(store->write([&](Transaction& tx) -> base::Result<void> {
      using enum task::Waiting;
      const std::map<std::string, std::vector<task::Waiting>> open{
          {"held", {slot, pool}}, {"busy", {none, pool}}, {"retries", {backoff}}, {"idle", {}}};
      for (const auto& [name, waits] : open) {
        task::Task task;
        task.definition.name = name;
        task.definition.cron = "* * * * *";
        task.running = static_cast<std::int64_t>(waits.size());
        ids[name] = tx.insert_task(task);
        task::Execution execution;
        execution.task_id = ids[name];
        execution.trigger = task::Trigger::manual;
        for (const auto waits_for : waits) {
          execution.waiting = waits_for;
          tx.insert_execution(execution);
        }
      }
      return {};
    }));
  }
  execute(kUndoVersion9);
  execute(kUndoVersion8);
  execute(kUndoVersion7);
  execute(kUndoVersion6);
  execute("PRAGMA user_version = 5");
  const auto store = open_sqlite({.path = path_}).value();
  store->read([&](Reader& reader) {
    EXPECT_EQ(reader.find_task(ids["held"])->waiting, 2);
    EXPECT_EQ(reader.find_task(ids["busy"])->waiting, 1);
    using enum task::TaskStatus;
    const std::map<task::TaskStatus, std::int64_t> expected{{pending, 1}, {running, 2}, {active, 1}};
    EXPECT_EQ(reader.count_tasks_by_status(), expected);
  });
}

TEST_F(SqliteFile, OfTheVersionBeforeGetsTheTablesOfChainsAndItsPausedTasksTheirPause) {
  TaskId id;
  {
    const auto store = open_sqlite({.path = path_}).value();
    ASSERT_TRUE(store->write([&](Transaction& tx) -> base::Result<void> {
      task::Task task;
      task.definition.name = "a";
      task.definition.cron = "* * * * *";
      task.paused = true;
      task.updated_at = base::from_unix_ms(60'000);
      id = tx.insert_task(task);
      auto chained = execution_of(id);
      chained.trigger = task::Trigger::chain;
      chained.overrides.env = {{task::kUpstreamVariable, "12"}};
      tx.insert_execution(chained);
      return {};
    }));
  }
  execute("DROP TABLE task_upstreams");
  execute("DROP TABLE task_pauses");
  execute("DROP TABLE task_days");
  execute(kUndoVersion9);
  execute(kUndoVersion8);
  execute(kUndoVersion7);
  execute(kUndoVersion6);
  execute("PRAGMA user_version = 2");
  const auto store = open_sqlite({.path = path_}).value();
  store->read([&](Reader& reader) {
    EXPECT_TRUE(reader.tasks_after(id).empty());
    const auto pause = reader.pause_before(id, base::from_unix_ms(70'000));
    ASSERT_TRUE(pause);
    EXPECT_EQ(pause->began_at, base::from_unix_ms(60'000));
    EXPECT_THAT(reader.list_executions({.started_by = ExecutionId{12}}).items, testing::SizeIs(1));
  });
}

TEST_F(SqliteFile, OfVersion7KeepsItsUsersAndLetsThemHavePreferences) {
  UserId id;
  {
    const auto store = open_sqlite({.path = path_}).value();
    ASSERT_TRUE(store->write([&](Transaction& tx) -> base::Result<void> {
      id = tx.insert_user({.name = "alice"});
      return {};
    }));
  }
  execute(kUndoVersion9);
  execute(kUndoVersion8);
  execute("PRAGMA user_version = 7");
  const auto store = open_sqlite({.path = path_}).value();
  ASSERT_TRUE(store->write([&](Transaction& tx) -> base::Result<void> {
    tx.save_preferences(id, {.document = "{}", .revision = 1});
    return {};
  }));
  store->read([&](Reader& reader) {
    EXPECT_EQ(reader.find_user(id)->name, "alice");
    EXPECT_EQ(reader.find_preferences(id)->document, "{}");
  });
}

TEST_F(SqliteFile, OfVersion8FindsWhatWasOpenForLong) {
  ExecutionId id;
  {
    const auto store = open_sqlite({.path = path_}).value();
    ASSERT_TRUE(store->write([&](Transaction& tx) -> base::Result<void> {
      task::Task task;
      task.definition.name = "a";
      task.definition.cron = "* * * * *";
      auto run = execution_of(tx.insert_task(task));
      run.started_at = run.created_at;
      run.finished_at = run.created_at + std::chrono::hours(3);
      id = tx.insert_execution(run).value();
      return {};
    }));
  }
  execute(kUndoVersion9);
  execute("PRAGMA user_version = 8");
  const auto store = open_sqlite({.path = path_}).value();
  store->read([&](Reader& reader) {
    const auto later = kNoon + std::chrono::hours(2);
    EXPECT_THAT(ids_of(reader.list_executions({.during = Window{later, later}}).items), ElementsAre(id));
  });
}

TEST_F(SqliteFile, OfAnotherProgramIsRefusedAndLeftAsItIs) {
  execute("CREATE TABLE songs (title TEXT)");
  const auto before = bytes_of(path_);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(path_.string()), HasSubstr("belongs to another program")));
  EXPECT_TRUE(bytes_of(path_) == before);
  EXPECT_THAT(files(), ElementsAre("scheduler.db"));
}

TEST_F(SqliteFile, ThatIsNoDatabaseIsRefusedAndLeftAsItIs) {
  const std::string text(5000, 'x');
  std::ofstream(path_) << text;
  EXPECT_THAT(refusal(), AllOf(HasSubstr(path_.string()), HasSubstr("is no SQLite database")));
  EXPECT_TRUE(bytes_of(path_) == text);
}

TEST_F(SqliteFile, ThatIsDamagedIsRefusedWithWhatHelps) {
  open_sqlite({.path = path_}).value().reset();
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);  // the schema's first page, behind the header
    file << std::string(3000, '\x55');
  }
  EXPECT_THAT(refusal(),
              AllOf(HasSubstr(path_.string()), HasSubstr("damaged"), HasSubstr("restore a backup")));
}

TEST_F(SqliteFile, InAFolderThatIsReadOnlyIsRefusedWithTheReason) {
  chmod(folder_.c_str(), 0555);
  {
    const AsSomebodyWithoutRights somebody;
    EXPECT_THAT(refusal(), AllOf(HasSubstr(path_.string()), HasSubstr("can't be opened")));
    path_ = folder_ / "deeper" / "scheduler.db";
    EXPECT_THAT(refusal(), AllOf(HasSubstr(path_.string()), HasSubstr("Permission denied")));
  }
  chmod(folder_.c_str(), 0755);
}

TEST_F(SqliteFile, ThatIsReadOnlyIsRefused) {
  open_sqlite({.path = path_}).value().reset();
  chmod(path_.c_str(), 0444);
  chmod(folder_.c_str(), 0777);
  const AsSomebodyWithoutRights somebody;
  EXPECT_THAT(refusal(), AllOf(HasSubstr(path_.string()), HasSubstr("may not be written")));
}

TEST_F(SqliteFile, BelowAFileIsRefusedWithTheReason) {
  std::ofstream(folder_ / "file") << "text";
  path_ = folder_ / "file" / "scheduler.db";
  EXPECT_THAT(refusal(), AllOf(HasSubstr(path_.string()), HasSubstr("Not a directory")));
}

TEST_F(SqliteFile, IsNeverOverwrittenByItsOwnBackup) {
  const auto store = open_sqlite({.path = path_}).value();
  set_setting(*store, "value");
  const auto result = store->backup(folder_ / "." / "scheduler.db");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("the database itself"));
  EXPECT_EQ(setting(*store), "value");
}

TEST_F(SqliteFile, IsClosedSoonThoughAForeignReaderHoldsIt) {
  auto store = open_sqlite({.path = path_}).value();
  set_setting(*store, "value");
  SQLite::Database foreign(path_, SQLite::OPEN_READONLY);
  foreign.exec("BEGIN");
  foreign.execAndGet("SELECT count(*) FROM settings");
  set_setting(*store, "more");
  const auto started = std::chrono::steady_clock::now();
  store.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
  EXPECT_EQ(setting(*open_sqlite({.path = path_}).value()), "more");
}

}  // namespace
}  // namespace store
