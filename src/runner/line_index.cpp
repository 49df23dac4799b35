#include "runner/line_index.h"

#include <algorithm>

namespace runner {
namespace {

// So much is read on for the end of a line, then its middle is left out.
constexpr std::uint64_t kReadOnBytes = 1u << 20;
constexpr int kTries = 3;  // while a job overwrites its tails faster than they are read

std::uint64_t size_of(const VisitedFrame& frame) {
  return kFrameHeaderBytes + frame.bytes.size();
}

}  // namespace

LineIndex::LineIndex(LogReader log, LineBounds bounds)
    : log_(std::move(log)), bounds_(bounds), stride_(bounds.stride_bytes), places_(1), walk_(log_) {}

LineTotals LineIndex::grow() {
  const std::unique_lock lock(mutex_);
  auto budget = bounds_.scan_bytes;
  bool is_good = false;
  for (int tries = 0; tries < kTries && !is_good; ++tries) {
    LogWalk now(log_);
    if (!now.has_same_tails(walk_)) forget_tails();
    walk_ = std::move(now);
    is_good = scan(budget);
    if (!is_good) forget_tails();
  }
  if (!is_good) totals_ = {end_.state.lines, end_.at.position, end_.dropped, false};
  memory_bytes_ = sizeof *this + places_.capacity() * sizeof(Place);
  return totals_;
}

// False: the tails are others by now.
bool LineIndex::scan(std::uint64_t& budget) {
  NoSink sink;
  auto lines = std::optional<std::uint64_t>();
  std::uint64_t being_written = 0;
  bool is_complete = true;
  const LogWalk::Visit visit = [&](const VisitedFrame& frame) {
    is_complete = budget > 0;
    if (!is_complete) return false;
    budget -= std::min(budget, size_of(frame));
    if (!frame.is_whole) {
      auto state = end_.state;
      state.take(frame.header, frame.bytes, sink);
      lines = state.lines;
      being_written = frame.bytes.size();
      return true;
    }
    remember();
    end_.state.take(frame.header, frame.bytes, sink);
    end_.dropped += frame.dropped;
    return true;
  };
  if (end_.at.file == 0 && walk_.walk_log(end_.at, visit) && walk_.has_tails()) head_end_ = end_;
  if (head_end_ && !walk_.walk_tails(end_.at, visit)) return false;
  totals_ = {lines.value_or(end_.state.lines), end_.at.position + being_written, end_.dropped, is_complete};
  return true;
}

void LineIndex::forget_tails() {
  if (!head_end_) return;
  end_ = *head_end_;
  head_end_.reset();
  std::erase_if(places_, [](const Place& place) { return place.at.file > 0; });
}

void LineIndex::remember() {
  const auto& last = places_.back().at;
  if (last.file == end_.at.file && end_.at.frame - last.frame < stride_) return;
  places_.push_back(end_);
  if (places_.size() <= bounds_.max_places) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < places_.size(); i += 2) std::swap(places_[kept++], places_[i]);
  places_.resize(kept);
  stride_ *= 2;
}

// The last one before which that line has not begun.
std::size_t LineIndex::place_before_line(std::uint64_t line) const {
  const auto after = std::partition_point(places_.begin() + 1, places_.end(),
                                          [&](const Place& place) { return place.state.lines < line; });
  return static_cast<std::size_t>(after - places_.begin()) - 1;
}

// Gathers the lines from one to before another.
class LineIndex::Collector {
 public:
  Collector(std::uint64_t from, std::uint64_t until) : from_(from), until_(until) {}

  void begin(std::uint64_t number, const FrameHeader& header, const TextStyle& style) {
    if (number < from_ || number >= until_) return;
    lines.push_back({number, header.stream, header.at, style, {}, true});
    ++open_;
  }
  void text(std::uint64_t number, Stream, std::string_view part, std::uint64_t offset) {
    if (auto* line = find(number)) {
      const auto before = line->content.text().size();
      line->content.add(part, offset);
      bytes += line->content.text().size() - before;
    }
  }
  void end(std::uint64_t number, Stream) {
    if (auto* line = find(number)) {
      line->is_open = false;
      --open_;
    }
  }

