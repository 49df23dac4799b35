#include "service/task_json.h"

#include "service/json_values.h"
#include "task/definition_json.h"

namespace service {
bool may_see_env(const rights::Actor& actor) {
  return rights::may(actor, rights::Right::set_env);
}

void hide_values(boost::json::object& definition) {
  const auto hide = [](boost::json::value* object) {
    if (object == nullptr || !object->is_object()) return;
    for (auto& [name, value] : object->get_object()) value = "***";
  };
  hide(definition.if_contains("env"));
  auto* http = definition.if_contains("http");
  if (http != nullptr && http->is_object()) hide(http->get_object().if_contains("headers"));
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
  object["last_error"] =
      task.last_error.empty() ? boost::json::value(nullptr) : boost::json::value(task.last_error);
  object["force_run_at"] = to_json(task.force_run_at);
  object["created_at"] = base::to_iso(task.created_at);
  object["updated_at"] = base::to_iso(task.updated_at);
  object["created_by"] = task.created_by;
  return object;
}

}  // namespace service
