// The line indexes of the outputs that were read last, so that the next page of one costs no walk from its
// beginning.
#pragma once
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "runner/line_index.h"

namespace service {

inline constexpr std::size_t kMaxLineIndexes = 64;
inline constexpr std::size_t kMaxLineIndexBytes = 32u << 20;  // together; the one in use besides

// Any thread.
class LineIndexes {
 public:
  // The index of that log's file, kept for the next one who asks; of a log in memory one for this call.
  std::shared_ptr<runner::LineIndex> of(const runner::LogReader& log);

 private:
  struct Kept {
    std::string path;
    std::uint64_t device = 0, inode = 0;  // what lies under a path may be another file by now
    std::shared_ptr<runner::LineIndex> index;
  };
  void forget_some();

  std::mutex mutex_;
  std::list<Kept> kept_;  // the one used last first
};

}  // namespace service
