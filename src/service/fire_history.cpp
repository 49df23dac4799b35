#include "service/fire_history.h"

#include <algorithm>

#include "task/cursor.h"

namespace service {
namespace {

using base::Instant;
using std::chrono::seconds;
using std::chrono::sys_seconds;

// How far the second stands behind the latest fire of an @every schedule, from 0 to below its step.
seconds past_step(const cron::Schedule& schedule, Instant anchor, sys_seconds second) {
  const auto past = (second - std::chrono::floor<seconds>(anchor)) % schedule.every();
  return past < seconds{0} ? past + schedule.every() : past;
}

std::optional<sys_seconds> previous(const cron::Schedule& schedule, std::optional<Instant> anchor,
                                    sys_seconds second) {
  if (!schedule.is_every()) return schedule.previous(second);
  if (!anchor) return std::nullopt;
  const auto past = past_step(schedule, *anchor, second);
  return second - (past == seconds{0} ? schedule.every() : past);
}

std::optional<sys_seconds> next(const cron::Schedule& schedule, std::optional<Instant> anchor,
                                sys_seconds second) {
  if (!schedule.is_every()) return schedule.next(second);
  if (!anchor) return std::nullopt;
  return second + (schedule.every() - past_step(schedule, *anchor, second));
}

}  // namespace

bool fires_at(const cron::Schedule& schedule, std::optional<Instant> anchor, sys_seconds second) {
  return next(schedule, anchor, second - seconds{1}) == second;
}

FireHistory::FireHistory(store::Reader& reader, const task::Task& task, std::string_view default_timezone)
    : reader_(reader), task_(task), default_timezone_(default_timezone) {}

std::optional<Instant> FireHistory::before(sys_seconds second) {
  auto revision = revision_at(second);
  for (int walked = 0; walked < kMaxRevisions; ++walked) {
    const auto& definition = revision.definition;
    const auto schedule = task::schedule_of(definition, default_timezone_);
    auto limit = second;
    if (definition.ends_at)
      limit = std::min(limit, std::chrono::floor<seconds>(*definition.ends_at) + seconds{1});
    const auto fire =
        schedule ? previous(*schedule, anchor_of(definition, second), limit) : std::optional<sys_seconds>();
    const auto begins_at = revision.number > 1 ? revision.changed_at : task_.created_at;
    if (fire && *fire >= begins_at && (!definition.starts_at || *fire >= *definition.starts_at)) return *fire;
    if (revision.number <= 1) return std::nullopt;
    second = std::min(second, std::chrono::ceil<seconds>(begins_at));
    auto earlier = reader_.find_revision(task_.id, revision.number - 1);
    if (!earlier) return std::nullopt;
    revision = std::move(*earlier);
  }
  return std::nullopt;
}

std::optional<Instant> FireHistory::after(sys_seconds second) {
  second = std::max(second, std::chrono::floor<seconds>(task_.created_at));
  auto revision = revision_at(second);
  for (int walked = 0; walked < kMaxRevisions; ++walked) {
    const auto& definition = revision.definition;
    const auto schedule = task::schedule_of(definition, default_timezone_);
    auto from = second;
    if (definition.starts_at)
      from = std::max(from, std::chrono::ceil<seconds>(*definition.starts_at) - seconds{1});
    const auto fire =
        schedule ? next(*schedule, anchor_of(definition, second), from) : std::optional<sys_seconds>();
    const bool is_within = fire && (!definition.ends_at || *fire <= *definition.ends_at);
    auto later = reader_.find_revision(task_.id, revision.number + 1);
    if (is_within && (!later || *fire < later->changed_at)) return *fire;
    if (!later) return std::nullopt;
    second = std::max(second, std::chrono::ceil<seconds>(later->changed_at) - seconds{1});
    revision = std::move(*later);
  }
  return std::nullopt;
}

bool FireHistory::fires(const task::TaskDefinition& definition, sys_seconds second) {
  const auto schedule = task::schedule_of(definition, default_timezone_);
  return schedule && fires_at(*schedule, anchor_of(definition, second), second);
}

store::Revision FireHistory::revision_at(sys_seconds second) {
  if (auto revision = reader_.revision_at(task_.id, second)) return std::move(*revision);
  store::Revision only;
  only.definition = task_.definition;
  only.changed_at = task_.created_at;
  return only;
}

// Of @every: of the schedule that the task has now its next fire; of an earlier one a fire of its time.
std::optional<Instant> FireHistory::anchor_of(const task::TaskDefinition& definition, sys_seconds second) {
  const auto schedule = task::schedule_of(definition, default_timezone_);
  if (!schedule || !schedule->is_every()) return std::nullopt;
  const bool is_present = task::have_same_times(definition, task_.definition);
  if (is_present && task_.next_run_at) return task_.next_run_at;
  store::ExecutionQuery query{.task_id = task_.id, .trigger = task::Trigger::schedule, .limit = 1};
  if (!is_present) query.until = second + seconds{1};
  const auto fires = reader_.list_executions(query).items;
  if (fires.empty()) return std::nullopt;
  if (is_present) return fires.front().scheduled_at;
  const auto ran = reader_.find_revision(task_.id, fires.front().task_revision);
  const bool is_its_own = ran && task::have_same_times(ran->definition, definition);
  return is_its_own ? fires.front().scheduled_at : std::nullopt;
}

}  // namespace service
