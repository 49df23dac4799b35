// All client commands of the program behind one command line.
#pragma once
#include <string>
#include <vector>

#include "cli/context.h"

namespace cli {

// Commands that another layer brings: listed in the help, run by whoever reads the command line first.
struct OtherCommand {
  const char* name;
  const char* help;
};

// Parses the arguments and runs the command; gives the program's exit code. Wrong usage is told in one line
// on `context.err`.
int run_command_line(const std::vector<std::string>& arguments, const std::string& version,
                     const std::vector<OtherCommand>& others, Context& context);

}  // namespace cli
