// Server-sent events: their text, and a bounded queue that any thread fills.
#pragma once
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "http/response.h"

namespace http {

// One event in the form of the EventSource standard. Empty id or name: left out. Line breaks in `data` are
// kept; in id and name they are dropped.
std::string format_event(std::string_view id, std::string_view name, std::string_view data);

// More waiting events than this and the slow client is cut off; it comes back with Last-Event-ID.
inline constexpr std::size_t kMaxQueuedEvents = 1024;

// An EventSource that is fed from outside: whoever produces keeps a shared_ptr (or a weak one) and pushes.
class EventQueue : public EventSource {
 public:
  // Any thread. false when the stream has ended, or ended by this because its client reads too slowly.
  bool push(std::string event);
  // Lets what waits go out, then ends the stream.
  void close();

  void open(std::function<void()> wake) override;
  Batch take(std::size_t max_bytes) override;
  bool blocks() override { return false; }

 private:
  std::mutex mutex_;
  std::deque<std::string> events_;
  std::function<void()> wake_;
  bool ended_ = false;
};

}  // namespace http
