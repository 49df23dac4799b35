// A cgroup (version 2) for each attempt, where the runner may make some: what a job started can't leave it,
// so that it is killed, counted and limited as one.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/descriptor.h"
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

  // Gives the attempt a cgroup with those of the limits that its controllers can hold; they are taken out of
  // `limits`. A descriptor of its folder, good until `leave`; -1 where there is none, with the reason in
  // `why` unless there are no cgroups at all.
  int enter(const AttemptKey& key, Limits& limits, std::string& why);
  // SIGKILL to all in it, at once.
  void kill(const AttemptKey& key);
  // Whether the kernel ended a process of it for the limit of memory.
  bool ran_out_of_memory(const AttemptKey& key) const;
  struct Usage {
    std::int64_t cpu_ms = 0;
    std::int64_t peak_bytes = 0;  // 0: not counted
  };
  Usage usage(const AttemptKey& key) const;
  // The attempt has ended, or did not begin. False: something lives in its cgroup still.
  bool leave(const AttemptKey& key);
  // Removes those of ended attempts in which nothing lives any more.
  void remove_left();

 private:
  // Making a cgroup and removing it costs a tenth of starting a process, so one that holds no limits serves
  // many attempts, one after another.
  struct Place {
    std::filesystem::path path;
    bool reusable = false;
    bool killed = false;
    base::Descriptor folder, events, cpu;  // open where it is reusable
    std::int64_t cpu_before_us = 0;        // used by attempts before this one
  };

  void settle(const std::filesystem::path& parent, const std::string& name);
  void find_occupied();
  int enter_limited(const AttemptKey& key, Limits& limits, std::string& why);
  bool make_spare(std::string& why);
  const Place* find(const AttemptKey& key) const;
  bool has(std::string_view controller) const;

  std::filesystem::path folder_;
  std::vector<std::string> controllers_;
  std::string why_not_;
  std::map<AttemptKey, Place> places_;
  std::vector<Place> spare_;
  std::vector<std::filesystem::path> left_;  // by attempts that have ended, not empty when last looked at
  std::int64_t made_ = 0;
};

}  // namespace runner
