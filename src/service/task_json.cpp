#include "service/task_json.h"

#include <algorithm>

#include "service/json_values.h"
#include "task/definition_json.h"

namespace service {
namespace {

constexpr const char* kHidden = "***";

void hide_all(boost::json::value* object) {
  if (object == nullptr || !object->is_object()) return;
  for (auto& [name, value] : object->get_object()) value = kHidden;
}

// An address without its password and the values of its query; a part of the query without "=" is a value.
std::string without_values(std::string_view url) {
  const auto fragment = std::min(url.find('#'), url.size());
  const auto query = std::min(url.find('?'), fragment);
  auto before = std::string(url.substr(0, query));
  const auto scheme = before.find("://");
  const auto authority = scheme == before.npos ? 0 : scheme + 3;
  const auto at = before.rfind('@', before.find('/', authority));
  const auto colon = before.find(':', authority);
  if (at != before.npos && at > authority && colon < at) before.replace(colon + 1, at - colon - 1, kHidden);
  auto rest = url.substr(query, fragment - query);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&', 1), rest.size());
    const auto equals = rest.substr(0, end).find('=');
    before += rest.substr(0, equals == rest.npos ? 1 : equals + 1);
    before += end > 1 ? kHidden : "";
    rest.remove_prefix(end);
  }
  return before += url.substr(fragment);
}

}  // namespace

bool may_see_env(const rights::Actor& actor) {
  return rights::may(actor, rights::Right::set_env);
}

void hide_values(boost::json::object& definition) {
  hide_all(definition.if_contains("env"));
  auto* http = definition.if_contains("http");
  if (http == nullptr || !http->is_object()) return;
  hide_all(http->get_object().if_contains("headers"));
  if (auto* url = http->get_object().if_contains("url"); url != nullptr && url->is_string())
    *url = without_values(url->get_string());
}

boost::json::object to_json(const task::Task& task, bool show_env) {
  auto object = task::to_json(task.definition);
  if (!show_env) hide_values(object);
  object["id"] = task.id.value;
  object["status"] = to_string(status_of(task));
  object["paused"] = task.paused;
  object["running"] = task.running - task.waiting;
  object["queued"] = task.queued + task.waiting;
  object["revision"] = task.revision;
  object["last_run_at"] = to_json(task.last_run_at);
  object["next_run_at"] = to_json(task.next_run_at);
  object["next_due_at"] = to_json(task.next_due_at);
  object["last_error"] =
      task.last_error.empty() ? boost::json::value(nullptr) : boost::json::value(task.last_error);
  object["force_run_at"] = to_json(task.force_run_at);
  object["created_at"] = base::to_iso(task.created_at);
  object["updated_at"] = base::to_iso(task.updated_at);
  object["created_by"] = task.created_by;
  return object;
}

}  // namespace service
