// A ledger on a database in a folder of its own: what its tests stand on.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/time_fixture.h"
#include "engine/ledger.h"
#include "store/sqlite/sqlite_store.h"
#include "task/cursor.h"

namespace engine {

using base::at;
using base::Milliseconds;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using task::Execution;
using task::ExecutionStatus;
using task::Task;
using task::TaskDefinition;
using task::Trigger;
using task::Waiting;

inline const Instant kNoon = at("2026-01-01T12:00:00Z");

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() : schedules_("UTC"), ledger_(options_, schedules_) {
    std::string pattern = testing::TempDir() + "ledger_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    store::SqliteOptions options;
    options.path = folder_ / "scheduler.db";
    auto opened = store::open_sqlite(options);
    EXPECT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  ~LedgerTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  // A task whose cursor stands at its first fire after `since`.
  TaskId make(TaskDefinition definition, Instant since = kNoon - seconds{1}) {
    if (definition.name.empty()) definition.name = "task";
    if (definition.cron.empty()) definition.cron = "* * * * *";
    definition.command = "true";
    Task task;
    const auto cursor = task::cursor_after(definition, "UTC", since);
    task.definition = std::move(definition);
    task.next_run_at = cursor.next_run_at;
    task.next_due_at = cursor.next_due_at;
    task.created_at = task.updated_at = since;
    TaskId id;
    EXPECT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
      id = tx.insert_task(task);
      return {};
    }));
    return id;
  }

  template <class Action>
  Plan book(const Action& action, std::int64_t free_slots = 100) {
    Plan plan;
    const auto kept = store_->write([&](store::Transaction& tx) -> base::Result<void> {
      plan = {};
      Slots slots(free_slots);
      action(tx, slots, plan);
      return {};
    });
    EXPECT_TRUE(kept);
    return plan;
  }

  Plan fire(TaskId id, Instant now, Instant began_at = kNoon - hours{1}, std::int64_t free_slots = 100) {
    const auto due_at = task_of(id).next_due_at;
    return book(
        [&](auto& tx, auto& slots, auto& plan) {
          ledger_.fire(tx, id, due_at.value_or(now), now, {began_at, repeated_}, slots, plan);
        },
        free_slots);
  }

  Plan end(const runner::AttemptKey& key, int exit_code, Instant now = kNoon + seconds{1},
           runner::EndCause cause = runner::EndCause::exited) {
    runner::Finished finished;
    finished.key = key;
    finished.cause = cause;
    finished.started_at = now - seconds{1};
    finished.finished_at = now;
    if (cause == runner::EndCause::exited) finished.exit_code = exit_code;
    return book([&](auto& tx, auto& slots, auto& plan) {
      ledger_.finished(tx, finished, {"out", "err"}, now, 0.5, slots, plan);
    });
  }
  Plan end_by_signal(const Plan& started, int signal, std::int64_t cpu_ms) {
    runner::Finished finished;
    finished.key = key_of(started);
    finished.cause = runner::EndCause::signaled;
    finished.finished_at = kNoon + seconds{1};
    finished.signal = signal;
    finished.cpu_ms = cpu_ms;
    return book([&](auto& tx, auto& slots, auto& plan) {
      ledger_.finished(tx, finished, {}, finished.finished_at, 0.5, slots, plan);
    });
  }
  Plan end(const Plan& started, int exit_code) { return end(key_of(started), exit_code); }

  static runner::AttemptKey key_of(const Plan& plan) {
    return {plan.starts.at(0).execution.id, plan.starts.at(0).execution.attempt.number};
  }

  Task task_of(TaskId id) {
    std::optional<Task> task;
    store_->read([&](store::Reader& reader) { task = reader.find_task(id); });
    return task.value();
  }

  std::vector<Execution> executions(TaskId id) {  // oldest first
    std::vector<Execution> items;
    store_->read([&](store::Reader& reader) {
      store::ExecutionQuery query;
      query.task_id = id;
      query.limit = 500;
      items = reader.list_executions(query).items;
    });
    std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return items;
  }

  Options options_;
  Schedules schedules_;
  Ledger ledger_;
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::optional<task::RepeatedTime> repeated_;
};

}  // namespace engine
