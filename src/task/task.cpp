#include "task/task.h"

#include "task/names.h"

namespace task {
namespace {

constexpr Names<OverlapPolicy, 5> kOverlaps{{{OverlapPolicy::skip, "skip"},
                                             {OverlapPolicy::queue, "queue"},
                                             {OverlapPolicy::queue_all, "queue_all"},
                                             {OverlapPolicy::cancel_running, "cancel_running"},
                                             {OverlapPolicy::allow, "allow"}}};
constexpr Names<MisfirePolicy, 3> kMisfires{{{MisfirePolicy::fire_once, "fire_once"},
                                             {MisfirePolicy::fire_all, "fire_all"},
                                             {MisfirePolicy::skip, "skip"}}};
constexpr Names<KillMode, 2> kKillModes{{{KillMode::group, "group"}, {KillMode::main, "main"}}};
constexpr Names<ChainNeed, 2> kNeeds{{{ChainNeed::all, "all"}, {ChainNeed::any, "any"}}};
constexpr Names<ChainOn, 3> kOns{
    {{ChainOn::success, "success"}, {ChainOn::failure, "failure"}, {ChainOn::any, "any"}}};
constexpr Names<TaskStatus, 5> kTaskStatuses{{{TaskStatus::active, "ACTIVE"},
                                              {TaskStatus::paused, "PAUSED"},
                                              {TaskStatus::pending, "PENDING"},
                                              {TaskStatus::running, "RUNNING"},
                                              {TaskStatus::failed, "FAILED"}}};

}  // namespace

TaskStatus status_of(bool paused, std::int64_t running, std::int64_t queued, bool last_failed) {
  if (paused) return TaskStatus::paused;
  if (running > 0) return TaskStatus::running;
  if (queued > 0) return TaskStatus::pending;
  return last_failed ? TaskStatus::failed : TaskStatus::active;
}

TaskStatus status_of(const Task& task) {
  return status_of(task.paused, task.running - task.waiting, task.queued + task.waiting, task.last_failed);
}

bool counts(const task::After& after, bool succeeded) {
  switch (after.on) {
    case ChainOn::success:
      return succeeded;
    case ChainOn::failure:
      return !succeeded;
    case ChainOn::any:
      return true;
  }
  return false;
}

std::string_view to_string(OverlapPolicy value) {
  return name_of(kOverlaps, value);
}
std::string_view to_string(MisfirePolicy value) {
  return name_of(kMisfires, value);
}
std::string_view to_string(KillMode value) {
  return name_of(kKillModes, value);
}
std::string_view to_string(ChainNeed value) {
  return name_of(kNeeds, value);
}
std::string_view to_string(ChainOn value) {
  return name_of(kOns, value);
}
std::string_view to_string(TaskStatus value) {
  return name_of(kTaskStatuses, value);
}
std::optional<OverlapPolicy> parse_overlap(std::string_view text) {
  return value_of(kOverlaps, text);
}
std::optional<MisfirePolicy> parse_misfire(std::string_view text) {
  return value_of(kMisfires, text);
}
std::optional<KillMode> parse_kill_mode(std::string_view text) {
  return value_of(kKillModes, text);
}
std::optional<ChainNeed> parse_chain_need(std::string_view text) {
  return value_of(kNeeds, text);
}
std::optional<ChainOn> parse_chain_on(std::string_view text) {
  return value_of(kOns, text);
}
std::optional<TaskStatus> parse_task_status(std::string_view text) {
  return value_of(kTaskStatuses, text);
}

}  // namespace task
