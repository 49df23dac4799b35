// What the runner knows, held against what the store believes. Nothing is judged by its age: an attempt is
// lost only when the runner that must know of it does not.
#include <unordered_map>
#include <unordered_set>

#include "base/kill_point.h"
#include "base/log.h"
#include "engine/batches.h"
#include "engine/dispatcher.h"

namespace engine {

using task::Execution;
using task::ExecutionStatus;
using task::Waiting;

namespace {

template <class Visit>
void for_each_claimed(store::Reader& reader, const std::string& node, const Visit& visit) {
  ExecutionId after;
  while (true) {
    const auto open = reader.open_executions_after(after, kRowsAtOnce);
    for (const auto& execution : open) {
      if (execution.waiting == Waiting::none && execution.node == node) visit(execution);
    }
    if (static_cast<std::int64_t>(open.size()) < kRowsAtOnce) return;
    after = open.back().id;
  }
}

}  // namespace

void Dispatcher::reconcile(const runner::Snapshot& snapshot) {
  std::unordered_set<runner::AttemptKey> known;
  for (const auto& running : snapshot.running) known.insert(running.key);
  for (const auto& finished : snapshot.finished) known.insert(finished.key);

  std::vector<runner::AttemptKey> gone_with_runner;
  for (const auto& [key, task_id] : doomed_) {
    if (!known.contains(key)) gone_with_runner.push_back(key);
  }
  for (const auto& key : gone_with_runner) writes_no_more(key);

  active_.clear();
  std::unordered_map<ExecutionId, Execution> claimed;
  std::vector<Execution> never_started;
  std::int64_t lost = 0;
  std::vector<runner::AttemptKey> left;  // places in pools
  parts_.store.read([&](store::Reader& reader) {
    for (const auto& [key, pool] : read_held_places(reader))
      if (!known.contains(key)) left.push_back(key);
    for_each_claimed(reader, parts_.options.node, [&](const Execution& execution) {
      const runner::AttemptKey key{execution.id, execution.attempt.number};
      claimed.emplace(execution.id, execution);
      active_[execution.id] = {execution.task_id, execution.attempt.number};
      if (known.contains(key)) return;
      if (execution.status == ExecutionStatus::pending) {
        never_started.push_back(execution);
        return;
      }
      ++lost;
      runner::Finished gone;
      gone.key = key;
      gone.cause = runner::EndCause::lost;
      gone.started_at = execution.attempt.started_at.value_or(execution.created_at);
      gone.finished_at = parts_.clock.now();
      gone.error = "lost: the runner that held it is gone, and with it its exit status";
      on_event(gone);
    });
  });

  std::int64_t adopted = 0;
  strangers_.clear();
  for (const auto& running : snapshot.running) {
    const auto found = claimed.find(running.key.execution);
    if (found == claimed.end() || found->second.attempt.number != running.key.attempt) {
      // its task was deleted while nobody could tell the runner
      runner_->cancel(running.key);
      if (!doomed_.contains(running.key)) strangers_.insert(running.key);
      // has its slot until it has ended
      active_.emplace(running.key.execution, Active{TaskId{}, running.key.attempt});
      continue;
    }
    ++adopted;
    // one that still waits for its spawn has not begun
    if (running.pid != 0) on_event(running);
    if (found->second.cancel_asked) runner_->cancel(running.key);
    if (followers_.contains(running.key.execution)) runner_->watch_output(running.key, true);
  }
  if (strangers_.empty()) parts_.janitor.forget_abandoned();
  for (const auto& finished : snapshot.finished) on_event(finished);
  base::kill_point("snapshot.compared");
  if (!std::exchange(timers_loaded_, true)) {
    load_deadlines();
    load_backoffs();
  }
  connected_ = true;
  slot_waiters_ = true;
  base::log::info("runner.connected", {{"adopted", adopted},
                                       {"ended_meanwhile", snapshot.finished.size()},
                                       {"never_started", never_started.size()},
                                       {"lost", lost}});
  start_unstarted(std::move(never_started), std::move(left));
  pump();
}

void Dispatcher::start_unstarted(std::vector<Execution> unstarted, std::vector<runner::AttemptKey> left) {
  // the next connection compares anew
  const auto is_of_this_connection = [this, connection = ++connections_] {
    return connection == connections_;
  };
  book_surely(
      [this, unstarted = std::move(unstarted), left = std::move(left), now = parts_.clock.now()](
          store::Transaction& tx, Slots& slots, Plan& plan) -> base::Result<void> {
        parts_.ledger.give_places_back(tx, left, plan);
        parts_.ledger.let_into_pools(tx, plan);  // their limits may have been changed
        for (const auto& execution : unstarted) {
          const auto current = tx.find_execution(execution.id);
          if (!current || current->status != ExecutionStatus::pending || current->waiting != Waiting::none)
            continue;
          if (current->cancel_asked)
            plan.unwanted.push_back({current->id, current->attempt.number});
          else
            parts_.ledger.start_again(tx, *current, now, slots, plan);
        }
        base::kill_point("snapshot.booked");
        return {};
      },
      is_of_this_connection);
}

}  // namespace engine
