#include "http/handlers/query.h"
#include "http/handlers/task_handlers.h"
#include "http/json_body.h"
#include "http/problem.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

constexpr std::int64_t kMaxFires = 1000;
constexpr std::int64_t kMaxUpcoming = service::LedgerView::kMaxUpcoming;
constexpr std::chrono::hours kUpcomingDefault{24};
constexpr std::chrono::days kUpcomingMost{366};

base::Result<Response> next_fires(const TaskHandlerParts& parts, const Request& request) {
  const auto cron = request.query.find("cron");
  if (!cron) return query_error("cron", "is missing: the expression, as in */5 * * * *");
  const auto count = query_integer(request, "count", 5, 1, kMaxFires);
  if (!count) return count.error();
  const auto from = query_instant(request, "from");
  if (!from) return from.error();
  const auto zone = request.query.find("tz").value_or(parts.tasks.default_timezone());
  const auto schedule = cron::Schedule::parse(*cron, zone.empty() ? std::string_view("UTC") : zone,
                                              request.query.find("seed").value_or(""));
  if (!schedule) {
    const auto& wrong = schedule.error();
    const bool of_tz = wrong.field == "timezone" && cron->find("TZ=") == std::string_view::npos;
    base::Error error{base::ErrorKind::invalid, wrong.message, {}};
    error.fields.push_back({{"query", of_tz ? "tz" : "cron"},
                            wrong.message,
                            of_tz ? std::nullopt : std::optional{static_cast<int>(wrong.position)}});
    return error;
  }
  json::array fires;
  auto at = std::chrono::floor<std::chrono::seconds>(from->value_or(parts.clock.now()));
  while (static_cast<std::int64_t>(fires.size()) < *count) {
    const auto fire = schedule->next(at);
    if (!fire) break;
    fires.emplace_back(base::to_iso(*fire));
    at = *fire;
  }
  return json_response(200, json::object{{"next", std::move(fires)},
                                         {"description", cron::explain(*schedule, language_of(request))},
                                         {"timezone", schedule->timezone()},
                                         {"canonical", schedule->print()}});
}

base::Result<Response> upcoming(const TaskHandlerParts& parts, const Request& request) {
  const auto from = query_instant(request, "from");
  if (!from) return from.error();
  const auto to = query_instant(request, "to");
  if (!to) return to.error();
  const auto begin = from->value_or(parts.clock.now());
  const auto end = to->value_or(begin + kUpcomingDefault);
  if (end <= begin) return query_error("to", "must lie after from");
  if (end - begin > kUpcomingMost) return query_error("to", "lies more than 366 days after from");
  const auto limit = query_integer(request, "limit", kMaxUpcoming, 0, kMaxUpcoming);
  if (!limit) return limit.error();
  const auto counts = request.query.find("counts").value_or("false");
  if (counts != "true" && counts != "false") return query_error("counts", "must be true or false");
  service::UpcomingQuery wanted{.limit = static_cast<std::size_t>(*limit), .counts = counts == "true"};
  if (request.query.find("fold")) {
    using std::chrono::seconds;
    const auto window = std::chrono::ceil<seconds>(end - begin).count();
    const auto least = window / service::LedgerView::kMaxFolds + 1;
    const auto fold = query_integer(request, "fold", least, least, seconds{kUpcomingMost}.count());
    if (!fold) return fold.error();
    wanted.fold = seconds{*fold};
  }
  const auto tasks = task_query(request);
  if (!tasks) return tasks.error();
  wanted.search = tasks->search;
  wanted.tag = tasks->tag.value_or("");
  const auto without = query_task_ids(request, "without");
  if (!without) return without.error();
  for (const auto id : *without) wanted.without.insert(id.value);
  return json_response(200, parts.ledger.upcoming(begin, end, wanted)).may_be_compressed();
}

base::Result<Response> statistics(const TaskHandlerParts& parts, const Request& request) {
  const auto wanted = request.query.find("task_id");
  const bool of_task = wanted && !wanted->empty();
  const auto most = of_task ? service::LedgerView::kMaxTaskDays : service::LedgerView::kMaxDays;
  const auto days = query_integer(request, "days", 7, 1, most);
  if (!days) return days.error();
  if (!of_task) return json_response(200, parts.ledger.statistics(*days)).may_be_compressed();
  const auto id = base::parse_id<base::TaskId>(*wanted);
  if (!id) return query_error("task_id", "must be a task's number");
  const auto name = request.query.find("tz").value_or("UTC");
  const auto zone = cron::find_zone(name);
  if (!zone) {
    return query_error("tz",
                       "there is no time zone '" + std::string(name) + "'; give a name as in Asia/Shanghai");
  }
  auto figures = parts.ledger.task_statistics(*id, *days, *zone);
  if (!figures) return std::move(figures).error();
  return json_response(200, *figures).may_be_compressed();
}

}  // namespace

void add_schedule_routes(Router& router, TaskHandlerParts parts) {
  router.add({.method = Method::get,
              .path = "/api/cron/next",
              .right = Right::read,
              .handler = [parts](const Request& request) { return next_fires(parts, request); },
              .doc = {.summary = "Next fire times of an expression, and the schedule in words",
                      .tag = "schedules",
                      .query = {{"cron", "The expression", "string", true},
                                {"tz", "Its time zone; the server's where absent"},
                                {"count", "1 to 1000, default 5", "integer"},
                                {"from", "Fires after this time; now where absent", "date-time"},
                                {"seed", "What H is hashed from: the task's name"},
                                {"lang", "en or zh"}},
                      .answers = {{200, "Fires", "NextFires"}}}});
  router.add(
      {.method = Method::get,
       .path = "/api/upcoming",
       .right = Right::read,
       .handler = [parts](const Request& request) { return upcoming(parts, request); },
       .doc = {
           .summary = "What will fire, soonest first, at most 1,000; and how much in each hour",
           .tag = "schedules",
           .query =
               {{"from", "Now where absent; then with the fires that wait out their jitter", "date-time"},
                {"to", "A day later where absent", "date-time"},
                {"limit", "0 to 1000, default 1000", "integer"},
                {"counts", "true: with the counts by hour, and the seconds that several share"},
                {"fold",
                 "Seconds: also by task, at most `limit` of them, with fires no further apart than that told "
                 "as one; at least a thousandth of the window",
                 "integer"},
                {"search", "Only of tasks that a list with that search shows"},
                {"tag", "Only of tasks with this tag"},
                {"without", "Numbers of at most 1,000 tasks, as in 3,17, that are told and counted nowhere"}},
           .answers = {{200, "Fires of active tasks", "Upcoming"}}}});
  router.add(
      {.method = Method::get,
       .path = "/api/stats",
       .right = Right::read,
       .handler = [parts](const Request& request) { return statistics(parts, request); },
       .doc = {.summary = "Counts, success rate and durations, by hour and day",
               .tag = "schedules",
               .query = {{"days", "1 to 90, of one task to 371; default 7", "integer"},
                         {"task_id", "Of that task alone, by day; its newest 20,000 executions", "integer"},
                         {"tz", "Whose days, with task_id; UTC where absent"}},
               .answers = {{200, "Figures", "Stats"}}}});
}

}  // namespace http
