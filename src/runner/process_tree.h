// Finding and ending everything that a job started, also what left its process group.
#pragma once
#include <sys/types.h>

#include "runner/runner.h"

namespace runner {

// Sends SIGKILL to the job's group and to every process that descends from it, belongs to its session, or
// carries its execution's and attempt's id in its environment; again until no new one is found. What changed
// user and cleared its environment after leaving both group and session is not found: that takes a cgroup.
void kill_everything(pid_t leader, const AttemptKey& key);

// Waits for the children of this process that ended and are not `is_ours`: orphans of jobs that were handed
// to it.
void reap_orphans(const std::function<bool(pid_t)>& is_ours);

}  // namespace runner
