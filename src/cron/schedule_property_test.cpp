#include <cstdlib>

#include "cron/fires.h"
#include "cron/reference_test.h"
#include "cron/schedule.h"
#include "cron/zone.h"

namespace cron {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;

// The same cases at every run; RC_PARAMS in the environment asks for others, or more of them.
const int kDeterministic = setenv("RC_PARAMS", "seed=20260101 max_success=500", 0);

constexpr const char* kZones[] = {
    "UTC",          "America/New_York",    "Europe/Berlin",     "Europe/Dublin",
    "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia",
    "Africa/Cairo", "Antarctica/Troll",    "Antarctica/Casey",  "America/St_Johns",
    "Asia/Gaza",    "Africa/Casablanca",   "Pacific/Chatham",   "Pacific/Kiritimati"};

const char* any_zone() {
  return kZones[reference::pick(0, static_cast<int>(std::size(kZones)) - 1)];
}

Schedule parsed(const std::string& text, std::string_view zone) {
  auto schedule = Schedule::parse(text, zone);
  if (!schedule) RC_FAIL("'" + text + "' in " + std::string(zone) + ": " + schedule.error().message);
  return *schedule;
}

sys_seconds any_instant(int first_year = 1971, int last_year = 2098) {
  const std::int64_t year = reference::pick(first_year, last_year);
  return sys_seconds{seconds{(year - 1970) * 31556952 + reference::pick(0, 31556951)}};
}

// A change of the zone's clock between 1973 and 2036 (the years that both tables know), or any instant.
sys_seconds any_change(const Zone& zone) {
  std::vector<std::int64_t> changes;
  for (const Period& period : zone.periods()) {
    if (period.begin > 3LL * 31556952 && period.begin < 66LL * 31556952) changes.push_back(period.begin);
  }
  if (changes.empty()) return any_instant(1973, 2036);
  return sys_seconds{
      seconds{changes[static_cast<std::size_t>(reference::pick(0, static_cast<int>(changes.size()) - 1))]}};
}

void agrees_with_the_walked_clock(bool six, hours reach) {
  const std::string zone_name = any_zone();
  const auto zone = find_zone(zone_name);
  const auto expression = reference::any_expression(six);
  const auto center = std::chrono::floor<std::chrono::minutes>(any_change(*zone));
  const sys_seconds from = center - reach;
  const sys_seconds until = center + reach;
  RC_LOG() << expression.text() << " in " << zone_name << " around " << center.time_since_epoch().count()
           << "\n";

  const auto expected = reference::walk(expression, *date::locate_zone(zone_name), from, until);
  const auto schedule = parsed(expression.text(), zone_name);
  RC_ASSERT(schedule.is_wild() == expression.wild());
  RC_ASSERT(schedule.between(from, until, SIZE_MAX) == expected);
  RC_ASSERT(schedule.count(from, until) == expected.size());

  std::vector<sys_seconds> backwards;
  for (auto fire = schedule.previous(until + seconds{1});
       fire && *fire > from && backwards.size() <= expected.size(); fire = schedule.previous(*fire)) {
    backwards.push_back(*fire);
  }
  std::reverse(backwards.begin(), backwards.end());
  RC_ASSERT(backwards == expected);
  const sys_seconds middle = from + seconds{reference::pick(0, static_cast<int>(seconds{2 * reach}.count()))};
  RC_ASSERT(schedule.count(from, middle) + schedule.count(middle, until) == expected.size());
}

TEST(ScheduleProperty, FiresWhereAClockWalkedMinuteByMinuteDoes) {
  ASSERT_TRUE(rc::check([] { agrees_with_the_walked_clock(false, hours{60}); }));
}

TEST(ScheduleProperty, FiresWhereAClockWalkedSecondBySecondDoes) {
  ASSERT_TRUE(rc::check([] { agrees_with_the_walked_clock(true, hours{5}); }));
}

TEST(ScheduleProperty, FiresOnTheDaysThatACalendarWalkedDayByDayGives) {
  ASSERT_TRUE(rc::check([] {
    auto expression = reference::any_expression(false);
    expression.minute = {"30", {30}, {}, {}, false, {}, {}};
    expression.hour = {"12", {12}, {}, {}, false, {}, {}};
    RC_LOG() << expression.text() << "\n";
    const auto first = date::floor<date::days>(any_instant(1971, 2094));
    std::vector<sys_seconds> expected;
    for (auto day = first; day < first + date::days{4 * 365 + 1}; day += date::days{1}) {
      if (reference::matches_day(expression, date::year_month_day{day})) {
        expected.push_back(day + hours{12} + std::chrono::minutes{30});
      }
    }
    const sys_seconds from = first;
    const sys_seconds until = first + date::days{4 * 365 + 1};
    const auto schedule = parsed(expression.text(), "UTC");
    RC_ASSERT(schedule.between(from, until, SIZE_MAX) == expected);
    RC_ASSERT(schedule.count(from, until) == expected.size());
  }));
}

std::string any_text() {
  std::string text = reference::any_expression(true).text();
  if (reference::pick(0, 2) == 0) text += " " + reference::any_field({1970, 2099, false}).text;
  return text;
}

TEST(ScheduleProperty, ParsesWhatItPrintsToAnEqualSchedule) {
  ASSERT_TRUE(rc::check([] {
    const auto schedule = parsed(any_text(), any_zone());
    const auto again = parsed(schedule.print(), "Asia/Tokyo");
    if (schedule.timezone() != "UTC") {
      RC_ASSERT(again == schedule);
    }
    RC_ASSERT(parsed(schedule.print(), "UTC") == schedule);
    RC_ASSERT(parsed(schedule.print(), "UTC").print() == schedule.print());
  }));
}

TEST(ScheduleProperty, NextAndPreviousLeaveNoFireBetweenThem) {
  ASSERT_TRUE(rc::check([] {
    const auto schedule = parsed(any_text(), any_zone());
    const sys_seconds at = any_instant();
    const auto next = schedule.next(at);
    const auto previous = schedule.previous(at);
    if (next) {
      RC_ASSERT(*next > at);
      RC_ASSERT(schedule.count(at, *next) == 1U);
      const auto back = schedule.previous(*next);
      RC_ASSERT(!back || *back <= at);
      RC_ASSERT(schedule.next(*next - seconds{1}) == next);
    }
    if (previous) {
      RC_ASSERT(*previous < at);
      RC_ASSERT(schedule.count(*previous, at - seconds{1}) == 0U);
      const auto forth = schedule.next(*previous);
      RC_ASSERT(!forth || *forth >= at);
      RC_ASSERT(schedule.previous(*previous + seconds{1}) == previous);
    }
  }));
}

TEST(ScheduleProperty, CountsWhatBetweenLists) {
  ASSERT_TRUE(rc::check([] {
    const auto schedule = parsed(any_text(), any_zone());
    const sys_seconds from = any_instant();
    const sys_seconds until = from + seconds{reference::pick(0, 40'000'000)};
    constexpr std::size_t kLimit = 3000;
    const auto fires = schedule.between(from, until, kLimit);
    if (fires.size() < kLimit) {
      RC_ASSERT(schedule.count(from, until) == fires.size());
    } else {
      RC_ASSERT(schedule.count(from, fires.back()) == fires.size());
    }
    for (const sys_seconds fire : fires) RC_ASSERT(fire > from && fire <= until);
  }));
}

TEST(ScheduleProperty, FiresOnlyWithinTheLocalYears1970To2099) {
  ASSERT_TRUE(rc::check([] {
    const auto schedule = parsed(any_text(), any_zone());
    const sys_seconds begin{seconds{kLocalBegin}};
    const sys_seconds end{seconds{kLocalEnd}};
    const auto first = schedule.next(sys_seconds::min());
    const auto last = schedule.previous(sys_seconds::max());
    RC_ASSERT(first.has_value() == last.has_value());
    if (!first) return;
    RC_ASSERT(*first + schedule.zone().offset_at(*first) >= begin);
    RC_ASSERT(*last + schedule.zone().offset_at(*last) < end);
    RC_ASSERT(!schedule.next(*last));
    RC_ASSERT(!schedule.previous(*first));
  }));
}

}  // namespace
}  // namespace cron
