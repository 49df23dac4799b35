// Where a pattern matches on the local calendar, which knows no time zone: every day has 86,400 seconds.
#pragma once
#include <cstdint>

#include "cron/pattern.h"

namespace cron {

// Seconds since 1970-01-01T00:00:00 of the wall clock.
using LocalSeconds = std::int64_t;

inline constexpr LocalSeconds kDay = 86400;
inline constexpr LocalSeconds kLocalBegin = 0;             // 1970-01-01T00:00:00
inline constexpr LocalSeconds kLocalEnd = 47482LL * kDay;  // 2100-01-01T00:00:00, no match from here on
inline constexpr LocalSeconds kNoMatch = INT64_MIN;

// The days of a month that match the two day fields: bit d stands for day d. The month field is not asked.
std::uint32_t matching_days(const Pattern& pattern, int year, unsigned month);

// The earliest match in [from, limit), else kNoMatch.
LocalSeconds next_match(const Pattern& pattern, LocalSeconds from, LocalSeconds limit = kLocalEnd);

// The latest match in [limit, until], else kNoMatch.
LocalSeconds previous_match(const Pattern& pattern, LocalSeconds until, LocalSeconds limit = kLocalBegin);

// How many matches lie in [from, until). Takes time in proportion to the months between.
std::uint64_t count_matches(const Pattern& pattern, LocalSeconds from, LocalSeconds until);

}  // namespace cron
