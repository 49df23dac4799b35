#include "task/repeated_time.h"

#include <gtest/gtest.h>

#include "base/time_fixture.h"

namespace task {
namespace {

using base::at;
using base::Milliseconds;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Where the cursor of a task with that schedule goes that had fired until `fired_until`, as a time of that
// day.
std::string moved(const char* cron, const char* fired_until, const char* now) {
  TaskDefinition definition;
  definition.name = "t";
  definition.cron = cron;
  const auto schedule = schedule_of(definition, "UTC");
  const auto until = std::chrono::floor<seconds>(at(fired_until));
  const auto last_fire = schedule->is_every() ? until : *schedule->previous(until + seconds{1});
  const auto place = cursor_set_back(definition, *schedule, last_fire, at(now));
  return place ? base::to_iso(*place->next_run_at) : "stays";
}

TEST(RepeatedTime, AWildScheduleFollowsTheClockAndAFixedOneWaits) {
  const auto noon = "2026-01-05T12:00:00Z";
  EXPECT_EQ(moved("* * * * *", noon, "2026-01-05T11:00:10Z"), "2026-01-05T11:01:00Z");
  EXPECT_EQ(moved("*/5 * * * *", noon, "2026-01-05T11:02:00Z"), "2026-01-05T11:05:00Z");
  EXPECT_EQ(moved("0 * * * *", noon, "2026-01-05T10:30:00Z"), "2026-01-05T11:00:00Z");
  EXPECT_EQ(moved("* * * * * *", noon, "2026-01-05T11:59:50Z"), "2026-01-05T11:59:51Z");
  EXPECT_EQ(moved("0-59 0-23 * * *", noon, "2026-01-05T11:00:10Z"), "stays");
  EXPECT_EQ(moved("30 11 * * *", noon, "2026-01-05T11:00:10Z"), "stays");
}

TEST(RepeatedTime, AWildScheduleOfSomeHoursIsNotHeldUpByItsPauseUntilTheNextDay) {
  EXPECT_EQ(moved("*/20 2 * * *", "2026-01-05T03:51:46Z", "2026-01-05T00:53:16Z"), "2026-01-05T02:00:00Z");
  EXPECT_EQ(moved("*/20 2 * * *", "2026-01-05T02:50:00Z", "2026-01-05T02:25:00Z"), "stays");
}

TEST(RepeatedTime, AnEveryScheduleKeepsItsBeat) {
  EXPECT_EQ(moved("@every 7m", "2026-01-05T12:00:00Z", "2026-01-05T11:00:10Z"), "2026-01-05T11:04:00Z");
  EXPECT_EQ(moved("@every 2h", "2026-01-05T12:00:00Z", "2026-01-05T11:00:10Z"), "stays");
}

TEST(RepeatedTime, AStepShorterThanTheIntervalOrSomeSecondsMovesNothing) {
  const auto noon = "2026-01-05T12:00:00Z";
  EXPECT_EQ(moved("* * * * *", noon, "2026-01-05T11:59:50Z"), "stays");
  EXPECT_EQ(moved("0 * * * *", noon, "2026-01-05T11:30:00Z"), "stays");
  EXPECT_EQ(moved("* * * * * *", noon, "2026-01-05T11:59:58Z"), "stays");
  EXPECT_EQ(moved("* * * * *", noon, "2026-01-05T12:00:10Z"), "stays") << "the clock goes as it should";
}

TEST(RepeatedTime, AfterAClockThatWasFarAheadAFixedScheduleFollowsTheTrueOne) {
  EXPECT_EQ(moved("30 11 * * *", "2027-01-05T12:00:00Z", "2026-01-05T10:00:00Z"), "2026-01-05T11:30:00Z");
}

TEST(RepeatedTime, BoundsOfTheTaskHoldAndWhatNeverFiresHasNothingToMove) {
  TaskDefinition definition;
  definition.name = "t";
  definition.cron = "* * * * *";
  definition.starts_at = at("2026-01-05T11:30:00Z");
  const auto schedule = schedule_of(definition, "UTC");
  const auto noon = std::chrono::floor<seconds>(at("2026-01-05T12:00:00Z"));
  const auto place = cursor_set_back(definition, *schedule, noon, at("2026-01-05T11:00:00Z"));
  ASSERT_TRUE(place);
  EXPECT_EQ(place->next_run_at, definition.starts_at);
}

TEST(RepeatedTime, APassIsToldByMillisecondsThatNoScheduleHas) {
  const RepeatedTime repeated{.until = at("2026-01-05T12:00:00Z"), .pass = 2};
  const auto fire = at("2026-01-05T11:30:00Z");
  EXPECT_EQ(in_pass(fire, repeated), fire + Milliseconds{2});
  EXPECT_EQ(in_pass(in_pass(fire, {.until = {}, .pass = 1}), repeated), fire + Milliseconds{2});
  EXPECT_EQ(pass_of(in_pass(fire, repeated)), 2);
  EXPECT_EQ(pass_of(fire), 0);
  EXPECT_TRUE(was_shown(repeated, repeated.until));
  EXPECT_FALSE(was_shown(repeated, repeated.until + Milliseconds{1}));
  EXPECT_FALSE(was_shown(std::nullopt, fire));
}

}  // namespace
}  // namespace task
