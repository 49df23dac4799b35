// An engine on a database in a folder of its own, with a runner that only remembers: what its tests stand on.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>

#include "engine/engine.h"
#include "store/sqlite/sqlite_store.h"

namespace engine {

using std::chrono::seconds;
using task::Execution;
using task::ExecutionStatus;

inline constexpr seconds kPatience{20};  // a deadline for events, never a wait

// Takes orders and remembers them; what becomes of them is for the test to say.
class FakeRunner : public runner::Runner {
 public:
  void start(std::vector<runner::StartRequest> requests) override {
    change([&] { started_.insert(started_.end(), requests.begin(), requests.end()); });
  }
  void cancel(runner::AttemptKey key) override {
    change([&] { cancelled_.push_back(key); });
  }
  void acknowledge(std::vector<runner::AttemptKey> keys) override {
    change([&] { acknowledged_.insert(acknowledged_.end(), keys.begin(), keys.end()); });
  }
  void watch_output(runner::AttemptKey, bool) override {}

  std::vector<runner::StartRequest> wait_for_starts(std::size_t count) {
    return wait_for([&] { return started_.size() >= count; }, started_);
  }
  std::vector<runner::AttemptKey> cancels() {
    const std::lock_guard lock(mutex_);
    return cancelled_;
  }
  std::vector<runner::AttemptKey> wait_for_cancels(std::size_t count) {
    return wait_for([&] { return cancelled_.size() >= count; }, cancelled_);
  }
  std::vector<runner::AttemptKey> wait_for_acknowledged(std::size_t count) {
    return wait_for([&] { return acknowledged_.size() >= count; }, acknowledged_);
  }

 private:
  template <class Action>
  void change(const Action& action) {
    const std::lock_guard lock(mutex_);
    action();
    changed_.notify_all();
  }
  template <class Condition, class Value>
  Value wait_for(const Condition& condition, const Value& value) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kPatience, condition));
    return value;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<runner::StartRequest> started_;
  std::vector<runner::AttemptKey> cancelled_, acknowledged_;
};

class EngineTest : public testing::Test {
 protected:
  // By the machine's clock where none is given; that must outlive the test.
  explicit EngineTest(const base::Clock* clock = nullptr) : clock_(clock ? *clock : machine_clock_) {
    std::string pattern = testing::TempDir() + "engine_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    store::SqliteOptions options;
    options.path = folder_ / "scheduler.db";
    store_ = std::move(store::open_sqlite(options)).value();
    options_.data_dir = folder_;
    store_->set_listener([this](std::span<const store::Change> changes) {
      const std::lock_guard lock(mutex_);
      if (engine_) engine_->on_changes(changes);
    });
  }
  ~EngineTest() override {
    stop();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  Engine& start(bool connect = true) {
    {
      const std::lock_guard lock(mutex_);
      engine_ = std::make_unique<Engine>(*store_, clock_, options_);
    }
    engine_->start(runner_);
    if (connect) engine_->on_connected({});
    return *engine_;
  }
  void stop() {
    if (!engine_) return;
    engine_->stop();
    const std::lock_guard lock(mutex_);
    engine_.reset();
  }

  TaskId make(task::TaskDefinition definition, std::optional<Instant> next = std::nullopt) {
    if (definition.name.empty()) definition.name = "task";
    if (definition.cron.empty()) definition.cron = "0 0 1 1 *";
    if (definition.command.empty()) definition.command = "true";
    task::Task task;
    task.definition = std::move(definition);
    task.next_run_at = task.next_due_at = next;
    TaskId id;
    EXPECT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
      id = tx.insert_task(task);
      return {};
    }));
    return id;
  }

  ExecutionId run(TaskId id) {
    auto outcomes = engine_->run({{.task_id = id, .triggered_by = "ada"}});
    EXPECT_EQ(outcomes.size(), 1u);
    return outcomes.at(0).value();
  }

  void report_started(const runner::AttemptKey& key) {
    const runner::Event event = runner::Started{.key = key, .pid = 1, .started_at = clock_.now()};
    engine_->on_events(std::span(&event, 1));
  }
  void report_ended(const runner::AttemptKey& key, int exit_code = 0) {
    runner::Finished finished;
    finished.key = key;
    finished.started_at = finished.finished_at = clock_.now();
    finished.exit_code = exit_code;
    const runner::Event event = finished;
    engine_->on_events(std::span(&event, 1));
  }

  Execution execution(ExecutionId id) {
    std::optional<Execution> found;
    store_->read([&](store::Reader& reader) { found = reader.find_execution(id); });
    return found.value();
  }

  const base::SystemClock machine_clock_;
  const base::Clock& clock_;
  Options options_;
  FakeRunner runner_;
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::mutex mutex_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace engine
