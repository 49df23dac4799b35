#include <algorithm>

#include "oracle.h"

namespace simulator {
namespace {

using task::ChainNeed;
using task::ChainOn;
using task::Execution;
using task::ExecutionStatus;
using task::Trigger;

bool counts(ChainOn on, const Execution& execution) {
  const bool failed = execution.status == ExecutionStatus::failed ||
                      execution.status == ExecutionStatus::timeout ||
                      execution.status == ExecutionStatus::lost;
  const bool succeeded = execution.status == ExecutionStatus::success;
  return (succeeded && on != ChainOn::failure) || (failed && on != ChainOn::success);
}

std::vector<ExecutionId> named(const Execution& execution) {
  std::vector<ExecutionId> ids;
  const auto found = execution.overrides.env.find("MINI_SCHEDULER_UPSTREAM_EXECUTION_IDS");
  if (found == execution.overrides.env.end()) return ids;
  std::string_view rest = found->second;
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    if (const auto id = base::parse_id<ExecutionId>(rest.substr(0, comma))) ids.push_back(*id);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return ids;
}

class ChainJudge {
 public:
  ChainJudge(const World& world, const Executions& executions, Verdict& verdict)
      : executions_(executions), verdict_(verdict) {
    for (const auto& task : world.tasks())
      if (task.deleted) deleted_.insert(task.id);
  }

  void judge(const PlannedTask& task) {
    const auto& after = task.definition.after;
    const bool all_there = std::none_of(after.tasks.begin(), after.tasks.end(),
                                        [&](TaskId id) { return deleted_.contains(id); });
    // what started before an upstream was deleted can't be held against its ends, for they are gone
    if (task.deleted || !all_there) return;
    std::map<ExecutionId, TaskId> matching;
    for (const auto upstream : after.tasks)
      for (const auto& execution : executions_.at(upstream))
        if (counts(after.on, execution)) matching.emplace(execution.id, upstream);
    std::map<ExecutionId, int> used;
    for (const auto& execution : executions_.at(task.id)) {
      if (execution.trigger != Trigger::chain) continue;
      ++verdict_.chained;
      std::set<TaskId> from;
      for (const auto id : named(execution)) {
        ++used[id];
        const auto found = matching.find(id);
        if (found == matching.end())
          fault(task, "was started by execution " + base::to_string(id) + ", whose end does not count");
        else
          from.insert(found->second);
      }
      if (from.size() != (after.need == ChainNeed::all ? after.tasks.size() : 1))
        fault(task, "was started by " + std::to_string(from.size()) + " of its upstreams");
    }
    for (const auto& [id, times] : used)
      if (times > 1) fault(task, "was started more than once by execution " + base::to_string(id));
    if (after.need == ChainNeed::any && used.size() != matching.size())
      fault(task, "was started by " + std::to_string(used.size()) + " of " + std::to_string(matching.size()) +
                      " ends");
    // of each upstream something counted, and never all at once: impossible, for the first of the last to
    // come makes them all
    std::set<TaskId> ended;
    for (const auto& [id, upstream] : matching) ended.insert(upstream);
    if (after.need == ChainNeed::all && after.on == ChainOn::any && ended.size() == after.tasks.size() &&
        used.empty())
      fault(task, "was never started, though each of its upstreams ended");
  }

 private:
  void fault(const PlannedTask& task, const std::string& what) {
    verdict_.fault("task " + base::to_string(task.id) + " " + what);
  }

  const Executions& executions_;
  Verdict& verdict_;
  std::set<TaskId> deleted_;
};

}  // namespace

void judge_chains(const World& world, const Executions& executions, Verdict& verdict) {
  ChainJudge chains(world, executions, verdict);
  for (const auto& task : world.tasks())
    if (!task.definition.after.tasks.empty()) chains.judge(task);
}

}  // namespace simulator
