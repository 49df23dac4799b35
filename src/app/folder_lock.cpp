#include "app/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace app {

using base::ErrorKind;
using base::make_error;

FolderLock::~FolderLock() {
  if (file_ >= 0) close(file_);
}

base::Result<void> FolderLock::take(const std::string& folder) {
  const auto path = folder + "/serve.lock";
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) return make_error(ErrorKind::unavailable, path + ": " + std::strerror(errno));
  if (flock(file_, LOCK_EX | LOCK_NB) < 0) {
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
