#include <algorithm>

#include "oracle.h"

namespace simulator {
namespace {

using task::Execution;
using task::ExecutionStatus;
using task::OverlapPolicy;
using task::Trigger;
using Kind = Asked::Kind;

class RequestJudge {
 public:
  RequestJudge(const World& world, const Executions& executions, Verdict& verdict)
      : world_(world), verdict_(verdict) {
    for (const auto& task : world.tasks()) tasks_[task.id] = &task;
    for (const auto& [id, list] : executions) {
      for (const auto& execution : list) {
        by_id_[execution.id] = &execution;
        if (const auto number = request_of(execution)) made_[*number].push_back(&execution);
      }
    }
    for (const auto& run : world.runs()) {
      auto& began = began_.emplace(run.key.execution, run.began).first->second;
      began = std::min(began, run.began);
    }
  }

  void judge() {
    for (std::size_t number = 0; number < world_.asked().size(); ++number) {
      const auto& asked = world_.asked()[number];
      const auto& task = *tasks_.at(asked.task_id);
      if (task.deleted) continue;
      who_ = Asked::name(number) + " of task " + base::to_string(task.id);
      auto& made = made_[number];  // oldest first
      std::sort(made.begin(), made.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
      judge_answer(asked, made);
      if (asked.kind == Kind::backfill)
        judge_backfill(asked, task, made);
      else
        judge_run(asked, task, made);
    }
  }

 private:
  void judge_answer(const Asked& asked, const std::vector<const Execution*>& made) {
    if (asked.refused && !made.empty()) fault("was refused, and done");
    if (asked.refused == base::ErrorKind::invalid && !may_be_too_many(asked)) fault("was refused as invalid");
    if (!asked.given) return;
    std::vector<ExecutionId> ids;
    for (const auto* execution : made) ids.push_back(execution->id);
    if (ids != *asked.given)
      fault("was acknowledged with " + std::to_string(asked.given->size()) + " executions, and there are " +
            std::to_string(ids.size()) + ", or others");
  }

  void judge_run(const Asked& asked, const PlannedTask& task, const std::vector<const Execution*>& made) {
    if (made.size() > 1) fault("was done " + std::to_string(made.size()) + " times");
    const bool is_free = asked.kind == Kind::forced_run || task.definition.overlap == OverlapPolicy::allow;
    if (asked.refused == base::ErrorKind::conflict && is_free && asked.has_ended)
      fault("was refused, though it may run beside others");
    if (asked.given && !asked.has_ended) fault("runs again what had not ended");
    for (const auto* execution : made) {
      if (execution->trigger != Trigger::manual || execution->task_id != asked.task_id ||
          execution->scheduled_at)
        fault("has a record that is not of a run by hand");
      // only a deadline's end leaves out what was admitted to run beside others
      if (execution->status == ExecutionStatus::skipped && is_free && task.definition.start_deadline_s == 0)
        fault("was skipped, though it may run beside others");
      if (asked.kind != Kind::retry) continue;
      const auto& before = *by_id_.at(asked.again);
      auto env = before.overrides.env;
      if (before.scheduled_at) env["MINI_SCHEDULER_SCHEDULED_AT"] = base::to_iso(*before.scheduled_at);
      if (execution->overrides.env != env || execution->overrides.args != before.overrides.args)
        fault("has not the environment of execution " + base::to_string(asked.again));
    }
  }

  // All of the window's fires or none, each once and oldest first; by the schedule that the task had when it
  // was booked, which the records' revision tells.
  void judge_backfill(const Asked& asked, const PlannedTask& task,
                      const std::vector<const Execution*>& made) {
    std::vector<std::int64_t> found;
    for (const auto* execution : made) {
      if (execution->trigger != Trigger::backfill || execution->task_id != asked.task_id ||
          !execution->scheduled_at)
        return fault("has a record that is not of a backfill");
      for (const auto fire : covered(task, *execution)) found.push_back(fire);
    }
    const auto fits = [&](const PlannedTask::Chapter& chapter) {
      return found == fires(asked.from, asked.to, chapter);
    };
    if (made.empty() ? asked.given && std::none_of(task.chapters.begin(), task.chapters.end(), fits)
                     : !fits(chapter_of(task, *made.front())))
      fault("has " + std::to_string(found.size()) + " fires, not those of its window");
    verdict_.backfilled += static_cast<std::int64_t>(found.size());
    if (asked.overlap == OverlapPolicy::queue_all || asked.overlap == OverlapPolicy::allow)
      judge_none_refused(task, made);
    if (asked.overlap == OverlapPolicy::allow) return;
    Milliseconds last{0};
    for (const auto* execution : made) {
      const auto began = began_.find(execution->id);
      if (began == began_.end()) continue;
      if (began->second < last)
        fault("runs execution " + base::to_string(execution->id) + " before an earlier fire");
      last = began->second;
    }
  }

  void judge_none_refused(const PlannedTask& task, const std::vector<const Execution*>& made) {
    const bool gives_way = std::any_of(world_.asked().begin(), world_.asked().end(), [&](const Asked& other) {
      return other.task_id == task.id && other.overlap == OverlapPolicy::cancel_running;
    });
    if (task.definition.start_deadline_s > 0 || gives_way ||
        task.definition.overlap == OverlapPolicy::cancel_running)
      return;
    for (const auto* execution : made)
      if (execution->status == ExecutionStatus::skipped) fault("was skipped, though it may wait");
  }

  bool may_be_too_many(const Asked& asked) const {
    constexpr std::size_t kMost = 1000;
    const auto& chapters = tasks_.at(asked.task_id)->chapters;
    return asked.kind == Kind::backfill &&
           std::any_of(chapters.begin(), chapters.end(), [&](const PlannedTask::Chapter& chapter) {
             return fires(asked.from, asked.to, chapter).size() > kMost;
           });
  }

  static const PlannedTask::Chapter& chapter_of(const PlannedTask& task, const Execution& execution) {
    return task.chapters.at(static_cast<std::size_t>(execution.task_revision - 1));
  }

  // The fires that a record counts: those skipped in a row are one.
  std::vector<std::int64_t> covered(const PlannedTask& task, const Execution& execution) {
    const auto first = *execution.scheduled_at;
    if (execution.count == 1) return {base::to_unix_ms(first)};
    const auto last = execution.scheduled_until.value_or(first);
    auto all = fires(first, last + Milliseconds{1}, chapter_of(task, execution));
    if (static_cast<std::int64_t>(all.size()) != execution.count ||
        execution.status != ExecutionStatus::skipped)
      fault("counts " + std::to_string(execution.count) + " fires in a range of " +
            std::to_string(all.size()));
    return all;
  }

  static std::vector<std::int64_t> fires(Instant from, Instant to, const PlannedTask::Chapter& chapter) {
    std::vector<std::int64_t> all;
    const auto first = std::chrono::ceil<std::chrono::minutes>(from).time_since_epoch().count();
    const auto end = std::chrono::ceil<std::chrono::minutes>(to).time_since_epoch().count();
    for (const auto minute : chapter.beat.fires(first, end - 1)) {
      const auto ms = minute * 60'000;
      if (chapter.window.holds(base::from_unix_ms(ms))) all.push_back(ms);
    }
    return all;
  }

  void fault(const std::string& what) { verdict_.fault(who_ + " " + what); }

  const World& world_;
  Verdict& verdict_;
  std::string who_;
  std::map<TaskId, const PlannedTask*> tasks_;
  std::map<ExecutionId, const Execution*> by_id_;
  std::map<std::size_t, std::vector<const Execution*>> made_;
  std::map<ExecutionId, Milliseconds> began_;  // first attempts
};

}  // namespace

std::optional<std::size_t> request_of(const Execution& execution) {
  constexpr std::string_view kUser = "ada ";
  if (!execution.triggered_by.starts_with(kUser)) return std::nullopt;
  const auto number = base::parse_decimal(std::string_view(execution.triggered_by).substr(kUser.size()));
  return number ? std::optional{static_cast<std::size_t>(*number)} : std::nullopt;
}

void judge_requests(const World& world, const Executions& executions, Verdict& verdict) {
  RequestJudge(world, executions, verdict).judge();
}

}  // namespace simulator
