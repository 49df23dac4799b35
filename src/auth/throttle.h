// Slows guessing down: token buckets by name.
#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace auth {

// So many attempts at once, then one more each `refill`.
struct ThrottleLimit {
  double burst = 10;
  base::Milliseconds refill{6000};
};

class Throttle {
 public:
  explicit Throttle(ThrottleLimit limit) : limit_(limit) {}

  // Takes one attempt for that key: nullopt when it may go on, else how long until the next may. Any thread.
  std::optional<base::Milliseconds> take(const std::string& key, base::Instant now);
  // Gives the attempt back: it was a good one.
  void give_back(const std::string& key);
  std::size_t size() const;

  // More keys than this and those that have refilled are forgotten; if none has, all newcomers share one
  // bucket.
  static constexpr std::size_t kMaxKeys = 10000;

 private:
  struct Bucket {
    double left = 0;
    base::Instant at;
  };
  Bucket& bucket_of(const std::string& key, base::Instant now);

  ThrottleLimit limit_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace auth
