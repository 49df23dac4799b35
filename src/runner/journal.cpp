#include "runner/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/kill_point.h"
#include "base/log.h"
#include "runner/protocol.h"
#include "runner/wire.h"

namespace runner {
namespace {

enum class Kind : std::uint8_t { boot = 1, intent, started, finished, forgotten };

constexpr std::size_t kHeaderBytes = 8;            // length and checksum
constexpr std::uint64_t kCompactBytes = 1u << 20;  // smaller journals are left as they are
constexpr std::size_t kMaxRecordBytes = 1u << 20;

std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t hash = 2166136261u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

void append_record(std::string& to, const std::string& body) {
  for (const std::uint32_t number : {static_cast<std::uint32_t>(body.size()), checksum(body)}) {
    for (int shift = 0; shift < 32; shift += 8) to += static_cast<char>(number >> shift & 0xff);
  }
  to += body;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return number;
}

void write_key(Writer& out, const AttemptKey& key) {
  out.i64(key.execution.value);
  out.i64(key.attempt);
}

AttemptKey read_key(Reader& in) {
  AttemptKey key;
  key.execution.value = in.i64();
  key.attempt = static_cast<int>(in.i64());
  return key;
}

std::string boot_record(const std::string& boot) {
  std::string body;
  Writer out(body);
  out.u8(static_cast<std::uint8_t>(Kind::boot));
  out.text(boot);
  return body;
}

std::string intent_record(const Journal::Entry& entry) {
  std::string body;
  Writer out(body);
  out.u8(static_cast<std::uint8_t>(Kind::intent));
  write_key(out, entry.key);
  out.u8(entry.kill_leftovers ? 1 : 0);
  out.i64(entry.timeout.count());
  out.i64(entry.kill_grace.count());
  out.text(entry.log_path);
  return body;
}

std::string started_record(const Started& started, const BirthWindow& born) {
  std::string body;
  Writer out(body);
  out.u8(static_cast<std::uint8_t>(Kind::started));
  out.i64(static_cast<std::int64_t>(born.from_ticks));
  out.i64(static_cast<std::int64_t>(born.to_ticks));
  append_started(body, started);
  return body;
}

std::string finished_record(const Finished& finished) {
  std::string body(1, static_cast<char>(Kind::finished));
  append_finished(body, finished);
  return body;
}

}  // namespace

Journal::Journal(std::string path, std::string boot_id)
    : path_(std::move(path)), boot_id_(std::move(boot_id)) {
  replay();
  compact();
}

Journal::~Journal() {
  flush();
  if (file_ >= 0) close(file_);
}

void Journal::replay() {
  std::ifstream in(path_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::string_view rest = bytes;
  while (rest.size() >= kHeaderBytes) {
    const auto length = number_at(rest, 0);
    if (length > kMaxRecordBytes || rest.size() - kHeaderBytes < length) break;
    const auto body = rest.substr(kHeaderBytes, length);
    if (checksum(body) != number_at(rest, 4) || !apply(body)) break;
    rest.remove_prefix(kHeaderBytes + length);
  }
  if (!rest.empty()) {
    base::log::warning("runner.journal_cut", {{"path", path_}, {"unreadable_bytes", rest.size()}});
  }
}

bool Journal::apply(std::string_view body) {
  Reader in(body);
  switch (static_cast<Kind>(in.u8())) {
    case Kind::boot:
      same_boot_ = in.text() == boot_id_;
      return in.done();
    case Kind::intent: {
      Entry entry;
      entry.key = read_key(in);
      entry.kill_leftovers = in.flag();
      entry.timeout = Milliseconds{in.i64()};
      entry.kill_grace = Milliseconds{in.i64()};
      entry.log_path = in.text();
      if (!in.done()) return false;
      entries_[entry.key] = std::move(entry);
      return true;
    }
    case Kind::started: {
      const auto from = static_cast<std::uint64_t>(in.i64());
      const auto to = static_cast<std::uint64_t>(in.i64());
      const auto started = body.size() < 1 + 16 ? std::nullopt : read_started(body.substr(1 + 16));
      if (!started) return false;
      auto& entry = entries_[started->key];
      entry.key = started->key;
      entry.born = {from, to};
      entry.started = started;
      return true;
    }
    case Kind::finished: {
      auto finished = read_finished(body.substr(1));
      if (!finished) return false;
      entries_[finished->key].key = finished->key;
      entries_[finished->key].finished = std::move(finished);
      return true;
    }
    case Kind::forgotten: {
      for (const auto& key : in.list<AttemptKey>([&] { return read_key(in); })) entries_.erase(key);
      return in.done();
    }
  }
  return false;
}

void Journal::add_record(const std::string& body) {
  append_record(unwritten_, body);
}

bool Journal::flush() {
  if (unwritten_.empty()) return true;
  const auto bytes = std::exchange(unwritten_, {});
  if (write(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    base::log::error("runner.journal_failed",
                     {{"path", path_}, {"why", std::system_category().message(errno)}});
    // half a record would hide all that follows it
    if (ftruncate(file_, static_cast<off_t>(size_)) < 0) base::log::error("runner.journal_not_mended");
    return false;
  }
  size_ += bytes.size();
  compact_when_worth_it();
  return true;
}

void Journal::intend(const StartRequest& request) {
  Entry entry;
  entry.key = request.key;
  entry.kill_leftovers = request.kill_leftovers;
  entry.timeout = request.timeout;
  entry.kill_grace = request.kill_grace;
  entry.log_path = request.log_path;
  add_record(intent_record(entry));
  entries_[request.key] = std::move(entry);
}

void Journal::started(const Started& started, const BirthWindow& born) {
  add_record(started_record(started, born));
  auto& entry = entries_[started.key];
  entry.born = born;
  entry.started = started;
}

void Journal::finished(const Finished& finished) {
  add_record(finished_record(finished));
  auto& entry = entries_[finished.key];
  entry.key = finished.key;
  entry.finished = finished;
}

void Journal::forget(const std::vector<AttemptKey>& keys) {
  std::string body;
  Writer out(body);
  out.u8(static_cast<std::uint8_t>(Kind::forgotten));
  out.list(keys, [&](const AttemptKey& key) { write_key(out, key); });
  add_record(body);
  for (const auto& key : keys) entries_.erase(key);
}

void Journal::compact_when_worth_it() {
  if (size_ > kCompactBytes && size_ > 4 * compacted_size_) compact();
}

void Journal::compact() {
  std::string bytes;
  append_record(bytes, boot_record(boot_id_));
  for (const auto& [key, entry] : entries_) {
    append_record(bytes, intent_record(entry));
    if (entry.started) append_record(bytes, started_record(*entry.started, entry.born));
    if (entry.finished) append_record(bytes, finished_record(*entry.finished));
  }
  const auto fresh = path_ + ".new";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  if (written) base::kill_point("journal.rewritten");
  if (!written || rename(fresh.c_str(), path_.c_str()) < 0) {
    const int code = errno;
    if (file >= 0) close(file);
    if (file_ >= 0) return;  // the old one still serves
    throw std::system_error(code, std::generic_category(), "journal " + path_);
  }
  if (file_ >= 0) close(file_);
  file_ = file;
  size_ = compacted_size_ = bytes.size();
}

std::string boot_id() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string text;
  std::getline(in, text);
  return text;
}

}  // namespace runner
