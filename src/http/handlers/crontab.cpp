// A crontab as the tasks that it would become, line by line. Nothing is saved: the caller creates what it
// wants.
#include <algorithm>

#include "cron/explain.h"
#include "cron/zone.h"
#include "http/handlers/query.h"
#include "http/handlers/task_handlers.h"
#include "http/json_body.h"
#include "http/object_reader.h"
#include "task/crontab.h"
#include "task/cursor.h"
#include "task/definition_json.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

// As many as a person looks through. The command line takes whole files.
constexpr std::ptrdiff_t kMaxPreviewLines = 500;

json::array to_json(const std::vector<task::Refusal>& refusals) {
  json::array list;
  for (const auto& [line, text, why, mend] : refusals)
    list.push_back(json::object{{"line", line}, {"text", text}, {"why", why}, {"mend", mend}});
  return list;
}

// A line's task, and what it means: the sentence, the next fire, and why this caller could not create it.
json::object preview_of(const TaskHandlerParts& parts, const Request& request,
                        const task::ImportedTask& imported) {
  const auto definition = task::to_definition(imported);
  auto body = task::to_json(definition);
  if (imported.paused) body["status"] = "PAUSED";
  json::object preview{{"line", imported.line},
                       {"task", std::move(body)},
                       {"description", ""},
                       {"timezone", ""},
                       {"next", nullptr},
                       {"twin", nullptr},
                       {"refusal", json::value(nullptr)}};
  if (const auto schedule = task::schedule_of(definition, parts.tasks.default_timezone())) {
    preview["description"] = cron::explain(*schedule, language_of(request));
    preview["timezone"] = schedule->timezone();
    if (const auto next = schedule->next(std::chrono::floor<std::chrono::seconds>(parts.clock.now())))
      preview["next"] = base::to_iso(*next);
  }
  if (const auto twin = parts.tasks.find_twin(definition)) preview["twin"] = twin->value;
  if (const auto allowed = parts.tasks.check(request.actor(), definition); !allowed) {
    const auto& error = allowed.error();
    preview["refusal"] = error.fields.empty()
                             ? error.message
                             : error.fields.front().loc.back() + " " + error.fields.front().msg;
  }
  return preview;
}

base::Result<Response> preview(const TaskHandlerParts& parts, const Request& request) {
  const auto body = read_json_object(request);
  if (!body) return body.error();
  ObjectReader fields(*body);
  const auto text = fields.required_text("crontab");
  const auto system = fields.flag("system");
  task::CrontabOptions options;
  options.default_timezone = fields.text("timezone").value_or("");
  if (!options.default_timezone.empty() && !cron::find_zone(options.default_timezone)) {
    fields.refuse("timezone", "there is no time zone '" + options.default_timezone +
                                  "'; give a name as in Asia/Shanghai");
  }
  if (std::count(text.begin(), text.end(), '\n') > kMaxPreviewLines) {
    fields.refuse("crontab", "has more than " + std::to_string(kMaxPreviewLines) +
                                 " lines; use mini-scheduler import crontab FILE");
  }
  if (auto sound = fields.finish(); !sound) return std::move(sound).error();
  options.system = system.value_or(task::looks_like_system_crontab(text, ""));
  const auto crontab = task::read_crontab(text, options);
  json::array tasks;
  for (const auto& imported : crontab.tasks) tasks.push_back(preview_of(parts, request, imported));
  return json_response(200, json::object{{"system", options.system},
                                         {"tasks", std::move(tasks)},
                                         {"refused", to_json(crontab.refused)},
                                         {"notes", to_json(crontab.notes)}});
}

}  // namespace

void add_crontab_routes(Router& router, TaskHandlerParts parts) {
  router.add({.method = Method::post,
              .path = "/api/crontab/preview",
              .right = Right::edit,
              .handler = [parts](const Request& request) { return preview(parts, request); },
              .doc = {.summary = "The tasks that a crontab would become, line by line; nothing is saved",
                      .tag = "tasks",
                      .query = {{"lang", "en or zh"}},
                      .request = "CrontabInput",
                      .answers = {{200, "Tasks, and what was not taken", "CrontabPreview"}}}});
}

}  // namespace http
