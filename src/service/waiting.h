// What keeps a PENDING execution from its start, in words.
#pragma once
#include "engine/engine.h"
#include "task/execution.h"

namespace service {

// Adds to the reason of one that waits for its pool or a slot what it waits for, as of now. Said where an
// execution is shown and kept nowhere: it changes without the execution, and is over when it starts.
void explain_waiting(task::Execution& execution, const engine::Engine& engine);

}  // namespace service
