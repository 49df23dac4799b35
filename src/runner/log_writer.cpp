#include "runner/log_writer.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/kill_point.h"
#include "runner/wire.h"

namespace runner {
namespace {

constexpr std::size_t kMemoryBytes = 4096;  // frames of output that is kept without a file

void append_frame(std::string& to, Stream stream, std::string_view bytes, base::Instant at) {
  char header[kFrameHeaderBytes];
  encode({stream, static_cast<std::uint32_t>(bytes.size()), at}, header);
  to.append(header, sizeof header).append(bytes);
}

}  // namespace

LogWriter::LogWriter(std::string path, std::uint64_t max_bytes)
    : path_(std::move(path)), half_(max_bytes / 2) {}

LogWriter::~LogWriter() {
  for (const int file : {head_, tail_[0].file, tail_[1].file}) {
    if (file >= 0) close(file);
  }
}

bool LogWriter::open_head() {
  if (head_ >= 0) return true;
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
  head_ = open(path_.c_str(), kFlags, 0600);
  if (head_ < 0 && errno == ENOENT) {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), ignored);
    head_ = open(path_.c_str(), kFlags, 0600);
  }
  if (head_ < 0) problem_ = "output not kept: " + path_ + ": " + std::strerror(errno);
  return head_ >= 0;
}

bool LogWriter::write_frame(int file, Stream stream, std::string_view bytes, base::Instant at) {
  char header[kFrameHeaderBytes];
  encode({stream, static_cast<std::uint32_t>(bytes.size()), at}, header);
  const iovec parts[2] = {{header, sizeof header}, {const_cast<char*>(bytes.data()), bytes.size()}};
  const auto wanted = static_cast<ssize_t>(sizeof header + bytes.size());
  const off_t before = lseek(file, 0, SEEK_END);
  if (writev(file, parts, 2) == wanted) return true;
  problem_ = std::string("output not kept: ") + std::strerror(errno);
  // a half frame would hide all that follows
  if (ftruncate(file, before) < 0) problem_ += " (and its file could not be mended)";
  return false;
}

bool LogWriter::fits_in_memory(std::string_view bytes) const {
  return memory_.size() + kFrameHeaderBytes + bytes.size() <= kMemoryBytes &&
         head_content_ + bytes.size() <= half_;
}

void LogWriter::spill() {
  if (std::exchange(spilled_, true) || memory_.empty()) return;
  if (!open_head()) {
    dropped_ += head_content_;
  } else if (write(head_, memory_.data(), memory_.size()) != static_cast<ssize_t>(memory_.size())) {
    problem_ = std::string("output not kept: ") + std::strerror(errno);
    dropped_ += head_content_;
    // half a frame would hide all that follows
    if (ftruncate(head_, 0) < 0) problem_ += " (and its file could not be mended)";
  }
  memory_ = {};
}

void LogWriter::append(Stream stream, std::string_view bytes, base::Instant at) {
  total_ += bytes.size();
  if (!spilled_ && fits_in_memory(bytes)) {
    head_content_ += bytes.size();
    append_frame(memory_, stream, bytes, at);
    return;
  }
  spill();
  if (head_content_ < half_) {
    const auto fits = bytes.substr(
        0, static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), half_ - head_content_)));
    head_content_ += fits.size();
    if (!open_head() || !write_frame(head_, stream, fits, at)) dropped_ += fits.size();
    bytes.remove_prefix(fits.size());
  }
  if (!bytes.empty()) append_tail(stream, bytes, at);
}

