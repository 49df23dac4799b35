#include "cron/fires.h"

#include <algorithm>

#include "cron/match.h"

namespace cron {
namespace {

constexpr std::int64_t kForever = INT64_MAX / 4;  // so that adding an offset never overflows

// One period of a zone as a fixed or a wild pattern sees it.
struct Stretch {
  const std::span<const Period> periods;
  const std::size_t index;

  const Period& period() const { return periods[index]; }
  bool is_first() const { return index == 0; }
  bool is_last() const { return index + 1 == periods.size(); }
  std::int64_t end() const { return is_last() ? kForever : periods[index + 1].begin; }
  LocalSeconds local_end() const { return end() + period().offset; }

  // The wall time just before the period, were it to go on: [missed_begin, local_begin) was skipped.
  LocalSeconds missed_begin() const { return period().begin + periods[index - 1].offset; }
  bool mends_gap() const {
    if (is_first()) return false;
    const std::int64_t gap = period().local_begin() - missed_begin();
    return gap > 0 && gap <= kLongestMendedGap;
  }

  // The first wall time whose fire falls into this period. For a fixed pattern what the gap before it skipped
  // belongs to it (and fires at its first instant), and what an overlap repeats does not.
  LocalSeconds first_local(bool wild) const {
    if (wild) return period().local_begin();
    return mends_gap() ? missed_begin() : period().local_begin() + period().repeated;
  }

  std::int64_t fire_at(LocalSeconds match) const { return std::max(match - period().offset, period().begin); }
};

}  // namespace

std::optional<std::int64_t> next_fire(const Pattern& pattern, const Zone& zone, std::int64_t after) {
  if (after >= kLocalEnd + 2 * kDay) return std::nullopt;
  const bool wild = pattern.is_wild();
  const std::int64_t from = std::max(after + 1, kLocalBegin - 2 * kDay);
  const auto periods = zone.periods();
  std::size_t index = zone.period_at(from);
  LocalSeconds first = from + periods[index].offset;
  if (!wild) {
    const Stretch stretch{periods, index};
    if (from == stretch.period().begin || stretch.period().repeated > 0) {
      const LocalSeconds begin = stretch.first_local(wild);
      first = from == stretch.period().begin ? begin : std::max(first, begin);
    }
  }
  LocalSeconds match = next_match(pattern, first);
  for (; match != kNoMatch; ++index) {
    const Stretch stretch{periods, index};
    if (match < stretch.local_end()) return stretch.fire_at(match);
    const Stretch later{periods, index + 1};
    first = later.first_local(wild);
    if (match < first) {
      match = next_match(pattern, first);
    } else if (first < stretch.local_end()) {  // a wild pattern sees the repeated times again
      const LocalSeconds again = next_match(pattern, first, stretch.local_end());
      if (again != kNoMatch) match = again;
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> previous_fire(const Pattern& pattern, const Zone& zone, std::int64_t before) {
  if (before <= kLocalBegin - 2 * kDay) return std::nullopt;
  const bool wild = pattern.is_wild();
  const std::int64_t until = std::min(before - 1, kLocalEnd + 2 * kDay);
  const auto periods = zone.periods();
  std::size_t index = zone.period_at(until);
  LocalSeconds last = until + periods[index].offset;
  LocalSeconds match = previous_match(pattern, last);
  while (match != kNoMatch) {
    const Stretch stretch{periods, index};
    const LocalSeconds first = stretch.first_local(wild);
    if (match >= first) return stretch.fire_at(match);
    if (stretch.is_first()) return std::nullopt;
    --index;
    last = Stretch{periods, index}.local_end() - 1;
    if (match > last) {
      match = previous_match(pattern, last);
    } else if (last >= first) {  // a wild pattern sees the times that are repeated later
      const LocalSeconds again = previous_match(pattern, last, first);
      if (again != kNoMatch) match = again;
    }
  }
  return std::nullopt;
}

std::uint64_t count_fires(const Pattern& pattern, const Zone& zone, std::int64_t from, std::int64_t until) {
  const bool wild = pattern.is_wild();
  const std::int64_t begin = std::max(from, kLocalBegin - 2 * kDay) + 1;
  const std::int64_t end = std::min(until, kLocalEnd + 2 * kDay) + 1;
  if (from >= until || begin >= end) return 0;
  const auto periods = zone.periods();
  std::uint64_t count = 0;
  for (std::size_t index = zone.period_at(begin); index < periods.size() && periods[index].begin < end;
       ++index) {
    const Stretch stretch{periods, index};
    const Period& period = stretch.period();
    LocalSeconds first = std::max(begin, period.begin) + period.offset;
    const LocalSeconds last = std::min(end, stretch.end()) + period.offset;
    if (!wild) {
      if (begin <= period.begin && stretch.mends_gap()) {
        // all that the gap skipped and the time at its end make one fire
        first = period.local_begin() + 1;
        if (next_match(pattern, stretch.missed_begin(), first) != kNoMatch) ++count;
      } else {
        first = std::max(first, period.local_begin() + period.repeated);
      }
    }
    count += count_matches(pattern, first, last);
  }
  return count;
}

}  // namespace cron
