#include "runner/log_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <vector>

namespace runner {
namespace {

// Walks the frames of a file. `visit` gets each header and its bytes, and says whether to go on.
template <class Visit>
void walk(const std::string& path, const Visit& visit) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return;
  constexpr std::size_t kReadBytes = 256 * 1024;
  std::string buffer;
  std::size_t begin = 0;
  bool more = true;
  const auto fill = [&](std::size_t wanted) {
    while (more && buffer.size() - begin < wanted) {
      buffer.erase(0, std::exchange(begin, 0));
      const auto old = buffer.size();
      buffer.resize(old + kReadBytes);
      const auto got = read(file, buffer.data() + old, kReadBytes);
      more = got > 0;
      buffer.resize(old + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    }
    return buffer.size() - begin >= wanted;
  };
  FrameHeader header;
  while (fill(kFrameHeaderBytes) && decode(buffer.data() + begin, header)) {
    begin += kFrameHeaderBytes;
    fill(header.length);
    const auto there = std::min<std::size_t>(header.length, buffer.size() - begin);
    if (!visit(header, std::string_view(buffer).substr(begin, there)) || there < header.length) break;
    begin += there;
  }
  close(file);
}

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

std::uint64_t LogReader::size(Selection selection) const {
  std::uint64_t total = 0;
  walk(path_, [&](const FrameHeader& header, std::string_view bytes) {
    if (is_in(header.stream, selection)) total += bytes.size();
    return true;
  });
  return total;
}

std::string LogReader::read(Selection selection, std::uint64_t offset, std::size_t limit) const {
  std::string text;
  for (auto& piece : pieces(selection, offset, limit)) text += piece.bytes;
  return text;
}

std::vector<LogPiece> LogReader::pieces(Selection selection, std::uint64_t offset, std::size_t limit) const {
  std::vector<LogPiece> found;
  std::uint64_t position = 0;
  walk(path_, [&](const FrameHeader& header, std::string_view bytes) {
    if (!is_in(header.stream, selection)) return true;
    const auto end = position + bytes.size();
    if (end > offset) {
      const auto skip = offset > position ? offset - position : 0;
      const auto piece = bytes.substr(static_cast<std::size_t>(skip), limit);
      found.push_back({header.stream, header.at, position + skip, std::string(piece)});
      limit -= piece.size();
    }
    position = end;
    return limit > 0;
  });
  return found;
}

LogEnds read_ends(const std::string& path, std::size_t limit) {
  Ends output(limit), errors(limit);
  walk(path, [&](const FrameHeader& header, std::string_view bytes) {
    if (header.stream != Stream::standard_error) output.add(bytes);
    if (header.stream != Stream::standard_output) errors.add(bytes);
    return true;
  });
  return {std::move(output).text(), std::move(errors).text()};
}

}  // namespace runner
