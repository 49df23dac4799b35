// Keeps an attempt's output within its limit: the first half, then the last half, the middle dropped with a
// mark. Never blocks the job and never fails it: what can't be written is counted as dropped. It begins in
// memory and goes to a file once it is more than a little, or when told.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runner/log_frame.h"

namespace runner {

class LogWriter {
 public:
  LogWriter(std::string path, std::uint64_t max_bytes);
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  void append(Stream stream, std::string_view bytes, base::Instant at);
  // Writes what is in memory to the file, and all that follows too.
  void spill();
  bool is_in_memory() const { return !spilled_; }
  // Joins head, mark and tail into the one file. Call once, at the end. Gives the frames that were never
  // spilled; there is no file then.
  std::string finish(base::Instant at);

  // For a runner that executes a newer one in its place: what it knows, and one that goes on from there.
  // nullptr where that is unreadable.
  std::string hand_over() const;
  static std::unique_ptr<LogWriter> take_over(std::string_view state);

  std::uint64_t total_bytes() const { return total_; }
  std::uint64_t dropped_bytes() const { return dropped_; }
  const std::string& problem() const { return problem_; }  // why the disk took no more; empty: it did

 private:
  struct Segment {
    int file = -1;
    std::uint64_t content = 0;  // bytes of output in it
    std::uint64_t lost = 0;
    std::uint64_t frames = 0;  // of the file: where they begin
  };
  bool fits_in_memory(std::string_view bytes) const;
  bool write_frame(int file, Stream stream, std::string_view bytes, base::Instant at);
  bool open_head();
  void begin_segment(int which, std::uint64_t at);
  void append_tail(Stream stream, std::string_view bytes, base::Instant at);
  void join(Segment& segment, int which);

  const std::string path_;
  const std::uint64_t half_;
  bool spilled_ = false;
  std::string memory_;  // frames
  int head_ = -1;
  std::uint64_t head_content_ = 0;
  Segment tail_[2];
  int current_tail_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t dropped_ = 0;
  std::string problem_;
};

}  // namespace runner
