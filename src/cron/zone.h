// Time zones: the offset of the wall clock from UTC, for every instant from 1970 to the end of 2099.
// Read once from the system's time zone files ($TZDIR, else /usr/share/zoneinfo), then kept until
// forget_zones.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cron/match.h"
#include "cron/tzif.h"

namespace cron {

// A stretch of time with one offset. Instants are UTC in seconds since 1970.
struct Period {
  std::int64_t begin = 0;     // the first period begins "always ago"
  std::int32_t offset = 0;    // wall clock minus UTC, in seconds
  std::int32_t repeated = 0;  // so many seconds from begin on show wall times that were shown before

  LocalSeconds local_begin() const { return begin + offset; }
};

// What UTC instants a wall time stands for.
struct LocalTime {
  enum class Kind : std::uint8_t { unique, gap, overlap };
  Kind kind = Kind::unique;
  // unique: both the instant. overlap: the first and the last one. gap: both the instant of the change.
  std::chrono::sys_seconds first, last;
};

// Immutable; const calls from any thread.
class Zone {
 public:
  Zone(std::string name, const ZoneRules& rules);

  // The name it was asked for, such as "Europe/Berlin".
  const std::string& name() const { return name_; }

  // Wall clock minus UTC.
  std::chrono::seconds offset_at(std::chrono::sys_seconds at) const;

  // What a wall time (seconds since 1970-01-01T00:00:00 on the wall) stands for.
  LocalTime resolve(LocalSeconds local) const;

  // In order of time, at least one; period i ends where period i + 1 begins, the last one never.
  std::span<const Period> periods() const { return periods_; }

  // The index of the period that holds the instant. Constant time.
  std::size_t period_at(std::int64_t at) const {
    const auto bucket = at <= 0 ? std::int64_t{0} : at >> kBucketShift;
    std::size_t index =
        bucket < kBuckets ? first_in_bucket_[static_cast<std::size_t>(bucket)] : periods_.size() - 1;
    while (index + 1 < periods_.size() && periods_[index + 1].begin <= at) ++index;
    return index;
  }

 private:
  static constexpr int kBucketShift = 24;        // 194 days: seldom more than one change in a bucket
  static constexpr std::int64_t kBuckets = 246;  // up to 2100

  std::string name_;
  std::vector<Period> periods_;
  std::vector<std::uint16_t> first_in_bucket_;  // the period that holds the bucket's first second
};

// The zone of that name, the same object for every caller; nullptr for a name that the system does not know,
// and for names that are no zone ("..", absolute paths, other files). "UTC" is known even without any files.
std::shared_ptr<const Zone> find_zone(std::string_view name);

// All zones are read anew when they are asked for again; those in use stay as they are.
void forget_zones();

// Tells one state of the zones' files from another: a hash of their names, sizes and times of change. Looks
// at each file's entry, a few milliseconds in all.
std::string zone_data_version();

// The names of all zones of the system in alphabetical order, for a person to choose from. Reads the folder
// at the first call.
const std::vector<std::string>& zone_names();

}  // namespace cron
