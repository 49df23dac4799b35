#include "service/forecast.h"

#include <algorithm>
#include <unordered_map>

#include "service/field_error.h"
#include "task/cursor.h"
#include "task/definition_json.h"
#include "task/run_length.h"

namespace service {
namespace {

namespace json = boost::json;
using base::TaskId;
using task::Task;

json::value milliseconds(const std::optional<Milliseconds>& span) {
  return span ? json::value(span->count()) : json::value(nullptr);
}

json::object name_of(const ForecastTask& task) {
  return {{"task_id", task.id ? json::value(task.id.value) : json::value(nullptr)},
          {"task_name", task.definition->name},
          {"draft", task.is_draft}};
}

std::optional<Instant> first_fire(const Task& task, const cron::Schedule& schedule, Instant from) {
  // an @every task counts from its last fire; one whose time has come may wait out its jitter
  if (task.next_due_at && *task.next_due_at >= from) return task.next_run_at;
  return task::cursor_after(task.definition, schedule, from - Milliseconds{1}).next_run_at;
}

// A schedule that is only tried needs neither a name nor something to run.
void complete(json::object& draft) {
  if (!draft.contains("name")) draft["name"] = "new task";
  if (!draft.contains("command") && !draft.contains("http")) draft["command"] = "true";
}

class Printer {
 public:
  Printer(const std::vector<ForecastTask>& tasks, const ForecastRuns& runs) : tasks_(tasks), runs_(runs) {}

  json::array items() const {
    json::array array;
    for (const auto& fire : runs_.soonest) {
      const auto& task = tasks_[fire.task];
      auto item = name_of(task);
      item["scheduled_at"] = base::to_iso(fire.at);
      item["due_at"] = base::to_iso(fire.at + task::jitter_of(*task.definition));
      item["outcome"] = to_string(fire.outcome);
      item["because"] = to_string(fire.because);
      item["waiting"] = to_string(fire.waiting);
      item["cancelled"] = fire.is_cancelled;
      item["expected_start_at"] = fire.start ? json::value(base::to_iso(*fire.start)) : json::value(nullptr);
      item["expected_ms"] = milliseconds(task.expected);
      array.push_back(std::move(item));
    }
    return array;
  }

  json::array busiest() const {
    json::array array;
    for (const auto& busy : runs_.busiest)
      array.push_back(json::object{{"at", base::to_iso(busy.at)}, {"fires", busy.fires}});
    return array;
  }

  json::array hours() const {
    json::array array;
    for (const auto& [hour, figures] : runs_.hours) {
      array.push_back(json::object{
          {"hour", base::to_iso(hour)}, {"fires", figures.fires}, {"most_at_once", figures.most_at_once}});
    }
    return array;
  }

  json::array overlaps() const {
    json::array array;
    for (const auto& overlap : runs_.overlaps) {
      const auto& task = tasks_[overlap.task];
      auto item = name_of(task);
      item["count"] = overlap.count;
      item["first_at"] = base::to_iso(overlap.first_at);
      item["overlap"] = to_string(task.definition->overlap);
      item["expected_ms"] = milliseconds(task.expected);
      array.push_back(std::move(item));
    }
    return array;
  }

  json::array by_task() const {
    json::array array;
    for (const auto& tally : runs_.tallies) {
      auto item = name_of(tasks_[tally.task]);
      item["outcome"] = tally.outcome;
      item["because"] = to_string(tally.because);
      item["count"] = tally.count;
      item["first_at"] = base::to_iso(tally.first_at);
      array.push_back(std::move(item));
    }
    return array;
  }

  json::array pools(const std::map<std::string, std::int64_t>& limits) const {
    json::array array;
    for (const auto& [name, pool] : runs_.pools) {
      const auto limit = limits.find(name);
      auto item = room(pool, limit == limits.end() ? std::nullopt : std::optional{limit->second});
      item["pool"] = name;
      array.push_back(std::move(item));
    }
    return array;
  }

  json::object node(std::int64_t limit) const { return room(runs_.node, limit); }

  json::array clock_changes() const {
    json::array array;
    for (const auto& change : runs_.clock_changes) {
      json::array touched;
      for (const auto& one : change.touched) {
        auto item = name_of(tasks_[one.task]);
        item["effect"] = to_string(one.effect);
        touched.push_back(std::move(item));
      }
      array.push_back(json::object{{"at", base::to_iso(change.at)},
                                   {"timezone", change.timezone},
                                   {"by_s", (change.offset_after - change.offset_before).count()},
                                   {"tasks", change.tasks},
                                   {"touched", std::move(touched)}});
    }
    return array;
  }

 private:
  static json::object room(const ForecastRoom& room, std::optional<std::int64_t> limit) {
    return {{"limit", limit ? json::value(*limit) : json::value(nullptr)},
            {"most_at_once", room.most_at_once},
            {"at", room.most_at_once > 0 ? json::value(base::to_iso(room.at)) : json::value(nullptr)},
            {"waits", room.waits}};
  }

