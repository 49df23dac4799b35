// How much may go on at once, judged by what really ran.
#include <algorithm>

#include "oracle.h"

namespace simulator {
namespace {

struct Step {
  Milliseconds at;
  int by = 0;  // an end comes before a begin of the same instant
  const Run* run = nullptr;
};

class LimitJudge {
 public:
  LimitJudge(const World& world, Verdict& verdict) : world_(world), verdict_(verdict) {
    for (const auto& task : world.tasks()) tasks_[task.id] = &task;
  }

  void judge() {
    for (const auto& [pool, limit] : world_.pools())
      judge_limit("pool '" + pool + "'", limit,
                  [&](const PlannedTask& task) { return task.definition.pool == pool; });
    judge_limit("the node", world_.max_running(), [](const PlannedTask&) { return true; });
  }

 private:
  template <class Belongs>
  void judge_limit(const std::string& what, std::int64_t limit, const Belongs& belongs) {
    std::vector<Step> steps;
    for (const auto& run : world_.runs()) {
      const auto& task = *tasks_.at(run.task_id);
      const auto& end = run.ended;
      if (!belongs(task) || (end && *end <= run.began)) continue;
      steps.push_back({run.began, 1, &run});
      if (end) steps.push_back({*end, -1, &run});
    }
    std::stable_sort(steps.begin(), steps.end(),
                     [](const Step& a, const Step& b) { return a.at != b.at ? a.at < b.at : a.by < b.by; });
    std::int64_t at_once = 0;
    for (const auto& step : steps) {
      at_once += step.by;
      if (step.by > 0 && at_once == limit) ++verdict_.full;
      if (step.by > 0 && at_once == limit + 1)
        verdict_.fault(what + " lets " + std::to_string(at_once) + " run at once: execution " +
                       base::to_string(step.run->key.execution) + " began beside " + std::to_string(limit));
    }
  }

  const World& world_;
  Verdict& verdict_;
  std::map<TaskId, const PlannedTask*> tasks_;
};

}  // namespace

void judge_limits(const World& world, Verdict& verdict) {
  LimitJudge(world, verdict).judge();
}

}  // namespace simulator
