#include "runner/log_reader.h"

#include <algorithm>
#include <vector>

#include "runner/frame_source.h"

namespace runner {
namespace {

bool is_in(Stream stream, Selection selection) {
  switch (selection) {
    case Selection::standard_output:
      return stream != Stream::standard_error;
    case Selection::standard_error:
      return stream != Stream::standard_output;
    case Selection::both:
      return true;
  }
  return true;
}

// One stream's first and last bytes.
class Ends {
 public:
  explicit Ends(std::size_t limit) : limit_(limit) {}

  void add(std::string_view bytes) {
    total_ += bytes.size();
    const auto fits = bytes.substr(0, std::min(bytes.size(), limit_ - head_.size()));
    head_ += fits;
    tail_ += bytes.substr(fits.size());
    if (tail_.size() > 2 * limit_) tail_.erase(0, tail_.size() - limit_);
  }

  std::string text() && {
    if (tail_.size() > limit_) tail_.erase(0, tail_.size() - limit_);
    const auto left_out = total_ - head_.size() - tail_.size();
    if (left_out > 0)
      head_ += "\n[... " + std::to_string(left_out) + " bytes left out here: see the log ...]\n";
    return std::move(head_) + tail_;
  }

 private:
  std::size_t limit_;
  std::uint64_t total_ = 0;
  std::string head_, tail_;
};

}  // namespace

LogReader LogReader::of_frames(std::string frames) {
  LogReader reader{std::string()};
  reader.frames_ = std::make_shared<const std::string>(std::move(frames));
  return reader;
}

std::unique_ptr<FrameSource> LogReader::frames_from(std::uint64_t place) const {
  return frames_ ? std::make_unique<FrameSource>(frames_, place)
                 : std::make_unique<FrameSource>(path_, place);
}

template <class Visit>
void LogReader::walk(const Visit& visit, std::uint64_t from) const {
  walk_frames(*frames_from(from), visit);
}

std::uint64_t LogReader::size(Selection selection) const {
  std::uint64_t total = 0;
  walk([&](const FrameHeader& header, std::string_view bytes) {
    if (is_in(header.stream, selection)) total += bytes.size();
    return true;
  });
  return total;
}

std::string LogReader::read(Selection selection, std::uint64_t offset, std::size_t limit,
                            LogPlace* place) const {
  std::string text;
  for (auto& piece : pieces(selection, offset, limit, place)) text += piece.bytes;
  return text;
}

std::vector<LogPiece> LogReader::pieces(Selection selection, std::uint64_t offset, std::size_t limit,
                                        LogPlace* place) const {
  std::vector<LogPiece> found;
  LogPlace at = place != nullptr && place->content <= offset ? *place : LogPlace{};
  walk(
      [&](const FrameHeader& header, std::string_view bytes) {
        const auto size = is_in(header.stream, selection) ? bytes.size() : 0;
        if (size > 0 && at.content + size > offset) {
          const auto skip = offset > at.content ? offset - at.content : 0;
          const auto piece = bytes.substr(static_cast<std::size_t>(skip), limit);
          found.push_back({header.stream, header.at, at.content + skip, std::string(piece)});
          limit -= piece.size();
          // one that is not read to its end is where the next read begins
          if (skip + piece.size() < header.length) return false;
        }
        if (bytes.size() < header.length) return false;
        at = {at.frame + kFrameHeaderBytes + header.length, at.content + size};
        return limit > 0;
      },
      at.frame);
  if (place != nullptr) *place = at;
  return found;
}

LogEnds LogReader::ends(std::size_t limit) const {
  Ends output(limit), errors(limit);
  walk([&](const FrameHeader& header, std::string_view bytes) {
    if (header.stream != Stream::standard_error) output.add(bytes);
    if (header.stream != Stream::standard_output) errors.add(bytes);
    return true;
  });
  return {std::move(output).text(), std::move(errors).text()};
}

// One read of a follower: first what the file holds, then, while the job writes beyond its head, the tails.
class LogReader::Follower {
 public:
  Follower(Selection selection, std::size_t limit, FollowPlace& place)
      : selection_(selection), left_(limit), place_(place) {}

  void read_head(const LogReader& reader) {
    reader.walk(
        [&](const FrameHeader& header, std::string_view bytes) {
          const auto gap = header.stream == Stream::mark ? gap_size(bytes) : std::nullopt;
          const auto size = gap.value_or(bytes.size());
          if (gap)
            take_gap(header.at, place_.head_position + *gap);
          else
            take(header, bytes, place_.head_position);
          if (bytes.size() < header.length || place_.position < place_.head_position + size) return false;
          place_.head_frame += kFrameHeaderBytes + header.length;
          place_.head_position += size;
          return left_ > 0;
        },
        place_.head_frame);
  }

  // False: the file was emptied for later output meanwhile, and nothing was taken.
  bool read_tail(const std::string& path, std::uint64_t begins_at) {
    const auto old_place = place_;
    const auto old_left = left_;
    const auto old_count = found.size();
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) return false;
    if (place_.tail != begins_at) {
      place_.tail = place_.tail_position = begins_at;
      place_.tail_frame = kFrameHeaderBytes;
    }
    FrameSource source(file, place_.tail_frame);
    walk_frames(source, [&](const FrameHeader& header, std::string_view bytes) {
      if (place_.position < begins_at) take_gap(header.at, begins_at);
      take(header, bytes, place_.tail_position);
      if (bytes.size() < header.length || place_.position < place_.tail_position + bytes.size()) return false;
      place_.tail_frame += kFrameHeaderBytes + header.length;
      place_.tail_position += bytes.size();
      return left_ > 0;
    });
    if (tail_begin(file) == begins_at) return true;
    place_ = old_place;
    left_ = old_left;
    found.resize(old_count);
    return false;
  }

  bool is_full() const { return left_ == 0; }
  std::vector<FollowedPiece> found;

 private:
  void take(const FrameHeader& header, std::string_view bytes, std::uint64_t at) {
    const auto skip = place_.position > at ? std::min(place_.position - at, std::uint64_t{bytes.size()}) : 0;
    bytes.remove_prefix(static_cast<std::size_t>(skip));
    if (bytes.empty()) return;
    const auto begin = at + skip;
    if (is_in(header.stream, selection_)) {
      bytes = bytes.substr(0, left_);
      left_ -= bytes.size();
      found.push_back({header.stream, header.at, begin, begin + bytes.size(), std::string(bytes)});
    }
    place_.position = begin + bytes.size();
  }

  void take_gap(base::Instant at, std::uint64_t end) {
    if (place_.position >= end) return;
    found.push_back(
        {Stream::mark, at, place_.position, end, gap_text(end - place_.position, std::string_view())});
    place_.position = end;
  }

  const Selection selection_;
  std::size_t left_;
  FollowPlace& place_;
};

std::vector<FollowedPiece> LogReader::follow(Selection selection, std::size_t limit,
                                             FollowPlace& place) const {
  Follower follower(selection, limit, place);
  // Looked at before the head: where there is a tail, the head is whole.
  const auto tails = frames_ ? std::vector<LogTail>() : tails_of(path_);
  follower.read_head(*this);
  for (const auto& [begins_at, path] : tails) {
    // what it cannot have now, because it is overwritten, the next call marks as dropped
    if (follower.is_full() || !follower.read_tail(path, begins_at)) break;
  }
  return std::move(follower.found);
}

}  // namespace runner
