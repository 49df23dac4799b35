// SQLite's door to the disk, with a witness: notes every write, truncation, deletion and sync, in turn, so
// that the files can be made again as a power loss would have left them.
#pragma once
#include <sqlite3.h>

#include <map>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

namespace store {

struct Write {
  std::string file;
  std::size_t offset = 0;
  std::string bytes;
};
struct Truncation {
  std::string file;
  std::size_t size = 0;
};
struct Deletion {
  std::string file;
};
struct Sync {
  std::string file;
};
// Of the test's own: what was acknowledged until here.
struct Acknowledgement {
  int number = 0;
};
using Deed = std::variant<Write, Truncation, Deletion, Sync, Acknowledgement>;

// One at a time: while it lives it is what every connection of this process is opened through.
class RecordingVfs {
 public:
  RecordingVfs();
  ~RecordingVfs();
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;

  void note(Deed deed);
  std::vector<Deed> take();

 private:
  sqlite3_vfs* const real_;
  sqlite3_vfs vfs_;
  std::mutex mutex_;
  std::vector<Deed> deeds_;
};

// Files as a disk holds them: name without folder to content.
using Disk = std::map<std::string, std::string>;

void carry_out(Disk& disk, const Deed& deed);

}  // namespace store
