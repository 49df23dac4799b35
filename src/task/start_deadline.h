// How long what wants to run may wait for its begin (start_deadline_s).
#pragma once
#include <optional>

#include "task/execution.h"
#include "task/task.h"

namespace task {

// The instant from which the execution must not begin any more; nullopt where it has none, or has had an
// attempt. Counted from when its fire was due. What has no fire of its own counts from when it was asked for,
// and so does a backfill, whose fires are past by intent.
std::optional<Instant> start_deadline(const TaskDefinition& definition, const Execution& execution);

bool is_past_start_deadline(const TaskDefinition& definition, const Execution& execution, Instant now);

}  // namespace task
