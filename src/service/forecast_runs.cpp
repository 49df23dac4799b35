#include "service/forecast_runs.h"

#include <algorithm>
#include <queue>

#include "cron/fires.h"
#include "cron/zone.h"
#include "task/cursor.h"
#include "task/names.h"

namespace service {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using task::OverlapPolicy;

namespace {

constexpr task::Names<ForecastOutcome, 4> kOutcomes{{{ForecastOutcome::runs, "runs"},
                                                     {ForecastOutcome::skipped, "skipped"},
                                                     {ForecastOutcome::waits, "waits"},
                                                     {ForecastOutcome::cancels, "cancels"}}};
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

struct Run {
  Instant start;
  Instant end;
  std::size_t task = 0;
};

// The fires of one task in order, and what becomes of each while its runs last as long as they usually do.
class TaskWalk {
 public:
  TaskWalk(const ForecastTask& task, std::size_t index) : task_(task), index_(index) {}

  void walk(Instant until, std::vector<ForecastFire>& fires, std::vector<Run>& runs, OwnOverlap& overlap) {
    const auto jitter = task::jitter_of(*task_.definition);
    overlap.task = index_;
    auto at = task_.first;
    while (at && *at < until) {
      const auto outcome = meet(*at + jitter, runs);
      fires.push_back({*at, index_, outcome});
      if (outcome != ForecastOutcome::runs && overlap.count++ == 0) overlap.first_at = *at;
      at = task::cursor_after(*task_.definition, *task_.schedule, *at).next_run_at;
    }
  }

 private:
  ForecastOutcome meet(Instant due, std::vector<Run>& runs) {
    const auto lasting = std::max(task_.expected.value_or(kUnknownDuration), Milliseconds{1});
    const auto policy = task_.definition->overlap;
    if (due >= busy_until_ || policy == OverlapPolicy::allow) {
      begin(due, due + lasting, runs);
      return ForecastOutcome::runs;
    }
    switch (policy) {
      case OverlapPolicy::skip:
        return ForecastOutcome::skipped;
      case OverlapPolicy::queue:
        if (due < waits_until_) return ForecastOutcome::skipped;
        waits_until_ = busy_until_;
        begin(busy_until_, busy_until_ + lasting, runs);
        return ForecastOutcome::waits;
      case OverlapPolicy::queue_all:
        begin(busy_until_, busy_until_ + lasting, runs);
        return ForecastOutcome::waits;
      case OverlapPolicy::cancel_running:
        runs.back().end = due;
        begin(due, due + lasting, runs);
        return ForecastOutcome::cancels;
      case OverlapPolicy::allow:
        break;
    }
    return ForecastOutcome::runs;
  }

  void begin(Instant start, Instant end, std::vector<Run>& runs) {
    runs.push_back({start, end, index_});
    busy_until_ = end;
  }

  const ForecastTask& task_;
  const std::size_t index_;
  Instant busy_until_{};
  Instant waits_until_{};  // one waits until then
};

// Goes through the runs by their start, with those that go on in a heap by their end.
void count_at_once(const std::vector<ForecastTask>& tasks, std::vector<Run>& runs, ForecastRuns& result) {
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.start < b.start; });
  const auto later = [&](std::size_t a, std::size_t b) { return runs[a].end > runs[b].end; };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> going(later);
  std::map<std::string, std::int64_t> in_pool;
  const auto pool_of = [&](const Run& run) -> const std::string& { return tasks[run.task].definition->pool; };
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& run = runs[i];
    for (; !going.empty() && runs[going.top()].end <= run.start; going.pop()) {
      if (const auto& pool = pool_of(runs[going.top()]); !pool.empty()) --in_pool[pool];
    }
    going.push(i);
    const auto now = static_cast<std::int64_t>(going.size());
    if (now > result.most_at_once) {
      result.most_at_once = now;
      result.most_at_once_at = run.start;
    }
    auto& hour = result.hours[std::chrono::floor<hours>(run.start)];
    hour.most_at_once = std::max(hour.most_at_once, now);
    if (const auto& name = pool_of(run); !name.empty()) {
      const auto in_this = ++in_pool[name];
      auto& pool = result.pools[name];
      if (in_this > pool.most_at_once) pool = {in_this, run.start};
    }
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

std::optional<ClockChange::Effect> effect_of(const cron::Schedule& schedule, const cron::Period& before,
                                             const cron::Period& after) {
  if (schedule.is_every() || schedule.is_reboot()) return std::nullopt;
  const auto shown_until = after.begin + before.offset, goes_on_at = after.begin + after.offset;
  const bool is_gap = goes_on_at > shown_until;
  const auto first = std::min(shown_until, goes_on_at), end = std::max(shown_until, goes_on_at);
  if (cron::next_match(schedule.pattern(), first, end) == cron::kNoMatch) return std::nullopt;
  if (!is_gap) return schedule.is_wild() ? ClockChange::Effect::twice : ClockChange::Effect::once;
  const bool is_mended = !schedule.is_wild() && end - first <= cron::kLongestMendedGap;
  return is_mended ? ClockChange::Effect::moved : ClockChange::Effect::left_out;
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
std::string_view to_string(ClockChange::Effect value) {
  return task::name_of(kEffects, value);
}

ForecastRuns forecast_runs(const std::vector<ForecastTask>& tasks, Instant from, Instant to,
                           std::size_t items) {
  ForecastRuns result;
  result.until = reach(tasks, from, to);
  std::vector<ForecastFire> fires;
  std::vector<Run> runs;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (!tasks[i].first) continue;
    OwnOverlap overlap;
    TaskWalk(tasks[i], i).walk(result.until, fires, runs, overlap);
    if (overlap.count > 0) result.overlaps.push_back(overlap);
  }
  std::sort(result.overlaps.begin(), result.overlaps.end(),
            [](const OwnOverlap& a, const OwnOverlap& b) { return a.count > b.count; });
  if (result.overlaps.size() > kMaxOwnOverlaps) result.overlaps.resize(kMaxOwnOverlaps);
  std::sort(fires.begin(), fires.end(), [](const ForecastFire& a, const ForecastFire& b) {
    return std::tie(a.at, a.task) < std::tie(b.at, b.task);
  });
  result.fires = static_cast<std::int64_t>(fires.size());
  for (const auto& fire : fires) ++result.hours[std::chrono::floor<hours>(fire.at)].fires;
  find_busiest(fires, result);
  count_at_once(tasks, runs, result);
  find_clock_changes(tasks, from, to, result);
  fires.resize(std::min(items, fires.size()));
  result.soonest = std::move(fires);
  return result;
}

}  // namespace service
