#include <array>
#include <boost/json/serialize.hpp>
#include <mutex>

#include "http/handlers/query.h"
#include "http/handlers/task_handlers.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "service/execution_json.h"
#include "service/task_json.h"
#include "task/definition_json.h"
#include "task/field_reader.h"
#include "task/variable_name.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

constexpr std::size_t kMaxRunItems = 100;
constexpr std::size_t kMaxRunTextBytes = 16 * 1024;
constexpr std::size_t kMaxKeyBytes = 200;
constexpr std::chrono::hours kKeysKept{24};

base::Error wrong_fields(std::vector<base::FieldError> errors) {
  auto message = errors.front().loc.back() + ": " + errors.front().msg;
  return {base::ErrorKind::invalid, std::move(message), std::move(errors)};
}

struct RunBody {
  task::RunOverrides overrides;
  bool force = false;
};

base::Result<RunBody> read_run_body(const Request& request) {
  const auto body = read_optional_json_object(request);
  if (!body) return body.error();
  RunBody run;
  std::vector<base::FieldError> errors;
  task::FieldReader fields(*body, {"body"}, errors);
  fields.text_map("env", run.overrides.env, kMaxRunItems, kMaxRunTextBytes);
  for (const auto& [name, value] : run.overrides.env) {
    if (const auto fault = task::fault_of_variable(name); !fault.empty()) fields.error("env", fault);
  }
  // each stays one word, so the list is read as it is, doubles and all
  if (const auto* args = fields.take("args")) {
    if (!args->is_array() || args->get_array().size() > kMaxRunItems)
      fields.error("args", "must be a list of at most 100 texts");
    else {
      for (const auto& arg : args->get_array()) {
        if (!arg.is_string() || arg.get_string().size() > kMaxRunTextBytes ||
            arg.get_string().find('\0') != json::string::npos) {
          fields.error("args", "each item must be a text of at most 16384 bytes");
          break;
        }
        run.overrides.args.emplace_back(arg.get_string());
      }
    }
  }
  fields.flag("force", run.force, false);
  fields.refuse_unknown();
  if (!errors.empty()) return wrong_fields(std::move(errors));
  return run;
}

// Requests under the same Idempotency-Key go one after another, so that the second finds the first one's
// answer.
class KeyLocks {
 public:
  std::mutex& of(std::string_view key) { return locks_[std::hash<std::string_view>{}(key) % locks_.size()]; }

 private:
  std::array<std::mutex, 64> locks_;
};

Response accepted(const std::string& body) {
  return Response::json_text(202, body);
}

std::string answer_of(base::ExecutionId execution_id) {
  return "{\"execution_id\":" + base::to_string(execution_id) + "}";
}

base::Result<Response> run_task(const TaskHandlerParts& parts, const Request& request, KeyLocks& locks) {
  const auto id = parts.tasks.resolve(request.path_parameter("id"));
  if (!id) return id.error();
  auto body = read_run_body(request);
  if (!body) return std::move(body).error();
  const auto key = request.header("Idempotency-Key");
  if (key && (key->empty() || key->size() > kMaxKeyBytes)) {
    return field_error({"header", "Idempotency-Key"}, "must have 1 to 200 characters");
  }
  std::unique_lock<std::mutex> lock;
  const auto user = request.actor().user;
  const auto fingerprint = request.path + '\n' + request.body;
  if (key) {
    lock = std::unique_lock(locks.of(*key));
    std::optional<store::RememberedAnswer> remembered;
    parts.store.read([&](store::Reader& reader) { remembered = reader.find_answer(user, *key); });
    if (remembered && remembered->fingerprint != fingerprint) {
      return field_error({"header", "Idempotency-Key"}, "was used for another request; choose a new one");
    }
    if (remembered) return accepted(remembered->answer);
  }
  const auto remember = [&](store::Transaction& tx, const task::Task&, base::ExecutionId execution_id) {
    if (!key) return;
    const auto now = parts.clock.now();
    tx.forget_answers_before(now - kKeysKept);
    tx.remember_answer(user, *key, {fingerprint, answer_of(execution_id), now});
  };
  const auto execution_id =
      parts.tasks.run(request.actor(), *id, std::move(body->overrides), body->force, remember);
  if (!execution_id) return execution_id.error();
  return accepted(answer_of(*execution_id));
}

