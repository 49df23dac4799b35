#include "auth/throttle.h"

#include <algorithm>

namespace auth {

Throttle::Bucket& Throttle::bucket_of(const std::string& key, base::Instant now) {
  const auto left_now = [&](const Bucket& bucket) {
    const auto passed = std::max(base::Milliseconds{0}, now - bucket.at);
    return std::min(limit_.burst, bucket.left + static_cast<double>(passed.count()) /
                                                    static_cast<double>(limit_.refill.count()));
  };
  auto found = buckets_.find(key);
  if (found == buckets_.end() && buckets_.size() >= kMaxKeys) {
    std::erase_if(buckets_, [&](const auto& entry) { return left_now(entry.second) >= limit_.burst; });
    if (buckets_.size() >= kMaxKeys) found = buckets_.try_emplace("", Bucket{limit_.burst, now}).first;
  }
  if (found == buckets_.end()) found = buckets_.try_emplace(key, Bucket{limit_.burst, now}).first;
  found->second = {left_now(found->second), now};
  return found->second;
}

std::optional<base::Milliseconds> Throttle::take(const std::string& key, base::Instant now) {
  const std::lock_guard lock(mutex_);
  Bucket& bucket = bucket_of(key, now);
  if (bucket.left >= 1) {
    bucket.left -= 1;
    return std::nullopt;
  }
  const double missing = (1 - bucket.left) * static_cast<double>(limit_.refill.count());
  return base::Milliseconds{static_cast<std::int64_t>(missing) + 1};
}

void Throttle::give_back(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = buckets_.find(key);
  if (found != buckets_.end()) found->second.left = std::min(limit_.burst, found->second.left + 1);
}

std::size_t Throttle::size() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

}  // namespace auth
