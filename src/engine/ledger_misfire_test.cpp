// Fires that nobody was there for.
#include "engine/ledger_fixture.h"

namespace engine {
namespace {

TEST_F(LedgerTest, MisfireFireOnceRunsTheLatestAndRecordsTheRest) {
  const auto id = make({}, kNoon - hours{3});
  const auto plan = fire(id, kNoon + seconds{30}, kNoon + seconds{20});
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.scheduled_at, kNoon);
  EXPECT_EQ(plan.starts[0].execution.trigger, Trigger::misfire);
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].status, ExecutionStatus::missed);
  EXPECT_EQ(found[0].count, 179);
  EXPECT_EQ(found[0].scheduled_at, kNoon - hours{3} + minutes{1});
  EXPECT_EQ(found[0].scheduled_until, kNoon - minutes{1});
  EXPECT_EQ(task_of(id).next_run_at, kNoon + minutes{1});
}

TEST_F(LedgerTest, MisfireSkipRunsNothingAndRecordsAll) {
  const auto id = make({.misfire = {.policy = task::MisfirePolicy::skip}}, kNoon - hours{1});
  EXPECT_TRUE(fire(id, kNoon + seconds{1}, kNoon + seconds{1}).starts.empty());
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].count, 60);
}

TEST_F(LedgerTest, MisfireFireAllRunsAtMostAHundredOneAfterAnother) {
  const auto id = make({.misfire = {.policy = task::MisfirePolicy::fire_all}}, kNoon - hours{5});
  const auto plan = fire(id, kNoon + seconds{1}, kNoon + seconds{1});
  EXPECT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(task_of(id).running, 1);
  EXPECT_EQ(task_of(id).queued, 99);
  const auto found = executions(id);
  EXPECT_EQ(found.size(), 101u);
  EXPECT_EQ(found[0].count, 200);
  const auto next = end(plan, 0);
  ASSERT_EQ(next.starts.size(), 1u);
  EXPECT_EQ(*next.starts[0].execution.scheduled_at, *plan.starts[0].execution.scheduled_at + minutes{1});
}

TEST_F(LedgerTest, AMisfireOutsideTheWindowIsOnlyRecorded) {
  const auto id = make({.cron = "0 0 * * *", .misfire = {.window_s = 3600}}, kNoon - hours{40});
  EXPECT_TRUE(fire(id, kNoon, kNoon).starts.empty());
  ASSERT_EQ(executions(id).size(), 1u);
  EXPECT_EQ(executions(id)[0].count, 2);
}

}  // namespace
}  // namespace engine
