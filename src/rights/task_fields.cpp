#include "rights/task_fields.h"

#include <algorithm>
#include <array>

namespace rights {
namespace {

constexpr std::array kFields{
    TaskField{"name", Right::edit, false},
    TaskField{"cron", Right::edit, false},
    TaskField{"timezone", Right::edit, false},
    TaskField{"command", Right::set_command, true},
    TaskField{"http", Right::set_command, true},
    TaskField{"stdin", Right::set_command, true},
    TaskField{"working_dir", Right::set_command, true},
    TaskField{"env", Right::set_env, true},
    TaskField{"secrets", Right::set_env, true},
    TaskField{"secret_files", Right::set_env, true},
    TaskField{"shell", Right::set_shell, true},
    TaskField{"run_as", Right::set_user, true},
    TaskField{"description", Right::edit, false},
    TaskField{"tags", Right::edit, false},
    TaskField{"timeout_s", Right::edit, false},
    TaskField{"kill_grace_s", Right::edit, false},
    TaskField{"success_exit_codes", Right::edit, false},
    TaskField{"limits", Right::edit, false},
    TaskField{"retry", Right::edit, false},
    TaskField{"overlap", Right::edit, false},
    TaskField{"misfire", Right::edit, false},
    TaskField{"jitter_s", Right::edit, false},
    TaskField{"start_deadline_s", Right::edit, false},
    TaskField{"starts_at", Right::edit, false},
    TaskField{"ends_at", Right::edit, false},
    TaskField{"priority", Right::edit, false},
    TaskField{"pool", Right::edit, false},
    TaskField{"node_labels", Right::edit, false},
    TaskField{"kill_mode", Right::edit, false},
    TaskField{"rerun_lost", Right::edit, false},
    TaskField{"keep_executions", Right::edit, false},
    TaskField{"keep_failed", Right::edit, false},
    TaskField{"on_success", Right::edit, false},
    TaskField{"on_failure", Right::edit, false},
    TaskField{"after", Right::edit, false},
    TaskField{"notify", Right::edit, false},
};

const TaskField* line_of(std::string_view name) {
  const auto* found = std::find_if(kFields.begin(), kFields.end(),
                                   [&](const TaskField& field) { return field.name == name; });
  return found == kFields.end() ? nullptr : found;
}

}  // namespace

TaskField task_field(std::string_view name) {
  const auto* line = line_of(name);
  return line == nullptr ? TaskField{name, Right::administer, true} : *line;
}

bool is_known_task_field(std::string_view name) {
  return line_of(name) != nullptr;
}

}  // namespace rights
