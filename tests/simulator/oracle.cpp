#include "oracle.h"

#include <algorithm>

#include "task/cursor.h"

namespace simulator {

using task::Execution;
using task::ExecutionStatus;
using task::OverlapPolicy;
using task::Trigger;

namespace {

class Judge {
 public:
  explicit Judge(World& world) : world_(world) {}

  Verdict judge() {
    for (const auto& run : world_.runs()) {
      auto& runs = runs_of_[run.task_id];
      runs.push_back(&run);
      if (!by_key_.emplace(run.key, &run).second) fault("started twice: " + name(run.key));
    }
    verdict_.runs = static_cast<std::int64_t>(world_.runs().size());
    for (const auto& task : world_.tasks()) judge_task(task);
    for (const auto id : world_.acknowledged()) {
      if (!known_.contains(id)) fault("an acknowledged run is gone: execution " + base::to_string(id));
    }
    for (const auto& run : world_.runs()) {
      if (!known_.contains(run.key.execution)) fault("ran without a record: " + name(run.key));
    }
    if (!world_.is_quiet()) fault("the runner still holds something");
    return std::move(verdict_);
  }

 private:
  void fault(std::string what) {
    if (verdict_.faults.size() < Verdict::kMaxFaults) verdict_.faults.push_back(std::move(what));
  }
  static std::string name(const AttemptKey& key) {
    return "execution " + base::to_string(key.execution) + " attempt " + std::to_string(key.attempt);
  }

  std::vector<Execution> executions_of(TaskId id) {
    std::vector<Execution> all;
    world_.store().read([&](store::Reader& reader) {
      store::ExecutionQuery query;
      query.task_id = id;
      query.limit = 500;
      for (bool more = true; more;) {
        auto page = reader.list_executions(query);
        std::move(page.items.begin(), page.items.end(), std::back_inserter(all));
        query.before = page.next_cursor;
        more = page.next_cursor.has_value();
      }
    });
    return all;
  }

  void judge_task(const PlannedTask& task) {
    const auto executions = executions_of(task.id);
    verdict_.executions += static_cast<std::int64_t>(executions.size());
    for (const auto& execution : executions) {
      known_.insert(execution.id);
      judge_execution(execution);
    }
    judge_fires(task, executions);
    if (task.definition.overlap != OverlapPolicy::allow) judge_overlap(task);
  }

  void judge_execution(const Execution& execution) {
    const auto who = "execution " + base::to_string(execution.id);
    if (!is_final(execution.status)) fault(who + " never ended: " + std::string(to_string(execution.status)));
    if (execution.status != ExecutionStatus::success) return;
    const auto run = by_key_.find({execution.id, execution.attempt.number});
    if (run == by_key_.end())
      fault(who + " is SUCCESS and never ran");
    else if (!run->second->by_itself || run->second->exit_code != 0)
      fault(who + " is SUCCESS and did not end well");
  }

  static bool is_expected(const PlannedTask& task, Instant fire, Instant due) {
    if (fire <= task.created) return false;
    return std::none_of(task.paused.begin(), task.paused.end(),
                        [&](const auto& pause) { return due > pause.first && fire <= pause.second; });
  }

  void judge_fires(const PlannedTask& task, const std::vector<Execution>& executions) {
    std::map<std::int64_t, int> records;  // by minute
    for (const auto& execution : executions) {
      if (!execution.scheduled_at ||
          (execution.trigger != Trigger::schedule && execution.trigger != Trigger::misfire))
        continue;
      const auto first = minute_of(*execution.scheduled_at);
      const auto last = execution.scheduled_until ? minute_of(*execution.scheduled_until) : first;
      std::int64_t covered = 0;
      for (auto minute = first; minute <= last; minute += task.beat.period) {
        ++records[minute];
        ++covered;
      }
      // what was paused in between was not expected, and is not counted
      if (covered < execution.count)
        fault("execution " + base::to_string(execution.id) + " counts " + std::to_string(execution.count) +
              " fires in a range of " + std::to_string(covered));
      verdict_.folded += execution.count - 1;
    }
    const auto end = minute_of(world_.end());
    const auto jitter = task::jitter_of(task.definition);
    auto minute = minute_of(world_.begin()) / task.beat.period * task.beat.period + task.beat.phase;
    for (; minute <= end; minute += task.beat.period) {
      const auto fire = base::from_unix_ms(minute * 60'000);
      const bool expected = is_expected(task, fire, fire + jitter);
      const auto found = records.find(minute);
      const int count = found == records.end() ? 0 : found->second;
      if (found != records.end()) records.erase(found);
      if (expected) ++verdict_.fires;
      // a folded record's range may lie round fires that were not expected
      const bool is_right =
          count == (expected ? 1 : 0) || (!expected && count == 1 && is_in_range(executions, fire));
      if (!is_right)
        fault("task " + base::to_string(task.id) + " (" + task.beat.cron + ") at " + base::to_iso(fire) +
              ": " + std::to_string(count) + " records, " + (expected ? "1" : "0") + " expected");
    }
    for (const auto& [stray, count] : records)
      fault("task " + base::to_string(task.id) +
            " has a record for no fire: " + base::to_iso(base::from_unix_ms(stray * 60'000)));
  }

  // Inside of a folded record, whose fires lie around it.
  static bool is_in_range(const std::vector<Execution>& executions, Instant fire) {
    return std::any_of(executions.begin(), executions.end(), [&](const Execution& execution) {
      return execution.scheduled_until && *execution.scheduled_at < fire && fire < *execution.scheduled_until;
    });
  }

  void judge_overlap(const PlannedTask& task) {
    auto runs = runs_of_[task.id];
    std::sort(runs.begin(), runs.end(), [](const Run* a, const Run* b) { return a->began < b->began; });
    for (std::size_t i = 1; i < runs.size(); ++i) {
      if (!runs[i - 1]->ended || *runs[i - 1]->ended > runs[i]->began)
        fault("task " + base::to_string(task.id) + " overlaps itself: " + name(runs[i - 1]->key) + " and " +
              name(runs[i]->key));
    }
  }

  static std::int64_t minute_of(Instant at) { return base::to_unix_ms(at) / 60'000; }

  World& world_;
  Verdict verdict_;
  std::map<AttemptKey, const Run*> by_key_;
  std::map<TaskId, std::vector<const Run*>> runs_of_;
  std::set<ExecutionId> known_;
};

}  // namespace

Verdict judge(World& world) {
  return Judge(world).judge();
}

}  // namespace simulator
