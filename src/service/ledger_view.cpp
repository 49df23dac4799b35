#include "service/ledger_view.h"

#include <algorithm>

#include "service/execution_json.h"
#include "service/fire_history.h"
#include "service/json_values.h"
#include "service/waiting.h"
#include "task/cursor.h"

namespace service {
namespace {

namespace json = boost::json;
using base::Instant;
using cron::Language;
using task::ExecutionStatus;

constexpr std::size_t kNextFires = 5;
constexpr std::int64_t kFiguresOf = 50;  // last executions
constexpr std::size_t kStrip = 20;

struct Answer {
  std::string verdict;
  std::string english;
  std::string chinese;
};

Answer answer_for(const task::Execution& execution) {
  const auto status = std::string(to_string(execution.status));
  const auto id = base::to_string(execution.id);
  const auto because = execution.reason.empty() ? std::string() : ": " + execution.reason;
  const auto chinese_because = execution.reason.empty() ? std::string() : "：" + execution.reason;
  if (is_final(execution.status) && !execution.started_at) {
    if (execution.status == ExecutionStatus::cancelled)
      return {"cancelled", "It was cancelled before it began, as execution " + id + because,
              "它在开始前被取消，执行 " + id + chinese_because};
    if (task::is_failure(execution.status))
      return {"not_started", "It could not be started, as execution " + id + ": " + execution.attempt.error,
              "它未能启动，执行 " + id + "：" + execution.attempt.error};
  }
  switch (execution.status) {
    case ExecutionStatus::pending:
      return {"waiting", "It waits as execution " + id + because, "它正在等待，执行 " + id + chinese_because};
    case ExecutionStatus::running:
      return {"running", "It runs as execution " + id, "它正在运行，执行 " + id};
    case ExecutionStatus::skipped:
      return {"skipped", "It was skipped" + because, "它被跳过" + chinese_because};
    case ExecutionStatus::missed:
      return {"missed", "It was missed" + because, "它被错过" + chinese_because};
    case ExecutionStatus::success:
    case ExecutionStatus::failed:
    case ExecutionStatus::timeout:
    case ExecutionStatus::cancelled:
    case ExecutionStatus::lost:
      return {"ran", "It ran as execution " + id + " and ended as " + status + because,
              "它已运行，执行 " + id + "，结果 " + status + chinese_because};
  }
  return {"unknown", "Nothing is known of it", "没有记录"};
}

// What is known of a fire time that has no record.
struct Circumstances {
  bool is_fire_time = false;          // by the schedule that the task had then
  bool is_one_now = false;            // by the one that it has now
  task::TaskDefinition definition;    // the one that it had then
  std::optional<store::Pause> pause;  // that the time lies in
};

Answer answer_without_record(const task::Task& task, Instant at, Instant now, const Circumstances& known) {
  if (at < task.created_at) {
    return {"before_creation", "The task did not exist yet: it was made at " + base::to_iso(task.created_at),
            "任务尚不存在，创建于 " + base::to_iso(task.created_at)};
  }
  if (!known.is_fire_time && known.is_one_now) {
    return {"other_schedule", "The task had another schedule then: " + known.definition.cron,
            "当时任务使用其他调度：" + known.definition.cron};
  }
  if (!known.is_fire_time) {
    return {"not_a_fire_time", "The schedule has no fire at that time", "调度在该时间没有计划"};
  }
  if (!task::is_within_window(known.definition, at)) {
    return {"outside_window", "It lies outside of starts_at and ends_at", "它在 starts_at 与 ends_at 之外"};
  }
  if (at + task::jitter_of(known.definition) > now) return {"future", "It has not come yet", "时间未到"};
  if (known.pause) {
    const auto from = base::to_iso(known.pause->began_at);
    if (!known.pause->ended_at) {
      return {"paused", "The task is paused since " + from + ": nothing fires, and nothing is made up",
              "任务自 " + from + " 起暂停：不触发，也不补跑"};
    }
    const auto to = base::to_iso(*known.pause->ended_at);
    return {"paused",
            "The task was paused from " + from + " to " + to + ": nothing fires, and nothing is made up",
            "任务在 " + from + " 至 " + to + " 期间暂停：不触发，也不补跑"};
  }
  if (task.next_run_at && at >= *task.next_run_at)
    return {"due", "It is due, and about to be booked", "已到时间，即将登记"};
  return {"deleted", "Its record was deleted, by retention or by hand", "记录已按保留策略或手动删除"};
}

double percentile(std::vector<std::int64_t>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return static_cast<double>(values[std::min(
      values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))]);
}

}  // namespace

LedgerView::LedgerView(store::Store& store, const TaskService& tasks, const base::Clock& clock)
    : store_(store), tasks_(tasks), clock_(clock) {}

