#include "oracle.h"

namespace simulator {

void judge_promptness(const World& world, const Executions& executions, Verdict& verdict) {
  verdict.prompt = world.promptness().held();
  for (const auto& fault : world.promptness().faults()) verdict.fault(fault);
  std::map<ExecutionId, Milliseconds> began;
  for (const auto& run : world.runs())
    if (run.key.attempt == 1) began.emplace(run.key.execution, run.began);
  for (const auto& task : world.tasks()) {
    const auto jitter = jitter_of(task.definition.name, task.definition.jitter_s);
    const auto found = executions.find(task.id);
    if (found == executions.end()) continue;
    for (const auto& execution : found->second) {
      const auto run = began.find(execution.id);
      if (!is_fire(execution) || run == began.end()) continue;
      const auto due_at = world.first_time_of(*execution.scheduled_at + jitter);
      if (run->second < due_at)
        verdict.fault("execution " + base::to_string(execution.id) + " began " +
                      std::to_string((due_at - run->second).count()) + " ms before it was due");
    }
  }
}

}  // namespace simulator
