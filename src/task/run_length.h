// How long an execution can last at all.
#pragma once
#include "base/time.h"
#include "task/task.h"

namespace task {

// `wanted`, or less where the definition allows no more: from the begin of the first attempt to the end of
// the last, each attempt gets its timeout and kill_grace_s, and between them lie the longest delays of
// `retry`. `default_timeout_s` is scheduler.default_timeout; a timeout of 0 is none.
base::Milliseconds bounded_length(const TaskDefinition& definition, std::int64_t default_timeout_s,
                                  base::Milliseconds wanted);

}  // namespace task
