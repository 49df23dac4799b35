// From an execution and its definition to the request that starts it: words, environment, limits.
#pragma once
#include <map>
#include <string>

#include "engine/ledger.h"
#include "runner/runner.h"

namespace engine {

inline constexpr const char* kScheduledAt = "MINI_SCHEDULER_SCHEDULED_AT";

// The part of the server's environment that jobs get: an allow-list, so that no secret of the server's leaks.
std::map<std::string, std::string> inherited_environment();

// `inherited` is overridden by the task's env, that by its secrets and the run's, and all by the
// MINI_SCHEDULER_* values. A run that has no fire of its own keeps the kScheduledAt that it brings, that of
// the run which it repeats. An error: a secret can't be had, or `run_as` is not (any more) allowed.
base::Result<runner::StartRequest> start_request(const StartOrder& order, const Options& options,
                                                 const std::map<std::string, std::string>& inherited);

// An error that names the key where the configuration does not let tasks run as that user.
base::Result<void> check_run_as(const std::string& user, const Options& options);

}  // namespace engine
