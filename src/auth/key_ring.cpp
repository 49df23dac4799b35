#include "auth/key_ring.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "auth/random_text.h"
#include "base/descriptor.h"
#include "base/id.h"

namespace auth {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyTextBytes = 43;  // in base64url

base::Error broken(const std::string& path, const std::string& why) {
  return base::make_error(base::ErrorKind::internal, "key file '" + path + "': " + why);
}

std::string to_text(const KeyRing& ring) {
  auto text = ring.current + '\n';
  if (!ring.previous.empty())
    text += ring.previous + ' ' + std::to_string(base::to_unix_ms(ring.rotated_at)) + '\n';
  return text;
}

std::optional<KeyRing> parse(std::string_view text) {
  if (text.size() < kKeyTextBytes) return std::nullopt;
  KeyRing ring(std::string(text.substr(0, kKeyTextBytes)));
  text.remove_prefix(kKeyTextBytes);
  if (text.empty() || text == "\n") return ring;
  if (text.size() < kKeyTextBytes + 3 || text.front() != '\n' || text.back() != '\n') return std::nullopt;
  ring.previous = text.substr(1, kKeyTextBytes);
  const auto at = base::parse_decimal(text.substr(kKeyTextBytes + 2, text.size() - kKeyTextBytes - 3));
  if (!at || text[kKeyTextBytes + 1] != ' ') return std::nullopt;
  ring.rotated_at = base::from_unix_ms(*at);
  return ring;
}

base::Result<KeyRing> read_ring(const base::Descriptor& file, const std::string& path) {
  struct stat facts {};
  if (fstat(file.get(), &facts) != 0) return broken(path, std::strerror(errno));
  if (facts.st_uid != geteuid() || (facts.st_mode & 077) != 0) {
    return broken(
        path,
        "others may read it or it is not the server's own; chown it to the server's user and chmod 600 it");
  }
  std::array<char, 256> text{};
  const auto got = ::read(file.get(), text.data(), text.size());
  auto ring = got < 0 ? std::nullopt : parse({text.data(), static_cast<std::size_t>(got)});
  if (!ring)
    return broken(path, "it is not whole; put a copy of it back, or delete it: a new key is then made");
  return std::move(*ring);
}

// Writes beside and then puts it in place, by link (where there must be none yet) or rename.
base::Result<void> put(const std::string& path, const KeyRing& ring, bool over) {
  const std::string beside = path + "." + std::to_string(getpid());
  const base::Descriptor file(
      open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0)
    return broken(beside, std::string(std::strerror(errno)) + "; make the data folder writable");
  const auto text = to_text(ring);
  const bool written = ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       fsync(file.get()) == 0;
  const bool placed = written && (over ? rename(beside.c_str(), path.c_str()) == 0
                                       : link(beside.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int why = errno;
  unlink(beside.c_str());
  if (!placed) return broken(path, std::strerror(why));
  return {};
}

}  // namespace

base::Result<KeyRing> load_key_ring(const std::string& path) {
  for (int round = 0; round < 2; ++round) {
    const base::Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.get() >= 0) return read_ring(file, path);
    if (errno != ENOENT) return broken(path, std::strerror(errno));
    // by link, so that two starts agree on one key
    if (auto made = put(path, random_text(kKeyBytes), false); !made) return std::move(made).error();
  }
  return broken(path, "it vanished while it was made; start again");
}

base::Result<void> save_key_ring(const std::string& path, const KeyRing& ring) {
  return put(path, ring, true);
}

KeyRing rotated(const KeyRing& ring, base::Instant now) {
  KeyRing fresh(random_text(kKeyBytes));
  fresh.previous = ring.current;
  fresh.rotated_at = now;
  return fresh;
}

}  // namespace auth
