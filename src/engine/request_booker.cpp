#include "engine/request_booker.h"

#include <limits>
#include <memory>
#include <set>

#include "base/kill_point.h"

namespace engine {
namespace {

constexpr const char* kPausedInJitter = "the task was paused before this fire's jitter had passed";
constexpr const char* kChangedInJitter =
    "the task was given another schedule before this fire's jitter had passed";

}  // namespace

void RequestBooker::run(std::vector<RunRequest> requests, std::function<void(Engine::RunOutcomes)> then) {
  auto outcomes = std::make_shared<Engine::RunOutcomes>();
  const auto wanted = requests.size();
  parts_.dispatcher.book(
      static_cast<std::int64_t>(wanted),
      [this, outcomes, requests = std::move(requests), now = parts_.clock.now()](
          store::Transaction& tx, Slots& slots, Plan& plan) -> base::Result<void> {
        outcomes->clear();
        for (const auto& request : requests)
          outcomes->push_back(parts_.ledger.run(tx, request, now, slots, plan));
        base::kill_point("run.booked");
        return {};
      },
      [outcomes, wanted, then = std::move(then)](const base::Result<void>& kept) {
        if (!kept) outcomes->assign(wanted, base::Result<ExecutionId>(kept.error()));
        then(std::move(*outcomes));
      });
}

void RequestBooker::backfill(const BackfillRequest& request,
                             const std::function<void(base::Result<std::vector<ExecutionId>>)>& then) {
  auto ids = std::make_shared<std::vector<ExecutionId>>();
  parts_.dispatcher.book(
      static_cast<std::int64_t>(kMaxBackfill),
      [this, ids, request, now = parts_.clock.now()](store::Transaction& tx, Slots& slots,
                                                     Plan& plan) -> base::Result<void> {
        auto made = parts_.ledger.backfill(tx, request, now, slots, plan);
        if (!made) return made.error();
        *ids = std::move(*made);
        return {};
      },
      [ids, then](const base::Result<void>& kept) {
        if (kept)
          then(std::move(*ids));
        else
          then(kept.error());
      });
}

void RequestBooker::cancel(const ExecutionRequest& request, std::function<void(base::Result<void>)> then) {
  parts_.dispatcher.book(
      1,
      [this, request, now = parts_.clock.now()](store::Transaction& tx, Slots& slots, Plan& plan) {
        base::kill_point("cancel.asked");
        auto done = parts_.ledger.cancel(tx, request.id, request.by, now, slots, plan);
        if (!done || !request.also) return done;
        const auto execution = tx.find_execution(request.id);
        if (const auto task = tx.find_task(execution->task_id)) request.also(tx, *task, request.id);
        return done;
      },
      std::move(then));
}

void RequestBooker::change(const std::vector<TaskId>& ids, const Engine::Change& work,
                           std::function<void(base::Result<void>)> then) {
  parts_.dispatcher.book(
      static_cast<std::int64_t>(ids.size()),
      [this, ids, work, past = parts_.timekeeper.past()](store::Transaction& tx, Slots& slots,
                                                         Plan& plan) -> base::Result<void> {
        const auto now = parts_.clock.now();
        std::vector<task::Task> in_jitter;
        for (const auto id : ids) {
          auto task = parts_.ledger.settle(tx, id, now, past, slots, plan);
          if (task && task->next_run_at && *task->next_run_at <= now) in_jitter.push_back(std::move(*task));
        }
        auto done = work(tx, now);
        if (!done) return done;
        for (const auto& before : in_jitter) {
          const auto after = tx.find_task(before.id);
          if (after->next_due_at != before.next_due_at || after->next_run_at != before.next_run_at)
            parts_.ledger.skip_in_jitter(tx, before, now, past,
                                         after->paused ? kPausedInJitter : kChangedInJitter);
        }
        return done;
      },
      std::move(then));
}

void RequestBooker::remove(const std::vector<TaskId>& ids, const Engine::Audit& audit,
                           const std::function<void(Engine::RemoveOutcomes)>& then) {
  struct Removal {
    Engine::RemoveOutcomes outcomes;
    std::vector<std::pair<TaskId, runner::AttemptKey>> doomed;
  };
  auto removal = std::make_shared<Removal>();
  parts_.dispatcher.book(
      0,
      [this, ids, audit, removal, now = parts_.clock.now()](store::Transaction& tx, Slots& slots,
                                                            Plan& plan) -> base::Result<void> {
        *removal = {};
        std::vector<TaskId> deleted;
        std::set<TaskId> waited_for_them;
        HeldPlaces held;
        std::set<std::string> pools;  // of its runs: they keep theirs when the task is given another
        for (const auto id : ids) {
          const auto task = tx.find_task(id);
          if (!task) {
            removal->outcomes.emplace_back(
                base::make_error(base::ErrorKind::not_found, "there is no task " + base::to_string(id)));
            continue;
          }
          const auto entry = audit(*task);
          if (!entry) {
            removal->outcomes.emplace_back(entry.error());
            continue;
          }
          for (const auto& open : tx.open_executions(id, std::numeric_limits<std::int32_t>::max())) {
            pools.insert(open.pool);
            if (open.waiting != task::Waiting::none) continue;
            plan.cancels.push_back({open.id, open.attempt.number});
            removal->doomed.emplace_back(id, plan.cancels.back());
            if (!open.pool.empty()) held.emplace(plan.cancels.back(), open.pool);
          }
          tx.append_audit(*entry);
          for (const auto after : tx.tasks_after(id)) waited_for_them.insert(after);
          tx.delete_task(id);
          plan.due_times.emplace_back(id, std::nullopt);
          removal->outcomes.emplace_back();
          deleted.push_back(id);
        }
        parts_.ledger.hold_places(tx, held);
        for (const auto& pool : pools) parts_.ledger.let_into_pool(tx, pool, plan);
        parts_.ledger.go_on_without_deleted(tx, waited_for_them, now, slots, plan);
        note_abandoned_output(tx, deleted);
        base::kill_point("deletion.booked");
        return {};
      },
      [this, ids, removal, then](const base::Result<void>& kept) {
        if (!kept) return then(Engine::RemoveOutcomes(ids.size(), base::Result<void>(kept.error())));
        base::kill_point("deletion.committed");
        for (const auto& [task_id, key] : removal->doomed) parts_.dispatcher.doom(key, task_id);
        std::set<TaskId> still_writing;
        for (const auto& [task_id, key] : removal->doomed) still_writing.insert(task_id);
        for (std::size_t i = 0; i < ids.size(); ++i) {
          if (removal->outcomes[i]) parts_.janitor.remove_output(ids[i], !still_writing.contains(ids[i]));
        }
        then(std::move(removal->outcomes));
      });
}

}  // namespace engine
