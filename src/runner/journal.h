// What the runner must still know after its own death: which attempts it was told to start, which it started
// as which process, how they ended. Written before the deed, without fsync: a power loss takes the jobs with
// it, and the boot id tells.
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "runner/runner.h"

namespace runner {

class Journal {
 public:
  struct Entry {
    AttemptKey key;
    bool kill_leftovers = true;
    std::string log_path;
    std::uint64_t start_ticks = 0;  // of the process, from /proc: with the pid, what tells it from any other
    std::optional<Started> started;
    std::optional<Finished> finished;
  };

  // Reads what an earlier runner left, then appends. Throws std::system_error where the file can't be opened.
  Journal(std::string path, std::string boot_id);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // What was left, as of the opening. `same_boot`: those processes may still live.
  const std::map<AttemptKey, Entry>& entries() const { return entries_; }
  bool same_boot() const { return same_boot_; }
  bool knows(const AttemptKey& key) const { return entries_.contains(key); }

  // Before the start. False: it can't be written, so nothing may be started.
  bool intend(const StartRequest& request);
  void started(const Started& started, std::uint64_t start_ticks);
  void finished(const Finished& finished);
  void forget(const std::vector<AttemptKey>& keys);

 private:
  void replay();
  bool apply(std::string_view record);
  bool write_record(const std::string& body);
  void compact_when_worth_it();
  void compact();

  const std::string path_;
  const std::string boot_id_;
  bool same_boot_ = false;
  int file_ = -1;
  std::uint64_t size_ = 0;
  std::map<AttemptKey, Entry> entries_;
};

// The kernel's id of this start of the machine.
std::string boot_id();
// When the process began, in clock ticks since boot; 0 where it is gone.
std::uint64_t start_ticks_of(pid_t pid);

}  // namespace runner
