// Looks at who waits for room after each commit: whoever waits for the same goes in the order of priority and
// then of age, and who comes anew stands behind those that come first.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "virtual_store.h"

namespace simulator {

class Witness {
 public:
  using PriorityOf = std::function<int(base::TaskId)>;
  // Whether it may have been let go in the place of a run that it cancelled.
  using MayTakeAPlace = std::function<bool(const task::Execution&)>;
  Witness(PriorityOf priority_of, MayTakeAPlace may_take_a_place)
      : priority_of_(std::move(priority_of)), may_take_a_place_(std::move(may_take_a_place)) {}

  // All that is open after a commit, oldest first.
  void look(const std::map<base::ExecutionId, task::Execution>& open);
  const std::vector<std::string>& faults() const { return faults_; }
  std::int64_t chosen() const { return chosen_; }  // while others waited for the same

 private:
  struct Waiter {
    base::TaskId task_id;
    std::string pool;
    task::Waiting waiting = task::Waiting::none;
  };
  using Waiters = std::map<base::ExecutionId, Waiter>;

  void judge(const task::Execution& chosen, bool waited_for_pool, const Waiters& now);
  bool comes_first(base::ExecutionId id, const Waiter& waiter, const task::Execution& chosen) const;

  const PriorityOf priority_of_;
  const MayTakeAPlace may_take_a_place_;
  Waiters before_;
  std::set<base::ExecutionId> let_go_;  // and not ended
  std::vector<std::string> faults_;
  std::int64_t chosen_ = 0;
};

}  // namespace simulator