template <class Action>
Handler on_task(TaskHandlerParts parts, Action action) {
  return [parts, action](const Request& request) -> base::Result<Response> {
    const auto id = parts.tasks.resolve(request.path_parameter("id"));
    if (!id) return id.error();
    return action(parts, request, *id);
  };
}

Response show(const task::Task& task, const Request& request) {
  return json_response(200, service::to_json(task, service::may_see_env(request.actor())));
}

base::Result<Response> cleanup(const TaskHandlerParts& parts, const Request& request, base::TaskId id) {
  const auto body = read_json_object(request);
  if (!body) return body.error();
  std::vector<base::FieldError> errors;
  task::FieldReader fields(*body, {"body"}, errors);
  std::optional<std::int64_t> keep, days;
  fields.optional_integer("keep", keep, 0, 1'000'000);
  fields.optional_integer("older_than_days", days, 0, 36'500);
  fields.refuse_unknown();
  if (errors.empty() && keep.has_value() == days.has_value())
    fields.error("keep", "give either keep or older_than_days");
  if (!errors.empty()) return wrong_fields(std::move(errors));
  const auto deleted = parts.tasks.cleanup(request.actor(), id, keep, days);
  if (!deleted) return deleted.error();
  return json_response(200, json::object{{"deleted", *deleted}});
}

base::Result<Response> backfill(const TaskHandlerParts& parts, const Request& request, base::TaskId id) {
  const auto body = read_json_object(request);
  if (!body) return body.error();
  std::vector<base::FieldError> errors;
  task::FieldReader fields(*body, {"body"}, errors);
  std::optional<base::Instant> from, to;
  fields.instant("from", from);
  fields.instant("to", to);
  engine::BackfillRequest wanted{.task_id = id, .from = {}, .to = {}, .triggered_by = {}};
  if (const auto* overlap = fields.take("overlap"); overlap != nullptr && !overlap->is_null()) {
    const auto policy = overlap->is_string() ? task::parse_overlap(overlap->get_string()) : std::nullopt;
    if (policy)
      wanted.overlap = *policy;
    else
      fields.error("overlap", "must be one of skip, queue, queue_all, cancel_running, allow");
  }
  fields.refuse_unknown();
  if (!from) fields.error("from", "is missing: the first time of the window");
  if (!to) fields.error("to", "is missing: the time before which the window ends");
  if (from && to && *to <= *from) fields.error("to", "must lie after from");
  if (to && *to > parts.clock.now()) fields.error("to", "lies in the future; a backfill runs past fires");
  if (!errors.empty()) return wrong_fields(std::move(errors));
  wanted.from = *from;
  wanted.to = *to;
  const auto made = parts.tasks.backfill(request.actor(), wanted);
  if (!made) return made.error();
  json::array ids;
  for (const auto made_id : *made) ids.emplace_back(made_id.value);
  return json_response(202, json::object{{"execution_ids", std::move(ids)}});
}

base::Result<Response> revisions(const TaskHandlerParts& parts, const Request& request, base::TaskId id) {
  const auto found = parts.tasks.revisions(id);
  if (!found) return found.error();
  json::array items;
  for (const auto& revision : *found) {
    auto definition = task::to_json(revision.definition);
    if (!service::may_see_env(request.actor())) service::hide_values(definition);
    items.push_back(json::object{{"revision", revision.number},
                                 {"changed_at", base::to_iso(revision.changed_at)},
                                 {"changed_by", revision.changed_by},
                                 {"definition", std::move(definition)}});
  }
  return json_response(200, json::object{{"items", std::move(items)}});
}

}  // namespace

