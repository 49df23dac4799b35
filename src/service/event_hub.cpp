#include "service/event_hub.h"

#include <algorithm>

namespace service {
namespace {

using Kind = store::Change::Kind;

std::string_view kind_text(Kind kind) {
  switch (kind) {
    case Kind::task_created:
    case Kind::execution_created:
      return "created";
    case Kind::task_updated:
    case Kind::execution_updated:
      return "updated";
    case Kind::task_deleted:
    case Kind::executions_deleted:
      return "deleted";
    case Kind::task_state:
      return "state";
  }
  return {};
}

HubEvent event_of(const store::Change& change) {
  HubEvent event;
  event.data = "{\"kind\":\"" + std::string(kind_text(change.kind)) +
               "\",\"task_id\":" + base::to_string(change.task_id);
  if (change.execution_id) {
    event.name = "execution";
    event.data += ",\"execution_id\":" + base::to_string(change.execution_id);
    if (change.kind != Kind::executions_deleted) {
      event.data += ",\"status\":\"" + std::string(to_string(change.status)) + '"';
    }
  } else {
    event.name = "task";
  }
  event.data += '}';
  return event;
}

}  // namespace

EventHub::EventHub(const base::Clock& clock)
    : clock_(clock),
      next_id_(static_cast<std::uint64_t>(base::to_unix_ms(clock.now())) * 1000),
      changed_at_(clock.now()) {}

void EventHub::on_changes(std::span<const store::Change> changes) {
  version_.fetch_add(1);
  std::vector<std::shared_ptr<std::function<void()>>> to_wake;
  {
    const std::lock_guard lock(mutex_);
    changed_at_ = clock_.now();
    for (const auto& change : changes) {
      auto event = event_of(change);
      event.id = next_id_++;
      ring_.push_back(std::move(event));
      if (ring_.size() > kKept) ring_.pop_front();
    }
    for (auto watcher = watchers_.begin(); watcher != watchers_.end();) {
      auto alive = watcher->lock();
      watcher = alive ? std::next(watcher) : watchers_.erase(watcher);
      if (alive) to_wake.push_back(std::move(alive));
    }
  }
  for (const auto& wake : to_wake) (*wake)();
}

std::vector<HubEvent> EventHub::after(std::uint64_t id, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<HubEvent> events;
  const auto first = ring_.empty() ? next_id_ : ring_.front().id;
  if (id + 1 < first || id >= next_id_) {
    events.push_back({next_id_ - 1, "resync", "{}"});
    return events;
  }
  for (auto at = static_cast<std::size_t>(id + 1 - first); at < ring_.size() && events.size() < limit; ++at) {
    events.push_back(ring_[at]);
  }
  return events;
}

std::uint64_t EventHub::last_id() const {
  const std::lock_guard lock(mutex_);
  return next_id_ - 1;
}

base::Milliseconds EventHub::quiet_for() const {
  const std::lock_guard lock(mutex_);
  return std::max(base::Milliseconds{0},
                  std::chrono::duration_cast<base::Milliseconds>(clock_.now() - changed_at_));
}

std::shared_ptr<void> EventHub::watch(std::function<void()> wake) {
  auto watcher = std::make_shared<std::function<void()>>(std::move(wake));
  const std::lock_guard lock(mutex_);
  watchers_.push_back(watcher);
  return watcher;
}

}  // namespace service
