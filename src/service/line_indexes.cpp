#include "service/line_indexes.h"

#include <sys/stat.h>

#include <algorithm>

namespace service {

std::shared_ptr<runner::LineIndex> LineIndexes::of(const runner::LogReader& log) {
  struct stat file {};
  if (!log.is_file() || stat(log.path().c_str(), &file) != 0) return std::make_shared<runner::LineIndex>(log);
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    return kept.inode == file.st_ino && kept.device == file.st_dev && kept.path == log.path();
  });
  if (found != kept_.end())
    kept_.splice(kept_.begin(), kept_, found);
  else
    kept_.push_front({log.path(), file.st_dev, file.st_ino, std::make_shared<runner::LineIndex>(log)});
  forget_some();
  return kept_.front().index;
}

// They have grown since they were made.
void LineIndexes::forget_some() {
  std::size_t bytes = 0;
  std::size_t count = 0;
  const auto first_too_many = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    bytes += kept.index->memory_bytes();
    return ++count > 1 && (count > kMaxLineIndexes || bytes > kMaxLineIndexBytes);
  });
  kept_.erase(first_too_many, kept_.end());
}

}  // namespace service
