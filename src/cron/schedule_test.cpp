#include "cron/schedule.h"

#include "base/time.h"

namespace cron {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

sys_seconds utc(std::string_view text) {
  return std::chrono::floor<seconds>(base::parse_iso(text).value());
}

std::vector<std::string> fires(std::string_view expression, std::string_view zone, std::string_view from,
                               std::size_t count) {
  const auto schedule = Schedule::parse(expression, zone);
  std::vector<std::string> all;
  auto at = utc(from);
  while (all.size() < count) {
    const auto fire = schedule->next(at);
    if (!fire) break;
    all.push_back(base::to_iso(*fire));
    at = *fire;
  }
  return all;
}

struct Case {
  std::string expression, zone, from;
  std::vector<std::string> expected;
};

class ScheduleOver : public testing::TestWithParam<Case> {};

TEST_P(ScheduleOver, FiresAt) {
  const Case& each = GetParam();
  EXPECT_EQ(fires(each.expression, each.zone, each.from, std::max<std::size_t>(1, each.expected.size())),
            each.expected)
      << each.expression << " in " << each.zone;
}

INSTANTIATE_TEST_SUITE_P(
    ChangesOfTheClock, ScheduleOver,
    testing::ValuesIn(std::vector<Case>{
        {"30 2 * * *",
         "America/New_York",
         "2025-03-08T12:00:00Z",
         {"2025-03-09T07:00:00Z", "2025-03-10T06:30:00Z"}},
        {"0,30 2,3 * * *",
         "America/New_York",
         "2025-03-08T12:00:00Z",
         {"2025-03-09T07:00:00Z", "2025-03-09T07:30:00Z"}},
        {"*/15 2 * * *", "America/New_York", "2025-03-08T12:00:00Z", {"2025-03-10T06:00:00Z"}},
        {"0 * * * *",
         "America/New_York",
         "2025-03-09T05:00:00Z",
         {"2025-03-09T06:00:00Z", "2025-03-09T07:00:00Z"}},
        {"30 1 * * *",
         "America/New_York",
         "2025-11-01T12:00:00Z",
         {"2025-11-02T05:30:00Z", "2025-11-03T06:30:00Z"}},
        {"*/30 1 * * *",
         "America/New_York",
         "2025-11-01T12:00:00Z",
         {"2025-11-02T05:00:00Z", "2025-11-02T05:30:00Z", "2025-11-02T06:00:00Z", "2025-11-02T06:30:00Z"}},
        {"15 2 * * *",
         "Australia/Lord_Howe",
         "2026-10-03T05:00:00Z",
         {"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"}},
        {"0 0 * * *",
         "America/Sao_Paulo",
         "2018-02-16T12:00:00Z",
         {"2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z", "2018-02-19T03:00:00Z"}},
        {"0 12 * * *",
         "Pacific/Apia",
         "2011-12-28T00:00:00Z",
         {"2011-12-28T22:00:00Z", "2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z", "2011-12-31T22:00:00Z"}},
        {"0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", {"2012-12-29T22:00:00Z"}},
        {"0 1 * * *",
         "Antarctica/Casey",
         "2009-10-17T06:00:00Z",
         {"2009-10-17T17:00:00Z", "2009-10-18T14:00:00Z"}},
    }));

INSTANTIATE_TEST_SUITE_P(
    TheCalendar, ScheduleOver,
    testing::ValuesIn(std::vector<Case>{
        {"0 0 29 2 *", "UTC", "2097-01-01T00:00:00Z", {}},
        {"0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", {"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"}},
        {"0 0 * 2 MON#5", "UTC", "2026-01-01T00:00:00Z", {"2044-02-29T00:00:00Z", "2072-02-29T00:00:00Z"}},
        {"0 0 31 2 0", "UTC", "2026-01-01T00:00:00Z", {"2026-02-01T00:00:00Z", "2026-02-08T00:00:00Z"}},
        {"0 0 1 1 *", "UTC", "1900-01-01T00:00:00Z", {"1970-01-01T00:00:00Z"}},
        {"59 59 23 31 12 ? 2099", "America/New_York", "2026-01-01T00:00:00Z", {"2100-01-01T04:59:59Z"}},
        {"@every 90m",
         "America/New_York",
         "2025-03-09T06:00:01Z",
         {"2025-03-09T07:30:01Z", "2025-03-09T09:00:01Z"}},
    }));

TEST(Schedule, NeverFiresOnAnImpossibleDate) {
  const auto schedule = Schedule::parse("0 0 31 2 *");
  ASSERT_TRUE(schedule);
  EXPECT_EQ(schedule->next(utc("2026-01-01")), std::nullopt);
  EXPECT_EQ(schedule->previous(utc("2026-01-01")), std::nullopt);
  EXPECT_EQ(schedule->count(utc("1970-01-01"), utc("2099-12-31")), 0U);
}

TEST(Schedule, NeverFiresByTimeOnReboot) {
  const auto schedule = Schedule::parse("@reboot");
  ASSERT_TRUE(schedule);
  EXPECT_TRUE(schedule->is_reboot());
  EXPECT_EQ(schedule->next(utc("2026-01-01")), std::nullopt);
  EXPECT_EQ(schedule->count(utc("1970-01-01"), utc("2099-12-31")), 0U);
}

TEST(Schedule, CountsEveryFromTheInstantGiven) {
  const auto schedule = *Schedule::parse("@every 90s");
  const auto at = utc("2026-01-01T00:00:07Z");
  EXPECT_TRUE(schedule.is_every());
  EXPECT_EQ(schedule.every(), seconds{90});
  EXPECT_EQ(schedule.previous(at), at - seconds{90});
  EXPECT_EQ(schedule.count(at, at + seconds{900}), 10U);
  EXPECT_EQ(schedule.between(at, at + seconds{900}, 100).size(), 10U);
  EXPECT_EQ(schedule.next(utc("2099-12-31T23:59:00Z")), std::nullopt);
  EXPECT_EQ(Schedule::parse("@every 9999999999999d")->next(at), std::nullopt);
}

TEST(Schedule, CountsTenYearsOfSeconds) {
  const auto schedule = *Schedule::parse("* * * * * *", "America/New_York");
  EXPECT_EQ(schedule.count(utc("2016-01-01"), utc("2026-01-01")), 3653U * 86400);
  const auto fixed = *Schedule::parse("0-59 0-59 0-23 * * *", "America/New_York");
  // each year's gap gives one fire at its end that fires anyway; each overlap's second pass gives none
  EXPECT_EQ(fixed.count(utc("2016-01-01"), utc("2026-01-01")), 3653U * 86400 - 10 * 3600);
}

TEST(Schedule, ListsNoMoreThanTheLimit) {
  const auto schedule = *Schedule::parse("* * * * *");
  EXPECT_EQ(schedule.between(utc("2026-01-01"), utc("2026-01-02"), 7).size(), 7U);
  EXPECT_EQ(schedule.between(utc("2026-01-01"), utc("2026-01-02"), 0).size(), 0U);
  EXPECT_EQ(schedule.between(utc("2026-01-02"), utc("2026-01-01"), 7).size(), 0U);
  EXPECT_EQ(schedule.count(utc("2026-01-02"), utc("2026-01-01")), 0U);
}

TEST(Schedule, IsWildWhenItsTimeBeginsWithAStar) {
  for (const char* text : {"* * * * *", "*/5 0 * * *", "0 *,5 * * *", "* 0 0 * * *"}) {
    EXPECT_TRUE(Schedule::parse(text)->is_wild()) << text;
  }
  for (const char* text :
       {"0 0 * * *", "0-59 0-23 * * *", "0/5 0 * * *", "5,* 0 * * *", "H H * * *", "@every 5m"}) {
    EXPECT_FALSE(Schedule::parse(text)->is_wild()) << text;
  }
}

TEST(Schedule, IsSmall) {
  EXPECT_LE(sizeof(Schedule), 160U);
}

}  // namespace
}  // namespace cron
