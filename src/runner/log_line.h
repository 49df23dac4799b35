// The lines of an output. Each stream's text is cut at its line breaks for itself: a line that one stream has
// begun goes on after what others write meanwhile. Lines are numbered from 1 in the order in which they
// began.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "runner/log_frame.h"
#include "runner/text_style.h"

namespace runner {

// What is shown of one line; the rest is read from the log by its offset.
inline constexpr std::size_t kMaxLineBytes = 64 * 1024;

// A line's text as a terminal leaves it: from its last carriage return on, without the one at its end.
class LineText {
 public:
  // `offset`: of its first byte, in the stream's own output.
  void add(std::string_view part, std::uint64_t offset);
  // Some of the line is left out here: it is cut, unless what follows writes it over.
  void leave_out() { is_cut_ = true; }

  const std::string& text() const { return text_; }
  // Whether the letter that came last was a carriage return: does the line go on, it is written over.
  bool after_return() const { return after_return_; }
  bool is_cut() const { return is_cut_; }
  std::uint64_t end_offset() const { return end_offset_; }  // where that which is not in `text` begins

 private:
  void keep(std::string_view part, std::uint64_t offset);

  std::string text_;
  std::uint64_t end_offset_ = 0;
  bool after_return_ = false;
  bool is_cut_ = false;
};

struct LogLine {
  std::uint64_t number = 0;
  Stream stream = Stream::standard_output;
  base::Instant at;  // when its first byte came
  TextStyle style;   // of its first letter
  LineText content;
  bool is_open = true;  // more may come
};

// Where the lines stand between two frames.
struct LineState {
  struct OfStream {
    std::uint64_t bytes = 0;  // of its own output; marks are in that of both
    std::uint64_t open = 0;   // the number of the line that has not ended; 0: none
    RunningStyle style;
  };
  std::uint64_t lines = 0;  // that have begun
  std::array<OfStream, 3> streams;

  OfStream& of(Stream stream) { return streams[static_cast<std::size_t>(stream) - 1]; }
  const OfStream& of(Stream stream) const { return streams[static_cast<std::size_t>(stream) - 1]; }

  // Takes a frame's bytes in. The sink is told of each line: begin(number, header, style),
  // text(number, stream, part, offset) and end(number, stream), the number's text in as many parts as it
  // came.
  template <class Sink>
  void take(const FrameHeader& header, std::string_view bytes, Sink& sink);
};

struct NoSink {
  void begin(std::uint64_t, const FrameHeader&, const TextStyle&) {}
  void text(std::uint64_t, Stream, std::string_view, std::uint64_t) {}
  void end(std::uint64_t, Stream) {}
};

template <class Sink>
void LineState::take(const FrameHeader& header, std::string_view bytes, Sink& sink) {
  auto& stream = of(header.stream);
  const auto whole = bytes.size();
  const bool is_plain = stream.style.is_settled() && bytes.find('\x1b') == std::string_view::npos &&
                        bytes.find('\r') == std::string_view::npos;
  while (!bytes.empty()) {
    const auto* line_break = static_cast<const char*>(std::memchr(bytes.data(), '\n', bytes.size()));
    const auto part =
        line_break ? bytes.substr(0, static_cast<std::size_t>(line_break - bytes.data())) : bytes;
    if (stream.open == 0) {
      stream.open = ++lines;
      sink.begin(stream.open, header, stream.style.at_line_begin());
    }
    if (!is_plain) stream.style.add(part);
    sink.text(stream.open, header.stream, part, stream.bytes + whole - bytes.size());
    bytes.remove_prefix(part.size());
    if (!line_break) break;
    if (!is_plain) stream.style.end_line();
    sink.end(stream.open, header.stream);
    stream.open = 0;
    bytes.remove_prefix(1);
  }
  stream.bytes += whole;
  if (header.stream != Stream::mark) return;
  of(Stream::standard_output).bytes += whole;
  of(Stream::standard_error).bytes += whole;
}

}  // namespace runner
