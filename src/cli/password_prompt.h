// Passwords from a person or a pipe, never from the command line.
#pragma once
#include <iosfwd>
#include <string>

#include "base/result.h"

namespace cli {

// Asks at the terminal without echo; where `in` is no terminal, reads one line of it.
// invalid where nothing is given.
base::Result<std::string> ask_password(const std::string& prompt, std::istream& in, std::ostream& err);

}  // namespace cli
