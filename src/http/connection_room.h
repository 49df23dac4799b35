// How many connections there may be, in all and from one address. Pure; any thread.
#pragma once
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace http {

// What counts as one address: an IPv4 address, or an IPv6 network of 64 bits, for whoever has one has all of
// it.
std::string place_of(std::string_view ip);

class ConnectionRoom {
 public:
  explicit ConnectionRoom(int most_from_one) : most_from_one_(most_from_one) {}

  // Counts one more from that place; false where it has as many as it may have.
  bool take(const std::string& place) {
    const std::lock_guard lock(mutex_);
    int& count = by_place_[place];
    if (count >= most_from_one_) return false;
    ++count;
    return true;
  }
  void give_back(const std::string& place) {
    const std::lock_guard lock(mutex_);
    const auto found = by_place_.find(place);
    if (found != by_place_.end() && --found->second == 0) by_place_.erase(found);
  }

 private:
  const int most_from_one_;
  std::mutex mutex_;
  std::unordered_map<std::string, int> by_place_;
};

}  // namespace http
