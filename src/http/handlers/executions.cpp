#include <boost/json/value_from.hpp>

#include "base/json_text.h"
#include "http/handlers/query.h"
#include "http/handlers/task_handlers.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "service/execution_json.h"
#include "service/task_json.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

constexpr std::size_t kMaxRecentTasks = 100;
constexpr std::int64_t kMaxRecentRuns = 50;

json::object to_json(const service::OutputMatch& match) {
  return {{"stream", match.in_stderr ? "stderr" : "stdout"}, {"text", service::to_utf8(match.text)}};
}

base::Result<Response> list(const TaskHandlerParts& parts, const Request& request,
                            const store::ExecutionQuery& query) {
  const auto output = query_output(request);
  if (!output) return output.error();
  service::FoundExecutions found;
  if (output->empty())
    found.page = parts.executions.list(query);
  else
    found = parts.executions.search(query, *output);
  const auto& items = found.page.items;
  std::string body = "{\"items\":[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) body += ',';
    auto item = service::to_json(items[i]);
    if (!output->empty()) item["match"] = to_json(found.matches[i]);
    body += base::to_json_text(item);
  }
  const auto& next = found.page.next_cursor;
  body += "],\"next_cursor\":" + (next ? base::to_json_text(json::value(*next)) : "null");
  if (!output->empty()) {
    const auto& until = found.searched_until;
    body += ",\"searched_until\":" + (until ? base::to_json_text(json::value(base::to_iso(*until))) : "null");
  }
  body += '}';
  auto response = Response::json_text(200, std::move(body));
  // with a search each item shows what a job wrote
  response.compressible = output->empty();
  return response;
}

// What this run's environment has besides its task's: given by whoever ran it, or by the chain.
json::object own_env(const task::Execution& execution, const rights::Actor& actor) {
  // a chain gives the numbers of executions, which anybody may know
  const bool is_shown = service::may_see_env(actor) || execution.trigger == task::Trigger::chain;
  json::object env;
  for (const auto& [name, value] : execution.overrides.env)
    env[service::to_utf8(name)] = is_shown ? service::to_utf8(value) : "***";
  return env;
}

base::Result<Response> show(const TaskHandlerParts& parts, const Request& request) {
  const auto output = request.query.find("output").value_or("ends");
  if (output != "ends" && output != "none") return query_error("output", "must be ends or none");
  const auto id = parts.executions.resolve(request.path_parameter("id"));
  if (!id) return id.error();
  const auto detail = parts.executions.detail(*id);
  if (!detail) return detail.error();
  auto object = service::to_json(detail->execution);
  json::array attempts;
  for (const auto& attempt : detail->attempts) attempts.push_back(service::to_json(attempt));
  object["attempts"] = std::move(attempts);
  if (output == "ends") {
    object["stdout"] = service::to_utf8(detail->output.stdout_text);
    object["stderr"] = service::to_utf8(detail->output.stderr_text);
  }
  const auto upstream = task::upstream_of(detail->execution);
  object["upstream_execution_id"] = upstream ? json::value(upstream->value) : json::value(nullptr);
  object["args"] = json::value_from(detail->execution.overrides.args);
  object["env"] = own_env(detail->execution, request.actor());
  return json_response(200, object);
}

// Strips of runs for a list of tasks, in few bytes: a page of the list shows a thousand of them.
base::Result<Response> recent(const TaskHandlerParts& parts, const Request& request) {
  const auto limit = query_integer(request, "limit", 20, 1, kMaxRecentRuns);
  if (!limit) return limit.error();
  const auto ids = query_task_ids(request, "task_ids", kMaxRecentTasks);
  if (!ids) return query_error("task_ids", "must be at most 100 numbers of tasks with commas between them");
  json::array items;
  parts.store.read([&](store::Reader& reader) {
    items.clear();
    for (const auto id : *ids) {
      json::array runs;
      for (const auto& run : reader.recent_runs(id, *limit)) {
        runs.push_back(json::array{
            run.id.value, to_string(run.status),
            run.started_at ? json::value(base::to_unix_ms(*run.started_at)) : json::value(nullptr),
            run.duration_ms ? json::value(*run.duration_ms) : json::value(nullptr)});
      }
      items.push_back(json::object{{"task_id", id.value}, {"runs", std::move(runs)}});
    }
  });
  return json_response(200, json::object{{"items", std::move(items)}}).may_be_compressed();
}

const std::vector<DocParameter> kListQuery = {
    {"status", "PENDING, RUNNING, SUCCESS, FAILED, TIMEOUT, CANCELLED, SKIPPED, MISSED or LOST"},
    {"trigger", "schedule, manual, misfire, backfill, chain or heartbeat"},
    {"started_by", "Started by the end of this execution", "integer"},
    {"output",
     "At most 200 bytes that its output holds, literally but for the case of ASCII letters. Searched are "
     "ended executions, the last attempt of each; of a stream of more than 64 KiB its first and last 32 KiB. "
     "Each item has `match`, the page `searched_until`. A search ends after 20,000 executions or 32 MiB of "
     "output, however little it found: `next_cursor` goes on from there"},
    {"since", "Made at or after", "date-time"},
    {"until", "Made before", "date-time"},
    {"from",
     "With to, and without since, until and started_by: what went on in some part of that window, begun "
     "before "
     "`to` and not ended before `from`. A run begins with its start, or its making while it waits; what was "
     "missed or skipped with its first fire",
     "date-time"},
    {"to", "The window's end; the same as from: what went on at that instant", "date-time"},
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
                return list(parts, request, *wanted);
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
                return list(parts, request, *wanted);
              },
              .doc = {.summary = "Executions of a task, newest first",
                      .tag = "executions",
                      .query = kListQuery,
                      .answers = {{200, "One page", "ExecutionPage"}}}});
  router.add(
      {.method = Method::get,
       .path = "/api/recent",
       .right = Right::read,
       .handler = [parts](const Request& request) { return recent(parts, request); },
       .doc = {.summary = "The last runs of several tasks, newest first, in short: of each its id, status, "
                          "when it began in ms since 1970, and how many ms it took",
               .tag = "executions",
               .query = {{"task_ids", "At most 100, with commas between them", "string", true},
                         {"limit", "Of each task, 1 to 50, default 20", "integer"}},
               .answers = {{200, "Runs by task", "RecentRuns"}}}});
  for (const char* path : {"/executions/{id}", "/api/executions/{id}"}) {
    router.add(
        {.method = Method::get,
         .path = path,
         .right = Right::read,
         .handler = [parts](const Request& request) { return show(parts, request); },
         .doc = {.summary = "One execution with its attempts, and the first and last 32 KiB of its output",
                 .tag = "executions",
                 .query = {{"output", "`none`: without stdout and stderr; `ends`, the default: with them"}},
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