  bool have_all_begun(const LineState& state) const { return state.lines + 1 >= until_; }
  bool is_done(const LineState& state) const { return have_all_begun(state) && open_ == 0; }
  bool waits_for(Stream stream, const LineState& state) const {
    const auto open = state.of(stream).open;
    return open >= from_ && open < until_;
  }
  // One before the last place before which all that is waited for goes on: from there on one sees how it
  // ends, and what a carriage return has left of it. 0: that is not far.
  std::size_t place_near_end(const std::vector<Place>& places, const FramePlace& at,
                             const LineState& state) const {
    const auto next = std::partition_point(places.begin(), places.end(),
                                           [&](const Place& place) { return !(at < place.at); });
    const auto goes_on = [&](const Place& place) {
      for (const auto stream : {Stream::standard_output, Stream::standard_error, Stream::mark}) {
        if (waits_for(stream, state) && place.state.of(stream).open != state.of(stream).open) return false;
      }
      return true;
    };
    const auto ended = std::partition_point(next, places.end(), goes_on);
    return ended - next < 2 ? 0 : static_cast<std::size_t>(ended - places.begin()) - 2;
  }
  void leave_out() {
    for (auto& line : lines) {
      if (line.is_open) line.content.leave_out();
    }
  }
  // No more than have begun.
  void stop_here(const LineState& state) { until_ = std::min(until_, state.lines + 1); }
  std::uint64_t first() const { return from_; }

  std::vector<LogLine> lines;
  std::uint64_t bytes = 0;

 private:
  LogLine* find(std::uint64_t number) {
    const bool is_wanted = number >= from_ && number - from_ < lines.size();
    return is_wanted ? &lines[static_cast<std::size_t>(number - from_)] : nullptr;
  }

  std::uint64_t from_, until_;
  std::uint64_t open_ = 0;
};

// What only others write need not be read to come to the end of a line: the last place before which nothing
// of it was written; 0: none beyond this one.
std::size_t LineIndex::skip_from(const FramePlace& at, const Collector& collector,
                                 const LineState& state) const {
  if (!collector.have_all_begun(state)) return 0;
  const auto here = std::lower_bound(places_.begin(), places_.end(), at,
                                     [](const Place& place, const FramePlace& to) { return place.at < to; });
  if (here == places_.end() || here->at != at) return 0;
  const auto is_silent_until = [&](const Place& place) {
    for (const auto stream : {Stream::standard_output, Stream::standard_error, Stream::mark}) {
      if (collector.waits_for(stream, state) && place.state.of(stream).bytes != state.of(stream).bytes)
        return false;
    }
    return true;
  };
  auto to = here;
  while (to + 1 != places_.end() && is_silent_until(*(to + 1))) ++to;
  return to == here ? 0 : static_cast<std::size_t>(to - places_.begin());
}

// False: see LogWalk.
bool LineIndex::collect(Collector& collector) const {
  std::uint64_t scanned = 0;
  std::uint64_t read_on = 0;  // since a line began
  auto next = place_before_line(collector.first());
  while (true) {
    auto [at, state, dropped] = places_[next];
    next = 0;
    const bool is_good = walk_.walk(at, [&](const VisitedFrame& frame) {
      const bool is_enough = collector.bytes > bounds_.answer_bytes || read_on > kReadOnBytes;
      if (is_enough && !collector.lines.empty()) collector.stop_here(state);
      if (collector.is_done(state) || scanned > bounds_.scan_bytes) return false;
      next = skip_from(at, collector, state);
      if (next > 0) return false;
      if (read_on > kReadOnBytes) next = collector.place_near_end(places_, at, state);
      if (next > 0) {
        collector.leave_out();
        return false;
      }
      const auto lines = state.lines;
      state.take(frame.header, frame.bytes, collector);
      read_on = state.lines == lines ? read_on + size_of(frame) : 0;
      scanned += size_of(frame);
      return true;
    });
    if (!is_good || next == 0) return is_good;
  }
}

std::optional<std::vector<LogLine>> LineIndex::read(std::uint64_t from, std::uint64_t count) const {
  const std::shared_lock lock(mutex_);
  const auto until = std::min(from + count, totals_.lines + 1);
  if (from >= until) return std::vector<LogLine>();
  Collector collector(from, until);
  if (!collect(collector)) return std::nullopt;
  return std::move(collector.lines);
}

