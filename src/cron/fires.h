// Where a pattern fires in a time zone: the daylight saving rule. README.md has it on one page.
#pragma once
#include <cstdint>
#include <optional>

#include "cron/pattern.h"
#include "cron/zone.h"

namespace cron {

// A longer gap is a calendar that was changed, not a clock that was set: what it skipped is dropped.
inline constexpr std::int64_t kLongestMendedGap = 3 * 3600LL;

// The earliest fire after / the latest fire before an instant (seconds since 1970, UTC); nullopt when there
// is none within the local years 1970 to 2099.
std::optional<std::int64_t> next_fire(const Pattern& pattern, const Zone& zone, std::int64_t after);
std::optional<std::int64_t> previous_fire(const Pattern& pattern, const Zone& zone, std::int64_t before);

// How many fires lie after `from`, up to and with `until`. Takes time in proportion to the months between.
std::uint64_t count_fires(const Pattern& pattern, const Zone& zone, std::int64_t from, std::int64_t until);

}  // namespace cron
