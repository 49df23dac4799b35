#include "task/misfire.h"

namespace task {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

sys_seconds floor_seconds(Instant at) {
  return std::chrono::floor<seconds>(at);
}

// The fires of one task from `first` to the last one that is due, counted without walking them.
class PassedFires {
 public:
  PassedFires(const cron::Schedule& schedule, sys_seconds first, sys_seconds until)
      : schedule_(schedule), first_(first), last_(first) {
    if (schedule_.is_every()) {
      if (const auto second = schedule_.next(first)) {
        every_ = *second - first;
        last_ = first + (until - first) / every_ * every_;
      }
    } else if (const auto latest = schedule_.previous(until + seconds{1}); latest && *latest > first) {
      last_ = *latest;
    }
  }

  sys_seconds first() const { return first_; }
  sys_seconds last() const { return last_; }

  std::optional<sys_seconds> before(sys_seconds at) const {
    if (at <= first_) return std::nullopt;
    if (schedule_.is_every()) return at - every_;
    const auto earlier = schedule_.previous(at);
    return earlier && *earlier >= first_ ? earlier : std::optional{first_};
  }

  // From the first one to `last`, both counted.
  std::int64_t count_to(sys_seconds last) const {
    if (last < first_) return 0;
    if (schedule_.is_every()) return every_.count() == 0 ? 1 : (last - first_) / every_ + 1;
    return static_cast<std::int64_t>(schedule_.count(first_, last)) + 1;
  }

 private:
  const cron::Schedule& schedule_;
  sys_seconds first_;
  sys_seconds last_;
  seconds every_{0};
};

std::size_t most_made_up(MisfirePolicy policy) {
  switch (policy) {
    case MisfirePolicy::fire_once:
      return 1;
    case MisfirePolicy::fire_all:
      return kMaxMadeUp;
    case MisfirePolicy::skip:
      return 0;
  }
  return 0;
}

std::string reason_of(const Misfire& misfire) {
  switch (misfire.policy) {
    case MisfirePolicy::fire_once:
      return "missed while the scheduler could not run it; misfire policy 'fire_once' makes up only the "
             "latest within " +
             std::to_string(misfire.window_s) + " s";
    case MisfirePolicy::fire_all:
      return "missed while the scheduler could not run it; misfire policy 'fire_all' makes up at most " +
             std::to_string(kMaxMadeUp) + " within " + std::to_string(misfire.window_s) + " s";
    case MisfirePolicy::skip:
      return "missed while the scheduler could not run it; misfire policy 'skip'";
  }
  return {};
}

}  // namespace

FoldedFires fold_fires(const cron::Schedule& schedule, Instant first, Instant until) {
  const PassedFires passed(schedule, floor_seconds(first), floor_seconds(until));
  return {
      .first = passed.first(), .last = passed.last(), .count = passed.count_to(passed.last()), .reason = {}};
}

MisfirePlan plan_misfire(const TaskDefinition& definition, const cron::Schedule& schedule, Instant first,
                         Instant now) {
  MisfirePlan plan;
  const auto jitter = jitter_of(definition);
  Instant until = now - jitter;
  if (definition.ends_at && *definition.ends_at < until) until = *definition.ends_at;
  const PassedFires passed(schedule, floor_seconds(first),
                           std::max(floor_seconds(until), floor_seconds(first)));

  // The fires to make up are the newest ones inside the window, so that what is missed is one unbroken range.
  const Instant window_start = now - jitter - seconds{definition.misfire.window_s};  // by when they were due
  std::optional<sys_seconds> candidate = passed.last();
  while (candidate && plan.run.size() < most_made_up(definition.misfire.policy) &&
         *candidate >= window_start) {
    plan.run.insert(plan.run.begin(), *candidate);
    candidate = passed.before(*candidate);
  }
  if (candidate) {
    plan.missed =
        FoldedFires{passed.first(), *candidate, passed.count_to(*candidate), reason_of(definition.misfire)};
  }
  plan.next = schedule.is_every() ? cursor_after(definition, schedule, passed.last())
                                  : cursor_after(definition, schedule, now - jitter);
  return plan;
}

}  // namespace task
