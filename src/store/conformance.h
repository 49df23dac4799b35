// What every database has to do, as one test suite. A database instantiates it in its own *_test.cpp with
// a way to open an empty store; nothing here may know which database that is.
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, StoredTasks, testing::Values(OpenEmptyStore(open_empty)));
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "base/time_fixture.h"
#include "store/store.h"

namespace store {

using base::at;
using task::Execution;
using task::ExecutionStatus;
using task::Task;
using task::TaskStatus;
using task::Trigger;
using task::Waiting;

// Opens a store without any rows; `folder` exists, is empty, and is removed when the test has ended.
using OpenEmptyStore = std::function<std::unique_ptr<Store>(const std::filesystem::path& folder)>;

inline const Instant kNoon = at("2026-01-02T12:00:00Z");

// The minutes-th minute after noon.
inline Instant minute(int minutes) {
  return kNoon + std::chrono::minutes(minutes);
}

inline Task task_named(std::string name) {
  Task task;
  task.definition.name = std::move(name);
  task.definition.cron = "0 3 * * *";
  task.definition.command = "true";
  task.created_at = task.updated_at = kNoon;
  task.created_by = "alice";
  return task;
}

// A finished run by hand.
inline Execution execution_of(TaskId task, ExecutionStatus status = ExecutionStatus::success,
                              Instant created_at = kNoon) {
  Execution execution;
  execution.task_id = task;
  execution.task_name = "nightly";
  execution.status = execution.attempt.status = status;
  execution.trigger = Trigger::manual;
  execution.triggered_by = "alice";
  execution.created_at = created_at;
  return execution;
}

inline Execution fire_of(TaskId task, Instant scheduled_at, Trigger trigger = Trigger::schedule) {
  auto execution = execution_of(task, ExecutionStatus::pending, scheduled_at);
  execution.trigger = trigger;
  execution.scheduled_at = execution.due_at = scheduled_at;
  return execution;
}

inline User user_named(std::string name) {
  User user;
  user.name = std::move(name);
  user.created_at = user.updated_at = kNoon;
  return user;
}

class Conformance : public testing::TestWithParam<OpenEmptyStore> {
 protected:
  Conformance() : folder_(make_folder()), store_(GetParam()(folder_)) {}
  ~Conformance() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  // Writes; a failure ends the test.
  void write(const std::function<void(Transaction&)>& act) {
    const auto result = store_->write([&](Transaction& transaction) {
      act(transaction);
      return base::Result<void>();
    });
    if (!result) throw std::runtime_error(result.error().message);
  }

  // What `act` gives inside one write.
  template <class Act>
  auto written(const Act& act) {
    std::optional<decltype(act(std::declval<Transaction&>()))> value;
    write([&](Transaction& transaction) { value = act(transaction); });
    return *std::move(value);
  }

  // What `ask` gives on a view of the last commit.
  template <class Ask>
  auto read(const Ask& ask) {
    std::optional<decltype(ask(std::declval<Reader&>()))> value;
    store_->read([&](Reader& reader) { value = ask(reader); });
    return *std::move(value);
  }

  TaskId insert(const Task& task) {
    return written([&](Transaction& transaction) { return transaction.insert_task(task); });
  }
  std::optional<ExecutionId> insert(const Execution& execution) {
    return written([&](Transaction& transaction) { return transaction.insert_execution(execution); });
  }
  UserId insert(const User& user) {
    return written([&](Transaction& transaction) { return transaction.insert_user(user); });
  }
  Task find(TaskId id) {
    return read([&](Reader& reader) { return reader.find_task(id).value(); });
  }
  Execution find(ExecutionId id) {
    return read([&](Reader& reader) { return reader.find_execution(id).value(); });
  }

  const std::filesystem::path& folder() const { return folder_; }
  Store& store() { return *store_; }

 private:
  static std::filesystem::path make_folder() {
    auto name = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return name;
  }

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

template <class Rows>
auto ids_of(const Rows& rows) {
  std::vector<std::decay_t<decltype(rows.begin()->id)>> ids;
  for (const auto& row : rows) ids.push_back(row.id);
  return ids;
}

}  // namespace store
