// Rows of the audit for what people do to runs.
#pragma once
#include <optional>
#include <string>

#include "base/clock.h"
#include "engine/engine.h"
#include "rights/actor.h"

namespace service {

// Appends, in the transaction that books it, that the actor did that to a run of the task: the row names the
// task and the execution, and the one that is run once more where there is one. The clock must outlive it.
engine::Also audit_of_run(const base::Clock& clock, const rights::Actor& actor, std::string action,
                          std::optional<base::ExecutionId> retried = std::nullopt);

}  // namespace service
