#include "rights/actor.h"

#include <array>
#include <utility>

namespace rights {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 4> kRoles{{{Role::viewer, "viewer"},
                                                                   {Role::operator_, "operator"},
                                                                   {Role::editor, "editor"},
                                                                   {Role::admin, "admin"}}};
constexpr std::array<std::pair<Scope, std::string_view>, 3> kScopes{
    {{Scope::read, "read"}, {Scope::run, "run"}, {Scope::write, "write"}}};

template <class Names, class Value>
std::string_view name_in(const Names& names, Value wanted) {
  for (const auto& [value, name] : names) {
    if (value == wanted) return name;
  }
  return {};
}

template <class Value, std::size_t count>
std::optional<Value> value_in(const std::array<std::pair<Value, std::string_view>, count>& names,
                              std::string_view wanted) {
  for (const auto& [value, name] : names) {
    if (name == wanted) return value;
  }
  return std::nullopt;
}

bool role_has(Role role, Right right) {
  switch (right) {
    case Right::anyone:
    case Right::signed_in:
    case Right::read:
      return true;
    case Right::run:
      return role >= Role::operator_;
    case Right::edit:
    case Right::set_command:
    case Right::set_env:
    case Right::set_shell:
      return role >= Role::editor;
    case Right::set_user:
    case Right::administer:
      return role == Role::admin;
  }
  return false;
}

bool scope_has(Scope scope, Right right) {
  switch (right) {
    case Right::anyone:
    case Right::signed_in:
    case Right::read:
      return true;
    case Right::run:
      return scope >= Scope::run;
    case Right::edit:
    case Right::set_command:
    case Right::set_env:
    case Right::set_shell:
    case Right::set_user:
    case Right::administer:
      return scope == Scope::write;
  }
  return false;
}

}  // namespace

std::string_view to_string(Role role) {
  return name_in(kRoles, role);
}
std::optional<Role> parse_role(std::string_view text) {
  return value_in(kRoles, text);
}
std::string_view to_string(Scope scope) {
  return name_in(kScopes, scope);
}
std::optional<Scope> parse_scope(std::string_view text) {
  return value_in(kScopes, text);
}

bool may(const Actor& actor, Right right) {
  return role_has(actor.role, right) && (!actor.scope || scope_has(*actor.scope, right));
}

}  // namespace rights
