// Names of the environment variables that users give to a task or to one run.
#pragma once
#include <string>
#include <string_view>

namespace task {

// Why a variable of that name can't be given, in a sentence that begins with the name; empty where it can.
std::string fault_of_variable(std::string_view name);

}  // namespace task