// Looks at each line once it is whole; one that lies within a frame is not copied for it.
class LineIndex::Finder {
 public:
  Finder(std::uint64_t from, const CountIn& count_in) : from_(from), count_in_(count_in) {}

  void begin(std::uint64_t, const FrameHeader& header, const TextStyle&) { of(header.stream) = {}; }
  void text(std::uint64_t, Stream stream, std::string_view part, std::uint64_t offset) {
    auto& line = of(stream);
    if (line.is_kept) {
      line.content.add(part, offset);
    } else {
      line.part = part;
      line.offset = offset;
    }
  }
  void end(std::uint64_t number, Stream stream) {
    auto& line = of(stream);
    const bool lies_here =
        !line.is_kept && line.part.size() <= kMaxLineBytes && line.part.find('\r') == std::string_view::npos;
    if (lies_here) return look(number, line.part);
    keep(stream);
    look(number, line.content.text());
  }
  // Before the frame's bytes are gone.
  void keep(Stream stream) {
    auto& line = of(stream);
    if (!line.is_kept) line.content.add(line.part, line.offset);
    line.is_kept = true;
  }
  void look(std::uint64_t number, std::string_view text) {
    if (number < from_) return;
    const bool is_plain = std::none_of(text.begin(), text.end(), [](char letter) {
      return (static_cast<unsigned char>(letter) < 0x20 && letter != '\t') || letter == 0x7f;
    });
    if (const auto count = is_plain ? count_in_(text) : count_in_(without_escapes(text)))
      found.lines.push_back({number, count});
  }
  std::string_view text_of(Stream stream) { return of(stream).content.text(); }
  bool wants(std::uint64_t number) const { return number >= from_; }

  LineMatches found;

 private:
  struct Line {
    std::string_view part;
    std::uint64_t offset = 0;
    LineText content;
    bool is_kept = false;
  };
  Line& of(Stream stream) { return lines_[static_cast<std::size_t>(stream) - 1]; }

  const std::uint64_t from_;
  const CountIn& count_in_;
  std::array<Line, 3> lines_;
};

void LineIndex::add_open_lines(Finder& finder, const LineState& state, bool is_at_end) const {
  for (const auto stream : {Stream::standard_output, Stream::standard_error, Stream::mark}) {
    const auto open = state.of(stream).open;
    if (open == 0 || !finder.wants(open)) continue;
    if (is_at_end) {
      finder.look(open, finder.text_of(stream));
    } else if (const auto line = read(open, 1); line && !line->empty()) {
      finder.look(open, line->front().content.text());
    }
  }
}

LineMatches LineIndex::find(std::uint64_t from, std::size_t most, const CountIn& count_in) const {
  std::shared_lock lock(mutex_);
  auto [at, state, dropped] = places_[place_before_line(from)];
  const auto walk = walk_;
  lock.unlock();  // the output grows on meanwhile
  Finder finder(from, count_in);
  std::uint64_t scanned = 0;
  bool is_at_end = true;
  std::uint64_t lines_of_log = state.lines;  // those that stand in the log itself
  const bool is_good = walk.walk(at, [&](const VisitedFrame& frame) {
    is_at_end = finder.found.lines.size() < most && scanned <= bounds_.scan_bytes;
    if (!is_at_end) return false;
    state.take(frame.header, frame.bytes, finder);
    finder.keep(frame.header.stream);
    scanned += size_of(frame);
    if (at.file == 0) lines_of_log = state.lines;
    return true;
  });
  add_open_lines(finder, state, is_at_end);
  auto& lines = finder.found.lines;
  std::sort(lines.begin(), lines.end(), [](const auto& one, const auto& two) { return one.line < two.line; });
  if (!is_good) {
    std::erase_if(lines, [&](const auto& found) { return found.line > lines_of_log; });
    finder.found.next = std::max(from, lines_of_log + 1);
  } else if (!is_at_end) {
    finder.found.next = std::max(from, state.lines + 1);
  }
  if (lines.size() > most) {
    finder.found.next = lines[most].line;
    lines.resize(most);
  }
  return std::move(finder.found);
}

}  // namespace runner
