// The runner's own loop: one thread, epoll. Starts jobs, holds their pipes, waits for them, ends them, and
// tells the server that is connected. Has no database and no network but its socket.
#pragma once
#include <filesystem>
#include <string>

#include "base/time.h"

namespace runner {

struct RunnerOptions {
  std::filesystem::path data_dir = "data";
  base::Milliseconds linger{
      30'000};  // ends by itself when it holds nothing and nobody is connected for so long
  base::Milliseconds drain{5'000};  // a pipe that outlives its job is read for so long (spec 4, end of a run)
  // Makes its cgroups below that folder, and not below the runner's own: with a folder that is none, it has
  // to do without.
  std::optional<std::filesystem::path> cgroup_parent = std::nullopt;
  int ready_fd = -1;     // gets one byte when the socket listens
  int handover_fd = -1;  // holds what the runner left that executed this program (handover.h)
};

// Serves until SIGTERM or until it has lingered; jobs that run then go on, and the next runner watches them.
// Gives the process's exit code: 0, or 1 with the reason on stderr (the folder can't be used), or 3 where
// another runner serves that folder already.
int run_runner(const RunnerOptions& options);

std::filesystem::path socket_path(const std::filesystem::path& data_dir);

inline constexpr int kAlreadyServed = 3;

}  // namespace runner
