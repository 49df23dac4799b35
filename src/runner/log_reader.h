// Reads an attempt's output, also while it is still written. Offsets count bytes of content, not of the file.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/log_frame.h"

namespace runner {

class FrameSource;

enum class Selection { standard_output, standard_error, both };

struct LogPiece {
  Stream stream = Stream::standard_output;
  base::Instant at;
  std::uint64_t offset = 0;  // of its first byte, in the selection
  std::string bytes;
};

// The first and the last bytes of each stream; a mark between them where there is more.
struct LogEnds {
  std::string stdout_text;
  std::string stderr_text;
};

// Where a reader of growing offsets stands in the file, so that each read goes on where the last one ended
// instead of walking from the beginning. Good for one file and one selection.
struct LogPlace {
  std::uint64_t frame = 0;    // of the file: where a frame begins
  std::uint64_t content = 0;  // of the selection: the offset of that frame's first byte
};

// What a follower gets. Its positions count the bytes that the job wrote, those that were dropped among them.
struct FollowedPiece {
  Stream stream = Stream::standard_output;
  base::Instant at;
  std::uint64_t begin = 0, end = 0;  // a mark for what was dropped stands for all of it
  std::string bytes;
};

// Where a follower stands: `position` alone says what it has; the rest spares it walking there again.
struct FollowPlace {
  std::uint64_t position = 0;
  std::uint64_t head_frame = 0, head_position = 0;
  std::uint64_t tail = 0, tail_frame = 0, tail_position = 0;  // tail: where that one begins; 0: none
};

class LogReader {
 public:
  explicit LogReader(std::string path) : path_(std::move(path)) {}
  // Reads frames that are no file.
  static LogReader of_frames(std::string frames);

  bool is_file() const { return frames_ == nullptr; }
  const std::string& path() const { return path_; }  // of the file
  // Its frames from that place of the file on.
  std::unique_ptr<FrameSource> frames_from(std::uint64_t place) const;

  // Bytes of content so far; 0 where there is no file. Marks count in every selection.
  std::uint64_t size(Selection selection) const;
  // Up to `limit` bytes from that offset on.
  std::string read(Selection selection, std::uint64_t offset, std::size_t limit,
                   LogPlace* place = nullptr) const;
  // The same, parted by stream and time as they came.
  std::vector<LogPiece> pieces(Selection selection, std::uint64_t offset, std::size_t limit,
                               LogPlace* place = nullptr) const;

  LogEnds ends(std::size_t limit) const;

  // Up to `limit` bytes from the place on, which moves behind them; also while the job writes more than is
  // kept, and on through the end of its file. What was dropped before the follower came to it is one mark.
  std::vector<FollowedPiece> follow(Selection selection, std::size_t limit, FollowPlace& place) const;

 private:
  class Follower;
  template <class Visit>
  void walk(const Visit& visit, std::uint64_t from = 0) const;

  std::string path_;
  std::shared_ptr<const std::string> frames_;  // instead of the file
};

}  // namespace runner
