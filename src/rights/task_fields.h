// Which right each field of a task asks of whoever sets it. Pure.
#pragma once
#include <string_view>

#include "rights/actor.h"

namespace rights {

struct TaskField {
  std::string_view name;
  Right right;          // asked beside the right to edit tasks
  bool steers_process;  // decides what a process does: of a task with run_as, it asks for set_user too
};

// The line of that field. A field without a line may be set by an admin only and counts as steering the
// process, so that one which somebody adds and forgets here opens nothing.
TaskField task_field(std::string_view name);

// Whether the field has a line of its own.
bool is_known_task_field(std::string_view name);

}  // namespace rights
