// What an end starts: the tasks that it names, and those that name it.
#include <algorithm>

#include "engine/ledger.h"

namespace engine {

using task::ChainNeed;
using task::Execution;
using task::ExecutionStatus;
using task::Task;
using task::Trigger;

namespace {

// "12,15": the ends that started it; empty while one is missing.
std::string all_arrived(const std::vector<store::Upstream>& upstreams) {
  std::string ids;
  for (const auto& upstream : upstreams) {
    if (!upstream.arrived) return {};
    ids += (ids.empty() ? "" : ",") + base::to_string(*upstream.arrived);
  }
  return ids;
}

}  // namespace

void Ledger::follow_chain(store::Transaction& tx, const Task& task, const Execution& ended, Instant now,
                          Slots& slots, Plan& plan) const {
  const bool succeeded = ended.status == ExecutionStatus::success;
  if (!succeeded && !is_failure(ended.status)) return;
  const auto id = base::to_string(ended.id);
  const auto definition = definition_of(tx, task, ended);
  std::set<TaskId> begun;  // once for one end, however often it is named
  for (const auto target : succeeded ? definition.on_success : definition.on_failure)
    if (begun.insert(target).second)
      start_next(tx, target, task.id, ended.id, {{task::kUpstreamVariable, id}}, now, slots, plan);
  for (const auto target : tx.tasks_after(task.id)) {
    const auto after = tx.find_task(target).value().definition.after;
    const bool matches = task::counts(after, succeeded);
    if (after.need == ChainNeed::any) {
      if (matches && begun.insert(target).second)
        start_next(tx, target, task.id, ended.id,
                   {{task::kUpstreamVariable, id}, {task::kAllUpstreamsVariable, id}}, now, slots, plan);
      continue;
    }
    // the latest end counts: a failure takes back the success before it
    tx.set_arrival(target, task.id, matches ? std::optional{ended.id} : std::nullopt);
    const auto ids = all_arrived(tx.upstreams_of(target));
    if (ids.empty()) continue;
    tx.forget_arrivals(target);
    if (!begun.insert(target).second) continue;
    start_next(tx, target, task.id, ended.id,
               {{task::kUpstreamVariable, id}, {task::kAllUpstreamsVariable, ids}}, now, slots, plan);
  }
}

void Ledger::go_on_without_deleted(store::Transaction& tx, const std::set<TaskId>& targets, Instant now,
                                   Slots& slots, Plan& plan) const {
  for (const auto target : targets) {
    const auto task = tx.find_task(target);
    if (!task || task->definition.after.need != ChainNeed::all) continue;
    const auto upstreams = tx.upstreams_of(target);
    const auto ids = all_arrived(upstreams);
    if (ids.empty()) continue;
    const auto last = *std::ranges::max_element(upstreams, {}, &store::Upstream::arrived);
    tx.forget_arrivals(target);
    start_next(
        tx, target, last.task_id, *last.arrived,
        {{task::kUpstreamVariable, base::to_string(*last.arrived)}, {task::kAllUpstreamsVariable, ids}}, now,
        slots, plan);
  }
}

void Ledger::start_next(store::Transaction& tx, TaskId target, TaskId upstream, ExecutionId ended,
                        std::map<std::string, std::string> env, Instant now, Slots& slots, Plan& plan) const {
  if (target == upstream) return;
  const RunRequest request{.task_id = target,
                           .trigger = Trigger::chain,
                           .triggered_by = "task " + base::to_string(upstream),
                           .overrides = {.env = std::move(env), .args = {}},
                           .force = false,
                           .reason = "after execution " + base::to_string(ended)};
  run_or_skip(tx, request, now, slots, plan);
}

}  // namespace engine
