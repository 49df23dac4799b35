#include "app/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace app {

using base::ErrorKind;
using base::make_error;

namespace {

// A server that was killed while it launched something leaves the lock with that child until it executes.
bool lock_with_patience(int file) {
  constexpr int kTries = 50;
  constexpr std::chrono::milliseconds kPause{20};
  for (int i = 0; i < kTries; ++i) {
    if (flock(file, LOCK_EX | LOCK_NB) == 0) return true;
    std::this_thread::sleep_for(kPause);
  }
  return false;
}

}  // namespace

FolderLock::~FolderLock() {
  if (file_ >= 0) close(file_);
}

base::Result<void> FolderLock::take(const std::string& folder) {
  const auto path = folder + "/serve.lock";
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) return make_error(ErrorKind::unavailable, path + ": " + std::strerror(errno));
  if (!lock_with_patience(file_)) {
    char pid[32] = {};
    if (read(file_, pid, sizeof pid - 1) < 0) pid[0] = '\0';
    return make_error(ErrorKind::conflict, "another server (process " + std::string(pid) +
                                               ") uses the data folder " + folder +
                                               ": stop it, or choose another with --data-dir");
  }
  const auto pid = std::to_string(getpid());
  if (ftruncate(file_, 0) < 0 || pwrite(file_, pid.data(), pid.size(), 0) < 0)
    return make_error(ErrorKind::unavailable, path + ": " + std::strerror(errno));
  return {};
}

}  // namespace app