// Whether that time in a folded record's range is a fire of the schedule that the record was made by.
bool LedgerView::covers(const task::Execution& record, std::chrono::sys_seconds second,
                        store::Reader& reader) const {
  if (record.count <= 1 || !record.scheduled_until) return true;
  const auto revision = reader.find_revision(record.task_id, record.task_revision);
  const auto schedule =
      revision ? task::schedule_of(revision->definition, tasks_.default_timezone()) : nullptr;
  return !schedule || fires_at(*schedule, record.scheduled_at, second);
}

base::Result<json::object> LedgerView::why(TaskId id, std::optional<Instant> at, Language language) const {
  auto task = tasks_.find(id);
  if (!task) return std::move(task).error();
  const auto now = clock_.now();
  std::optional<task::Execution> record;
  Circumstances known;
  std::optional<Instant> previous_fire, next_fire;
  store_.read([&](store::Reader& reader) {
    known = {.definition = task->definition, .pause = {}};
    FireHistory history(reader, *task, tasks_.default_timezone());
    const auto floor = [](Instant instant) { return std::chrono::floor<std::chrono::seconds>(instant); };
    if (!at) at = history.before(floor(now) + std::chrono::seconds{1}).value_or(now);
    const auto second = floor(*at);
    previous_fire = history.before(second);
    next_fire = history.after(second);
    // milliseconds tell the passes of a clock that was set back
    record = reader.execution_for_fire(id, *at);
    if (!record) record = reader.execution_for_fire(id, second);
    if (record && !covers(*record, second, reader)) record.reset();
    if (record) return;
    if (auto revision = reader.revision_at(id, second)) known.definition = std::move(revision->definition);
    known.is_fire_time = history.fires(known.definition, second);
    known.is_one_now = history.fires(task->definition, second);
    known.pause = reader.pause_before(id, second);
    if (known.pause && known.pause->ended_at && *known.pause->ended_at < second) known.pause.reset();
  });
  if (record) explain_waiting(*record, tasks_.engine());
  json::object result{{"at", base::to_iso(*at)}};
  if (const auto schedule = task::schedule_of(task->definition, tasks_.default_timezone())) {
    result["previous_fire"] = to_json(previous_fire);
    result["next_fire"] = to_json(next_fire);
    result["schedule"] = cron::explain(*schedule, language);
  }
  const auto second = std::chrono::floor<std::chrono::seconds>(*at);
  const auto answer = record ? answer_for(*record) : answer_without_record(*task, second, now, known);
  result["verdict"] = answer.verdict;
  result["answer"] = language == Language::zh ? answer.chinese : answer.english;
  result["execution_id"] = record ? json::value(record->id.value) : json::value(nullptr);
  result["execution"] = record ? json::value(to_json(*record)) : json::value(nullptr);
  return result;
}

json::object LedgerView::figures(const task::Task& task) const {
  json::array fires;
  for (const auto fire : tasks_.next_fires(task, clock_.now(), kNextFires))
    fires.emplace_back(base::to_iso(fire));
  store::ExecutionPage page;
  store_.read([&](store::Reader& reader) {
    store::ExecutionQuery query;
    query.task_id = task.id;
    query.limit = kFiguresOf;
    page = reader.list_executions(query);
  });
  std::map<ExecutionStatus, std::int64_t> counts;
  std::vector<std::int64_t> durations;
  json::array strip;
  std::int64_t total_ms = 0;
  for (const auto& execution : page.items) {
    ++counts[execution.status];
    const bool timed = is_final(execution.status) && execution.started_at && execution.finished_at;
    const auto duration = timed ? (*execution.finished_at - *execution.started_at).count() : 0;
    if (timed) {
      durations.push_back(duration);
      total_ms += duration;
    }
    if (strip.size() < kStrip) {
      strip.push_back(json::object{{"id", execution.id.value},
                                   {"status", to_string(execution.status)},
                                   {"started_at", to_json(execution.started_at)},
                                   {"duration_ms", timed ? json::value(duration) : json::value(nullptr)}});
    }
  }
  json::object by_status;
  for (const auto& [status, count] : counts) by_status[to_string(status)] = count;
  const auto good = counts[ExecutionStatus::success];
  const auto ran = good + counts[ExecutionStatus::failed] + counts[ExecutionStatus::timeout] +
                   counts[ExecutionStatus::lost];
  json::object recent{{"executions", std::move(by_status)}, {"strip", std::move(strip)}};
  recent["success_rate"] =
      ran > 0 ? json::value(static_cast<double>(good) / static_cast<double>(ran)) : json::value(nullptr);
  if (!durations.empty()) {
    recent["average_duration_ms"] = total_ms / static_cast<std::int64_t>(durations.size());
    recent["p50_duration_ms"] = percentile(durations, 0.5);
    recent["p95_duration_ms"] = percentile(durations, 0.95);
  }
  return {{"next_fires", std::move(fires)}, {"recent", std::move(recent)}};
}

}  // namespace service
