// Things to do at an instant, for the engine's thread.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/time.h"

namespace engine {

class Timers {
 public:
  using Action = std::function<void()>;

  void add(base::Instant at, Action action) { actions_.emplace(at, std::move(action)); }

  // The clock was set back: what was to be done in a minute is still to be done in a minute.
  void bring_forward(base::Milliseconds by) {
    std::multimap<base::Instant, Action> moved;
    for (auto& [at, action] : actions_) moved.emplace(at - by, std::move(action));
    actions_.swap(moved);
  }

  std::optional<base::Instant> next() const {
    if (actions_.empty()) return std::nullopt;
    return actions_.begin()->first;
  }

  // Takes all that are due, soonest first.
  std::vector<Action> take_due(base::Instant now) {
    std::vector<Action> due;
    while (!actions_.empty() && actions_.begin()->first <= now) {
      due.push_back(std::move(actions_.begin()->second));
      actions_.erase(actions_.begin());
    }
    return due;
  }

 private:
  std::multimap<base::Instant, Action> actions_;
};

}  // namespace engine
