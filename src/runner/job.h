// One attempt under the runner's care, from its spawn to the report of its end.
#pragma once
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "runner/log_writer.h"
#include "runner/masker.h"
#include "runner/runner.h"

namespace runner {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Job {
  AttemptKey key;
  bool kill_leftovers = true;
  Milliseconds kill_grace{0};
  std::string log_path;
  pid_t pid = -1;
  Instant started_at;
  int pidfd = -1;
  int pipes[2] = {-1, -1};  // standard output and error; -1 once at their end
  std::unique_ptr<LogWriter> log;
  std::unique_ptr<Masker> maskers[2];  // of the pipes, where there are secrets to hide

  bool orphan = false;  // of an earlier runner: its end is seen, its exit status is not
  bool exited = false;
  bool young = false;  // counted by the pacing
  bool watched = false;
  bool pipes_cut = false;
  bool confined = false;                // in a cgroup of its own
  std::optional<EndCause> ended_by_us;  // timeout or cancelled
  std::optional<SteadyTime> timeout_at;
  std::optional<SteadyTime> kill_at;
  std::optional<SteadyTime> drain_until;
  std::optional<SteadyTime> spill_at;  // its output goes to a file, so that it can be read while the job runs

  bool pipes_open() const { return pipes[0] >= 0 || pipes[1] >= 0; }
  auto deadlines() { return std::array{&timeout_at, &kill_at, &drain_until, &spill_at}; }
  auto deadlines() const { return std::array{&timeout_at, &kill_at, &drain_until, &spill_at}; }
};

}  // namespace runner
