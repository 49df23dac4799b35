#include "engine/ledger_fixture.h"

namespace engine {
namespace {

class SetBack : public LedgerTest {
 protected:
  // Fires from noon to 13:00; then the clock shows 12:00:10 again.
  void live_through_an_hour(TaskId id) {
    for (auto now = kNoon; now <= kNoon + hours{1}; now += minutes{1}) {
      if (task_of(id).next_due_at > now) continue;
      if (const auto plan = fire(id, now); !plan.starts.empty()) end(plan, 0);
    }
    repeated_ = task::RepeatedTime{.until = kNoon + hours{1}, .pass = 1};
    book([&](auto& tx, auto&, auto& plan) { ledger_.set_back(tx, id, kBack, plan); });
  }
  const Instant kBack = kNoon + seconds{10};
};

TEST_F(SetBack, AWildTaskGoesOnEachMinuteUnderKeysOfItsOwn) {
  const auto id = make({});
  live_through_an_hour(id);
  ASSERT_EQ(executions(id).size(), 61u);
  for (int minute = 1; minute <= 62; ++minute) {
    EXPECT_EQ(task_of(id).next_run_at, kNoon + minutes{minute});
    const auto plan = fire(id, kNoon + minutes{minute});
    ASSERT_EQ(plan.starts.size(), 1u) << minute;
    const auto expected = kNoon + minutes{minute} + Milliseconds{minute <= 60 ? 1 : 0};
    EXPECT_EQ(plan.starts[0].execution.scheduled_at, expected);
    EXPECT_EQ(plan.starts[0].execution.due_at, kNoon + minutes{minute});
    end(plan, 0);
  }
}

TEST_F(SetBack, AFixedTaskWaitsAndFiresNothingTwice) {
  const auto id = make({.cron = "30 12-14 * * *"});
  live_through_an_hour(id);
  EXPECT_EQ(executions(id).size(), 1u);
  EXPECT_EQ(task_of(id).next_run_at, kNoon + minutes{90});
}

TEST_F(SetBack, AFixedTaskThatIsMadeToFireInItDoesSoUnlessItHas) {
  const auto id = make({.cron = "30,40 12-14 * * *"});
  live_through_an_hour(id);
  for (const int minute : {30, 45}) {  // as an edit would have placed it
    book([&](auto& tx, auto&, auto&) {
      auto task = *tx.find_task(id);
      task.next_run_at = task.next_due_at = kNoon + minutes{minute};
      tx.save_task_state(task);
    });
    EXPECT_EQ(fire(id, kNoon + minutes{minute}).starts.size(), minute == 45 ? 1u : 0u);
  }
}

TEST_F(SetBack, WhatWasMissedBecauseTheClockWasAheadRunsOnceItIsTrue) {
  const auto id = make({.cron = "30 12 * * *", .misfire = {.policy = task::MisfirePolicy::skip}});
  fire(id, kNoon + hours{24 * 365});  // the clock jumped a year ahead
  EXPECT_EQ(executions(id).at(0).status, ExecutionStatus::missed);
  repeated_ = task::RepeatedTime{.until = kNoon + hours{24 * 365}, .pass = 1};
  book([&](auto& tx, auto&, auto& plan) { ledger_.set_back(tx, id, kBack, plan); });
  EXPECT_EQ(task_of(id).next_run_at, kNoon + minutes{30});
  EXPECT_EQ(fire(id, kNoon + minutes{30}).starts.size(), 1u);
}

TEST_F(SetBack, RepeatedFiresThatNobodyCouldRunAreNotMissed) {
  const auto id = make({});
  live_through_an_hour(id);
  const auto later = kNoon + minutes{62} + seconds{1};
  const auto plan = fire(id, later, later);  // it was down for all of it and two minutes more
  EXPECT_EQ(plan.starts.size(), 1u);
  auto found = executions(id);
  ASSERT_EQ(found.size(), 63u);
  EXPECT_EQ(found[61].status, ExecutionStatus::missed);
  EXPECT_EQ(found[61].scheduled_at, kNoon + minutes{61});
  EXPECT_EQ(found[61].count, 1);
  EXPECT_EQ(found[62].scheduled_at, kNoon + minutes{62});
}

// A record that began with one of those would meet its key, and be lost with all that it tells.
TEST_F(SetBack, WhatAFixedTaskMissesAfterItIsToldWithoutWhatHadItsRecordBefore) {
  const auto id = make({.cron = "20,30,40 12-13 * * *", .misfire = {.policy = task::MisfirePolicy::skip}});
  // nobody was there at 12:20 and 12:40, the first time
  fire(id, kNoon + minutes{25}, kNoon + minutes{25});
  end(fire(id, kNoon + minutes{30}), 0);
  fire(id, kNoon + minutes{45}, kNoon + minutes{45});
  ASSERT_EQ(executions(id).size(), 3u);
  repeated_ = task::RepeatedTime{.until = kNoon + minutes{50}, .pass = 1};
  for (const int from : {20, 40}) {
    book([&](auto& tx, auto&, auto&) {
      auto task = *tx.find_task(id);
      task.next_run_at = task.next_due_at = kNoon + minutes{from};
      tx.save_task_state(task);
    });
    const auto again = kNoon + minutes{from == 20 ? 85 : 95};
    fire(id, again, again);
    const auto found = executions(id).back();
    EXPECT_EQ(found.status, ExecutionStatus::missed);
    EXPECT_EQ(found.scheduled_at, kNoon + minutes{from == 20 ? 80 : 90});
    EXPECT_EQ(found.count, 1);
    EXPECT_EQ(task_of(id).next_run_at, kNoon + minutes{from == 20 ? 90 : 100});
  }
}

TEST_F(SetBack, WhatIsMadeUpOfAFireThatWasMissedBeforeHasAKeyOfItsOwn) {
  const auto id = make({.cron = "20,30,40 12-13 * * *"});
  end(fire(id, kNoon + minutes{45}, kNoon + minutes{45}), 0);  // 12:40, the others are missed
  ASSERT_EQ(executions(id).size(), 2u);
  repeated_ = task::RepeatedTime{.until = kNoon + minutes{50}, .pass = 1};
  book([&](auto& tx, auto&, auto&) {
    auto task = *tx.find_task(id);
    task.next_run_at = task.next_due_at = kNoon + minutes{20};
    tx.save_task_state(task);
  });
  const auto plan = fire(id, kNoon + minutes{35}, kNoon + minutes{35});
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.scheduled_at, kNoon + minutes{30} + Milliseconds{1});
  EXPECT_EQ(executions(id).size(), 3u);
}

TEST_F(SetBack, SkipsOfTheTwoPassesAreNotFoldedIntoOne) {
  const auto id = make({});
  fire(id, kNoon);  // goes on and on
  for (int minute = 1; minute <= 60; ++minute) fire(id, kNoon + minutes{minute});
  repeated_ = task::RepeatedTime{.until = kNoon + hours{1}, .pass = 1};
  book([&](auto& tx, auto&, auto& plan) { ledger_.set_back(tx, id, kBack, plan); });
  for (int minute = 1; minute <= 61; ++minute) fire(id, kNoon + minutes{minute});
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[1].count, 60);
  EXPECT_EQ(found[2].count, 60);
  EXPECT_EQ(found[2].scheduled_until, kNoon + hours{1} + Milliseconds{1});
  EXPECT_EQ(found[3].scheduled_at, kNoon + minutes{61});
  store_->read([&](store::Reader& reader) {
    const auto covers = [&](Instant fire) { return reader.execution_for_fire(id, fire)->id; };
    EXPECT_EQ(covers(kNoon + minutes{30}), found[1].id);
    EXPECT_EQ(covers(kNoon + minutes{30} + Milliseconds{1}), found[2].id);
  });
}

