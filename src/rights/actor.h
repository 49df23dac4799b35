// Who asks, and what they may do. Pure: no database, no clock.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"

namespace rights {

// Each role may do all that the one before it may (spec 3.1).
enum class Role { viewer, operator_, editor, admin };

std::string_view to_string(Role role);  // "viewer", "operator", "editor", "admin"
std::optional<Role> parse_role(std::string_view text);

// What a token was made for; a session has all of its role's rights.
enum class Scope { read, run, write };

std::string_view to_string(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);

// What a route asks for, or a task's field (task_fields.h).
enum class Right {
  anyone,       // no account needed
  signed_in,    // any account: things about oneself
  read,         // viewer and up
  run,          // operator and up: run, cancel, pause, resume
  edit,         // editor and up: create and change tasks
  set_command,  // editor and up: choose what a task runs
  set_env,      // editor and up: choose its variables, also for one run
  set_shell,    // editor and up: choose what interprets the command
  set_user,     // admin only: choose run_as, and what a task with run_as does
  administer,   // admin only
};

// The caller of one request. `scope` is set for API tokens and narrows the role.
struct Actor {
  base::UserId user;
  std::string name;
  Role role = Role::viewer;
  std::optional<Scope> scope;
  std::string address;  // the peer's, for the audit
};

// Whether that actor may do what the right names. Right::anyone holds for nobody in particular too.
bool may(const Actor& actor, Right right);

}  // namespace rights
