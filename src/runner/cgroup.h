// A cgroup (version 2) of its own for each attempt, where the runner may make some: what a job started can't
// leave it, so that it is killed, counted and limited as one.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "runner/runner.h"

namespace runner {

class Cgroups {
 public:
  // Looks for the runner's own cgroup and tries to make one below it; `name` tells this runner's from
  // others'. Those that an earlier runner left are kept while anything lives in them. Where the cgroup is a
  // systemd unit of the runner's own with Delegate=, moves what lives there to a leaf, so that controllers
  // can be switched on.
  explicit Cgroups(const std::string& name);
  // Below that folder, whatever it is: for tests.
  Cgroups(const std::filesystem::path& parent, const std::string& name);
  // Leaves nothing behind where nothing lives in it.
  ~Cgroups();
  Cgroups(const Cgroups&) = delete;
  Cgroups& operator=(const Cgroups&) = delete;

  // What the runner says of itself to `/readyz` and `doctor`: "cgroup", "cgroup (memory, pids)", or
  // "process tree: WHY".
  std::string level() const;
  bool are_had() const { return why_not_.empty(); }

  // A cgroup for the attempt, with those of the limits that its controllers can hold; they are taken out of
  // `limits`. Gives a descriptor that a process joins it by (it writes 0), to be closed by the caller; -1
  // where there is none, with the reason in `why` unless there are no cgroups at all.
  int make(const AttemptKey& key, Limits& limits, std::string& why) const;
  // SIGKILL to all in it, at once.
  void kill(const AttemptKey& key) const;
  // Whether the kernel ended a process of it for the limit of memory.
  bool ran_out_of_memory(const AttemptKey& key) const;
  struct Usage {
    std::int64_t cpu_ms = 0;
    std::int64_t peak_bytes = 0;  // 0: not counted
  };
  Usage usage(const AttemptKey& key) const;
  // False: something lives in it still.
  bool remove(const AttemptKey& key) const;
  // Removes those of earlier attempts in which nothing lives any more.
  void remove_empty() const;

 private:
  void settle(const std::filesystem::path& parent, const std::string& name);
  std::filesystem::path path_of(const AttemptKey& key) const;
  bool has(std::string_view controller) const;

  std::filesystem::path folder_;
  std::vector<std::string> controllers_;
  std::string why_not_;
};

}  // namespace runner
