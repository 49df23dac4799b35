// `mini-scheduler serve` and `mini-scheduler runner`: the two processes of a node.
#pragma once
#include <string>
#include <vector>

namespace app {

// Runs a node until SIGTERM or SIGINT; gives the exit code. `arguments` are those after `serve`.
int serve(const std::vector<std::string>& arguments);
int run_runner_process(const std::vector<std::string>& arguments);

inline constexpr const char* kVersion = "0.1.0";

}  // namespace app
