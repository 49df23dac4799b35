// How runs went: all of them by hour and day, or one task's by the reader's days.
#include <algorithm>
#include <map>

#include "cron/zone.h"
#include "service/ledger_view.h"

namespace service {
namespace {

namespace json = boost::json;
using base::Instant;
using task::ExecutionStatus;

struct Sum {
  std::map<ExecutionStatus, std::int64_t> counts;
  std::int64_t ran = 0, good = 0, duration_ms = 0;
  void add(ExecutionStatus status, std::int64_t count, std::int64_t sum_ms) {
    counts[status] += count;
    const bool counts_as_run = status == ExecutionStatus::success || is_failure(status);
    if (!counts_as_run) return;
    ran += count;
    duration_ms += sum_ms;
    if (status == ExecutionStatus::success) good += count;
  }
  json::object to_json() const {
    json::object object;
    std::int64_t all = 0;
    for (const auto& [status, count] : counts) {
      object[to_string(status)] = count;
      all += count;
    }
    return {{"executions", std::move(object)},
            {"total", all},
            {"success_rate", ran > 0 ? json::value(static_cast<double>(good) / static_cast<double>(ran))
                                     : json::value(nullptr)},
            {"average_duration_ms", ran > 0 ? json::value(duration_ms / ran) : json::value(nullptr)}};
  }
};

// Objects in the order of time, each with its time under that name.
template <class Key, class Print>
json::array series(const std::map<Key, Sum>& sums, const char* name, const Print& print) {
  json::array array;
  for (const auto& [at, sum] : sums) {
    auto object = sum.to_json();
    object[name] = print(at);
    array.push_back(std::move(object));
  }
  return array;
}

}  // namespace

json::object LedgerView::statistics(std::int64_t days) const {
  const auto now = clock_.now();
  const auto from = std::chrono::floor<std::chrono::hours>(now - std::chrono::days{days});
  std::map<task::TaskStatus, std::int64_t> by_status;
  std::vector<store::HourlyOutcome> outcomes;
  store_.read([&](store::Reader& reader) {
    by_status = reader.count_tasks_by_status();
    outcomes = reader.hourly_outcomes(from, now + std::chrono::hours{1});
  });
  json::object tasks;
  std::int64_t total = 0;
  for (const auto status : {task::TaskStatus::active, task::TaskStatus::paused, task::TaskStatus::pending,
                            task::TaskStatus::running, task::TaskStatus::failed}) {
    tasks[to_string(status)] = by_status[status];
    total += by_status[status];
  }
  tasks["total"] = total;

  Sum whole;
  std::map<Instant, Sum> by_hour, by_day;
  for (const auto& outcome : outcomes) {
    whole.add(outcome.status, outcome.count, outcome.duration_ms);
    by_hour[outcome.hour].add(outcome.status, outcome.count, outcome.duration_ms);
    by_day[std::chrono::floor<std::chrono::days>(outcome.hour)].add(outcome.status, outcome.count,
                                                                    outcome.duration_ms);
  }
  auto result = whole.to_json();
  result["tasks"] = std::move(tasks);
  result["days"] = days;
  result["by_hour"] = series(by_hour, "hour", [](Instant at) { return base::to_iso(at); });
  result["by_day"] = series(by_day, "day", [](Instant at) { return base::to_iso(at); });
  return result;
}

base::Result<json::object> LedgerView::task_statistics(TaskId id, std::int64_t days,
                                                       const cron::Zone& zone) const {
  auto task = tasks_.find(id);
  if (!task) return std::move(task).error();
  const auto since = clock_.now() - std::chrono::days{days};
  std::vector<store::TaskOutcome> outcomes;
  bool complete = false;
  store_.read([&](store::Reader& reader) {
    outcomes = reader.task_outcomes(id, since, kMaxTaskOutcomes);
    complete = static_cast<std::int64_t>(outcomes.size()) < kMaxTaskOutcomes;
    const auto deleted = reader.deleted_outcomes(id, since);
    outcomes.insert(outcomes.end(), deleted.begin(), deleted.end());
  });
  Sum whole;
  std::map<std::chrono::sys_days, Sum> by_day;
  for (const auto& outcome : outcomes) {
    const auto second = std::chrono::floor<std::chrono::seconds>(outcome.at);
    const auto day = std::chrono::floor<std::chrono::days>(second + zone.offset_at(second));
    whole.add(outcome.status, outcome.count, outcome.duration_ms);
    by_day[day].add(outcome.status, outcome.count, outcome.duration_ms);
  }
  auto result = whole.to_json();
  result["task_id"] = id.value;
  result["days"] = days;
  result["timezone"] = zone.name();
  result["by_day"] =
      series(by_day, "day", [](std::chrono::sys_days at) { return base::to_iso(Instant{at}).substr(0, 10); });
  result["complete"] = complete;
  return result;
}

}  // namespace service
