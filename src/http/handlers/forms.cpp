// Plain HTML forms: the essential works without JavaScript.
#include <boost/json/object.hpp>

#include "http/handlers/task_handlers.h"
#include "http/problem.h"
#include "task/definition_json.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

struct Words {
  std::string_view english, chinese;
  std::string_view in(Language language) const { return language == Language::chinese ? chinese : english; }
};

constexpr Words kBack{"Back to the tasks", "返回任务列表"};
constexpr Words kTask{"Task", "任务"};
constexpr Words kDone{"Done", "已完成"};
constexpr Words kRefused{"This could not be done", "操作未完成"};

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

Response page(int status, const Request& request, std::string_view title,
              const std::vector<std::string>& lines, std::string_view back) {
  const auto language = request.language();
  std::string html =
      "<!doctype html>\n<html lang=\"" + std::string(language == Language::chinese ? "zh" : "en") +
      "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><title>" +
      escaped(title) + "</title></head><body><main><h1>" + escaped(title) + "</h1>";
  for (const auto& line : lines) html += "<p>" + escaped(line) + "</p>";
  html += "<p><a href=\"" + escaped(back) + "\">" + std::string(kBack.in(language)) +
          "</a></p></main></body></html>\n";
  return Response::text(status, "text/html; charset=utf-8", std::move(html));
}

Response refused(const Request& request, const base::Error& error, std::string_view back) {
  std::vector<std::string> lines;
  for (const auto& field : error.fields)
    lines.push_back((field.loc.empty() ? "" : field.loc.back() + ": ") + field.msg);
  if (lines.empty()) lines.push_back(error.message);
  return page(status_of(error.kind), request, kRefused.in(request.language()), lines, back);
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
  const auto form = request.form();
  if (!form) return form.error();
  const auto body = definition_of(*form);
  if (!body) return refused(request, body.error(), "/ui/tasks/create");
  const auto task = parts.tasks.create(request.actor(), *body);
  if (!task) return refused(request, task.error(), "/ui/tasks/create");
  return Response::see_other("/ui/tasks/" + base::to_string(task->id));
}

base::Result<Response> update(const TaskHandlerParts& parts, const Request& request) {
  const auto id = parts.tasks.resolve(request.path_parameter("id"));
  if (!id) return refused(request, id.error(), "/ui/tasks");
  const auto form = request.form();
  if (!form) return form.error();
  const auto back = "/ui/tasks/" + base::to_string(*id);
  const auto body = definition_of(*form);
  if (!body) return refused(request, body.error(), back + "/edit");
  const auto task = parts.tasks.change(request.actor(), *id, *body, false, std::nullopt);
  if (!task) return refused(request, task.error(), back + "/edit");
  return Response::see_other(back);
}

base::Result<Response> act(const TaskHandlerParts& parts, const Request& request, std::string_view action) {
  const auto id = parts.tasks.resolve(request.path_parameter("id"));
  if (!id) return refused(request, id.error(), "/ui/tasks");
  const auto before = parts.tasks.find(*id);
  if (!before) return refused(request, before.error(), "/ui/tasks");
  const auto language = request.language();
  auto line = std::string(kTask.in(language)) + " '" + before->definition.name + "': ";
  if (action == "run") {
    const auto execution_id = parts.tasks.run(request.actor(), *id, {}, false);
    if (!execution_id) return refused(request, execution_id.error(), "/ui/tasks");
    line +=
        std::string(Words{"runs as execution ", "已开始执行 "}.in(language)) + base::to_string(*execution_id);
  } else if (action == "toggle") {
    const auto task = parts.tasks.toggle(request.actor(), *id);
    if (!task) return refused(request, task.error(), "/ui/tasks");
    line +=
        task->paused ? Words{"is paused", "已暂停"}.in(language) : Words{"is active", "已恢复"}.in(language);
  } else {
    if (auto removed = parts.tasks.remove(request.actor(), *id); !removed)
      return refused(request, removed.error(), "/ui/tasks");
    line += Words{"was deleted", "已删除"}.in(language);
  }
  return page(200, request, kDone.in(language), {line}, "/ui/tasks");
}

base::Result<Response> bulk(const TaskHandlerParts& parts, const Request& request, service::BulkAction action,
                            std::string_view name) {
  const auto form = request.form();
  if (!form) return form.error();
  std::vector<base::TaskId> ids;
  std::map<std::int64_t, std::string> names;  // read before: a deleted task has none
  for (const auto text : form->all("ids")) {
    for (const auto& item : split(text, ", ")) {
      const auto id = parts.tasks.resolve(item);
      if (!id) continue;
      ids.push_back(*id);
      if (const auto task = parts.tasks.find(*id)) names[id->value] = task->definition.name;
    }
  }
  if (ids.empty()) return refused(request, field_error({"body", "ids"}, "no task was chosen"), "/ui/tasks");
  std::vector<std::string> lines;
  for (const auto& outcome : parts.tasks.bulk(request.actor(), action, ids)) {
    lines.push_back(std::string(kTask.in(request.language())) + " " + base::to_string(outcome.id) + " (" +
                    names[outcome.id.value] +
                    "): " + (outcome.error ? outcome.error->message : std::string(name) + " ✓"));
  }
  return page(200, request, kDone.in(request.language()), lines, "/ui/tasks");
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
                        .answers = {{status, "A page, or the way to one", "string", "text/html"}}}});
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
  struct Bulk {
    const char* name;
    Right right;
    service::BulkAction action;
    const char* summary;
  };
  const Bulk entries[] = {
      {"delete", Right::edit, service::BulkAction::remove, "Delete many tasks by a form"},
      {"pause", Right::run, service::BulkAction::pause, "Pause many tasks by a form"},
      {"resume", Right::run, service::BulkAction::resume, "Resume many tasks by a form"},
      {"force_run", Right::run, service::BulkAction::force_run, "Run many tasks by a form"}};
  for (const auto& entry : entries) {
    add(
        std::string("/ui/tasks/bulk/") + entry.name, entry.right,
        [parts, entry](const Request& request) { return bulk(parts, request, entry.action, entry.name); },
        entry.summary, 200);
  }
}

}  // namespace http
