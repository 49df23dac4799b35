// The audit on disk: it can only be appended to, and whoever goes behind the store's back is found out.
#include "store/audit_chain.h"
#include "store/sqlite/temporary_folder_test.h"

namespace store {
namespace {

using testing::HasSubstr;

const std::string kKey(32, 'k');
constexpr int kRows = 5;

class AuditOnDisk : public InTemporaryFolder {
 protected:
  std::filesystem::path head_path() const { return folder_ / "audit.head"; }

  std::unique_ptr<Store> open() {
    return open_sqlite({.path = path_, .audit_key = kKey, .audit_head = head_path()}).value();
  }
  void append(Store& store, const std::string& object) {
    ASSERT_TRUE(store.write([&](Transaction& transaction) -> base::Result<void> {
      transaction.append_audit(
          {.at = base::from_unix_ms(1), .actor = "alice", .action = "task.create", .object = object});
      return {};
    }));
  }
  void fill() {
    const auto store = open();
    for (int row = 1; row <= kRows; ++row) append(*store, "task:" + std::to_string(row));
  }
  // The first row that is wrong and why; empty where the chain is whole.
  std::string fault(const std::string& key = kKey) {
    AuditCheck check(key);
    const auto store = open();
    store->read([&](Reader& reader) {
      for (const auto& row : reader.audit_after(0, 100)) {
        if (!check.add(row)) break;
      }
    });
    check.finish(AuditHeadFile(head_path()).read());
    return check.fault() ? std::to_string(check.fault()->id) + " " + check.fault()->why : std::string();
  }
  // What a burglar does who can write the file, but not read the key.
  void tamper(const std::string& sql) {
    execute("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted; " + sql);
  }
};

TEST_F(AuditOnDisk, IsWholeAfterAStartAndUnderItsOwnKeyOnly) {
  fill();
  EXPECT_EQ(fault(), "");
  EXPECT_THAT(fault(std::string(32, 'x')), HasSubstr("1 was changed"));
}

TEST_F(AuditOnDisk, RefusesChangeAndDeletion) {
  fill();
  for (const char* sql : {"UPDATE audit SET actor = 'bob' WHERE id = 2", "DELETE FROM audit WHERE id = 5",
                          "DELETE FROM audit"}) {
    EXPECT_THROW(execute(sql), SQLite::Exception) << sql;
  }
  EXPECT_EQ(fault(), "");
}

TEST_F(AuditOnDisk, GivesAwayEachKindOfTampering) {
  const std::pair<const char*, const char*> cases[] = {
      {"UPDATE audit SET actor = 'bob' WHERE id = 2", "2 was changed"},
      {"UPDATE audit SET at = 2 WHERE id = 1", "1 was changed"},
      {"UPDATE audit SET action = 'task', object = '.createtask:3' WHERE id = 3", "3 was changed"},
      {"DELETE FROM audit WHERE id = 3", "3 is missing"},
      {"DELETE FROM audit WHERE id = 1", "1 is missing"},
      {"UPDATE audit SET id = id + 10 WHERE id = 4", "4 is missing"},
      {"UPDATE audit SET id = 9 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 3; "
       "UPDATE audit SET id = 3 WHERE id = 9",
       "2 was changed"},
      {"DELETE FROM audit WHERE id > 3", "4 says that rows were missing"},
      {"DELETE FROM audit", "1 says that rows were missing"},
  };
  for (const auto& [sql, found] : cases) {
    std::filesystem::remove(path_);
    std::filesystem::remove(head_path());
    fill();
    tamper(sql);
    EXPECT_THAT(fault(), HasSubstr(found)) << sql;
  }
}

TEST_F(AuditOnDisk, NamesItsNewestRowInTheHeadFile) {
  const auto store = open();
  EXPECT_FALSE(AuditHeadFile(head_path()).read());
  append(*store, "task:1");
  append(*store, "task:2");
  const auto head = AuditHeadFile(head_path()).read();
  ASSERT_TRUE(head);
  EXPECT_EQ(head->id, 2);
  store->read([&](Reader& reader) { EXPECT_EQ(reader.audit_after(1, 1).at(0).hash, head->hash); });
  EXPECT_EQ(std::filesystem::status(head_path()).permissions(), std::filesystem::perms(0600));
}

TEST_F(AuditOnDisk, TakesTheRowsOfVersion1IntoTheChain) {
  fill();
  std::filesystem::remove(head_path());
  execute(kUndoVersion9);
  execute(kUndoVersion8);
  execute(kUndoVersion7);
  execute(kUndoVersion6);
  tamper(
      "ALTER TABLE audit DROP COLUMN hash; DELETE FROM audit WHERE id = 2; DROP TABLE secrets;"
      "DROP TABLE task_secrets; DROP TABLE second_factors; DROP TABLE task_upstreams; DROP TABLE task_pauses;"
      "DROP TABLE task_days;"
      "PRAGMA user_version = 1;");
  EXPECT_EQ(fault(), "");
  open()->read([](Reader& reader) {
    const auto rows = reader.audit_after(0, 10);
    ASSERT_EQ(rows.size(), static_cast<std::size_t>(kRows - 1));
    EXPECT_EQ(rows[1].object, "task:3");
    EXPECT_EQ(rows[1].id, 2);
  });
  EXPECT_THROW(execute("DELETE FROM audit"), SQLite::Exception);
}

}  // namespace
}  // namespace store
