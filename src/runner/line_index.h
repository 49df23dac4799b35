// Finds lines of an attempt's output by their number, and text in them, without reading it all each time: it
// remembers how the lines stood at some places of the file, and reads on from there. Grows with the output.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "runner/log_line.h"
#include "runner/log_walk.h"

namespace runner {

struct LineTotals {
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;    // that the job wrote, the dropped ones among them
  std::uint64_t dropped = 0;  // lines after the gap have other numbers once this has changed
  bool is_complete = false;   // false: there is more to be looked through
};

struct LineMatches {
  struct OfLine {
    std::uint64_t line;
    std::uint32_t count;
  };
  std::vector<OfLine> lines;          // by their number
  std::optional<std::uint64_t> next;  // where to go on; nullopt: all was looked through
};

// How much one call does. More is for the next one.
struct LineBounds {
  std::uint64_t scan_bytes = 128u << 20;    // of the file
  std::uint64_t answer_bytes = 1u << 20;    // of text; one line in any case
  std::uint64_t stride_bytes = 256u << 10;  // of the file, from one place that is remembered to the next
  std::size_t max_places = 8192;            // then every other one is forgotten
};

// Any thread.
class LineIndex {
 public:
  explicit LineIndex(LogReader log, LineBounds bounds = {});

  // Takes in what has come since. Looks through some 128 MiB at most: asked again where that is not complete.
  LineTotals grow();

  // Those lines, or the first of them where they are long; one that is longer than kMaxLineBytes, or whose
  // end is far behind, is cut.
  // nullopt: the output was moved meanwhile; so does the next `grow`.
  std::optional<std::vector<LogLine>> read(std::uint64_t from, std::uint64_t count) const;

  // How often `count_in` finds its text in each line from `from` on, as it is shown (without escapes), until
  // so many lines have it.
  using CountIn = std::function<std::uint32_t(std::string_view text)>;
  LineMatches find(std::uint64_t from, std::size_t most, const CountIn& count_in) const;

  // Waits for nobody.
  std::size_t memory_bytes() const { return memory_bytes_; }

 private:
  struct Place {
    FramePlace at;
    LineState state;
    std::uint64_t dropped = 0;
  };
  class Collector;
  class Finder;

  bool scan(std::uint64_t& budget);
  void remember();
  void forget_tails();
  std::size_t place_before_line(std::uint64_t line) const;
  bool collect(Collector& collector) const;
  std::size_t skip_from(const FramePlace& at, const Collector& collector, const LineState& state) const;
  void add_open_lines(Finder& finder, const LineState& state, bool is_at_end) const;

  const LogReader log_;
  const LineBounds bounds_;
  mutable std::shared_mutex mutex_;
  std::uint64_t stride_;
  std::vector<Place> places_;      // the first is the beginning
  Place end_;                      // of what was taken in
  std::optional<Place> head_end_;  // of the log itself, once there are tails
  LogWalk walk_;
  LineTotals totals_;
  std::atomic<std::size_t> memory_bytes_ = 0;
};

}  // namespace runner
