#include "task/variable_name.h"

#include <algorithm>

namespace task {
namespace {

constexpr std::string_view kReservedPrefix = "MINI_SCHEDULER_";

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

}  // namespace

std::string fault_of_variable(std::string_view name) {
  const auto quoted = "'" + std::string(name) + "'";
  if (!is_variable_name(name))
    return quoted + " is no variable name: letters, digits and _ , not beginning with a digit";
  if (name.starts_with(kReservedPrefix))
    return quoted + " is set by the scheduler itself; choose a name without MINI_SCHEDULER_";
  return {};
}

}  // namespace task
