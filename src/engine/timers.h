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
