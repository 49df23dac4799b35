// Telling a job's process from any other, and finding and ending everything that it started, also what left
// its process group.
#pragma once
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "runner/runner.h"

namespace runner {

// When a process was born, in clock ticks since boot. A pid is given anew only after all others, so the two
// together name one process.
struct BirthWindow {
  std::uint64_t from_ticks = 0;
  std::uint64_t to_ticks = 0;
};

// Clock ticks since boot, as /proc counts them.
std::uint64_t ticks_since_boot();

// Whether that pid is a process born then.
bool is_born_in(pid_t pid, const BirthWindow& window);

// What the environment of a job, and of all that descends from it, says of whose it is: the execution, the
// attempt and the runner, since other runners on this machine have executions of the same number.
class Marks {
 public:
  // `runner` is the entry "MINI_SCHEDULER_RUNNER=..." that the runner gives to each of its jobs.
  Marks(const AttemptKey& key, const std::string& runner);
  bool are_on(pid_t pid) const;

 private:
  std::array<std::string, 3> entries_;
};

// The entry that tells this folder's runner from any other on the machine.
std::string runner_mark(const std::filesystem::path& data_dir);

// The process that leads its session and carries the marks: a job whose runner was killed before it wrote
// down the pid.
std::optional<pid_t> find_leader(const Marks& marks);

// Sends SIGKILL to the job's group and to every process that descends from it, belongs to its session, or
// carries the marks; again until no new one is found. What changed user and cleared its environment after
// leaving both group and session is not found: that takes a cgroup.
void kill_everything(pid_t leader, const Marks& marks);
// The same where the leader is gone and its number may be another's: those that carry the marks.
void kill_what_is_left(const Marks& marks);

// Waits for the children of this process that ended and are not `is_ours`: orphans of jobs that were handed
// to it.
void reap_orphans(const std::function<bool(pid_t)>& is_ours);

}  // namespace runner