void add_task_action_routes(Router& router, TaskHandlerParts parts) {
  const auto locks = std::make_shared<KeyLocks>();
  const std::vector<DocAnswer> task_answer = {{200, "The task", "Task"}};
  router.add(
      {.method = Method::post,
       .path = "/tasks/{id}/run",
       .right = Right::run,
       .handler = [parts, locks](const Request& request) { return run_task(parts, request, *locks); },
       .doc = {.summary = "Run a task now, also while it is paused",
               .tag = "tasks",
               .request = "RunInput",
               .body_optional = true,
               .answers = {{202, "It will run as this execution", "RunAnswer"}},
               .headers = {{"Idempotency-Key", "The same key and body give the same answer for 24 hours"}}}});
  router.add({.method = Method::post,
              .path = "/tasks/{id}/toggle",
              .right = Right::run,
              .handler = on_task(parts,
                                 [](const TaskHandlerParts& p, const Request& request,
                                    base::TaskId id) -> base::Result<Response> {
                                   const auto task = p.tasks.toggle(request.actor(), id);
                                   if (!task) return task.error();
                                   return show(*task, request);
                                 }),
              .doc = {.summary = "Pause an active task, resume a paused one",
                      .tag = "tasks",
                      .body_optional = true,
                      .answers = task_answer}});
  for (const bool paused : {true, false}) {
    router.add({.method = Method::post,
                .path = paused ? "/tasks/{id}/pause" : "/tasks/{id}/resume",
                .right = Right::run,
                .handler = on_task(parts,
                                   [paused](const TaskHandlerParts& p, const Request& request,
                                            base::TaskId id) -> base::Result<Response> {
                                     const auto task = p.tasks.set_paused(request.actor(), id, paused);
                                     if (!task) return task.error();
                                     return show(*task, request);
                                   }),
                .doc = {.summary = paused ? "Stop firing a task; what runs goes on"
                                          : "Fire a task again from now on; nothing is made up",
                        .tag = "tasks",
                        .body_optional = true,
                        .answers = task_answer}});
  }
  router.add({.method = Method::post,
              .path = "/tasks/{id}/cleanup",
              .right = Right::edit,
              .handler = on_task(parts, cleanup),
              .doc = {.summary = "Delete ended executions of a task",
                      .tag = "tasks",
                      .request = "CleanupInput",
                      .answers = {{200, "How many were deleted", "CleanupAnswer"}}}});
  router.add({.method = Method::post,
              .path = "/tasks/{id}/backfill",
              .right = Right::run,
              .handler = on_task(parts, backfill),
              .doc = {.summary = "Run the fires of a past window, at most 1,000",
                      .tag = "tasks",
                      .request = "BackfillInput",
                      .answers = {{202, "The executions", "BackfillAnswer"}}}});
  router.add({.method = Method::get,
              .path = "/tasks/{id}/why",
              .right = Right::read,
              .handler = on_task(parts,
                                 [](const TaskHandlerParts& p, const Request& request,
                                    base::TaskId id) -> base::Result<Response> {
                                   const auto at = query_instant(request, "at");
                                   if (!at) return at.error();
                                   const auto answer = p.ledger.why(id, *at, language_of(request));
                                   if (!answer) return answer.error();
                                   return json_response(200, *answer);
                                 }),
              .doc = {.summary = "What became of a fire, and why",
                      .tag = "tasks",
                      .query = {{"at", "The fire's time; the latest one where absent", "date-time"},
                                {"lang", "en or zh"}},
                      .answers = {{200, "The ledger's answer", "Why"}}}});
  router.add({.method = Method::get,
              .path = "/tasks/{id}/revisions",
              .right = Right::read,
              .handler = on_task(parts, revisions),
              .doc = {.summary = "Every version of a task, newest first",
                      .tag = "tasks",
                      .answers = {{200, "Versions", "Revisions"}}}});
  router.add(
      {.method = Method::post,
       .path = "/tasks/{id}/revisions/{number}/restore",
       .right = Right::edit,
       .handler = on_task(
           parts,
           [](const TaskHandlerParts& p, const Request& request, base::TaskId id) -> base::Result<Response> {
             const auto number = base::parse_decimal(request.path_parameter("number"));
             if (!number) return base::make_error(base::ErrorKind::not_found, "a revision has a number");
             const auto task = p.tasks.restore(request.actor(), id, *number);
             if (!task) return task.error();
             return show(*task, request);
           }),
       .doc = {.summary = "Make a former version the present one",
               .tag = "tasks",
               .body_optional = true,
               .answers = task_answer}});
}

}  // namespace http