TEST_F(SetBack, ARetryIsDueSoonerByWhatTheClockLost) {
  TaskDefinition definition;
  definition.retry = {.max_attempts = 2, .initial_delay_s = 10, .factor = 2, .max_delay_s = 60, .jitter = 0};
  const auto id = make(definition);
  end(fire(id, kNoon), 1);
  book([&](auto& tx, auto&, auto&) { ledger_.bring_retries_forward(tx, hours{1}); });
  EXPECT_EQ(executions(id)[0].due_at, kNoon + seconds{11} - hours{1});
}

class SetBackAfterItsEnd : public SetBack {
 protected:
  // The fires from 12:01 on that the task has while the clock shows the hour again, to the minute.
  std::vector<int> fires_again(TaskId id) {
    std::vector<int> minutes_again;
    for (int minute = 1; minute <= 90; ++minute) {
      if (task_of(id).next_due_at != kNoon + minutes{minute}) continue;
      const auto plan = fire(id, kNoon + minutes{minute});
      for (const auto& order : plan.starts) {
        EXPECT_EQ(order.execution.scheduled_at, kNoon + minutes{minute} + Milliseconds{1});
        minutes_again.push_back(minute);
        end(plan, 0);
      }
    }
    EXPECT_FALSE(task_of(id).next_run_at);
    return minutes_again;
  }
};

