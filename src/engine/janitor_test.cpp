#include "engine/janitor.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/time_fixture.h"
#include "runner/log_frame.h"
#include "store/sqlite/sqlite_store.h"

namespace engine {
namespace {

using std::chrono::days;
using std::chrono::hours;
using task::ExecutionStatus;

class JanitorTest : public testing::Test {
 protected:
  JanitorTest() {
    std::string pattern = testing::TempDir() + "janitor_XXXXXX";
    options_.data_dir = folder_ = mkdtemp(pattern.data());
    store::SqliteOptions options;
    options.path = folder_ / "scheduler.db";
    store_ = std::move(store::open_sqlite(options)).value();
  }
  ~JanitorTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  TaskId make(std::int64_t keep, std::int64_t keep_failed) {
    task::Task task;
    task.definition.name = "task";
    task.definition.cron = "0 0 1 1 *";
    task.definition.command = "true";
    task.definition.keep_executions = keep;
    task.definition.keep_failed = keep_failed;
    TaskId id;
    EXPECT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
      id = tx.insert_task(task);
      return {};
    }));
    return id;
  }

  std::vector<ExecutionId> add(TaskId id, int count, ExecutionStatus status, Instant created_at,
                               int attempts = 1) {
    std::vector<ExecutionId> ids;
    EXPECT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
      for (int i = 0; i < count; ++i) {
        task::Execution execution;
        execution.task_id = id;
        execution.trigger = task::Trigger::manual;
        execution.created_at = created_at;
        execution.status = execution.attempt.status = status;
        execution.attempt.number = attempts;
        if (is_final(status)) execution.finished_at = created_at;
        ids.push_back(tx.insert_execution(execution).value());
      }
      return {};
    }));
    return ids;
  }

  std::filesystem::path file(TaskId id, ExecutionId execution, int attempt = 1) const {
    return output_path(folder_, id, execution, attempt);
  }
  void write_output(TaskId id, const std::vector<ExecutionId>& ids, int attempt = 1) const {
    for (const auto execution : ids) {
      std::filesystem::create_directories(file(id, execution).parent_path());
      std::ofstream(file(id, execution, attempt)) << "output";
    }
  }

  bool is_there(ExecutionId id) {
    bool found = false;
    store_->read([&](store::Reader& reader) { found = reader.find_execution(id).has_value(); });
    return found;
  }
  std::vector<ExecutionId> those_there(const std::vector<ExecutionId>& ids) {
    std::vector<ExecutionId> found;
    for (const auto id : ids)
      if (is_there(id)) found.push_back(id);
    return found;
  }
  static std::vector<ExecutionId> last(const std::vector<ExecutionId>& ids, std::ptrdiff_t count) {
    return {ids.end() - count, ids.end()};
  }

  const Instant now_ = base::at("2026-03-01T12:00:00Z");
  base::ManualClock clock_{now_};
  Options options_;
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(JanitorTest, OfAMarkedTaskTheNewestStayAndFailuresAreCountedApart) {
  const auto id = make(3, 2), other = make(3, 2);
  const auto failed = add(id, 4, ExecutionStatus::failed, now_);
  const auto good = add(id, 5, ExecutionStatus::success, now_);
  const auto running = add(id, 1, ExecutionStatus::running, now_);
  const auto of_other = add(other, 9, ExecutionStatus::success, now_);
  for (const auto& ids : {failed, good, running}) write_output(id, ids);
  write_output(other, of_other);
  Janitor janitor(*store_, clock_, options_);
  EXPECT_EQ(janitor.sweep(), 0);  // nobody told of anything new
  janitor.mark(id);
  EXPECT_EQ(janitor.sweep(), 4);
  EXPECT_EQ(those_there(failed), last(failed, 2));
  EXPECT_EQ(those_there(good), last(good, 3));
  EXPECT_EQ(those_there(running), running);
  for (const auto& ids : {failed, good, running})
    for (const auto one : ids) EXPECT_EQ(std::filesystem::exists(file(id, one)), is_there(one));
  EXPECT_EQ(those_there(of_other), of_other);
  for (const auto one : of_other) EXPECT_TRUE(std::filesystem::exists(file(other, one)));
}

