#include "cron/zone.h"

#include <algorithm>

namespace cron {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::int64_t kAlways = INT64_MIN / 4;  // so that adding an offset never overflows
// Earlier changes are of no use: no fire is before 1970, no offset exceeds 26 hours.
constexpr std::int64_t kFirstChange = -2 * kDay;

}  // namespace

Zone::Zone(std::string name, const ZoneRules& rules) : name_(std::move(name)) {
  periods_.push_back({kAlways, rules.first_offset, 0});
  LocalSeconds shown_until = kAlways;  // wall times before this one were shown already
  for (const Transition& change : rules.transitions) {
    if (change.at < kFirstChange) {
      periods_.back().offset = change.offset;
      continue;
    }
    shown_until = std::max(shown_until, change.at + periods_.back().offset);
    const auto repeated = std::max<LocalSeconds>(0, shown_until - (change.at + change.offset));
    periods_.push_back({change.at, change.offset, static_cast<std::int32_t>(repeated)});
  }
  std::size_t index = 0;
  for (std::int64_t bucket = 0; bucket < kBuckets; ++bucket) {
    while (index + 1 < periods_.size() && periods_[index + 1].begin <= bucket << kBucketShift) ++index;
    first_in_bucket_.push_back(bucket == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(index));
  }
}

seconds Zone::offset_at(sys_seconds at) const {
  return seconds{periods_[period_at(at.time_since_epoch().count())].offset};
}

LocalTime Zone::resolve(LocalSeconds local) const {
  constexpr std::int64_t kFarthest = 26 * 3600LL;  // between wall clock and UTC
  std::size_t index = period_at(local - kFarthest);
  std::optional<std::int64_t> first, last;
  std::optional<std::int64_t> gap;
  for (; index < periods_.size() && periods_[index].begin <= local + kFarthest; ++index) {
    const Period& period = periods_[index];
    const std::int64_t at = local - period.offset;
    if (at < period.begin) {
      if (!gap) gap = period.begin;
      continue;
    }
    if (index + 1 < periods_.size() && at >= periods_[index + 1].begin) continue;
    if (!first) first = at;
    last = at;
  }
  const auto instant = [](std::int64_t at) { return sys_seconds{seconds{at}}; };
  if (!first) return {LocalTime::Kind::gap, instant(gap.value_or(0)), instant(gap.value_or(0))};
  return {first == last ? LocalTime::Kind::unique : LocalTime::Kind::overlap, instant(*first),
          instant(*last)};
}

}  // namespace cron
