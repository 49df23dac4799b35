#include "cron/schedule.h"

#include "cron/fires.h"
#include "cron/zone.h"

namespace cron {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// What "@every" keeps to: the calendar of all others, in UTC.
constexpr sys_seconds kFirstInstant{seconds{kLocalBegin}};
constexpr sys_seconds kLastInstant{seconds{kLocalEnd - 1}};

std::optional<sys_seconds> as_instant(std::optional<std::int64_t> at) {
  if (!at) return std::nullopt;
  return sys_seconds{seconds{*at}};
}

}  // namespace

std::optional<sys_seconds> Schedule::next(sys_seconds after) const {
  switch (kind_) {
    case Kind::reboot:
      return std::nullopt;
    case Kind::every:
      if (after < kFirstInstant || after > kLastInstant || every_ > kLastInstant - after) return std::nullopt;
      return after + every_;
    case Kind::calendar:
      return as_instant(next_fire(pattern_, *zone_, after.time_since_epoch().count()));
  }
  return std::nullopt;
}

std::optional<sys_seconds> Schedule::previous(sys_seconds before) const {
  switch (kind_) {
    case Kind::reboot:
      return std::nullopt;
    case Kind::every:
      if (before < kFirstInstant || before > kLastInstant || every_ > before - kFirstInstant)
        return std::nullopt;
      return before - every_;
    case Kind::calendar:
      return as_instant(previous_fire(pattern_, *zone_, before.time_since_epoch().count()));
  }
  return std::nullopt;
}

std::vector<sys_seconds> Schedule::between(sys_seconds from_exclusive, sys_seconds to_inclusive,
                                           std::size_t limit) const {
  std::vector<sys_seconds> fires;
  for (auto fire = next(from_exclusive); fire && *fire <= to_inclusive && fires.size() < limit;
       fire = next(*fire)) {
    fires.push_back(*fire);
  }
  return fires;
}

std::uint64_t Schedule::count(sys_seconds from_exclusive, sys_seconds to_inclusive) const {
  switch (kind_) {
    case Kind::reboot:
      return 0;
    case Kind::every: {
      const sys_seconds until = std::min(to_inclusive, kLastInstant);
      if (from_exclusive < kFirstInstant || until <= from_exclusive) return 0;
      return static_cast<std::uint64_t>((until - from_exclusive) / every_);
    }
    case Kind::calendar:
      return count_fires(pattern_, *zone_, from_exclusive.time_since_epoch().count(),
                         to_inclusive.time_since_epoch().count());
  }
  return 0;
}

bool Schedule::operator==(const Schedule& other) const {
  return kind_ == other.kind_ && every_ == other.every_ && pattern_ == other.pattern_ &&
         (zone_ == other.zone_ || timezone() == other.timezone());
}

const std::string& Schedule::timezone() const {
  return zone_->name();
}

}  // namespace cron
