#include "service/forecast_runs.h"

#include <algorithm>
#include <queue>

#include "cron/fires.h"
#include "cron/match.h"
#include "cron/zone.h"
#include "service/forecast_walk.h"
#include "task/names.h"

namespace service {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

constexpr task::Names<ForecastOutcome, 4> kOutcomes{{{ForecastOutcome::runs, "runs"},
                                                     {ForecastOutcome::skipped, "skipped"},
                                                     {ForecastOutcome::waits, "waits"},
                                                     {ForecastOutcome::cancels, "cancels"}}};
constexpr task::Names<ForecastCause, 5> kCauses{{{ForecastCause::none, "none"},
                                                 {ForecastCause::overlap, "overlap"},
                                                 {ForecastCause::pool, "pool"},
                                                 {ForecastCause::slot, "slot"},
                                                 {ForecastCause::start_deadline, "start_deadline"}}};
constexpr task::Names<ClockChange::Effect, 4> kEffects{{{ClockChange::Effect::moved, "moved"},
                                                        {ClockChange::Effect::left_out, "left_out"},
                                                        {ClockChange::Effect::once, "once"},
                                                        {ClockChange::Effect::twice, "twice"}}};

sys_seconds floor_seconds(Instant at) {
  return std::chrono::floor<seconds>(at);
}

std::int64_t fires_before(const ForecastTask& task, Instant until) {
  if (!task.first || *task.first >= until) return 0;
  auto last = floor_seconds(until - Milliseconds{1});
  if (task.definition->ends_at) last = std::min(last, floor_seconds(*task.definition->ends_at));
  const auto first = floor_seconds(*task.first);
  if (last < first) return 0;
  return static_cast<std::int64_t>(task.schedule->count(first, last)) + 1;
}

// The longest beginning of the window that holds no more fires than may be walked.
Instant reach(const std::vector<ForecastTask>& tasks, Instant from, Instant to) {
  while (to - from > seconds{1}) {
    std::int64_t fires = 0;
    for (const auto& task : tasks) {
      fires += fires_before(task, to);
      if (fires > kMaxForecastFires) break;
    }
    if (fires <= kMaxForecastFires) return to;
    to = from + (to - from) / 2;
  }
  return to;
}

// What does not simply run, by task and by what becomes of it. `fires` are in the order of time.
std::vector<ForecastTally> tally(const std::vector<ForecastFire>& fires, std::size_t tasks) {
  constexpr std::size_t kNone = SIZE_MAX;
  std::vector<std::size_t> first_of(tasks, kNone);             // where the tallies of a task begin
  std::vector<std::pair<ForecastTally, std::size_t>> tallies;  // each with the next of its task
  const auto count = [&](const ForecastFire& fire, std::string_view outcome, ForecastCause because) {
    auto found = first_of[fire.task];
    while (found != kNone &&
           (tallies[found].first.outcome != outcome || tallies[found].first.because != because))
      found = tallies[found].second;
    if (found == kNone) {
      found = tallies.size();
      tallies.push_back({{fire.task, outcome, because, 0, fire.at}, first_of[fire.task]});
      first_of[fire.task] = found;
    }
    ++tallies[found].first.count;
  };
  for (const auto& fire : fires) {
    if (fire.outcome != ForecastOutcome::runs) count(fire, to_string(fire.outcome), fire.because);
    if (fire.is_cancelled) count(fire, "cancelled", ForecastCause::overlap);
  }
  std::vector<ForecastTally> result;
  result.reserve(tallies.size());
  for (const auto& [one, next] : tallies) result.push_back(one);
  std::sort(result.begin(), result.end(), [](const ForecastTally& a, const ForecastTally& b) {
    return std::tie(b.count, a.task, a.outcome, a.because) < std::tie(a.count, b.task, b.outcome, b.because);
  });
  if (result.size() > kMaxTallies) result.resize(kMaxTallies);
  return result;
}

// Goes through the runs by their start, with the ends of those that go on in a heap.
void count_at_once(const std::vector<ForecastRun>& runs, ForecastRuns& result) {
  std::priority_queue<Instant, std::vector<Instant>, std::greater<>> ends;
  for (const auto& run : runs) {
    while (!ends.empty() && ends.top() <= run.start) ends.pop();
    ends.push(run.end);
    const auto now = static_cast<std::int64_t>(ends.size());
    if (now > result.most_at_once) {
      result.most_at_once = now;
      result.most_at_once_at = run.start;
    }
    auto& hour = result.hours[std::chrono::floor<hours>(run.start)];
    hour.most_at_once = std::max(hour.most_at_once, now);
  }
}

void find_busiest(const std::vector<ForecastFire>& fires, ForecastRuns& result) {
  std::vector<BusyInstant> shared;
  for (std::size_t begin = 0; begin < fires.size();) {
    auto end = begin;
    while (end < fires.size() && fires[end].at == fires[begin].at) ++end;
    if (end - begin > 1) shared.push_back({fires[begin].at, static_cast<std::int64_t>(end - begin)});
    begin = end;
  }
  const auto kept = std::min(kMaxBusiest, shared.size());
  std::partial_sort(shared.begin(), shared.begin() + static_cast<std::ptrdiff_t>(kept), shared.end(),
                    [](const BusyInstant& a, const BusyInstant& b) {
                      return a.fires != b.fires ? a.fires > b.fires : a.at < b.at;
                    });
  shared.resize(kept);
  result.busiest = std::move(shared);
}

// A wall time in the gap is, on the clock that goes on, as much later as the gap is long: where the schedule
// fires at each of those, no stretch of real time goes without a fire.
bool goes_on_through(const cron::Pattern& pattern, cron::LocalSeconds first, cron::LocalSeconds end) {
  const auto gap = end - first;
  for (auto at = cron::next_match(pattern, first, end); at != cron::kNoMatch;
       at = cron::next_match(pattern, at + 1, end)) {
    if (cron::next_match(pattern, at + gap, at + gap + 1) == cron::kNoMatch) return false;
  }
  return true;
}

std::optional<ClockChange::Effect> effect_of(const cron::Schedule& schedule, const cron::Period& before,
                                             const cron::Period& after) {
  if (schedule.is_every() || schedule.is_reboot()) return std::nullopt;
  const auto shown_until = after.begin + before.offset, goes_on_at = after.begin + after.offset;
  const bool is_gap = goes_on_at > shown_until;
  const auto first = std::min(shown_until, goes_on_at), end = std::max(shown_until, goes_on_at);
  if (cron::next_match(schedule.pattern(), first, end) == cron::kNoMatch) return std::nullopt;
  if (!is_gap) return schedule.is_wild() ? ClockChange::Effect::twice : ClockChange::Effect::once;
  const bool is_mended = !schedule.is_wild() && end - first <= cron::kLongestMendedGap;
  if (is_mended) return ClockChange::Effect::moved;
  if (goes_on_through(schedule.pattern(), first, end)) return std::nullopt;
  return ClockChange::Effect::left_out;
}

void find_clock_changes(const std::vector<ForecastTask>& tasks, Instant from, Instant to,
                        ForecastRuns& result) {
  std::map<const cron::Zone*, std::vector<std::size_t>> by_zone;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].first) by_zone[&tasks[i].schedule->zone()].push_back(i);
  }
  for (const auto& [zone, members] : by_zone) {
    const auto periods = zone->periods();
    for (auto i = zone->period_at(floor_seconds(from).time_since_epoch().count()) + 1; i < periods.size();
         ++i) {
      const Instant at = sys_seconds{seconds{periods[i].begin}};
      if (at >= to) break;
      if (periods[i].offset == periods[i - 1].offset) continue;
      ClockChange change{.at = at,
                         .timezone = zone->name(),
                         .offset_before = seconds{periods[i - 1].offset},
                         .offset_after = seconds{periods[i].offset},
                         .tasks = static_cast<std::int64_t>(members.size()),
                         .touched = {}};
      for (const auto member : members) {
        if (change.touched.size() >= kMaxTouched) break;
        if (const auto effect = effect_of(*tasks[member].schedule, periods[i - 1], periods[i]))
          change.touched.push_back({member, *effect});
      }
      result.clock_changes.push_back(std::move(change));
    }
  }
  std::sort(result.clock_changes.begin(), result.clock_changes.end(),
            [](const ClockChange& a, const ClockChange& b) {
              return std::tie(a.at, a.timezone) < std::tie(b.at, b.timezone);
            });
}

}  // namespace

