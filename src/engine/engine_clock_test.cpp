// What becomes of an engine whose clock is set while it runs, and of what it left when it is started again.
#include "base/time_fixture.h"
#include "engine/engine_fixture.h"
#include "task/cursor.h"

namespace engine {
namespace {

using base::at;
using std::chrono::hours;
using std::chrono::minutes;

struct ClockOfTheTest {
  // in years to come: the loop's own timer, which goes by the machine's clock, never comes
  base::SharedClock the_clock_{at("2090-01-05T13:00:00Z")};
};

class EngineClockTest : protected ClockOfTheTest, public EngineTest {
 protected:
  EngineClockTest() : EngineTest(&the_clock_) {}

  // The loop is woken, as it is by the kernel when the clock is set or has come to what is due.
  void set_clock(Instant shown) {
    the_clock_.set(shown);
    if (!engine_) return;
    const store::Change nothing_of_it{.kind = store::Change::Kind::task_state, .task_id = TaskId{1'000'000}};
    engine_->on_changes({&nothing_of_it, 1});
  }
  std::string setting(std::string_view key) {
    std::string text;
    store_->read([&](store::Reader& reader) { text = reader.find_setting(key).value_or(""); });
    return text;
  }
  // A first start places every cursor by the zones that it finds; what the clock does is seen only by a
  // later.
  void start_once_and_stop() {
    start();
    wait_until([&] { return !setting("zone_data").empty(); });
    stop();
  }
  std::optional<Instant> next_run_of(TaskId id) {
    std::optional<task::Task> task;
    store_->read([&](store::Reader& reader) { task = reader.find_task(id); });
    return task->next_run_at;
  }
  template <class Condition>
  static void wait_until(const Condition& holds) {
    const auto patience = std::chrono::steady_clock::now() + kPatience;
    while (!holds() && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
    EXPECT_TRUE(holds());
  }
};

TEST_F(EngineClockTest, ARetryLastsAsLongAsItShouldThoughTheClockIsSetBackAndTheServerStartedAgain) {
  start();
  const auto shown = clock_.now();
  task::TaskDefinition definition;
  definition.retry = {
      .max_attempts = 2, .initial_delay_s = 600, .factor = 1, .max_delay_s = 600, .jitter = 0};
  const auto id = run(make(definition));
  runner_.wait_for_starts(1);
  report_ended({id, 1}, 1);
  runner_.wait_for_acknowledged(1);
  EXPECT_EQ(execution(id).due_at, shown + minutes{10});
  set_clock(shown - hours{1});
  wait_until([&] { return execution(id).due_at == shown - minutes{50}; });
  stop();
  start();
  set_clock(shown - minutes{50});
  const auto starts = runner_.wait_for_starts(2);
  ASSERT_EQ(starts.size(), 2u);
  EXPECT_EQ(starts[1].key, (runner::AttemptKey{id, 2}));
}

// The clock is set back while the server is down.
TEST_F(EngineClockTest, ASkippedFireProvesWhatTheClockShowedThoughAYoungerRecordIsOlder) {
  const auto shown = clock_.now();
  const auto id = make({.cron = "* * * * *"}, shown + minutes{1});
  start();
  set_clock(shown + minutes{1});
  runner_.wait_for_starts(1);
  const auto skipped = [&] {
    std::optional<Execution> found;
    store_->read(
        [&](store::Reader& reader) { found = reader.newest_execution(id, task::ExecutionStatus::skipped); });
    return found ? found->count : 0;
  };
  set_clock(shown + minutes{2});
  wait_until([&] { return skipped() == 1; });
  run(make({.name = "another"}));
  set_clock(shown + minutes{3});
  wait_until([&] { return skipped() == 2; });
  stop();
  set_clock(shown - hours{1});
  start();
  std::optional<std::string> repeated;
  wait_until([&] {
    store_->read([&](store::Reader& reader) { repeated = reader.find_setting("clock_set_back"); });
    return repeated.has_value();
  });
  EXPECT_TRUE(repeated->starts_with(std::to_string(base::to_unix_ms(shown + minutes{3})))) << *repeated;
}

TEST_F(EngineClockTest, ARetryLastsAsLongAsItShouldThoughTheClockIsSetBackMeanwhile) {
  start();
  const auto shown = clock_.now();
  task::TaskDefinition definition;
  definition.retry = {
      .max_attempts = 2, .initial_delay_s = 600, .factor = 1, .max_delay_s = 600, .jitter = 0};
  const auto id = run(make(definition));
  report_ended({id, 1}, 1);
  runner_.wait_for_acknowledged(1);
  set_clock(shown - hours{1});
  wait_until([&] { return execution(id).due_at == shown - minutes{50}; });
  set_clock(shown - minutes{50});
  EXPECT_EQ(runner_.wait_for_starts(2).at(1).key, (runner::AttemptKey{id, 2}));
}

TEST_F(EngineClockTest, EachTimeTheClockIsSetBackIsAPassOfItsOwnToTheLatestThatItShowed) {
  start();
  const auto shown = clock_.now();
  const auto note = [&] {
    const auto text = setting("clock_set_back");
    return text.substr(0, text.rfind(' '));
  };
  const auto until = std::to_string(base::to_unix_ms(shown));
  set_clock(shown - hours{1});
  wait_until([&] { return note() == until + " 1"; });
  set_clock(shown - hours{2});
  wait_until([&] { return note() == until + " 2"; });
}

TEST_F(EngineClockTest, WhatComesAfterTheClockWasSetBackIsNoMisfire) {
  start();
  const auto shown = clock_.now();
  const auto id = make({.cron = "* * * * *"}, shown + minutes{1});
  set_clock(shown - hours{1});
  wait_until([&] { return next_run_of(id) == shown - minutes{59}; });
  set_clock(shown - minutes{59});
  const auto fired = execution(runner_.wait_for_starts(1).at(0).key.execution);
  EXPECT_EQ(fired.trigger, task::Trigger::schedule);
}

TEST_F(EngineClockTest, AChangeOfATaskProvesWhatTheClockShowedBeforeAStart) {
  start_once_and_stop();
  const auto shown = clock_.now();
  const auto id = make({.cron = "* * * * *"}, shown + minutes{1});
  ASSERT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
    auto task = tx.find_task(id).value();
    task.updated_at = shown;
    ++task.revision;
    tx.save_definition(task, "ada");
    return {};
  }));
  the_clock_.set(shown - hours{1});
  start();
  wait_until([&] { return next_run_of(id) == shown - minutes{59}; });
}

