// The POSIX TZ text at the end of a TZif file, such as "EST5EDT,M3.2.0,M11.1.0": what holds after the
// file's last transition.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace cron {

// The UTC offset in seconds (positive is east) that holds from a UTC instant on.
struct Transition {
  std::int64_t at = 0;
  std::int32_t offset = 0;

  bool operator==(const Transition&) const = default;
};

// A day of the year and the wall clock's second in it (may be negative or beyond a day) when clocks change.
struct YearlyChange {
  enum class Kind : std::uint8_t { month_week_day, julian_without_leap_day, day_of_year };
  Kind kind = Kind::month_week_day;
  int month = 0, week = 0, weekday = 0;  // of month_week_day; week 5 is the last
  int day = 0;                           // of the other two
  std::int32_t second = 7200;

  // Seconds since 1970-01-01T00:00:00 of the wall clock.
  std::int64_t local_in(int year) const;
};

struct PosixRule {
  std::int32_t standard_offset = 0;
  // Absent where the clocks do not change any more.
  struct Summer {
    std::int32_t offset = 0;
    YearlyChange begin, end;
  };
  std::optional<Summer> summer;

  // nullopt for a text that RFC 9636 does not allow.
  static std::optional<PosixRule> parse(std::string_view text);

  // The transitions of the given years, sorted, without two at one instant.
  std::vector<Transition> transitions(int first_year, int last_year) const;
};

}  // namespace cron
