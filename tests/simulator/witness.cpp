#include "witness.h"

namespace simulator {

using task::Waiting;

void Witness::look(const std::map<base::ExecutionId, task::Execution>& open) {
  Waiters now;
  for (const auto& [id, one] : open) {
    if (one.waiting == Waiting::slot || one.waiting == Waiting::pool)
      now[id] = {one.task_id, one.pool, one.waiting};
  }
  std::set<base::ExecutionId> let_go;
  for (const auto& [id, one] : open) {
    if (one.waiting != Waiting::none) continue;
    let_go.insert(id);
    if (let_go_.contains(id)) continue;
    const auto waited = before_.find(id);
    if (waited != before_.end())
      judge(one, waited->second.waiting == Waiting::pool, now);
    else if (!may_take_a_place_(one))
      judge(one, false, now);
  }
  before_ = std::move(now);
  let_go_ = std::move(let_go);
}

bool Witness::comes_first(base::ExecutionId id, const Waiter& waiter, const task::Execution& chosen) const {
  const auto priority = priority_of_(waiter.task_id), of_chosen = priority_of_(chosen.task_id);
  return priority != of_chosen ? priority > of_chosen : id < chosen.id;
}

// One that was let go, beside those that waited before and wait still. Those whose pool is full wait for no
// slot.
void Witness::judge(const task::Execution& chosen, bool waited_for_pool, const Waiters& now) {
  for (const auto& [other_id, other] : before_) {
    const auto still = now.find(other_id);
    if (still == now.end()) continue;
    const bool same_pool = !chosen.pool.empty() && other.pool == chosen.pool;
    const bool both_for_a_slot = !waited_for_pool && other.waiting == Waiting::slot &&
                                 still->second.waiting == Waiting::slot && other.pool.empty();
    if (!same_pool && !both_for_a_slot) continue;
    ++chosen_;
    if (comes_first(other_id, other, chosen))
      faults_.push_back("execution " + base::to_string(chosen.id) + " was let go before execution " +
                        base::to_string(other_id) + ", which comes first by priority or age");
  }
}

}  // namespace simulator
