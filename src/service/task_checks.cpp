// What depends on a task's content: whether this actor may write it, and whether its chain is sound.
#include <algorithm>
#include <set>

#include "service/field_error.h"
#include "service/task_service.h"

namespace service {

using base::ErrorKind;

namespace {

constexpr std::size_t kMaxChainSteps = 10'000;  // tasks looked at for a loop

}  // namespace

base::Result<void> TaskService::check_rights(const rights::Actor& actor, const task::TaskDefinition& before,
                                             const task::TaskDefinition& after) const {
  if (rights::may(actor, rights::Right::administer)) return {};
  // whoever may choose the user owns the machine
  if (after.run_as != before.run_as)
    return field_error("run_as", ErrorKind::forbidden, "may be set by an admin only");
  if (after.run_as.empty()) return {};
  // and so does whoever may choose what that user does
  const auto refuse = [&](std::string_view field) {
    return field_error(field, ErrorKind::forbidden,
                       "may be changed by an admin only, for the task runs as user '" + after.run_as + "'");
  };
  if (after.command != before.command) return refuse("command");
  if (after.http != before.http) return refuse("http");
  if (after.env != before.env) return refuse("env");
  if (after.shell != before.shell) return refuse("shell");
  if (after.stdin_text != before.stdin_text) return refuse("stdin");
  if (after.working_dir != before.working_dir) return refuse("working_dir");
  return {};
}

base::Result<void> TaskService::check_chain(store::Reader& reader, TaskId id,
                                            const task::TaskDefinition& definition) const {
  std::set<TaskId> seen;
  std::vector<TaskId> open(definition.on_success);
  open.insert(open.end(), definition.on_failure.begin(), definition.on_failure.end());
  const std::set<TaskId> direct(open.begin(), open.end());
  while (!open.empty() && seen.size() < kMaxChainSteps) {
    const auto next = open.back();
    open.pop_back();
    const char* field = std::find(definition.on_success.begin(), definition.on_success.end(), next) !=
                                definition.on_success.end()
                            ? "on_success"
                            : "on_failure";
    if (id && next == id)
      return field_error(field, ErrorKind::invalid, "leads back to this task: a chain must not be a loop");
    if (!seen.insert(next).second) continue;
    const auto task = reader.find_task(next);
    if (!task) {
      if (direct.contains(next))
        return field_error(field, ErrorKind::invalid,
                           "names task " + base::to_string(next) + ", which does not exist");
      continue;
    }
    open.insert(open.end(), task->definition.on_success.begin(), task->definition.on_success.end());
    open.insert(open.end(), task->definition.on_failure.begin(), task->definition.on_failure.end());
  }
  return {};
}

}  // namespace service
