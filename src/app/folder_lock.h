// Held while a process uses a data folder, so that two never share one.
#pragma once
#include <string>

#include "base/result.h"

namespace app {

class FolderLock {
 public:
  FolderLock() = default;
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  // conflict, naming the process, where another holds it; unavailable where the folder can't be written.
  base::Result<void> take(const std::string& folder);

 private:
  int file_ = -1;
};

}  // namespace app
