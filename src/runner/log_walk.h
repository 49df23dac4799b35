// A walk over the frames of an attempt's output as it lies now: the log itself, then, while the job writes
// more than its head may hold, the tails beside it. What was dropped between them is a mark, as it will be at
// the end.
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

#include "runner/frame_source.h"
#include "runner/log_reader.h"

namespace runner {

// Between two frames; orders as the output does.
struct FramePlace {
  std::size_t file = 0;        // 0: the log itself; 1, 2: its tails, the older first
  std::uint64_t frame = 0;     // where in that file a frame begins
  std::uint64_t position = 0;  // bytes that the job wrote before it, the dropped ones among them

  bool operator==(const FramePlace&) const = default;
  bool operator<(const FramePlace& other) const {
    return file != other.file     ? file < other.file
           : frame != other.frame ? frame < other.frame
                                  : position < other.position;
  }
};

struct VisitedFrame {
  const FrameHeader& header;
  std::string_view bytes;
  std::uint64_t dropped;  // how many bytes it stands for, where it is the mark of a gap
  bool is_whole;          // false: it is being written
};

class LogWalk {
 public:
  // Looks which tails there are; a walk is good for as long as there are no others.
  explicit LogWalk(LogReader log);

  // Visits frames from the place on. A visit that says false is the last, and `place` stays before its frame;
  // else that moves on. False: a tail was overwritten meanwhile, or joined to the log, and what was visited
  // beyond the log itself counts for nothing.
  using Visit = std::function<bool(const VisitedFrame&)>;
  bool walk(FramePlace& place, const Visit& visit) const;
  // Its two halves. `walk_log` says whether it came to the end of the log itself.
  bool walk_log(FramePlace& place, const Visit& visit) const;
  bool walk_tails(FramePlace& place, const Visit& visit) const;

  bool has_tails() const { return !tails_.empty(); }
  bool has_same_tails(const LogWalk& other) const;

 private:
  enum class Ended { stopped, at_end, changed };
  Ended walk_file(FrameSource& source, FramePlace& place, const Visit& visit) const;
  Ended walk_tail(const LogTail& tail, FramePlace& place, const Visit& visit) const;

  LogReader log_;
  std::vector<LogTail> tails_;
};

}  // namespace runner
