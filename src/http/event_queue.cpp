#include "http/event_queue.h"

namespace http {
namespace {

void append_line(std::string& out, std::string_view field, std::string_view text) {
  out += field;
  out += ": ";
  for (const char letter : text) {
    if (letter != '\n' && letter != '\r' && letter != '\0') out += letter;
  }
  out += '\n';
}

}  // namespace

std::string format_event(std::string_view id, std::string_view name, std::string_view data) {
  std::string out;
  out.reserve(data.size() + id.size() + name.size() + 32);
  if (!id.empty()) append_line(out, "id", id);
  if (!name.empty()) append_line(out, "event", name);
  while (true) {
    const auto end = data.find_first_of("\r\n");
    append_line(out, "data", data.substr(0, end));
    if (end == data.npos) break;
    data.remove_prefix(end + (data.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  out += '\n';
  return out;
}

bool EventQueue::push(std::string event) {
  std::function<void()> wake;
  bool kept = false;
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return false;
    kept = events_.size() < kMaxQueuedEvents;
    if (kept) {
      events_.push_back(std::move(event));
    } else {
      events_.clear();
      ended_ = true;
    }
    wake = wake_;
  }
  if (wake) wake();
  return kept;
}

void EventQueue::close() {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    wake = wake_;
  }
  if (wake) wake();
}

void EventQueue::open(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

EventSource::Batch EventQueue::take(std::size_t max_bytes) {
  const std::lock_guard lock(mutex_);
  Batch batch;
  while (!events_.empty() &&
         (batch.text.empty() || batch.text.size() + events_.front().size() <= max_bytes)) {
    batch.text += events_.front();
    events_.pop_front();
  }
  batch.more = !events_.empty();
  batch.ended = ended_ && events_.empty();
  return batch;
}

}  // namespace http
