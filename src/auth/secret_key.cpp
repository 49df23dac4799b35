#include "auth/secret_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "auth/random_text.h"

namespace auth {
namespace {

constexpr std::size_t kKeyTextBytes = 43;  // 32 bytes in base64url

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

base::Error broken(const std::string& path, const std::string& why) {
  return base::make_error(base::ErrorKind::internal, "secret key '" + path + "': " + why);
}

base::Result<std::string> read_key(const Descriptor& file, const std::string& path) {
  struct stat facts {};
  if (fstat(file.get(), &facts) != 0) return broken(path, std::strerror(errno));
  if (facts.st_uid != geteuid() || (facts.st_mode & 077) != 0) {
    return broken(
        path,
        "others may read it or it is not the server's own; chown it to the server's user and chmod 600 it");
  }
  std::array<char, kKeyTextBytes + 1> text{};
  const auto got = ::read(file.get(), text.data(), text.size());
  if (got != static_cast<ssize_t>(kKeyTextBytes)) {
    return broken(
        path, "it is not whole; delete it, a new one is made at the next start and everybody logs in again");
  }
  return std::string(text.data(), kKeyTextBytes);
}

// Writes beside and links into place, so that a crash leaves no half key and two starts agree on one.
base::Result<void> make_key(const std::string& path) {
  const std::string beside = path + "." + std::to_string(getpid());
  const Descriptor file(open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0)
    return broken(beside, std::string(std::strerror(errno)) + "; make the data folder writable");
  const std::string key = random_text(32);
  const bool written = ::write(file.get(), key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                       fsync(file.get()) == 0;
  const bool linked = written && (link(beside.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int why = errno;
  unlink(beside.c_str());
  if (!linked) return broken(path, std::strerror(why));
  return {};
}

}  // namespace

base::Result<std::string> load_secret_key(std::optional<std::string_view> from_environment,
                                          const std::string& data_dir) {
  if (from_environment) {
    if (from_environment->size() >= kMinSecretKeyBytes) return std::string(*from_environment);
    return base::make_error(base::ErrorKind::invalid,
                            "SECRET_KEY has " + std::to_string(from_environment->size()) +
                                " characters and needs " + std::to_string(kMinSecretKeyBytes) +
                                " or more; make one with 'openssl rand -hex 32', or unset it: a key is then "
                                "kept in the data folder");
  }
  const std::string path = data_dir + "/secret.key";
  for (int round = 0; round < 2; ++round) {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.get() >= 0) return read_key(file, path);
    if (errno != ENOENT) return broken(path, std::strerror(errno));
    if (auto made = make_key(path); !made) return std::move(made).error();
  }
  return broken(path, "it vanished while it was made; start again");
}

}  // namespace auth
