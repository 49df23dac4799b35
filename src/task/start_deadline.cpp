#include "task/start_deadline.h"

namespace task {

std::optional<Instant> start_deadline(const TaskDefinition& definition, const Execution& execution) {
  if (definition.start_deadline_s <= 0 || execution.attempt.number > 1) return std::nullopt;
  const bool is_fire = execution.trigger == Trigger::schedule || execution.trigger == Trigger::misfire;
  const auto since = is_fire ? execution.due_at.value_or(execution.created_at) : execution.created_at;
  return since + std::chrono::seconds{definition.start_deadline_s};
}

bool is_past_start_deadline(const TaskDefinition& definition, const Execution& execution, Instant now) {
  const auto deadline = start_deadline(definition, execution);
  return deadline && now >= *deadline;
}

}  // namespace task
