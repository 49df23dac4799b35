#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "http/handlers/query.h"
#include "http/handlers/task_handlers.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "service/execution_json.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

base::Result<Response> list(const TaskHandlerParts& parts, const store::ExecutionQuery& query) {
  const auto page = parts.executions.list(query);
  std::string body = "{\"items\":[";
  for (const auto& execution : page.items) {
    if (body.back() == '}') body += ',';
    body += json::serialize(service::to_json(execution));
  }
  body +=
      "],\"next_cursor\":" + (page.next_cursor ? json::serialize(json::value(*page.next_cursor)) : "null") +
      "}";
  return Response::json_text(200, std::move(body));
}

base::Result<Response> show(const TaskHandlerParts& parts, const Request& request) {
  const auto id = parts.executions.resolve(request.path_parameter("id"));
  if (!id) return id.error();
  const auto detail = parts.executions.detail(*id);
  if (!detail) return detail.error();
  auto object = service::to_json(detail->execution);
  json::array attempts;
  for (const auto& attempt : detail->attempts) attempts.push_back(service::to_json(attempt));
  object["attempts"] = std::move(attempts);
  object["stdout"] = service::to_utf8(detail->output.stdout_text);
  object["stderr"] = service::to_utf8(detail->output.stderr_text);
  object["args"] = json::value_from(detail->execution.overrides.args);
  return json_response(200, object);
}

const std::vector<DocParameter> kListQuery = {
    {"status", "PENDING, RUNNING, SUCCESS, FAILED, TIMEOUT, CANCELLED, SKIPPED, MISSED or LOST"},
    {"trigger", "schedule, manual, misfire, backfill or chain"},
    {"since", "Made at or after", "date-time"},
    {"until", "Made before", "date-time"},
    {"limit", "1 to 500, default 50", "integer"},
    {"before", "The next_cursor of the page before"}};

}  // namespace

void add_execution_routes(Router& router, TaskHandlerParts parts) {
  auto query = kListQuery;
  query.push_back({"task_id", "Of this task", "integer"});
  router.add({.method = Method::get,
              .path = "/executions",
              .right = Right::read,
              .handler = [parts](const Request& request) -> base::Result<Response> {
                const auto wanted = execution_query(request);
                if (!wanted) return wanted.error();
                return list(parts, *wanted);
              },
              .doc = {.summary = "Executions, newest first",
                      .tag = "executions",
                      .query = query,
                      .answers = {{200, "One page", "ExecutionPage"}}}});
  router.add({.method = Method::get,
              .path = "/tasks/{id}/executions",
              .right = Right::read,
              .handler = [parts](const Request& request) -> base::Result<Response> {
                const auto id = parts.tasks.resolve(request.path_parameter("id"));
                if (!id) return id.error();
                if (const auto task = parts.tasks.find(*id); !task) return task.error();
                auto wanted = execution_query(request);
                if (!wanted) return std::move(wanted).error();
                wanted->task_id = *id;
                return list(parts, *wanted);
              },
              .doc = {.summary = "Executions of a task, newest first",
                      .tag = "executions",
                      .query = kListQuery,
                      .answers = {{200, "One page", "ExecutionPage"}}}});
  for (const char* path : {"/executions/{id}", "/api/executions/{id}"}) {
    router.add(
        {.method = Method::get,
         .path = path,
         .right = Right::read,
         .handler = [parts](const Request& request) { return show(parts, request); },
         .doc = {.summary = "One execution with its attempts, and the first and last 32 KiB of its output",
                 .tag = "executions",
                 .answers = {{200, "The execution", "Execution"}}}});
  }
  router.add({.method = Method::post,
              .path = "/executions/{id}/cancel",
              .right = Right::run,
              .handler = [parts](const Request& request) -> base::Result<Response> {
                const auto id = parts.executions.resolve(request.path_parameter("id"));
                if (!id) return id.error();
                if (auto done = parts.executions.cancel(request.actor(), *id); !done)
                  return std::move(done).error();
                return json_response(202, json::object{{"execution_id", id->value}});
              },
              .doc = {.summary = "End an execution: TERM, after its task's kill_grace_s KILL",
                      .tag = "executions",
                      .body_optional = true,
                      .answers = {{202, "It is being ended", "RunAnswer"}}}});
  router.add({.method = Method::post,
              .path = "/executions/{id}/retry",
              .right = Right::run,
              .handler = [parts](const Request& request) -> base::Result<Response> {
                const auto id = parts.executions.resolve(request.path_parameter("id"));
                if (!id) return id.error();
                const auto made = parts.executions.retry(request.actor(), *id);
                if (!made) return made.error();
                return json_response(202, json::object{{"execution_id", made->value}});
              },
              .doc = {.summary = "Run it once more, as an execution of its own",
                      .tag = "executions",
                      .body_optional = true,
                      .answers = {{202, "The new execution", "RunAnswer"}}}});
}

}  // namespace http