TEST_F(SetBackAfterItsEnd, AWildTaskGoesOnUntilThatEndComesAgain) {
  const auto id = make({.cron = "*/10 * * * *", .ends_at = kNoon + minutes{40}});
  live_through_an_hour(id);
  EXPECT_EQ(executions(id).size(), 5u);
  EXPECT_EQ(fires_again(id), (std::vector{10, 20, 30, 40}));
  EXPECT_EQ(executions(id).size(), 9u);
}

TEST_F(SetBackAfterItsEnd, AnEveryTaskGoesOnAtItsOwnBeat) {
  const auto id = make({.cron = "@every 7m", .ends_at = kNoon + minutes{20}}, kNoon - minutes{4});
  live_through_an_hour(id);
  EXPECT_EQ(fires_again(id), (std::vector{3, 10, 17}));
}

TEST_F(SetBackAfterItsEnd, ATaskOfAYearThatIsOverGoesOnWhenTheYearComesAgain) {
  const auto id = make({.cron = "0 */10 12 1 1 ? 2026"});
  live_through_an_hour(id);
  EXPECT_EQ(fires_again(id), (std::vector{10, 20, 30, 40, 50}));
}

TEST_F(SetBackAfterItsEnd, AFixedOneAPausedOneAndOneWhoseEndHasNotComeAgainWait) {
  const auto fixed = make({.cron = "30 12 * * *", .ends_at = kNoon + minutes{40}});
  const auto ended = make({.ends_at = kNoon - minutes{1}}, kNoon - hours{2});
  const auto rare = make({.cron = "*/30 * * * *", .ends_at = kNoon + minutes{20}});
  const auto paused = make({.ends_at = kNoon + minutes{40}});
  book([&](auto& tx, auto&, auto&) {
    auto task = *tx.find_task(paused);
    task.paused = true;
    task.next_run_at = task.next_due_at = std::nullopt;
    tx.save_task_state(task);
    task = *tx.find_task(ended);
    task.next_run_at = task.next_due_at = std::nullopt;
    tx.save_task_state(task);
  });
  for (const auto id : {fixed, ended, rare, paused}) {
    live_through_an_hour(id);
    EXPECT_FALSE(task_of(id).next_run_at);
  }
}

TEST_F(LedgerTest, AChangedZoneMovesTheNextFireAndNothingThatIsDue) {
  const auto id = make({.cron = "30 13 * * *", .timezone = "Europe/Berlin"});
  const auto right = task_of(id).next_run_at;
  const auto place = [&](std::optional<Instant> at) {
    book([&](auto& tx, auto&, auto&) {
      auto task = *tx.find_task(id);
      task.next_run_at = task.next_due_at = at;
      tx.save_task_state(task);
    });
  };
  place(*right + hours{1});
  const auto plan =
      book([&](auto& tx, auto&, auto& after) { ledger_.follow_zone(tx, id, kNoon, {}, after); });
  EXPECT_EQ(task_of(id).next_run_at, right);
  EXPECT_EQ(plan.due_times.size(), 1u);
  place(kNoon - seconds{1});
  book([&](auto& tx, auto&, auto& after) { ledger_.follow_zone(tx, id, kNoon, {}, after); });
  EXPECT_EQ(task_of(id).next_run_at, kNoon - seconds{1});
}

}  // namespace
}  // namespace engine
