#include "engine/planner.h"

#include <algorithm>

namespace engine {
namespace {

// A heap that is mostly stale entries is made anew; so many are always let pass.
constexpr std::size_t kStaleAllowance = 1024;

struct Later {
  bool operator()(const Planner::Due& a, const Planner::Due& b) const {
    return a.at != b.at ? a.at > b.at : a.task_id > b.task_id;
  }
};

}  // namespace

std::int64_t& Planner::slot(base::TaskId task_id) {
  auto& page = pages_[task_id.value / kPageSize];
  if (!page) page = std::make_unique<Page>();  // value-initialised: no due times
  return (*page)[static_cast<std::size_t>(task_id.value % kPageSize)];
}

void Planner::set(base::TaskId task_id, std::optional<base::Instant> due_at) {
  auto& current = slot(task_id);
  const auto wanted = due_at ? std::max<std::int64_t>(base::to_unix_ms(*due_at), 1) : 0;
  if (current == wanted) return;
  if (current == 0) ++planned_;
  if (wanted == 0) --planned_;
  current = wanted;
  if (wanted == 0) return;
  heap_.push_back({base::from_unix_ms(wanted), task_id});
  std::push_heap(heap_.begin(), heap_.end(), Later{});
  if (heap_.size() > 2 * planned_ + kStaleAllowance) rebuild();
}

bool Planner::is_current(const Due& entry) {
  return slot(entry.task_id) == base::to_unix_ms(entry.at);
}

void Planner::rebuild() {
  std::erase_if(heap_, [this](const Due& entry) { return !is_current(entry); });
  std::sort(heap_.begin(), heap_.end(), [](const Due& a, const Due& b) { return Later{}(b, a); });
  heap_.erase(std::unique(heap_.begin(), heap_.end(),
                          [](const Due& a, const Due& b) { return a.at == b.at && a.task_id == b.task_id; }),
              heap_.end());
  heap_.shrink_to_fit();
}

void Planner::drop_stale_front() {
  while (!heap_.empty() && !is_current(heap_.front())) {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    heap_.pop_back();
  }
}

std::vector<Planner::Due> Planner::take_due(base::Instant now, std::size_t limit) {
  std::vector<Due> due;
  for (drop_stale_front(); due.size() < limit && !heap_.empty() && heap_.front().at <= now;
       drop_stale_front()) {
    due.push_back(heap_.front());
    slot(heap_.front().task_id) = 0;
    --planned_;
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    heap_.pop_back();
  }
  return due;
}

std::optional<base::Instant> Planner::next_due_at() {
  drop_stale_front();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().at;
}

}  // namespace engine
