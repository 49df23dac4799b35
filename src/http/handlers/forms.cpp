// Plain HTML forms: the essential works without JavaScript.
#include <boost/json/object.hpp>

#include "http/handlers/plain_forms.h"
#include "http/handlers/plain_page.h"
#include "http/handlers/task_handlers.h"
#include "http/problem.h"
#include "http/server_words.h"
#include "task/definition_json.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

constexpr Words kDone{"Done", "已完成"};
constexpr Words kNotSaved{"Not saved", "未保存"};
constexpr Words kDiscard{"Discard this and go back", "放弃并返回"};

std::string named_task(Language language, const std::string& name) {
  return language == Language::chinese ? "任务“" + name + "”" : "Task '" + name + "'";
}

// Who gave the number may have made it up; then there is no name.
std::string numbered_task(Language language, const std::string& id, const std::string& name) {
  if (language == Language::chinese) return "任务 " + id + (name.empty() ? "" : "（" + name + "）");
  return "Task " + id + (name.empty() ? "" : " (" + name + ")");
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    auto item = text.substr(0, end);
    while (!item.empty() && (item.front() == ' ' || item.front() == '\r')) item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\r')) item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

// Browsers post each line end as CR LF, which no shell would understand.
std::string with_plain_line_ends(std::string text) {
  for (auto at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n", at)) text.erase(at, 1);
  return text;
}

base::Result<Parameters> posted_form(const Request& request) {
  const auto form = request.form();
  if (!form) return form.error();
  Parameters plain;
  for (const auto& [name, value] : *form) plain.add(name, with_plain_line_ends(value));
  return plain;
}

// The page of a refused form: the form again, filled in as it was posted.
Response again(const Request& request, const base::Error& why, const Html& form, std::string_view back) {
  const auto language = request.language();
  Html body(form);
  body.add("<p><a href=\"").text(back).add("\">").text(kDiscard.in(language)).add("</a></p>");
  return plain_page(status_of(why.kind), request, kNotSaved.in(language), body);
}

// A form's fields have the names of the JSON ones; lists are parted by commas, env by lines, and what belongs
// to an object is written retry.max_attempts.
base::Result<json::object> definition_of(const Parameters& form) {
  static const json::object known = task::to_json(task::TaskDefinition{});
  json::object body;
  for (const auto& [name, value] : form) {
    const auto dot = name.find('.');
    const auto* like = known.if_contains(name);
    const auto as_number = [](const std::string& text) -> json::value {
      char* end = nullptr;
      const json::value number = std::strtod(text.c_str(), &end);
      if (text.empty() || *end != '\0') return json::value(text);
      boost::system::error_code broken;
      const auto whole = number.to_number<std::int64_t>(broken);
      return broken ? number : json::value(whole);
    };
    if (dot != std::string::npos) {
      auto& object = body[name.substr(0, dot)];
      if (!object.is_object()) object = json::object{};
      const auto field = name.substr(dot + 1);
      const bool none = value.empty() && name.starts_with("limits.");
      object.get_object()[field] = none                ? json::value(nullptr)
                                   : field == "policy" ? json::value(value)
                                                       : as_number(value);
    } else if (name == "tags" || name == "notify") {
      json::array items;
      for (const auto& item : split(value, ",")) items.emplace_back(item);
      body[name] = std::move(items);
    } else if (name == "success_exit_codes" || name == "on_success" || name == "on_failure") {
      json::array items;
      for (const auto& item : split(value, ", ")) items.push_back(as_number(item));
      body[name] = std::move(items);
    } else if (name == "env" || name == "node_labels") {
      json::object items;
      for (const auto& line : split(value, "\n")) {
        const auto equals = line.find('=');
        if (equals == std::string::npos)
          return field_error({"body", name}, "'" + line + "' is not NAME=value");
        items[line.substr(0, equals)] = line.substr(equals + 1);
      }
      body[name] = std::move(items);
    } else if (name == "rerun_lost") {
      body[name] = value == "on" || value == "true" || value == "1";
    } else if (like != nullptr && (like->is_number() || name == "timeout_s")) {
      body[name] = value.empty() ? json::value(nullptr) : as_number(value);
    } else if (like != nullptr && like->is_null() && value.empty()) {
      body[name] = nullptr;
    } else {
      body[name] = value;
    }
  }
  return body;
}

base::Result<Response> create(const TaskHandlerParts& parts, const Request& request) {
  const auto form = posted_form(request);
  if (!form) return form.error();
  const auto refuse = [&](const base::Error& why) {
    const RefusedForm refused{*form, why};
    return again(request, why, create_form(request.language(), &refused), "/plain");
  };
  const auto body = definition_of(*form);
  if (!body) return refuse(body.error());
  const auto task = parts.tasks.create(request.actor(), *body);
  if (!task) return refuse(task.error());
  return Response::see_other("/ui/tasks/" + base::to_string(task->id));
}

base::Result<Response> update(const TaskHandlerParts& parts, const Request& request) {
  const auto id = parts.tasks.resolve(request.path_parameter("id"));
  if (!id) return refused_page(request, id.error(), "/ui/tasks");
  const auto form = posted_form(request);
  if (!form) return form.error();
  const auto refuse = [&](const base::Error& why) {
    const auto now = parts.tasks.find(*id);
    if (!now) return refused_page(request, now.error(), "/ui/tasks");
    const RefusedForm refused{*form, why};
    return again(request, why, edit_form(request.language(), *now, &refused),
                 "/plain/tasks/" + base::to_string(*id));
  };
  auto body = definition_of(*form);
  if (!body) return refuse(body.error());
  // What is no number is no revision that the task ever had.
  std::optional<std::int64_t> seen;
  if (const auto revision = form->find("revision")) seen = base::parse_decimal(*revision).value_or(-1);
  body->erase("revision");
  const auto task = parts.tasks.change(request.actor(), *id, *body, false, seen);
  if (!task) return refuse(task.error());
  return Response::see_other("/ui/tasks/" + base::to_string(*id));
}

base::Result<Response> act(const TaskHandlerParts& parts, const Request& request, std::string_view action) {
  const auto id = parts.tasks.resolve(request.path_parameter("id"));
  if (!id) return refused_page(request, id.error(), "/ui/tasks");
  const auto before = parts.tasks.find(*id);
  if (!before) return refused_page(request, before.error(), "/ui/tasks");
  const auto language = request.language();
  const auto task_words = named_task(language, before->definition.name);
  std::string done;
  if (action == "run") {
    const auto execution_id = parts.tasks.run(request.actor(), *id, {}, false);
    if (!execution_id) return refused_page(request, execution_id.error(), "/ui/tasks");
    done =
        std::string(Words{"runs as execution ", "已开始执行 "}.in(language)) + base::to_string(*execution_id);
  } else if (action == "toggle") {
    // A button says which of both it stands for: its page may be older than what another did meanwhile.
    const auto form = request.form();
    if (!form && form.error().kind == base::ErrorKind::malformed) return form.error();
    const auto wanted = form ? form->find("to") : std::nullopt;
    if (wanted && *wanted != "paused" && *wanted != "active")
      return refused_page(request, field_error({"body", "to"}, "must be paused or active"), "/ui/tasks");
    const auto task = wanted ? parts.tasks.set_paused(request.actor(), *id, *wanted == "paused")
                             : parts.tasks.toggle(request.actor(), *id);
    if (!task) return refused_page(request, task.error(), "/ui/tasks");
    done =
        task->paused ? Words{"is paused", "已暂停"}.in(language) : Words{"is active", "已恢复"}.in(language);
  } else {
    if (auto removed = parts.tasks.remove(request.actor(), *id); !removed)
      return refused_page(request, removed.error(), "/ui/tasks");
    done = Words{"was deleted", "已删除"}.in(language);
  }
  return result_page(200, request, kDone.in(language), {about(language, task_words, done)}, "/ui/tasks");
}

struct BulkForm {
  const char* name;
  Right right;
  service::BulkAction action;
  const char* summary;
  Words done;
};

std::string title_of(std::size_t failed, std::size_t all, Language language) {
  if (failed == 0) return std::string(kDone.in(language));
  const auto [part, whole] = std::pair(std::to_string(failed), std::to_string(all));
  return language == Language::chinese ? whole + " 项中有 " + part + " 项未完成"
                                       : part + " of " + whole + " not done";
}

base::Result<Response> bulk(const TaskHandlerParts& parts, const Request& request, const BulkForm& wanted) {
  const auto form = request.form();
  if (!form) return form.error();
  const auto language = request.language();
  std::vector<base::TaskId> ids;
  std::map<std::int64_t, std::string> names;  // read before: a deleted task has none
  std::vector<std::string> lines;
  for (const auto text : form->all("ids")) {
    for (const auto& item : split(text, ", ")) {
      const auto id = parts.tasks.resolve(item);
      if (!id) {
        lines.push_back(
            about(language, numbered_task(language, item, ""), server_words(language, id.error().message)));
        continue;
      }
      ids.push_back(*id);
      if (const auto task = parts.tasks.find(*id)) names[id->value] = task->definition.name;
    }
  }
  auto failed = lines.size();
  if (ids.empty() && failed == 0)
    return refused_page(request, field_error({"body", "ids"}, "no task was chosen"), "/ui/tasks");
  for (const auto& outcome : parts.tasks.bulk(request.actor(), wanted.action, ids)) {
    if (outcome.error) ++failed;
    const auto id = base::to_string(outcome.id);
    lines.push_back(about(language, numbered_task(language, id, names[outcome.id.value]),
                          outcome.error ? server_words(language, outcome.error->message)
                                        : std::string(wanted.done.in(language)) + " ✓"));
  }
  return result_page(200, request, title_of(failed, lines.size(), language), lines, "/ui/tasks");
}

}  // namespace

void add_form_routes(Router& router, TaskHandlerParts parts) {
  const auto add = [&](std::string path, Right right, Handler handler, std::string summary, int status) {
    router.add({.method = Method::post,
                .path = std::move(path),
                .right = right,
                .handler = std::move(handler),
                .doc = {.summary = std::move(summary),
                        .tag = "forms",
                        .takes_form = true,
                        .answers = {{status, "A page, or the way to one", "string", "text/html"}}},
                .refused = plain_refusal});
  };
  add(
      "/ui/tasks/create", Right::edit, [parts](const Request& request) { return create(parts, request); },
      "Make a task by a form", 303);
  add(
      "/ui/tasks/{id}/update", Right::edit,
      [parts](const Request& request) { return update(parts, request); }, "Change a task by a form", 303);
  add(
      "/ui/tasks/{id}/run", Right::run,
      [parts](const Request& request) { return act(parts, request, "run"); }, "Run a task by a form", 200);
  add(
      "/ui/tasks/{id}/toggle", Right::run,
      [parts](const Request& request) { return act(parts, request, "toggle"); },
      "Pause or resume a task by a form", 200);
  add(
      "/ui/tasks/{id}/delete", Right::edit,
      [parts](const Request& request) { return act(parts, request, "delete"); }, "Delete a task by a form",
      200);
  const BulkForm entries[] = {
      {"delete",
       Right::edit,
       service::BulkAction::remove,
       "Delete many tasks by a form",
       {"deleted", "已删除"}},
      {"pause", Right::run, service::BulkAction::pause, "Pause many tasks by a form", {"paused", "已暂停"}},
      {"resume",
       Right::run,
       service::BulkAction::resume,
       "Resume many tasks by a form",
       {"resumed", "已恢复"}},
      {"force_run",
       Right::run,
       service::BulkAction::force_run,
       "Run many tasks by a form",
       {"runs", "已开始执行"}}};
  for (const auto& entry : entries) {
    add(
        std::string("/ui/tasks/bulk/") + entry.name, entry.right,
        [parts, entry](const Request& request) { return bulk(parts, request, entry); }, entry.summary, 200);
  }
}

}  // namespace http