TEST_F(JanitorTest, OneRoundDeletesMoreThanOneTransactionHolds) {
  const auto id = make(3, 2);
  const auto good = add(id, 450, ExecutionStatus::success, now_);
  Janitor janitor(*store_, clock_, options_);
  janitor.mark(id);
  EXPECT_EQ(janitor.sweep(), 447);
  EXPECT_EQ(those_there(good), last(good, 3));
}

TEST_F(JanitorTest, WithAnExecutionGoesTheOutputOfEachAttempt) {
  const auto id = make(1, 0);
  const auto tried = add(id, 1, ExecutionStatus::success, now_, 3);
  const auto kept = add(id, 1, ExecutionStatus::success, now_, 2);
  for (int attempt = 1; attempt <= 3; ++attempt) write_output(id, tried, attempt);
  for (int attempt = 1; attempt <= 2; ++attempt) write_output(id, kept, attempt);
  const auto tail = runner::tail_path(file(id, tried[0], 2).string(), 1);
  std::ofstream(tail) << "of a runner that was killed";
  Janitor janitor(*store_, clock_, options_);
  janitor.mark(id);
  EXPECT_EQ(janitor.sweep(), 1);
  for (int attempt = 1; attempt <= 3; ++attempt)
    EXPECT_FALSE(std::filesystem::exists(file(id, tried[0], attempt))) << attempt;
  EXPECT_FALSE(std::filesystem::exists(tail));
  for (int attempt = 1; attempt <= 2; ++attempt)
    EXPECT_TRUE(std::filesystem::exists(file(id, kept[0], attempt))) << attempt;
}

TEST_F(JanitorTest, BeyondRetentionDaysAllThatEndedGoesToTheMillisecond) {
  options_.retention_days = 2;
  const auto id = make(1000, 1000);
  const auto too_old = add(id, 450, ExecutionStatus::success, now_ - days{2} - base::Milliseconds{1});
  const auto open = add(id, 1, ExecutionStatus::running, now_ - days{9});
  const auto just_kept = add(id, 1, ExecutionStatus::failed, now_ - days{2});
  const auto young = add(id, 1, ExecutionStatus::success, now_ - days{1} - hours{1});
  for (const auto& ids : {too_old, open, just_kept, young}) write_output(id, ids);
  Janitor janitor(*store_, clock_, options_);
  EXPECT_EQ(janitor.sweep_old(), 450);
  EXPECT_TRUE(those_there(too_old).empty());
  EXPECT_FALSE(std::filesystem::exists(file(id, too_old.front())));
  for (const auto& ids : {open, just_kept, young}) {
    EXPECT_EQ(those_there(ids), ids);
    EXPECT_TRUE(std::filesystem::exists(file(id, ids[0])));
  }
}

TEST_F(JanitorTest, TheNoteOfADeletedTasksOutputStaysUntilNothingOfItWritesAnyMore) {
  const TaskId id{999};
  const auto path = output_path(folder_, id, ExecutionId{1}, 1);
  const auto write_output = [&] {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "output";
  };
  const auto is_noted = [&] {
    std::string noted;
    store_->read(
        [&](store::Reader& reader) { noted = reader.find_setting("abandoned_output").value_or(""); });
    return noted.find("999") != std::string::npos;
  };
  ASSERT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
    note_abandoned_output(tx, {id});
    return {};
  }));
  Janitor janitor(*store_, clock_, options_);
  for (const bool for_good : {false, true}) {
    write_output();
    janitor.remove_output(id, for_good);
    janitor.sweep();
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(is_noted(), !for_good);
  }
}

}  // namespace
}  // namespace engine