void LogWriter::begin_segment(int which, std::uint64_t at) {
  auto& segment = tail_[which];
  if (segment.file < 0) {
    segment.file = open(tail_path(path_, which).c_str(),
                        O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  } else if (ftruncate(segment.file, 0) < 0) {
    problem_ = std::strerror(errno);
  }
  dropped_ += segment.content - segment.lost;
  segment.content = segment.lost = segment.frames = 0;
  if (segment.file < 0) return;
  char header[kFrameHeaderBytes];
  encode_tail(at, header);
  if (write(segment.file, header, sizeof header) == static_cast<ssize_t>(sizeof header)) {
    segment.frames = sizeof header;
  } else if (ftruncate(segment.file, 0) < 0) {
    problem_ = std::strerror(errno);
  }
}

// The tail goes round two files of a quarter each: when one is full the other, older one is emptied.
void LogWriter::append_tail(Stream stream, std::string_view bytes, base::Instant at) {
  const auto quarter = std::max<std::uint64_t>(half_ / 2, 1);
  while (!bytes.empty()) {
    const bool full = tail_[current_tail_].content >= quarter;
    if (full) current_tail_ = 1 - current_tail_;
    auto& segment = tail_[current_tail_];
    if (full || segment.file < 0) begin_segment(current_tail_, total_ - bytes.size());
    const auto fits = bytes.substr(
        0, static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), quarter - segment.content)));
    if (segment.file < 0 || !write_frame(segment.file, stream, fits, at)) {
      dropped_ += fits.size();
      segment.lost += fits.size();
    }
    segment.content += fits.size();
    bytes.remove_prefix(fits.size());
  }
}

void LogWriter::join(Segment& segment, int which) {
  if (segment.file < 0) return;
  char buffer[65536];
  auto offset = static_cast<off_t>(segment.frames);
  for (ssize_t got = 0; (got = pread(segment.file, buffer, sizeof buffer, offset)) > 0; offset += got) {
    if (write(head_, buffer, static_cast<std::size_t>(got)) != got) {
      problem_ = std::string("the end of the output was not kept: ") + std::strerror(errno);
      break;
    }
  }
  unlink(tail_path(path_, which).c_str());
}

std::string LogWriter::finish(base::Instant at) {
  if (!spilled_) return std::move(memory_);
  if (dropped_ > 0 && open_head()) {
    write_frame(head_, Stream::mark, gap_text(dropped_, problem_), at);
  }
  const int older = 1 - current_tail_;
  join(tail_[older], older);
  base::kill_point("log.half_joined");
  join(tail_[current_tail_], current_tail_);
  return {};
}

std::string LogWriter::hand_over() const {
  std::string state;
  Writer out(state);
  out.text(path_);
  for (const auto number : {half_ * 2, head_content_, total_, dropped_})
    out.i64(static_cast<std::int64_t>(number));
  out.u8(spilled_ ? 1 : 0);
  out.text(memory_);
  for (const auto& segment : tail_) {
    out.u8(segment.file >= 0 ? 1 : 0);
    out.i64(static_cast<std::int64_t>(segment.content));
    out.i64(static_cast<std::int64_t>(segment.lost));
    out.i64(static_cast<std::int64_t>(segment.frames));
  }
  out.u8(static_cast<std::uint8_t>(current_tail_));
  out.text(problem_);
  return state;
}

std::unique_ptr<LogWriter> LogWriter::take_over(std::string_view state) {
  Reader in(state);
  const auto number = [&] { return static_cast<std::uint64_t>(in.i64()); };
  auto path = in.text();
  auto writer = std::make_unique<LogWriter>(std::move(path), number());
  writer->head_content_ = number();
  writer->total_ = number();
  writer->dropped_ = number();
  writer->spilled_ = in.flag();
  writer->memory_ = in.text();
  for (int which : {0, 1}) {
    auto& segment = writer->tail_[which];
    const bool was_open = in.flag();
    segment.content = number();
    segment.lost = number();
    segment.frames = number();
    if (was_open)
      segment.file =
          open(tail_path(writer->path_, which).c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  }
  writer->current_tail_ = in.flag() ? 1 : 0;
  writer->problem_ = in.text();
  return in.done() ? std::move(writer) : nullptr;
}

}  // namespace runner
