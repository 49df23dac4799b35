// What the fields of an expression select, as bit masks. Plain data, compared by value.
#pragma once
#include <array>
#include <cstdint>

namespace cron {

inline constexpr int kFirstYear = 1970;
inline constexpr int kLastYear = 2099;

// The years of a pattern: bit (year - kFirstYear), in words of 64.
using YearBits = std::array<std::uint64_t, 3>;
inline constexpr YearBits kAnyYear{~0ULL, ~0ULL, 3ULL};  // 64 + 64 + 2 = 130 years

// In a mask, bit v stands for the value v, unless the line says otherwise.
// A star flag says that the text of the field began with '*' (or was '?'): it decides between AND and OR of
// the two day fields, and between the two classes of the daylight saving rule.
struct Pattern {
  std::uint64_t seconds = 1;
  std::uint64_t minutes = 0;
  std::uint32_t hours = 0;
  std::uint32_t month_days = 0;        // bits 1..31
  std::uint32_t nearest_weekdays = 0;  // bit n: nW
  std::uint32_t days_from_end = 0;     // bit 0: L, bit n: L-n
  YearBits years = kAnyYear;
  std::uint16_t months = 0;                     // bits 1..12
  std::uint8_t week_days = 0;                   // bits 0..6, Sunday is 0
  std::uint8_t last_week_days = 0;              // bit d: dL
  std::array<std::uint8_t, 5> nth_week_days{};  // [n-1] bit d: d#n
  bool last_weekday = false;                    // LW
  bool second_star = false;
  bool minute_star = false;
  bool hour_star = false;
  bool month_day_star = false;
  bool week_day_star = false;

  bool operator==(const Pattern&) const = default;

  // Follows the wall clock, through gaps and both passes of an overlap (see README.md).
  bool is_wild() const { return second_star || minute_star || hour_star; }
  // Both day fields must match; else one of them is enough.
  bool needs_both_days() const { return month_day_star || week_day_star; }
};

}  // namespace cron
