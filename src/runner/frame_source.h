// Reads the frames of one file of a log, or of memory, a piece at a time.
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/log_frame.h"

namespace runner {

// The bytes of a log, from its file or from memory, a piece at a time.
class FrameSource {
 public:
  FrameSource(const std::string& path, std::uint64_t from)
      : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    if (file_ >= 0) lseek(file_, static_cast<off_t>(from), SEEK_SET);
  }
  // Takes the open file over.
  FrameSource(int file, std::uint64_t from) : file_(file) {
    lseek(file_, static_cast<off_t>(from), SEEK_SET);
  }
  FrameSource(const std::shared_ptr<const std::string>& frames, std::uint64_t from)
      : rest_(std::string_view(*frames).substr(std::min<std::size_t>(from, frames->size()))) {}
  ~FrameSource() {
    if (file_ >= 0) close(file_);
  }
  FrameSource(const FrameSource&) = delete;
  FrameSource& operator=(const FrameSource&) = delete;

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

// `visit` gets each frame's header and bytes, and says whether to go on.
template <class Visit>
void walk_frames(FrameSource& source, const Visit& visit) {
  FrameHeader header;
  while (source.have(kFrameHeaderBytes).size() >= kFrameHeaderBytes &&
         decode(source.have(kFrameHeaderBytes).data(), header)) {
    source.skip(kFrameHeaderBytes);
    const auto bytes = source.have(header.length).substr(0, header.length);
    if (!visit(header, bytes) || bytes.size() < header.length) return;
    source.skip(bytes.size());
  }
}

// Where in the job's output a tail begins; nullopt where it is none, or is being emptied.
inline std::optional<std::uint64_t> tail_begin(int file) {
  char header[kFrameHeaderBytes];
  if (pread(file, header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) return std::nullopt;
  return decode_tail(header);
}
inline std::optional<std::uint64_t> tail_begin(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return std::nullopt;
  const auto begins_at = tail_begin(file);
  close(file);
  return begins_at;
}

struct LogTail {
  std::uint64_t begins_at;
  std::string path;
};
// Those beside that log, the older first.
inline std::vector<LogTail> tails_of(const std::string& log) {
  std::vector<LogTail> tails;
  for (const int which : {0, 1}) {
    auto path = tail_path(log, which);
    if (const auto begins_at = tail_begin(path)) tails.push_back({*begins_at, std::move(path)});
  }
  std::sort(tails.begin(), tails.end(),
            [](const LogTail& left, const LogTail& right) { return left.begins_at < right.begins_at; });
  return tails;
}

}  // namespace runner
