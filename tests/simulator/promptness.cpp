#include "promptness.h"

#include <algorithm>
#include <set>

namespace simulator {

using task::Execution;
using task::ExecutionStatus;
using task::Waiting;

namespace {

// What stands in the way of those that wait.
struct Crowd {
  Crowd(const std::map<ExecutionId, Execution>& open, const std::vector<std::string>& left_of_deleted) {
    for (const auto& [id, one] : open) {
      if (one.waiting != Waiting::overlap) busy.insert(one.task_id);
      if (one.waiting == Waiting::slot) ++let_in[one.pool];
      if (one.waiting != Waiting::none) continue;
      ++on_node;
      if (!one.pool.empty()) ++in_pool[one.pool];
    }
    for (const auto& pool : left_of_deleted) {
      ++on_node;
      if (!pool.empty()) ++in_pool[pool];
    }
  }
  std::int64_t on_node = 0;
  std::map<std::string, std::int64_t> in_pool, let_in;  // and those that a slot alone keeps out of it
  std::set<TaskId> busy;
};

}  // namespace

Promptness::Waits Promptness::all_that_could_go_on(const std::map<ExecutionId, Execution>& open) const {
  Crowd crowd(open, view_.left_of_deleted_tasks());
  Waits found;
  const auto add = [&](const Execution& one, const char* what, Milliseconds due = Milliseconds{0}) {
    const auto since = std::max(view_.now(), view_.now() + due);
    found[{one.id, what}] = {one.attempt.number, since};
  };
  const auto has_room = [&](const std::string& pool) {
    return pool.empty() || crowd.in_pool[pool] < view_.limit_of_pool(pool);
  };
  for (const auto& [id, one] : open) {
    if (one.status != ExecutionStatus::pending) continue;
    switch (one.waiting) {
      case Waiting::none:
        add(one, "was to begin at once");
        continue;
      case Waiting::backoff:
        add(one, "was to be tried again", one.due_at ? *one.due_at - view_.wall() : Milliseconds{0});
        continue;
      case Waiting::slot:
        if (crowd.on_node < view_.limit_of_node() && has_room(one.pool))
          add(one, "waited for a slot that was free");
        break;
      case Waiting::pool:
        if (crowd.in_pool[one.pool] + crowd.let_in[one.pool] < view_.limit_of_pool(one.pool))
          add(one, "waited for its pool, which had room");
        break;
      case Waiting::overlap:
        // the first of its queue, if it is
        if (crowd.busy.insert(one.task_id).second) add(one, "waited for a run before it, and there was none");
        break;
    }
    if (const auto deadline = view_.start_deadline_of(one))
      add(one, "waited, though its start deadline had passed", *deadline - view_.wall());
  }
  return found;
}

void Promptness::look(const OpenExecutions& open) {
  if (const auto newest = open.newest(); newest && (newest_.empty() || newest_.back().first < *newest))
    newest_.emplace_back(*newest, view_.now());

  auto now = all_that_could_go_on(open.all());
  const auto calm_from = troubles_.empty() ? Milliseconds{0} : troubles_.back().calm_from;
  for (auto& [key, wait] : now) {
    const auto before = waits_.find(key);
    const bool goes_on = before != waits_.end() && before->second.attempt == wait.attempt;
    wait.since = goes_on ? before->second.since : std::max(wait.since, calm_from);
    if (goes_on) waits_.erase(before);
  }
  for (const auto& [key, wait] : waits_) close(key.first, key.second, wait);
  waits_ = std::move(now);
}

void Promptness::close(ExecutionId id, std::string_view what, const Wait& wait) {
  const auto waited = view_.now() - wait.since;
  if (waited >= Milliseconds{0}) ++held_;
  if (waited <= kPromptly) return;
  faults_.push_back("execution " + base::to_string(id) + " attempt " + std::to_string(wait.attempt) + ' ' +
                    std::string(what) + ", for " + std::to_string(waited.count()) +
                    " ms in which nothing went wrong, until " + base::to_iso(view_.wall()));
}

void Promptness::trouble(Milliseconds until, const OpenExecutions& open) {
  finish();
  auto calm_from = until + kRecovery;
  if (!troubles_.empty()) calm_from = std::max(calm_from, troubles_.back().calm_from);
  troubles_.push_back({view_.now(), calm_from});
  look(open);
}

void Promptness::finish() {
  for (const auto& [key, wait] : std::exchange(waits_, {})) close(key.first, key.second, wait);
}

bool Promptness::was_calm_within(Milliseconds from, Milliseconds to) const {
  const auto next = std::upper_bound(troubles_.begin(), troubles_.end(), from,
                                     [](Milliseconds at, const Trouble& one) { return at < one.at; });
  if (next != troubles_.begin()) from = std::max(from, std::prev(next)->calm_from);
  for (auto one = next; one != troubles_.end() && one->at < to; ++one) {
    if (one->at - from > kPromptly) return true;
    from = std::max(from, one->calm_from);
  }
  return to - from > kPromptly;
}

std::optional<Milliseconds> Promptness::seen_at(ExecutionId id) const {
  const auto found = std::lower_bound(newest_.begin(), newest_.end(), id,
                                      [](const auto& one, ExecutionId wanted) { return one.first < wanted; });
  return found == newest_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace simulator
