#include "task/misfire.h"

#include "base/time_fixture.h"

namespace task {
namespace {

using base::at;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

MisfirePlan plan_for(const TaskDefinition& definition, const char* first, const char* now) {
  const auto schedule = schedule_of(definition, "UTC");
  return plan_misfire(definition, *schedule, at(first), at(now));
}

TaskDefinition every_minute(MisfirePolicy policy, std::int64_t window_s = 86400) {
  TaskDefinition definition;
  definition.name = "t";
  definition.cron = "* * * * *";
  definition.misfire = {policy, window_s};
  return definition;
}

TEST(Misfire, FireOnceMakesUpTheLatestAndFoldsTheRest) {
  const auto plan =
      plan_for(every_minute(MisfirePolicy::fire_once), "2026-01-01T10:00:00Z", "2026-01-01T12:00:30Z");
  EXPECT_EQ(plan.run, std::vector<Instant>{at("2026-01-01T12:00:00Z")});
  ASSERT_TRUE(plan.missed);
  EXPECT_EQ(plan.missed->first, at("2026-01-01T10:00:00Z"));
  EXPECT_EQ(plan.missed->last, at("2026-01-01T11:59:00Z"));
  EXPECT_EQ(plan.missed->count, 120);
  EXPECT_EQ(plan.next.next_run_at, at("2026-01-01T12:01:00Z"));
}

TEST(Misfire, ASingleMissedFireLeavesNoRecordOfOthers) {
  const auto plan =
      plan_for(every_minute(MisfirePolicy::fire_once), "2026-01-01T12:00:00Z", "2026-01-01T12:00:30Z");
  EXPECT_EQ(plan.run.size(), 1u);
  EXPECT_FALSE(plan.missed);
}

TEST(Misfire, AFireIsNotMissedBeforeItsJitterHasPassed) {
  auto definition = every_minute(MisfirePolicy::fire_once);
  definition.jitter_s = 50;
  const auto jitter = jitter_of(definition);
  ASSERT_GT(jitter, seconds{1});
  const auto schedule = schedule_of(definition, "UTC");
  const auto fire = at("2026-01-01T10:05:00Z"), before = fire - minutes{1};
  const auto early = plan_misfire(definition, *schedule, before, fire + jitter - base::Milliseconds{1});
  EXPECT_EQ(early.run, std::vector<Instant>{before});
  EXPECT_EQ(early.next.next_run_at, fire);
  EXPECT_EQ(early.next.next_due_at, fire + jitter);
  const auto due = plan_misfire(definition, *schedule, before, fire + jitter);
  EXPECT_EQ(due.run, std::vector<Instant>{fire});
  EXPECT_EQ(due.next.next_run_at, fire + minutes{1});
}

TEST(Misfire, TheWindowReachesBackFromWhenTheFireWasDueToTheMillisecond) {
  auto definition = every_minute(MisfirePolicy::fire_once, 600);
  definition.jitter_s = 50;
  definition.ends_at = at("2026-01-01T10:00:00Z");
  const auto jitter = jitter_of(definition);
  ASSERT_GT(jitter, seconds{1});
  const auto schedule = schedule_of(definition, "UTC");
  const auto last = *definition.ends_at, due = last + jitter;
  EXPECT_EQ(plan_misfire(definition, *schedule, last, due + minutes{10}).run, std::vector<Instant>{last});
  EXPECT_TRUE(
      plan_misfire(definition, *schedule, last, due + minutes{10} + base::Milliseconds{1}).run.empty());
}

TEST(Misfire, EveryFireIsEitherMadeUpOrCountedWhateverThePolicy) {
  const auto schedule = schedule_of(every_minute(MisfirePolicy::skip), "UTC");
  for (const auto policy : {MisfirePolicy::fire_once, MisfirePolicy::fire_all, MisfirePolicy::skip}) {
    for (const std::int64_t window_s : {0LL, 60LL, 3600LL, 86400LL}) {
      for (const int missed_minutes : {0, 1, 59, 99, 100, 101, 5000}) {
        const auto definition = every_minute(policy, window_s);
        const auto first = at("2026-01-01T10:00:00Z");
        const auto now = first + minutes{missed_minutes} + seconds{7};
        const auto plan = plan_misfire(definition, *schedule, first, now);
        const auto counted = plan.missed ? plan.missed->count : 0;
        EXPECT_EQ(static_cast<std::int64_t>(plan.run.size()) + counted, missed_minutes + 1);
        EXPECT_LE(plan.run.size(), kMaxMadeUp);
        EXPECT_TRUE(std::is_sorted(plan.run.begin(), plan.run.end()));
        for (const auto fire : plan.run) EXPECT_GE(fire, now - seconds{window_s});
        if (plan.missed && !plan.run.empty()) {
          EXPECT_LT(plan.missed->last, plan.run.front());
        }
        EXPECT_GT(*plan.next.next_run_at, now);
      }
    }
  }
}

TEST(Misfire, FiresOfAnEveryScheduleAreCountedFromTheirOwnBase) {
  TaskDefinition definition = every_minute(MisfirePolicy::fire_once);
  definition.cron = "@every 90s";
  const auto plan = plan_for(definition, "2026-01-01T10:00:07Z", "2026-01-01T11:00:00Z");
  ASSERT_EQ(plan.run.size(), 1u);
  EXPECT_EQ(plan.run[0], at("2026-01-01T10:58:37Z"));
  EXPECT_EQ(plan.missed->count, 39);
  EXPECT_EQ(plan.next.next_run_at, at("2026-01-01T11:00:07Z"));
}

TEST(Misfire, NothingAfterEndsAtIsMissedOrFired) {
  TaskDefinition definition = every_minute(MisfirePolicy::fire_once);
  definition.ends_at = at("2026-01-01T10:05:00Z");
  const auto plan = plan_for(definition, "2026-01-01T10:00:00Z", "2026-01-01T12:00:30Z");
  EXPECT_EQ(plan.run, std::vector<Instant>{at("2026-01-01T10:05:00Z")});
  EXPECT_EQ(plan.missed->count, 5);
  EXPECT_FALSE(plan.next.next_run_at);
}

TEST(Misfire, AYearOfMissedSecondsIsCountedNotWalked) {
  TaskDefinition definition = every_minute(MisfirePolicy::fire_once);
  definition.cron = "* * * * * *";
  const auto plan = plan_for(definition, "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
  EXPECT_EQ(plan.missed->count, 365 * 86400);
}

TEST(Cursor, StartsAtTheFirstFireInsideTheTasksBounds) {
  TaskDefinition definition = every_minute(MisfirePolicy::skip);
  definition.starts_at = at("2026-06-01T00:00:00Z");
  definition.ends_at = at("2026-06-01T00:01:00Z");
  const auto schedule = schedule_of(definition, "UTC");
  EXPECT_EQ(cursor_after(definition, *schedule, at("2026-01-01")).next_run_at, at("2026-06-01T00:00:00Z"));
  EXPECT_EQ(cursor_after(definition, *schedule, at("2026-06-01T00:00:00Z")).next_run_at,
            at("2026-06-01T00:01:00Z"));
  EXPECT_FALSE(cursor_after(definition, *schedule, at("2026-06-01T00:01:00Z")).next_run_at);
}

TEST(Cursor, JitterDelaysTheDueTimeByTheSameAmountEachTime) {
  TaskDefinition definition = every_minute(MisfirePolicy::skip);
  definition.jitter_s = 30;
  const auto schedule = schedule_of(definition, "UTC");
  const auto first = cursor_after(definition, *schedule, at("2026-01-01"));
  const auto second = cursor_after(definition, *schedule, *first.next_run_at);
  const auto jitter = *first.next_due_at - *first.next_run_at;
  EXPECT_GE(jitter, seconds{0});
  EXPECT_LE(jitter, seconds{30});
  EXPECT_EQ(*second.next_due_at - *second.next_run_at, jitter);
}

}  // namespace
}  // namespace task
