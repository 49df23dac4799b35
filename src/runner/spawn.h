// Starts one process in the surroundings that spec 4 promises to a job. Fast from a large process: the child
// shares the parent's memory until it executes.
#pragma once
#include <sys/types.h>

#include <string>
#include <variant>

#include "runner/process_tree.h"
#include "runner/runner.h"

namespace runner {

struct Spawned {
  pid_t pid = -1;
  int pidfd = -1;
  int stdout_pipe = -1;  // read ends, non-blocking
  int stderr_pipe = -1;
  BirthWindow born;
};

struct SpawnFailure {
  std::string error;     // "spawn failed: working directory '/x': No such file or directory"
  bool passing = false;  // a shortage (EAGAIN, ENOMEM, EMFILE): worth another try
};

// Looks up what every start needs and nothing changes, so that the first start need not wait for it. To be
// called once the process ignores the signals that it is going to ignore.
void prepare_to_spawn();

// Own session and process group, signals and mask at their defaults, umask 022, no inherited descriptors but
// the three standard ones, HOME, USER, LOGNAME and SHELL of its user where the request's env has none.
// `limits` are those that the process itself is to hold; it begins in the cgroup of that descriptor, where
// there is one (cgroup.h). Each step is checked: one that fails is the start's failure. The caller owns the
// descriptors.
std::variant<Spawned, SpawnFailure> spawn(const StartRequest& request, const Limits& limits, int cgroup);

}  // namespace runner
