// What the runner must still know after its own death: which attempts it was told to start, which it started
// as which process, how they ended. Intents are written before the deed, the rest before anybody is told of
// it; without fsync: a power loss takes the jobs with it, and the boot id tells.
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "runner/process_tree.h"
#include "runner/runner.h"

namespace runner {

class Journal {
 public:
  struct Entry {
    AttemptKey key;
    bool kill_leftovers = true;
    Milliseconds timeout{0};
    Milliseconds kill_grace{0};
    std::string log_path;
    BirthWindow born;  // with the pid, what tells its process from any other
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

  // These are gathered until the next flush.
  void intend(const StartRequest& request);
  void started(const Started& started, const BirthWindow& born);
  void finished(const Finished& finished);
  void forget(const std::vector<AttemptKey>& keys);

  // Writes what was gathered. False: it can't be written and is dropped, so nothing that was intended since
  // the last flush may be started. The destructor flushes too.
  bool flush();

 private:
  void replay();
  bool apply(std::string_view record);
  void add_record(const std::string& body);
  void compact_when_worth_it();
  void compact();

  const std::string path_;
  const std::string boot_id_;
  bool same_boot_ = false;
  int file_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t compacted_size_ = 0;
  std::string unwritten_;
  std::map<AttemptKey, Entry> entries_;
};

// The kernel's id of this start of the machine.
std::string boot_id();

}  // namespace runner
