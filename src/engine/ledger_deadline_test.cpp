#include "engine/ledger_fixture.h"

namespace engine {
namespace {

TEST_F(LedgerTest, WhatWaitsLongerThanItsDeadlineIsSkippedWithTheReason) {
  options_.pools["db"] = 1;
  const auto first = fire(make({.name = "first", .pool = "db"}), kNoon);
  const auto id =
      make({.name = "second", .overlap = task::OverlapPolicy::queue, .start_deadline_s = 30, .pool = "db"});
  const auto waiting = fire(id, kNoon);
  ASSERT_EQ(waiting.deadlines.size(), 1u);
  EXPECT_EQ(waiting.deadlines[0].due_at, kNoon + seconds{30});
  const auto queued = fire(id, kNoon + minutes{1});
  const auto give_up = [&](const Plan& plan) {
    return book([&](auto& tx, auto& slots, auto& after) {
      ledger_.give_up_waiting(tx, plan.deadlines.at(0).id, kNoon + minutes{2}, slots, after);
    });
  };
  give_up(queued);
  give_up(waiting);
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 2u);
  for (const auto& execution : found) {
    EXPECT_EQ(execution.status, ExecutionStatus::skipped);
    EXPECT_FALSE(execution.started_at);
  }
  EXPECT_NE(found[0].reason.find("room in pool 'db'"), std::string::npos) << found[0].reason;
  EXPECT_NE(found[1].reason.find("the run before it"), std::string::npos) << found[1].reason;
  EXPECT_EQ(task_of(id).running, 0);
  EXPECT_EQ(task_of(id).queued, 0);
  EXPECT_FALSE(task_of(id).last_failed);
  EXPECT_TRUE(end(first, 0).starts.empty());
}

TEST_F(LedgerTest, ADeadlineHarmsNothingThatHasBegun) {
  options_.pools["db"] = 1;
  const auto first = fire(make({.name = "first", .pool = "db"}), kNoon);
  const auto id = make({.name = "second", .start_deadline_s = 30, .pool = "db"});
  const auto waiting = fire(id, kNoon);
  end(first, 0);
  book([&](auto& tx, auto& slots, auto& plan) { ledger_.promote(tx, kNoon, slots, plan); });
  book([&](auto& tx, auto& slots, auto& plan) {
    ledger_.give_up_waiting(tx, waiting.deadlines.at(0).id, kNoon + minutes{2}, slots, plan);
  });
  EXPECT_EQ(executions(id)[0].waiting, Waiting::none);
  EXPECT_EQ(executions(id)[0].status, ExecutionStatus::pending);
}

TEST_F(LedgerTest, ADeadlineCountsFromWhenTheFireWasDue) {
  options_.pools["db"] = 1;
  fire(make({.name = "first", .pool = "db"}), kNoon);
  const auto id = make({.name = "second", .start_deadline_s = 30, .pool = "db"});
  const auto waiting = fire(id, kNoon + seconds{4});
  ASSERT_EQ(waiting.deadlines.size(), 1u);
  EXPECT_EQ(waiting.deadlines[0].due_at, kNoon + seconds{30});
}

TEST_F(LedgerTest, AFireThatIsBookedAfterItsDeadlineIsSkipped) {
  const auto id = make({.start_deadline_s = 2});
  const auto in_time = fire(id, kNoon + seconds{1});
  EXPECT_EQ(in_time.starts.size(), 1u);
  end(in_time, 0);
  EXPECT_TRUE(fire(id, kNoon + minutes{1} + seconds{4}).starts.empty());
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].status, ExecutionStatus::skipped);
  EXPECT_NE(found[1].reason.find("start_deadline_s"), std::string::npos) << found[1].reason;
  EXPECT_EQ(task_of(id).running, 0);
}

TEST_F(LedgerTest, WhatWasMissedIsMadeUpOnlyWithinItsDeadline) {
  const auto id = make({.misfire = {.policy = task::MisfirePolicy::fire_all}, .start_deadline_s = 90});
  const auto now = kNoon + minutes{5} + seconds{10};
  const auto plan = fire(id, now, now);
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].status, ExecutionStatus::skipped);
  EXPECT_EQ(found[0].count, 4);
  EXPECT_EQ(found[0].scheduled_at, kNoon);
  EXPECT_EQ(found[0].scheduled_until, kNoon + minutes{3});
  EXPECT_EQ(found[1].scheduled_at, kNoon + minutes{4});
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.id, found[1].id);
  EXPECT_EQ(found[2].waiting, Waiting::overlap);
  ASSERT_EQ(plan.deadlines.size(), 1u);
  EXPECT_EQ(plan.deadlines[0].due_at, kNoon + minutes{5} + seconds{90});
}

// The timers of both are due when a server goes on that had stood still.
TEST_F(LedgerTest, WhatWaitedTooLongIsNotLetGoBeforeItsTimer) {
  const auto id = make({.overlap = task::OverlapPolicy::queue_all, .start_deadline_s = 90});
  const auto first = fire(id, kNoon);
  for (int minute = 1; minute <= 3; ++minute) fire(id, kNoon + minutes{minute});
  const auto plan = end(key_of(first), 0, kNoon + minutes{4});
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[1].status, ExecutionStatus::skipped);
  EXPECT_EQ(found[2].status, ExecutionStatus::skipped);
  EXPECT_NE(found[2].reason.find("the run before it"), std::string::npos) << found[2].reason;
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.id, found[3].id);
  EXPECT_EQ(task_of(id).queued, 0);
  EXPECT_EQ(task_of(id).running, 1);
}

TEST_F(LedgerTest, ASlotComesTooLateAfterTheDeadline) {
  const auto id = make({.start_deadline_s = 30});
  EXPECT_TRUE(fire(id, kNoon, kNoon - hours{1}, 0).starts.empty());
  const auto plan =
      book([&](auto& tx, auto& slots, auto& p) { ledger_.promote(tx, kNoon + minutes{1}, slots, p); });
  EXPECT_TRUE(plan.starts.empty());
  EXPECT_EQ(executions(id)[0].status, ExecutionStatus::skipped);
  EXPECT_EQ(task_of(id).running, 0);
}

TEST_F(LedgerTest, AnOrderThatNeverReachedTheRunnerIsNotRepeatedAfterTheDeadline) {
  const auto id = make({.start_deadline_s = 30});
  const auto ordered = fire(id, kNoon).starts.at(0).execution;
  const auto again = [&](Instant now) {
    return book(
        [&](auto& tx, auto& slots, auto& plan) { ledger_.start_again(tx, ordered, now, slots, plan); });
  };
  EXPECT_EQ(again(kNoon + seconds{29}).starts.size(), 1u);
  EXPECT_TRUE(again(kNoon + seconds{31}).starts.empty());
  EXPECT_EQ(executions(id)[0].status, ExecutionStatus::skipped);
  EXPECT_EQ(task_of(id).running, 0);
}

}  // namespace
}  // namespace engine