  const std::vector<ForecastTask>& tasks_;
  const ForecastRuns& runs_;
};

}  // namespace

base::Result<std::optional<Forecast::Draft>> Forecast::read_draft(const ForecastRequest& request) const {
  if (!request.draft) return std::optional<Draft>{};
  Draft draft;
  task::ReadOptions options;
  options.default_timezone = tasks_.default_timezone();
  if (request.task_id) {
    auto found = tasks_.find(*request.task_id);
    if (!found) return std::move(found).error();
    draft.task = std::move(*found);
    options.base = draft.task.definition;
    draft.paused = draft.task.paused;
  }
  auto fields = *request.draft;
  if (!request.task_id) complete(fields);
  if (const auto* status = fields.if_contains("status")) {
    const auto text = status->is_string() ? std::string_view(status->get_string()) : std::string_view();
    if (text != "ACTIVE" && text != "PAUSED")
      return field_error("status", base::ErrorKind::invalid, "must be ACTIVE or PAUSED");
    draft.paused = text == "PAUSED";
    fields.erase("status");
  }
  auto definition = task::read_definition(fields, options);
  if (!definition) return std::move(definition).error();
  const bool same_times = draft.task.definition.cron == definition->cron &&
                          draft.task.definition.timezone == definition->timezone;
  if (!same_times || draft.paused) draft.task.next_run_at = draft.task.next_due_at = std::nullopt;
  draft.task.definition = std::move(*definition);
  return std::optional<Draft>{std::move(draft)};
}

base::Result<json::object> Forecast::of(const ForecastRequest& request) const {
  const auto draft = read_draft(request);
  if (!draft) return draft.error();
  const auto from = clock_.now();
  const auto to = from + std::chrono::days{request.days};
  std::vector<Task> stored;
  std::unordered_map<TaskId, Milliseconds> expected;
  store_.read([&](store::Reader& reader) {
    stored = reader.tasks_due_before(to, kMaxTasks);
    const auto note = [&](TaskId id) {
      if (const auto duration = reader.expected_duration(id)) expected.emplace(id, *duration);
    };
    for (const auto& task : stored) note(task.id);
    if (*draft && (*draft)->task.id && !expected.contains((*draft)->task.id)) note((*draft)->task.id);
  });
  const bool all_tasks = static_cast<std::int64_t>(stored.size()) < kMaxTasks;
  std::vector<ForecastTask> tasks;
  // tasks with one expression and zone share its schedule
  std::unordered_map<std::string, std::shared_ptr<const cron::Schedule>> schedules;
  const auto add = [&](const Task& task, bool is_draft) {
    const auto& definition = task.definition;
    auto& schedule =
        schedules[definition.cron + '\n' + definition.timezone + '\n' +
                  (definition.cron.find_first_of("Hh") == std::string::npos ? "" : definition.name)];
    if (!schedule) schedule = task::schedule_of(definition, tasks_.default_timezone());
    if (!schedule) return;
    std::optional<Milliseconds> length;
    if (const auto found = expected.find(task.id); found != expected.end())
      length = task::bounded_length(definition, limits_.default_timeout_s, found->second);
    tasks.push_back({.id = task.id,
                     .definition = &definition,
                     .schedule = schedule,
                     .first = first_fire(task, *schedule, from),
                     .expected = length,
                     .is_draft = is_draft});
  };
  for (const auto& task : stored) {
    if (!*draft || task.id != (*draft)->task.id) add(task, false);
  }
  if (*draft && !(*draft)->paused) add((*draft)->task, true);
  // a new one will have the highest id
  std::sort(tasks.begin(), tasks.end(), [](const ForecastTask& a, const ForecastTask& b) {
    return a.id && b.id ? a.id < b.id : static_cast<bool>(a.id);
  });

  const auto runs = forecast_runs(tasks, from, to, request.items, limits_);
  const Printer printer(tasks, runs);
  return json::object{{"from", base::to_iso(from)},
                      {"to", base::to_iso(to)},
                      {"until", base::to_iso(runs.until)},
                      {"complete", all_tasks && runs.until == to},
                      {"tasks", tasks.size()},
                      {"fires", runs.fires},
                      {"most_at_once",
                       {{"count", runs.most_at_once},
                        {"at", runs.most_at_once_at ? json::value(base::to_iso(*runs.most_at_once_at))
                                                    : json::value(nullptr)}}},
                      {"busiest", printer.busiest()},
                      {"overlaps", printer.overlaps()},
                      {"by_task", printer.by_task()},
                      {"node", printer.node(limits_.max_running)},
                      {"pools", printer.pools(limits_.pools)},
                      {"clock_changes", printer.clock_changes()},
                      {"by_hour", printer.hours()},
                      {"items", printer.items()}};
}

}  // namespace service