std::string_view to_string(ForecastOutcome value) {
  return task::name_of(kOutcomes, value);
}
std::string_view to_string(ForecastCause value) {
  return task::name_of(kCauses, value);
}
std::string_view to_string(ClockChange::Effect value) {
  return task::name_of(kEffects, value);
}

ForecastRuns forecast_runs(const std::vector<ForecastTask>& tasks, Instant from, Instant to,
                           std::size_t items, const ForecastLimits& limits) {
  ForecastRuns result;
  result.until = reach(tasks, from, to);
  auto trace = ForecastWalk(tasks, limits).walk(result.until);
  auto& fires = trace.fires;
  result.overlaps = std::move(trace.overlaps);
  result.pools = std::move(trace.pools);
  result.node = trace.node;
  std::sort(result.overlaps.begin(), result.overlaps.end(), [](const OwnOverlap& a, const OwnOverlap& b) {
    return std::tie(b.count, a.task) < std::tie(a.count, b.task);
  });
  if (result.overlaps.size() > kMaxOwnOverlaps) result.overlaps.resize(kMaxOwnOverlaps);
  std::sort(fires.begin(), fires.end(), [](const ForecastFire& a, const ForecastFire& b) {
    return std::tie(a.at, a.task) < std::tie(b.at, b.task);
  });
  result.fires = static_cast<std::int64_t>(fires.size());
  for (const auto& fire : fires) ++result.hours[std::chrono::floor<hours>(fire.at)].fires;
  find_busiest(fires, result);
  result.tallies = tally(fires, tasks.size());
  count_at_once(trace.runs, result);
  find_clock_changes(tasks, from, to, result);
  fires.resize(std::min(items, fires.size()));
  result.soonest = std::move(fires);
  return result;
}

}  // namespace service
