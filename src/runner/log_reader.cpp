#include "runner/log_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <vector>

namespace runner {
namespace {

// The bytes of a log, from its file or from memory, a piece at a time.
class Source {
 public:
  Source(const std::string& path, std::uint64_t from)
      : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    if (file_ >= 0) lseek(file_, static_cast<off_t>(from), SEEK_SET);
  }
  Source(const std::shared_ptr<const std::string>& frames, std::uint64_t from)
      : rest_(std::string_view(*frames).substr(std::min<std::size_t>(from, frames->size()))) {}
  ~Source() {
    if (file_ >= 0) close(file_);
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  // At least that many bytes from the present place on, fewer only at the end.
  std::string_view have(std::size_t wanted) {
    while (file_ >= 0 && rest_.size() < wanted && fill()) {
    }
    return rest_;
  }
  void skip(std::size_t count) { rest_.remove_prefix(count); }

 private:
  bool fill() {
    constexpr std::size_t kReadBytes = 64 * 1024;
    std::string fresh(rest_);
    const auto old = fresh.size();
    fresh.resize(old + kReadBytes);
    const auto got = read(file_, fresh.data() + old, kReadBytes);
    fresh.resize(old + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    buffer_ = std::move(fresh);
    rest_ = buffer_;
    return got > 0;
  }

  int file_ = -1;
  std::string buffer_;
  std::string_view rest_;
};

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

// `visit` gets each frame's header and bytes, and says whether to go on.
template <class Visit>
void LogReader::walk(const Visit& visit, std::uint64_t from) const {
  Source source = frames_ ? Source(frames_, from) : Source(path_, from);
  FrameHeader header;
  while (source.have(kFrameHeaderBytes).size() >= kFrameHeaderBytes &&
         decode(source.have(kFrameHeaderBytes).data(), header)) {
    source.skip(kFrameHeaderBytes);
    const auto bytes = source.have(header.length).substr(0, header.length);
    if (!visit(header, bytes) || bytes.size() < header.length) return;
    source.skip(bytes.size());
  }
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

}  // namespace runner