TEST_F(EngineClockTest, CursorsThatAKillLeftAheadOfAClockThatWasSetBackAreMovedAtTheNextStart) {
  start_once_and_stop();
  const auto shown = clock_.now();
  const auto id = make({.cron = "* * * * *"}, shown + minutes{1});
  ASSERT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
    tx.set_setting("clock_set_back", std::to_string(base::to_unix_ms(shown)) + " 1 0");
    return {};
  }));
  the_clock_.set(shown - hours{1});
  start();
  wait_until([&] { return next_run_of(id) == shown - minutes{59}; });
}

TEST_F(EngineClockTest, HowEverManyTasksHaveEndedEachGoesOnWhenItsTimeComesAgain) {
  const auto shown = clock_.now();
  std::vector<TaskId> ids;
  ASSERT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
    for (int i = 0; i < 450; ++i) {
      task::Task task;
      task.definition.name = "ended";
      task.definition.cron = "* * * * *";
      task.definition.command = "true";
      task.definition.ends_at = shown - minutes{10};
      ids.push_back(tx.insert_task(task));
    }
    return {};
  }));
  start();
  set_clock(shown - hours{1});
  wait_until([&] { return next_run_of(ids.back()).has_value(); });
  for (const auto id : ids) EXPECT_EQ(next_run_of(id), shown - minutes{59});
}

}  // namespace
}  // namespace engine
