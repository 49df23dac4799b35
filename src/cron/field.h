// The seven fields of an expression: their names and ranges.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cron {

enum class FieldKind : std::uint8_t { second, minute, hour, day_of_month, month, day_of_week, year };

struct FieldRange {
  FieldKind kind;
  std::string_view name;  // as error messages have it
  int low;
  int high;        // the largest value that may be written
  int last;        // the largest value that '*' stands for; differs for day-of-week, where 7 is Sunday too
  int hash_shift;  // dialect rule 17
  std::span<const std::string_view> names;  // names[i] stands for low + i
};

inline constexpr std::array<std::string_view, 12> kMonthNames{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                              "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
inline constexpr std::array<std::string_view, 7> kDayNames{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

// In the order of FieldKind, which is the order of a seven-field expression.
inline constexpr std::array<FieldRange, 7> kFields{{
    {FieldKind::second, "second", 0, 59, 59, 5, {}},
    {FieldKind::minute, "minute", 0, 59, 59, 0, {}},
    {FieldKind::hour, "hour", 0, 23, 23, 1, {}},
    {FieldKind::day_of_month, "day-of-month", 1, 31, 31, 2, {}},
    {FieldKind::month, "month", 1, 12, 12, 3, kMonthNames},
    {FieldKind::day_of_week, "day-of-week", 0, 7, 6, 4, kDayNames},
    {FieldKind::year, "year", 1970, 2099, 2099, 6, {}},
}};

constexpr const FieldRange& range_of(FieldKind kind) {
  return kFields[static_cast<std::size_t>(kind)];
}

}  // namespace cron
