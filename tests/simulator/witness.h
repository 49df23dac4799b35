// Looks at who waits for room after each commit: whoever waits for the same goes in the order of priority.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "virtual_store.h"

namespace simulator {

class Witness {
 public:
  using PriorityOf = std::function<int(base::TaskId)>;
  explicit Witness(PriorityOf priority_of) : priority_of_(std::move(priority_of)) {}

  void look(store::Reader& reader);
  const std::vector<std::string>& faults() const { return faults_; }
  std::int64_t chosen() const { return chosen_; }  // while others waited for the same

 private:
  struct Waiter {
    base::TaskId task_id;
    std::string pool;
    task::Waiting waiting = task::Waiting::none;
  };
  using Waiters = std::map<base::ExecutionId, Waiter>;

  static Waiters waiters(store::Reader& reader);
  void judge(base::ExecutionId id, const Waiter& chosen, const Waiters& now);

  const PriorityOf priority_of_;
  Waiters before_;
  std::vector<std::string> faults_;
  std::int64_t chosen_ = 0;
};

}  // namespace simulator
