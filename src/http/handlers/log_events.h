// What the streams of an execution's output have in common.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "runner/log_frame.h"
#include "store/store.h"
#include "task/execution.h"

namespace http {

inline constexpr int kMaxAttempt = 1000;

// "stdout", "stderr", "mark".
std::string_view name_of(runner::Stream stream);

// That attempt, once nothing more will come of it.
std::optional<task::Attempt> ended_attempt(store::Store& store, const task::Execution& execution, int number);

// The last event of a stream: how the attempt ended, or that the execution is gone.
std::string end_event(const task::Attempt& ended);
std::string deleted_event();

}  // namespace http
