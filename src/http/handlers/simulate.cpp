// What would fire: GET for the tasks as they are, POST with one of them changed or a new one.
#include "http/handlers/query.h"
#include "http/handlers/task_handlers.h"
#include "http/json_body.h"
#include "http/object_reader.h"

namespace http {
namespace {

using rights::Right;
using service::Forecast;

constexpr std::int64_t kMostItems = static_cast<std::int64_t>(Forecast::kMaxItems);

base::Result<Response> answer(const TaskHandlerParts& parts, const service::ForecastRequest& wanted) {
  const auto forecast = parts.forecast.of(wanted);
  if (!forecast) return forecast.error();
  return json_response(200, *forecast);
}

base::Result<Response> stored(const TaskHandlerParts& parts, const Request& request) {
  const auto days = query_integer(request, "days", 30, 1, Forecast::kMaxForecastDays);
  if (!days) return days.error();
  const auto limit = query_integer(request, "limit", 200, 0, kMostItems);
  if (!limit) return limit.error();
  return answer(parts,
                {.days = *days, .items = static_cast<std::size_t>(*limit), .task_id = {}, .draft = {}});
}

base::Result<Response> with_draft(const TaskHandlerParts& parts, const Request& request) {
  auto body = read_json_object(request);
  if (!body) return std::move(body).error();
  service::ForecastRequest wanted;
  if (const auto* draft = body->if_contains("task"); draft != nullptr && draft->is_object()) {
    wanted.draft = draft->get_object();
    body->erase("task");
  }
  ObjectReader fields(*body);
  wanted.days = fields.integer("days", 1, Forecast::kMaxForecastDays).value_or(30);
  wanted.items = static_cast<std::size_t>(fields.integer("limit", 0, kMostItems).value_or(200));
  if (const auto id = fields.integer("task_id", 1, INT64_MAX)) wanted.task_id = base::TaskId{*id};
  if (!wanted.draft)
    fields.refuse("task", "is missing: an object with the fields of a task, as POST /tasks takes them");
  if (auto sound = fields.finish(); !sound) return std::move(sound).error();
  return answer(parts, wanted);
}

}  // namespace

void add_simulate_routes(Router& router, TaskHandlerParts parts) {
  router.add(
      {.method = Method::get,
       .path = "/api/simulate",
       .right = Right::read,
       .handler = [parts](const Request& request) { return stored(parts, request); },
       .doc = {
           .summary =
               "What would fire, wait, be skipped and run at once in the next days, and the nights on which "
               "clocks are set",
           .tag = "schedules",
           .query = {{"days", "1 to 366, default 30", "integer"},
                     {"limit", "How many fires are told one by one, at most 1000, default 200", "integer"}},
           .answers = {{200, "The forecast", "Simulation"}}}});
  router.add({.method = Method::post,
              .path = "/api/simulate",
              .right = Right::read,
              .handler = [parts](const Request& request) { return with_draft(parts, request); },
              .doc = {.summary = "The same with a task changed, or a new one; nothing is saved",
                      .tag = "schedules",
                      .request = "SimulationInput",
                      .answers = {{200, "The forecast", "Simulation"}}}});
}

}  // namespace http
