// What will run, computed without a store or a clock: fires, the runs that they would make by the tasks'
// overlap policies, start deadlines and the limits of pools and node, how many at once, and the changes of
// the clock on the way.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cron/schedule.h"
#include "task/execution.h"
#include "task/task.h"

namespace service {

using base::Instant;
using base::Milliseconds;

// A task as the forecast sees it.
struct ForecastTask {
  base::TaskId id;  // none: of a draft
  const task::TaskDefinition* definition = nullptr;
  std::shared_ptr<const cron::Schedule> schedule;
  std::optional<Instant> first;          // its first fire in the window
  std::optional<Milliseconds> expected;  // how long its runs take, with their further attempts and delays
  bool is_draft = false;
};

enum class ForecastOutcome : std::uint8_t { runs, skipped, waits, cancels };
std::string_view to_string(ForecastOutcome value);

// What keeps a fire from simply running.
enum class ForecastCause : std::uint8_t { none, overlap, pool, slot, start_deadline };
std::string_view to_string(ForecastCause value);

struct ForecastFire {
  Instant at;
  std::size_t task = 0;  // which of the tasks
  ForecastOutcome outcome = ForecastOutcome::runs;
  ForecastCause because = ForecastCause::none;
  // For what it waits first; of one that its start deadline skips, for what it waited last.
  task::Waiting waiting = task::Waiting::none;
  bool is_cancelled = false;  // a later fire of its task ends it, or it has not begun by then
  // When it begins; nullopt where it does not, or where that hangs on a duration of which nothing is known.
  std::optional<Instant> start;
};

// How the fires of one task meet its own runs.
struct OwnOverlap {
  std::size_t task = 0;
  std::int64_t count = 0;
  Instant first_at;
};

// Fires of one task with which the same happens.
struct ForecastTally {
  std::size_t task = 0;
  std::string_view outcome;  // as ForecastOutcome is told, or "cancelled"
  ForecastCause because = ForecastCause::none;
  std::int64_t count = 0;
  Instant first_at;
};

struct BusyInstant {
  Instant at;
  std::int64_t fires = 0;
};

struct ForecastHour {
  std::int64_t fires = 0;
  std::int64_t most_at_once = 0;
};

// A pool, or the node.
struct ForecastRoom {
  std::int64_t most_at_once = 0;  // that wanted to run, whatever the limit
  Instant at;
  std::int64_t waits = 0;  // fires that wait for room
};

struct ForecastLimits {
  std::map<std::string, std::int64_t> pools;  // a pool that is not among them holds back nothing
  std::int64_t max_running = 1000;            // of this node
  std::int64_t default_timeout_s = 60;
};

// A zone whose clock is set while tasks look at it.
struct ClockChange {
  enum class Effect { moved, left_out, once, twice };
  struct Touched {
    std::size_t task = 0;
    Effect effect = Effect::moved;
  };
  Instant at;
  std::string timezone;
  std::chrono::seconds offset_before{0}, offset_after{0};
  std::int64_t tasks = 0;        // in that zone
  std::vector<Touched> touched;  // at most kMaxTouched
};
std::string_view to_string(ClockChange::Effect value);

struct ForecastRuns {
  std::int64_t fires = 0;
  Instant until;  // so far was looked: the end of the window, or less where there are too many fires
  std::vector<ForecastFire> soonest;
  std::vector<BusyInstant> busiest;  // most tasks in one instant, at least two
  std::int64_t most_at_once = 0;
  std::optional<Instant> most_at_once_at;
  std::map<Instant, ForecastHour> hours;
  std::vector<OwnOverlap> overlaps;    // most first
  std::vector<ForecastTally> tallies;  // of all that does not simply run; most first
  std::map<std::string, ForecastRoom> pools;
  ForecastRoom node;
  std::vector<ClockChange> clock_changes;
};

// Bounds: fires that are walked, busy instants, tasks that overlap themselves, tallies, tasks told of a clock
// change.
inline constexpr std::int64_t kMaxForecastFires = 1'000'000;
inline constexpr std::size_t kMaxBusiest = 10;
inline constexpr std::size_t kMaxOwnOverlaps = 100;
inline constexpr std::size_t kMaxTallies = 300;
inline constexpr std::size_t kMaxTouched = 20;
// A run of which nothing is known is taken to last so long.
inline constexpr Milliseconds kUnknownDuration{1'000};

// The window is [from, to), and nothing runs at its begin. `items`: how many of the soonest fires are told
// one by one. Of fires of one instant the task that stands first is booked first, as the engine does by id.
ForecastRuns forecast_runs(const std::vector<ForecastTask>& tasks, Instant from, Instant to,
                           std::size_t items, const ForecastLimits& limits);

}  // namespace service
