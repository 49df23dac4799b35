// What depends on a task's content: whether this actor may write it, and whether its chain is sound.
#include <algorithm>
#include <set>

#include "engine/surroundings.h"
#include "rights/task_fields.h"
#include "service/field_error.h"
#include "service/task_service.h"
#include "task/definition_json.h"

namespace service {

using base::ErrorKind;

namespace {

constexpr std::size_t kMaxChainSteps = 10'000;  // tasks looked at for a loop

}  // namespace

// Field by field, and whatever has no line in the table of fields is refused: a field that is added later
// opens nothing.
base::Result<void> TaskService::check_rights(const rights::Actor& actor, const task::TaskDefinition& before,
                                             const task::TaskDefinition& after) const {
  if (after.run_as != before.run_as) {
    if (auto allowed = engine::check_run_as(after.run_as, engine_.options()); !allowed)
      return field_error("run_as", ErrorKind::forbidden, allowed.error().message);
  }
  if (rights::may(actor, rights::Right::administer)) return {};
  const auto fields_before = task::to_json(before);
  for (const auto& [name, value] : task::to_json(after)) {
    if (value == fields_before.at(name)) continue;
    const auto field = rights::task_field(name);
    if (!rights::may(actor, field.right)) {
      const bool admins_only =
          field.right == rights::Right::set_user || field.right == rights::Right::administer;
      return field_error(
          name, ErrorKind::forbidden,
          admins_only ? "may be set by an admin only" : "may be set by an editor or admin only");
    }
    // whoever may choose what a user does is that user
    if (field.steers_process && !after.run_as.empty() && !rights::may(actor, rights::Right::set_user)) {
      return field_error(name, ErrorKind::forbidden,
                         "may be changed by an admin only, for the task runs as user '" + after.run_as + "'");
    }
  }
  return {};
}

base::Result<void> TaskService::check_secrets(store::Reader& reader,
                                              const task::TaskDefinition& definition) const {
  for (const auto& [variable, name] : definition.secrets) {
    if (reader.find_secret(name)) continue;
    return field_error("secrets", ErrorKind::invalid,
                       "'" + variable + "' names the secret '" + name +
                           "', which does not exist; an admin makes it with PUT /secrets/" + name);
  }
  return {};
}

base::Result<void> TaskService::check_chain(store::Reader& reader, TaskId id,
                                            const task::TaskDefinition& definition) const {
  const auto& after = definition.after.tasks;
  const auto refuse = [](const char* field, std::string why) {
    return field_error(field, ErrorKind::invalid, std::move(why));
  };
  constexpr const char* kLoop = ": a chain must not be a loop";
  for (const auto upstream : after) {
    if (id && upstream == id) return refuse("after", std::string("names this task itself") + kLoop);
    if (!reader.find_task(upstream))
      return refuse("after", "names task " + base::to_string(upstream) + ", which does not exist");
  }
  // from each task to those that its end starts
  std::set<TaskId> seen;
  std::vector<TaskId> open(definition.on_success);
  open.insert(open.end(), definition.on_failure.begin(), definition.on_failure.end());
  const std::set<TaskId> direct(open.begin(), open.end());
  if (id) {
    for (const auto next : reader.tasks_after(id)) open.push_back(next);
  }
  while (!open.empty() && seen.size() < kMaxChainSteps) {
    const auto next = open.back();
    open.pop_back();
    const char* field = std::find(definition.on_success.begin(), definition.on_success.end(), next) !=
                                definition.on_success.end()
                            ? "on_success"
                            : "on_failure";
    if (id && next == id) return refuse(field, std::string("leads back to this task") + kLoop);
    if (std::find(after.begin(), after.end(), next) != after.end())
      return refuse("after", "names task " + base::to_string(next) + ", which runs after this one" + kLoop);
    if (!seen.insert(next).second) continue;
    const auto task = reader.find_task(next);
    if (!task) {
      if (direct.contains(next))
        return refuse(field, "names task " + base::to_string(next) + ", which does not exist");
      continue;
    }
    open.insert(open.end(), task->definition.on_success.begin(), task->definition.on_success.end());
    open.insert(open.end(), task->definition.on_failure.begin(), task->definition.on_failure.end());
    for (const auto later : reader.tasks_after(next)) {
      if (later != id) open.push_back(later);  // whether it leads here, `after` says
    }
  }
  return {};
}

}  // namespace service
