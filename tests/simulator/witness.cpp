#include "witness.h"

#include <limits>

namespace simulator {

using task::Waiting;

Witness::Waiters Witness::waiters(store::Reader& reader) {
  constexpr auto kAll = std::numeric_limits<std::int32_t>::max();
  Waiters found;
  const auto add = [&](std::vector<task::Execution> executions) {
    for (auto& one : executions) found[one.id] = {one.task_id, std::move(one.pool), one.waiting};
  };
  add(reader.waiting_for_slot(kAll));
  for (const auto& pool : reader.pools_waited_for()) add(reader.waiting_for_pool(pool, kAll));
  return found;
}

void Witness::look(store::Reader& reader) {
  auto now = waiters(reader);
  for (const auto& [id, waiter] : before_) {
    if (now.contains(id)) continue;
    const auto execution = reader.find_execution(id);
    if (execution && !is_final(execution->status) && execution->waiting == Waiting::none)
      judge(id, waiter, now);
  }
  before_ = std::move(now);
}

// One that was let go, beside those that waited before and wait still. Who comes anew may take what is free
// at that moment; and one whose pool is full waits for no slot.
void Witness::judge(base::ExecutionId id, const Waiter& chosen, const Waiters& now) {
  const auto priority = priority_of_(chosen.task_id);
  for (const auto& [other_id, other] : before_) {
    const auto still = now.find(other_id);
    if (still == now.end()) continue;
    const bool same_pool = !chosen.pool.empty() && other.pool == chosen.pool;
    const bool both_for_a_slot = chosen.waiting == Waiting::slot && other.waiting == Waiting::slot &&
                                 still->second.waiting == Waiting::slot && other.pool.empty();
    if (!same_pool && !both_for_a_slot) continue;
    ++chosen_;
    if (priority_of_(other.task_id) > priority)
      faults_.push_back("execution " + base::to_string(id) + " was let go before execution " +
                        base::to_string(other_id) + ", which has a higher priority");
  }
}

}  // namespace simulator
