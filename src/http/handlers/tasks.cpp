
#include "base/json_text.h"
#include "http/handlers/query.h"
#include "http/handlers/task_handlers.h"
#include "http/handlers/task_list_cache.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "service/task_json.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

constexpr std::chrono::days kNewFor{1};  // so long nobody wonders why a task has not run yet

std::string etag_of(const task::Task& task) {
  return "\"" + std::to_string(task.revision) + "\"";
}

Response task_response(int status, const task::Task& task, const Request& request) {
  return json_response(status, service::to_json(task, service::may_see_env(request.actor())))
      .with("ETag", etag_of(task));
}

// The revision of an If-Match header; "*" and none match any.
base::Result<std::optional<std::int64_t>> revision_wanted(const Request& request) {
  const auto header = request.header("If-Match");
  if (!header || *header == "*") return std::optional<std::int64_t>{};
  if (const auto revision = revision_of_etag(*header)) return revision;
  return base::make_error(base::ErrorKind::precondition_failed,
                          "If-Match must be an ETag that this task's answers carry");
}

using Counts = std::map<task::TaskStatus, std::int64_t>;

std::string render_list(const store::TaskPage& page, const store::TaskQuery& query, bool show_env,
                        const std::optional<Counts>& counts) {
  std::string body = "{\"items\":[";
  for (const auto& task : page.items) {
    if (body.back() == '}') body += ',';
    body += base::to_json_text(service::to_json(task, show_env));
  }
  body += "],\"total\":" + std::to_string(page.total) + ",\"page\":" + std::to_string(query.page) +
          ",\"page_size\":" + std::to_string(query.page_size);
  if (counts) {
    json::object object;
    for (const auto& [status, count] : *counts) object[to_string(status)] = count;
    body += ",\"counts\":" + base::to_json_text(object);
  }
  return body += '}';
}

base::Result<Response> change(const TaskHandlerParts& parts, const Request& request, bool replace) {
  const auto id = parts.tasks.resolve(request.path_parameter("id"));
  if (!id) return id.error();
  auto body = read_json_object(request);
  if (!body) return std::move(body).error();
  const auto revision = revision_wanted(request);
  if (!revision) return revision.error();
  auto task = parts.tasks.change(request.actor(), *id, *body, replace, *revision);
  if (!task) return std::move(task).error();
  return task_response(200, *task, request);
}

base::Result<Response> remove(const TaskHandlerParts& parts, const Request& request) {
  const auto id = parts.tasks.resolve(request.path_parameter("id"));
  if (!id) return id.error();
  const auto revision = revision_wanted(request);
  if (!revision) return revision.error();
  auto removed = parts.tasks.remove(request.actor(), *id, *revision);
  if (!removed) return std::move(removed).error();
  return Response::no_content();
}

base::Result<Response> names(const TaskHandlerParts& parts, const Request& request) {
  const auto ids = query_task_ids(request, "ids");
  if (!ids) return ids.error();
  json::array items;
  for (const auto& [id, name, exists] : parts.tasks.names_of(*ids)) {
    items.push_back(json::object{
        {"id", id.value}, {"name", name ? json::value(*name) : json::value(nullptr)}, {"exists", exists}});
  }
  return json_response(200, json::object{{"items", std::move(items)}});
}

const std::vector<DocAnswer> kTaskAnswer = {{200, "The task", "Task"}};
const std::vector<DocParameter> kIfMatch = {
    {"If-Match", "The ETag that was seen; 412 where the task has changed since"}};

}  // namespace

