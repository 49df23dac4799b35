// A folder with a database, a clock that stands still, and an engine whose runner does nothing: what the
// tests of this folder stand on.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/time_fixture.h"
#include "engine/engine.h"
#include "service/task_service.h"
#include "store/sqlite/sqlite_store.h"

namespace service {

// Every order is taken and none is answered: what is started runs for ever.
class SilentRunner : public runner::Runner {
 public:
  void start(std::vector<runner::StartRequest>) override {}
  void cancel(runner::AttemptKey) override {}
  void acknowledge(std::vector<runner::AttemptKey>) override {}
  void watch_output(runner::AttemptKey, bool) override {}
};

inline rights::Actor actor_of(rights::Role role) {
  return {.name = std::string(to_string(role)), .role = role, .address = "127.0.0.1"};
}

// The clock shows Wednesday, 1 July 2026, 12:00:30.
class ServiceTest : public testing::Test {
 protected:
  ServiceTest() {
    std::string pattern = testing::TempDir() + "service_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    store::SqliteOptions options;
    options.path = folder_ / "scheduler.db";
    store_ = std::move(store::open_sqlite(options)).value();
    engine::Options engine_options;
    engine_options.data_dir = folder_;
    engine_options.run_as_allowed = {"root"};
    engine_ = std::make_unique<engine::Engine>(*store_, clock_, engine_options);
    engine_->start(runner_);
    engine_->on_connected({});
    tasks_ = std::make_unique<TaskService>(*store_, *engine_, clock_);
  }
  ~ServiceTest() override {
    engine_->stop();
    tasks_.reset();
    engine_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  static base::Instant at(std::string_view iso) { return base::parse_iso(iso).value(); }
  static boost::json::object object(std::string_view text) { return boost::json::parse(text).as_object(); }

  // A task with these fields beside a name, a cron and a command.
  base::Result<task::Task> create(std::string_view fields, rights::Role role = rights::Role::editor) {
    auto body = object(R"({"name":"backup","cron":"0 * * * *","command":"true"})");
    for (auto& [name, value] : object(fields)) body[name] = value;
    return tasks_->create(actor_of(role), body);
  }

  // Keeps a record as the engine would.
  ExecutionId keep(const task::Task& task, task::ExecutionStatus status,
                   std::optional<base::Instant> scheduled_at, std::string reason = {}) {
    task::Execution execution;
    execution.task_id = task.id;
    execution.task_name = task.definition.name;
    execution.status = status;
    execution.scheduled_at = scheduled_at;
    execution.trigger = scheduled_at ? task::Trigger::schedule : task::Trigger::manual;
    execution.created_at = clock_.now();
    const bool never_ran = status == task::ExecutionStatus::pending ||
                           status == task::ExecutionStatus::skipped ||
                           status == task::ExecutionStatus::missed;
    if (!never_ran) execution.started_at = scheduled_at ? *scheduled_at : clock_.now();
    execution.reason = std::move(reason);
    return keep(std::move(execution));
  }
  ExecutionId keep(task::Execution execution) {
    ExecutionId id;
    write([&](store::Transaction& tx) { id = tx.insert_execution(execution).value(); });
    return id;
  }

  void write(const std::function<void(store::Transaction&)>& work) {
    const auto kept = store_->write([&](store::Transaction& tx) -> base::Result<void> {
      work(tx);
      return {};
    });
    EXPECT_TRUE(kept);
  }

  std::vector<task::Execution> executions_of(TaskId id) {
    store::ExecutionQuery query;
    query.task_id = id;
    store::ExecutionPage page;
    store_->read([&](store::Reader& reader) { page = reader.list_executions(query); });
    return page.items;
  }

  std::vector<store::AuditEntry> audit() {
    store::AuditPage page;
    store_->read([&](store::Reader& reader) { page = reader.list_audit({.limit = 100}); });
    return page.items;
  }

  base::SharedClock clock_{base::at("2026-07-01T12:00:30Z")};
  SilentRunner runner_;
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<TaskService> tasks_;
};

}  // namespace service
