// What depends on a task's content: whether this actor may write it, whether its chain is sound, and whether
// its pool limits anything.
#include <algorithm>
#include <set>

#include "base/log.h"
#include "engine/surroundings.h"
#include "rights/task_fields.h"
#include "service/field_error.h"
#include "service/task_service.h"
#include "task/definition_json.h"

namespace service {

using base::ErrorKind;

namespace {

constexpr std::size_t kMaxChainSteps = 10'000;  // tasks looked at for a loop
constexpr std::int64_t kMaxTwins = 100;         // tasks of one name that are looked at

bool names(const task::TaskDefinition& definition, TaskId id) {
  const auto has = [id](const std::vector<TaskId>& list) {
    return std::ranges::find(list, id) != list.end();
  };
  return has(definition.on_success) || has(definition.on_failure) || has(definition.after.tasks);
}

}  // namespace

// Field by field, and whatever has no line in the table of fields is refused: a field that is added later
// opens nothing.
base::Result<void> TaskService::check_rights(const rights::Actor& actor, const task::TaskDefinition& before,
                                             const task::TaskDefinition& after) const {
  if (after.run_as != before.run_as) {
    if (auto allowed = engine::check_run_as(after.run_as, engine_.options()); !allowed)
      return field_error("run_as", ErrorKind::forbidden, allowed.error().message);
    if (!rights::may(actor, rights::Right::set_user))
      return field_error("run_as", ErrorKind::forbidden, "may be set by an admin only");
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

base::Result<void> TaskService::check(const rights::Actor& actor,
                                      const task::TaskDefinition& definition) const {
  if (auto allowed = check_rights(actor, {}, definition); !allowed) return allowed;
  base::Result<void> sound{};
  store_.read([&](store::Reader& reader) {
    sound = check_chain(reader, {}, definition, {});
    if (sound) sound = check_secrets(reader, definition);
  });
  return sound;
}

std::optional<TaskId> TaskService::find_twin(const task::TaskDefinition& definition) const {
  std::optional<TaskId> twin;
  store_.read([&](store::Reader& reader) {
    for (const auto& task : reader.find_tasks_by_name(definition.name, kMaxTwins)) {
      if (task.definition.cron == definition.cron && task.definition.command == definition.command)
        twin = task.id;
    }
  });
  return twin;
}

base::Result<void> TaskService::check_secrets(store::Reader& reader,
                                              const task::TaskDefinition& definition) const {
  const auto no_secret = [](const char* field, const std::string& variable, const std::string& name) {
    return field_error(field, ErrorKind::invalid,
                       "'" + variable + "' names the secret '" + name +
                           "', which does not exist; an admin makes it with PUT /secrets/" + name);
  };
  for (const auto& [field, secrets] :
       {std::pair{"secrets", &definition.secrets}, std::pair{"secret_files", &definition.secret_files}}) {
    for (const auto& [variable, name] : *secrets) {
      if (!reader.find_secret(name)) return no_secret(field, variable, name);
    }
  }
  return {};
}

base::Result<void> TaskService::check_chain(store::Reader& reader, TaskId id,
                                            const task::TaskDefinition& definition,
                                            const task::TaskDefinition& before) const {
  const auto& after = definition.after.tasks;
  const auto refuse = [](const char* field, std::string why) {
    return field_error(field, ErrorKind::invalid, std::move(why));
  };
  constexpr const char* kLoop = ": a chain must not be a loop";
  for (const auto upstream : after) {
    if (id && upstream == id) return refuse("after", std::string("names this task itself") + kLoop);
    if (!reader.find_task(upstream) && !names(before, upstream))
      return refuse("after", "names task " + base::to_string(upstream) + ", which does not exist");
  }
  // from each task to those that its end starts, each with the field that the way began with
  struct Step {
    TaskId to;
    const char* field;
    bool direct = true;
  };
  std::set<TaskId> seen;
  std::vector<Step> open;
  for (const auto next : definition.on_success) open.push_back({next, "on_success"});
  for (const auto next : definition.on_failure) open.push_back({next, "on_failure"});
  if (id) {
    for (const auto next : reader.tasks_after(id)) open.push_back({next, "after"});
  }
  while (!open.empty() && seen.size() < kMaxChainSteps) {
    const auto step = open.back();
    open.pop_back();
    if (id && step.to == id) return refuse(step.field, std::string("leads back to this task") + kLoop);
    if (std::find(after.begin(), after.end(), step.to) != after.end()) {
      return refuse(step.field, "task " + base::to_string(step.to) +
                                    " runs after this one, and this one after it" + kLoop);
    }
    if (!seen.insert(step.to).second) continue;
    const auto task = reader.find_task(step.to);
    if (!task) {
      if (step.direct && !names(before, step.to))
        return refuse(step.field, "names task " + base::to_string(step.to) + ", which does not exist");
      continue;
    }
    const auto go_on = [&](TaskId next) { open.push_back({next, step.field, false}); };
    for (const auto next : task->definition.on_success) go_on(next);
    for (const auto next : task->definition.on_failure) go_on(next);
    for (const auto next : reader.tasks_after(step.to)) {
      if (next != id) go_on(next);  // whether it leads here, `after` says
    }
  }
  return {};
}

// Taken all the same, since pools are the administrator's and may be configured later.
void TaskService::warn_of_pool(const task::Task& task, const std::string& pool_before) const {
  const auto& pool = task.definition.pool;
  if (pool.empty() || pool == pool_before || engine_.options().pools.contains(pool)) return;
  base::log::warning("task.pool_without_limit",
                     {{"task", task.definition.name}, {"task_id", task.id.value}, {"pool", pool}});
}

}  // namespace service
