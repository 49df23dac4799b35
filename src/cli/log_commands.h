// The output of an execution on the terminal.
#pragma once
#include <string>

#include "cli/context.h"

namespace cli {

struct LogOptions {
  bool follow = false;
  std::string stream = "both";  // stdout, stderr or both, in the order in which they were written
};

// Writes the output's bytes to `out` as they are. With `follow`, also what comes until the execution ends:
// the exit code then says whether it succeeded.
int print_log(Context& context, Client& client, const std::string& execution_id, const LogOptions& options);

}  // namespace cli
