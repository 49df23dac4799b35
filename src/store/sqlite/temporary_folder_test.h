// A folder of one test, gone with it.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "store/sqlite/sqlite_store.h"

namespace store {

// Take back what a version changed, the newest first, for tests of older files.
inline constexpr const char* kUndoVersion9 = "DROP INDEX executions_long";
inline constexpr const char* kUndoVersion8 = "DROP TABLE preferences";
inline constexpr const char* kUndoVersion7 = R"sql(
  DROP INDEX executions_by_upstream;
  ALTER TABLE executions DROP COLUMN upstream_id;
  DROP INDEX audit_by_actor;
  DROP INDEX audit_by_action;
  DROP INDEX audit_by_object;
)sql";
inline constexpr const char* kUndoVersion6 = R"sql(
  DROP INDEX tasks_by_status;
  ALTER TABLE tasks DROP COLUMN status;
  ALTER TABLE tasks DROP COLUMN waiting;
  ALTER TABLE tasks ADD COLUMN status TEXT NOT NULL GENERATED ALWAYS AS (CASE WHEN paused THEN 'PAUSED'
    WHEN running > 0 THEN 'RUNNING' WHEN queued > 0 THEN 'PENDING' WHEN last_failed THEN 'FAILED'
    ELSE 'ACTIVE' END) VIRTUAL;
  CREATE INDEX tasks_by_status ON tasks (status);
)sql";

class InTemporaryFolder : public testing::Test {
 protected:
  InTemporaryFolder() {
    auto name = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    path_ = folder_ / "scheduler.db";
  }
  ~InTemporaryFolder() override { std::filesystem::remove_all(folder_); }

  // Why the file can't be opened; empty where it can.
  std::string refusal() const {
    const auto store = open_sqlite({.path = path_});
    return store ? std::string() : store.error().message;
  }

  // Runs that SQL on the file behind the store's back.
  void execute(const std::string& sql) const {
    SQLite::Database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
  }

  static std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

}  // namespace store
