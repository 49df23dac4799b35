#include "task/repeated_time.h"

namespace task {

using base::Milliseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

bool follows_the_clock(const cron::Schedule& schedule) {
  return schedule.is_wild() || schedule.is_every();
}

bool was_shown(const std::optional<RepeatedTime>& repeated, Instant due_at) {
  return repeated && due_at <= repeated->until;
}

Instant in_pass(Instant nominal, const RepeatedTime& repeated) {
  return std::chrono::floor<seconds>(nominal) + Milliseconds{repeated.pass};
}

int pass_of(Instant nominal) {
  return static_cast<int>((nominal - std::chrono::floor<seconds>(nominal)).count());
}

namespace {

// The shorter of the two beside that fire: what "*/20 2 * * *" waits from 2:40 to the next day is not its
// interval.
Milliseconds interval_at(const cron::Schedule& schedule, sys_seconds fire) {
  auto interval = Milliseconds::max();
  if (const auto before = schedule.previous(fire)) interval = fire - *before;
  if (const auto next = schedule.next(fire)) interval = std::min<Milliseconds>(interval, *next - fire);
  return interval;
}

}  // namespace

std::optional<Cursor> cursor_set_back(const TaskDefinition& definition, const cron::Schedule& schedule,
                                      sys_seconds last_fire, Instant now) {
  const auto jitter = jitter_of(definition);
  // how long ago, by the new clock, the last fire that it showed will have been: that long nothing would fire
  const Milliseconds silence = last_fire + jitter - now;
  const Milliseconds interval = interval_at(schedule, last_fire);
  const Milliseconds least = follows_the_clock(schedule) ? std::max<Milliseconds>(interval, kClockTolerance)
                                                         : Milliseconds{kLongestCatchUp};
  if (silence < least) return std::nullopt;
  if (!schedule.is_every()) {
    const auto next = cursor_after(definition, schedule, now - jitter);
    if (!next.next_run_at || *next.next_run_at > last_fire) return std::nullopt;
    return next;
  }
  // whole steps back, so that it keeps to its beat
  const Instant next = last_fire - (silence - Milliseconds{1}) / interval * interval;
  if (definition.starts_at && next < *definition.starts_at) return std::nullopt;
  return Cursor{.next_run_at = next, .next_due_at = next + jitter};
}

}  // namespace task
