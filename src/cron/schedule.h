// A schedule: when a task fires. Parsed once from its text, then asked for fire times.
//
// Times are UTC instants in whole seconds. A fire is searched for within the local years 1970 to 2099; the
// longest wait within them is 40 years (29 February on a given weekday).
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cron/parse_error.h"
#include "cron/pattern.h"

namespace cron {

class Zone;

// Immutable and small (about 150 bytes); copies share the zone. Const calls from any thread.
class Schedule {
 public:
  // Reads an expression of the dialect (src/cron/README.md), of at most kMaxExpression bytes.
  // A prefix "CRON_TZ=" or "TZ=" beats `timezone`. `seed` is what H hashes: the task's name.
  // An unknown zone is an error of the field "timezone".
  static base::Result<Schedule, ParseError> parse(std::string_view text, std::string_view timezone = "UTC",
                                                  std::string_view seed = "");
  static constexpr std::size_t kMaxExpression = 8192;  // every value of every field fits in a quarter of it

  // The earliest fire after the instant; nullopt when there is none. "@every" counts from the instant.
  std::optional<std::chrono::sys_seconds> next(std::chrono::sys_seconds after) const;

  // The latest fire before the instant; nullopt when there is none. "@every" counts back from the instant.
  std::optional<std::chrono::sys_seconds> previous(std::chrono::sys_seconds before) const;

  // The first `limit` fires after `from_exclusive`, up to and with `to_inclusive`.
  std::vector<std::chrono::sys_seconds> between(std::chrono::sys_seconds from_exclusive,
                                                std::chrono::sys_seconds to_inclusive,
                                                std::size_t limit) const;

  // How many fires there are after `from_exclusive`, up to and with `to_inclusive`. Counts months, not fires:
  // microseconds for a year, whatever the schedule.
  std::uint64_t count(std::chrono::sys_seconds from_exclusive, std::chrono::sys_seconds to_inclusive) const;

  // The canonical text: parsing it gives an equal schedule. Has the zone as a prefix unless it is UTC, and
  // values in place of H.
  std::string print() const;

  // The same fires by the same fields in the same zone.
  bool operator==(const Schedule& other) const;

  bool is_reboot() const { return kind_ == Kind::reboot; }  // fires once a boot; never by time
  bool is_every() const { return kind_ == Kind::every; }    // fires each every() after another
  bool is_wild() const { return kind_ == Kind::calendar && pattern_.is_wild(); }  // see README.md, DST

  std::chrono::seconds every() const { return every_; }  // 0 unless is_every()
  const std::string& timezone() const;
  const Zone& zone() const { return *zone_; }
  const Pattern& pattern() const { return pattern_; }  // of a schedule that is neither of the two above

 private:
  enum class Kind : std::uint8_t { calendar, every, reboot };
  friend class ExpressionParser;
  Schedule() = default;

  Pattern pattern_;
  std::chrono::seconds every_{0};
  std::shared_ptr<const Zone> zone_;
  Kind kind_ = Kind::calendar;
};

}  // namespace cron
