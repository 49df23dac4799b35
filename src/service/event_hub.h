// What changed, as it happens, for everyone who watches: a ring of the last events, fed by the store's
// commits.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/records.h"

namespace service {

struct HubEvent {
  std::uint64_t id = 0;  // grows by one, also over restarts
  std::string name;      // "task", "execution" or "resync"
  std::string data;      // JSON
};

class EventHub {
 public:
  explicit EventHub(const base::Clock& clock);

  // From the store's listener, after a commit. Wakes the watchers; never blocks.
  void on_changes(std::span<const store::Change> changes);

  // Events after that id, at most `limit`, oldest first. Where the ring no longer reaches back so far (or the
  // id was never given) the first is a `resync`: read everything anew.
  std::vector<HubEvent> after(std::uint64_t id, std::size_t limit) const;
  std::uint64_t last_id() const;
  // How long nothing has changed, as far as this process knows; 0 where the clock was set back meanwhile.
  base::Milliseconds quiet_for() const;

  // Calls `wake` after each new batch, on the store's thread, until the handle is destroyed.
  [[nodiscard]] std::shared_ptr<void> watch(std::function<void()> wake);

  // Grows with each commit that may change a list; what was rendered at an older one is stale.
  std::uint64_t version() const { return version_.load(); }

  static constexpr std::size_t kKept = 10'000;

 private:
  const base::Clock& clock_;
  std::atomic<std::uint64_t> version_{0};
  mutable std::mutex mutex_;
  std::deque<HubEvent> ring_;
  std::uint64_t next_id_;
  base::Instant changed_at_;
  std::list<std::weak_ptr<std::function<void()>>> watchers_;
};

}  // namespace service
