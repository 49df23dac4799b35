#include "cron/match.h"

#include <bit>
#include <chrono>

namespace cron {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::uint32_t kAllDays = 0xFFFFFFFEU;  // bits 1..31

// Bits v and above / below.
template <class Mask>
constexpr Mask from_bit(Mask mask, unsigned bit) {
  return bit >= sizeof(Mask) * 8 ? Mask{0} : static_cast<Mask>(mask & (~Mask{0} << bit));
}
template <class Mask>
constexpr Mask below_bit(Mask mask, unsigned bit) {
  return bit >= sizeof(Mask) * 8 ? mask : static_cast<Mask>(mask & ((Mask{1} << bit) - 1));
}
template <class Mask>
constexpr int lowest(Mask mask) {
  return std::countr_zero(mask);
}
template <class Mask>
constexpr int highest(Mask mask) {
  return static_cast<int>(std::bit_width(mask)) - 1;
}

unsigned month_length(int year, unsigned month) {
  constexpr std::uint8_t kLengths[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && std::chrono::year{year}.is_leap() ? 29 : kLengths[month];
}

// Days since 1970-01-01 of the first day of a month.
std::int64_t month_start(int year, unsigned month) {
  return sys_days{std::chrono::year{year} / std::chrono::month{month} / 1}.time_since_epoch().count();
}

bool has_year(const Pattern& pattern, int year) {
  const auto bit = static_cast<unsigned>(year - kFirstYear);
  return (pattern.years[bit / 64] >> (bit % 64) & 1) != 0;
}

// A mask of week days laid out over the days 1..31 of a month that begins on `first_weekday`.
std::uint32_t spread(std::uint8_t week_days, unsigned first_weekday) {
  constexpr std::uint64_t kEverySeventhBit = 0x0102040810204081ULL;  // bits 0, 7, 14, .. 56
  const std::uint64_t weeks = (week_days & 0x7FU) * kEverySeventhBit;
  return static_cast<std::uint32_t>(weeks >> first_weekday << 1);
}

std::uint32_t nearest_weekdays(std::uint32_t wanted, unsigned first_weekday, unsigned length) {
  std::uint32_t result = 0;
  for (std::uint32_t rest = below_bit(wanted, length + 1); rest != 0; rest &= rest - 1) {
    auto day = static_cast<unsigned>(lowest(rest));
    const unsigned weekday = (first_weekday + day - 1) % 7;
    if (weekday == 6) day = day > 1 ? day - 1 : 3;
    if (weekday == 0) day = day < length ? day + 1 : day - 2;
    result |= 1U << day;
  }
  return result;
}

std::uint32_t from_month_days(const Pattern& pattern, unsigned first_weekday, unsigned length) {
  std::uint32_t result = pattern.month_days;
  for (std::uint32_t rest = below_bit(pattern.days_from_end, length); rest != 0; rest &= rest - 1) {
    result |= 1U << (length - static_cast<unsigned>(lowest(rest)));
  }
  if (pattern.nearest_weekdays != 0) {
    result |= nearest_weekdays(pattern.nearest_weekdays, first_weekday, length);
  }
  if (pattern.last_weekday) result |= nearest_weekdays(1U << length, first_weekday, length) & ~1U;
  return result;
}

std::uint32_t from_week_days(const Pattern& pattern, unsigned first_weekday, unsigned length) {
  std::uint32_t result = spread(pattern.week_days, first_weekday);
  for (unsigned n = 0; n < pattern.nth_week_days.size(); ++n) {
    if (pattern.nth_week_days[n] != 0) {
      result |= spread(pattern.nth_week_days[n], first_weekday) & (0x7FULL << (7 * n + 1));
    }
  }
  if (pattern.last_week_days != 0) {
    result |= from_bit(spread(pattern.last_week_days, first_weekday), length - 6);
  }
  return result;
}

std::uint32_t matching_days(const Pattern& pattern, int year, unsigned month, std::int64_t first_day) {
  const unsigned length = month_length(year, month);
  const auto first_weekday = static_cast<unsigned>((first_day + 4) % 7);  // 1970-01-01 was a Thursday
  const std::uint32_t month_days = from_month_days(pattern, first_weekday, length);
  const std::uint32_t week_days = from_week_days(pattern, first_weekday, length);
  const std::uint32_t both = pattern.needs_both_days() ? month_days & week_days : month_days | week_days;
  return below_bit(both & kAllDays, length + 1);
}

// The earliest time of day at `second` or later; -1 when there is none.
int next_time(const Pattern& pattern, unsigned second) {
  const unsigned hour = second / 3600;
  const unsigned minute = second / 60 % 60;
  if ((pattern.hours >> hour & 1) != 0) {
    if ((pattern.minutes >> minute & 1) != 0) {
      if (const auto seconds = from_bit(pattern.seconds, second % 60)) {
        return static_cast<int>(second - second % 60) + lowest(seconds);
      }
    }
    if (const auto minutes = from_bit(pattern.minutes, minute + 1)) {
      return static_cast<int>(hour * 3600) + lowest(minutes) * 60 + lowest(pattern.seconds);
    }
  }
  const auto hours = from_bit(pattern.hours, hour + 1);
  if (hours == 0) return -1;
  return lowest(hours) * 3600 + lowest(pattern.minutes) * 60 + lowest(pattern.seconds);
}

// The latest time of day at `second` or earlier; -1 when there is none.
int previous_time(const Pattern& pattern, unsigned second) {
  const unsigned hour = second / 3600;
  const unsigned minute = second / 60 % 60;
  if ((pattern.hours >> hour & 1) != 0) {
    if ((pattern.minutes >> minute & 1) != 0) {
      if (const auto seconds = below_bit(pattern.seconds, second % 60 + 1)) {
        return static_cast<int>(second - second % 60) + highest(seconds);
      }
    }
    if (const auto minutes = below_bit(pattern.minutes, minute)) {
      return static_cast<int>(hour * 3600) + highest(minutes) * 60 + highest(pattern.seconds);
    }
  }
  const auto hours = below_bit(pattern.hours, hour);
  if (hours == 0) return -1;
  return highest(hours) * 3600 + highest(pattern.minutes) * 60 + highest(pattern.seconds);
}

// How many times of day lie before `second`.
std::uint64_t times_before(const Pattern& pattern, unsigned second) {
  const unsigned hour = second / 3600;
  const unsigned minute = second / 60 % 60;
  const auto per_minute = static_cast<std::uint64_t>(std::popcount(pattern.seconds));
  const auto per_hour = per_minute * static_cast<std::uint64_t>(std::popcount(pattern.minutes));
  std::uint64_t count = per_hour * static_cast<std::uint64_t>(std::popcount(below_bit(pattern.hours, hour)));
  if ((pattern.hours >> hour & 1) == 0) return count;
  count += per_minute * static_cast<std::uint64_t>(std::popcount(below_bit(pattern.minutes, minute)));
  if ((pattern.minutes >> minute & 1) == 0) return count;
  return count + static_cast<std::uint64_t>(std::popcount(below_bit(pattern.seconds, second % 60)));
}

// A month on the way through the calendar, and its matching days (none when month or year is not wanted).
struct Month {
  int year;
  unsigned month;
  std::int64_t first_day = 0;
  std::uint32_t days = 0;

  void look(const Pattern& pattern) {
    days = 0;
    first_day = month_start(year, month);
    if ((pattern.months >> month & 1) != 0 && has_year(pattern, year)) {
      days = matching_days(pattern, year, month, first_day);
    }
  }
  // The next month that is wanted; false at the end of the calendar.
  bool forward(const Pattern& pattern) {
    auto months = from_bit(pattern.months, month + 1);
    while (months == 0 || !has_year(pattern, year)) {
      if (++year > kLastYear) return false;
      months = pattern.months;
    }
    month = static_cast<unsigned>(lowest(months));
    look(pattern);
    return true;
  }
  bool backward(const Pattern& pattern) {
    auto months = below_bit(pattern.months, month);
    while (months == 0 || !has_year(pattern, year)) {
      if (--year < kFirstYear) return false;
      months = pattern.months;
    }
    month = static_cast<unsigned>(highest(months));
    look(pattern);
    return true;
  }
};

struct Day {
  Month month;
  unsigned day;
};

Day day_at(const Pattern& pattern, std::int64_t day_number) {
  const year_month_day date{sys_days{days{day_number}}};
  Day result{{static_cast<int>(date.year()), static_cast<unsigned>(date.month())},
             static_cast<unsigned>(date.day())};
  result.month.look(pattern);
  return result;
}

// The matching days before day_number, counted from the first of `since`'s month.
std::uint64_t count_days(const Pattern& pattern, Month since, const Day& until) {
  std::uint64_t count = 0;
  while (since.year < until.month.year ||
         (since.year == until.month.year && since.month < until.month.month)) {
    count += static_cast<std::uint64_t>(std::popcount(since.days));
    if (!since.forward(pattern)) return count;
  }
  if (since.first_day != until.month.first_day) return count;
  return count + static_cast<std::uint64_t>(std::popcount(below_bit(since.days, until.day)));
}

}  // namespace

std::uint32_t matching_days(const Pattern& pattern, int year, unsigned month) {
  return matching_days(pattern, year, month, month_start(year, month));
}

LocalSeconds next_match(const Pattern& pattern, LocalSeconds from, LocalSeconds limit) {
  from = std::max(from, kLocalBegin);
  limit = std::min(limit, kLocalEnd);
  if (from >= limit) return kNoMatch;
  auto [month, day] = day_at(pattern, from / kDay);
  if ((month.days >> day & 1) != 0) {
    const int time = next_time(pattern, static_cast<unsigned>(from % kDay));
    if (time >= 0) {
      const LocalSeconds at = from - from % kDay + time;
      return at < limit ? at : kNoMatch;
    }
  }
  month.days = from_bit(month.days, day + 1);
  while (month.days == 0) {
    if (!month.forward(pattern) || month.first_day * kDay >= limit) return kNoMatch;
  }
  const LocalSeconds at = (month.first_day + lowest(month.days) - 1) * kDay + next_time(pattern, 0);
  return at < limit ? at : kNoMatch;
}

LocalSeconds previous_match(const Pattern& pattern, LocalSeconds until, LocalSeconds limit) {
  until = std::min(until, kLocalEnd - 1);
  limit = std::max(limit, kLocalBegin);
  if (until < limit) return kNoMatch;
  auto [month, day] = day_at(pattern, until / kDay);
  if ((month.days >> day & 1) != 0) {
    const int time = previous_time(pattern, static_cast<unsigned>(until % kDay));
    if (time >= 0) {
      const LocalSeconds at = until - until % kDay + time;
      return at >= limit ? at : kNoMatch;
    }
  }
  month.days = below_bit(month.days, day);
  while (month.days == 0) {
    if (month.first_day * kDay <= limit || !month.backward(pattern)) return kNoMatch;
  }
  const LocalSeconds at =
      (month.first_day + highest(month.days) - 1) * kDay + previous_time(pattern, kDay - 1);
  return at >= limit ? at : kNoMatch;
}

std::uint64_t count_matches(const Pattern& pattern, LocalSeconds from, LocalSeconds until) {
  from = std::max(from, kLocalBegin);
  until = std::min(until, kLocalEnd);
  if (from >= until) return 0;
  const auto [first_month, first_day] = day_at(pattern, from / kDay);
  // the last second that counts, so that the day asked for is one of the calendar
  const auto last = until - 1;
  const Day last_day = day_at(pattern, last / kDay);
  const std::uint64_t per_day =
      times_before(pattern, kDay - 1) + (previous_time(pattern, kDay - 1) == kDay - 1 ? 1 : 0);
  std::uint64_t count = (count_days(pattern, first_month, last_day) -
                         static_cast<std::uint64_t>(std::popcount(below_bit(first_month.days, first_day)))) *
                        per_day;
  if ((first_month.days >> first_day & 1) != 0) {
    count -= times_before(pattern, static_cast<unsigned>(from % kDay));
  }
  if ((last_day.month.days >> last_day.day & 1) != 0) {
    const auto second = static_cast<unsigned>(last % kDay);
    count +=
        times_before(pattern, second) + (previous_time(pattern, second) == static_cast<int>(second) ? 1 : 0);
  }
  return count;
}

}  // namespace cron