void add_task_routes(Router& router, TaskHandlerParts parts) {
  const auto cache = std::make_shared<TaskListCache>();
  router.add(
      {.method = Method::get,
       .path = "/tasks",
       .right = Right::read,
       .handler = [parts, cache](const Request& request) -> base::Result<Response> {
         const bool show_env = service::may_see_env(request.actor());
         const auto version = parts.events.version();
         auto query = task_query(request);
         if (!query) return std::move(query).error();
         query->made_before = parts.clock.now() - kNewFor;
         std::optional<Counts> counts;
         if (const auto wanted = request.query.find("counts"); wanted && *wanted != "false") {
           if (*wanted != "true") return query_error("counts", "must be true or false");
           parts.store.read([&](store::Reader& reader) { counts = reader.count_matching_by_status(*query); });
         }
         return cache->put(request, show_env, version,
                           render_list(parts.tasks.list(*query), *query, show_env, counts));
       },
       .doc = {.summary = "Tasks, by page",
               .tag = "tasks",
               .query = {{"search", "Part of a name, command, description or tag"},
                         {"status", "ACTIVE, PAUSED, PENDING, RUNNING or FAILED"},
                         {"tag", "Tasks with this tag"},
                         {"attention",
                          "paused: paused after a run that failed; never_ran: active, never ran, and a fire "
                          "of it was due, or none will come and it is older than a day"},
                         {"sort", "id, name, status, created_at, updated_at, last_run_at or next_run_at"},
                         {"order", "asc or desc"},
                         {"page", "From 1", "integer"},
                         {"page_size", "1 to 500, default 50", "integer"},
                         {"counts", "true: also how many match by status, whatever `status` says"}},
               .answers = {{200, "One page", "TaskPage"}}},
       .quick =
           [parts, cache](const Request& request) {
             return cache->find(request, service::may_see_env(request.actor()), parts.events.version());
           }});
  router.add(
      {.method = Method::post,
       .path = "/tasks",
       .right = Right::edit,
       .handler = [parts](const Request& request) -> base::Result<Response> {
         auto body = read_json_object(request);
         if (!body) return std::move(body).error();
         auto task = parts.tasks.create(request.actor(), *body);
         if (!task) return std::move(task).error();
         return task_response(201, *task, request).with("Location", "/tasks/" + base::to_string(task->id));
       },
       .doc = {.summary = "Make a task",
               .tag = "tasks",
               .request = "TaskInput",
               .answers = {{201, "The new task", "Task"}}}});
  router.add({.method = Method::get,
              .path = "/api/defaults",
              .right = Right::read,
              .handler = [parts](const Request&) -> base::Result<Response> {
                return json_response(200, json::object{{"timezone", parts.tasks.default_timezone()},
                                                       {"timeout_s", parts.tasks.default_timeout_s()}});
              },
              .doc = {.summary = "What the server's settings give to a task that leaves it open",
                      .tag = "tasks",
                      .answers = {{200, "Its defaults", "TaskDefaults"}}}});
  router.add({.method = Method::get,
              .path = "/api/task-names",
              .right = Right::read,
              .handler = [parts](const Request& request) { return names(parts, request); },
              .doc = {.summary = "What tasks are called, those too that were deleted",
                      .tag = "tasks",
                      .query = {{"ids", "Numbers of at most 1,000 tasks, as in 3,17"}},
                      .answers = {{200, "In the order of `ids`", "TaskNames"}}}});
  router.add({.method = Method::get,
              .path = "/tasks/{id}",
              .right = Right::read,
              .handler = [parts](const Request& request) -> base::Result<Response> {
                const auto id = parts.tasks.resolve(request.path_parameter("id"));
                if (!id) return id.error();
                const auto task = parts.tasks.find(*id);
                if (!task) return task.error();
                auto object = service::to_json(*task, service::may_see_env(request.actor()));
                for (auto& [key, value] : parts.ledger.figures(*task)) object[key] = std::move(value);
                auto response = json_response(200, object).with("ETag", etag_of(*task));
                // state and next fires change without the definition, whose revision the tag is
                response.tells_not_modified = false;
                return response;
              },
              .doc = {.summary = "One task, with its next five fires and figures of its last runs",
                      .tag = "tasks",
                      .answers = kTaskAnswer}});
  router.add({.method = Method::put,
              .path = "/tasks/{id}",
              .right = Right::edit,
              .handler = [parts](const Request& request) { return change(parts, request, true); },
              .doc = {.summary = "Replace a task's definition; absent fields get their defaults",
                      .tag = "tasks",
                      .request = "TaskInput",
                      .answers = kTaskAnswer,
                      .headers = kIfMatch}});
  router.add({.method = Method::patch,
              .path = "/tasks/{id}",
              .right = Right::edit,
              .handler = [parts](const Request& request) { return change(parts, request, false); },
              .doc = {.summary = "Change some fields of a task; null gives a field its default back",
                      .tag = "tasks",
                      .request = "TaskInput",
                      .answers = kTaskAnswer,
                      .headers = kIfMatch}});
  router.add({.method = Method::post,
              .path = "/tasks/{id}/update",
              .right = Right::edit,
              .handler = [parts](const Request& request) { return change(parts, request, false); },
              .doc = {.summary = "The same as PATCH, for clients without it",
                      .tag = "tasks",
                      .request = "TaskInput",
                      .answers = kTaskAnswer,
                      .headers = kIfMatch}});
  router.add({.method = Method::delete_,
              .path = "/tasks/{id}",
              .right = Right::edit,
              .handler = [parts](const Request& request) { return remove(parts, request); },
              .doc = {.summary = "Delete a task with its executions; what runs is cancelled",
                      .tag = "tasks",
                      .answers = {{204, "Deleted"}},
                      .headers = kIfMatch}});
  router.add({.method = Method::post,
              .path = "/tasks/{id}/delete",
              .right = Right::edit,
              .handler = [parts](const Request& request) { return remove(parts, request); },
              .doc = {.summary = "The same as DELETE, for clients without it",
                      .tag = "tasks",
                      .body_optional = true,
                      .answers = {{204, "Deleted"}},
                      .headers = kIfMatch}});
}

}  // namespace http
