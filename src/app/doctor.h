// `mini-scheduler doctor`: looks at all that a server here needs, and says how to mend what is wrong.
#pragma once
#include <string>
#include <vector>

#include "app/config.h"

namespace app {

struct Finding {
  enum class Status { ok, warning, failed };  // a warning stops nobody
  std::string check;                          // "clock"
  Status status = Status::ok;
  std::string found;
  std::string mend;  // empty where there is nothing to mend
};

// Everything but the configuration's own reading. Changes nothing; a running server goes on as it was.
std::vector<Finding> examine(const Config& config);

// The command: exit code 0, or 1 where a check failed, or 2 for wrong usage.
int doctor(const std::vector<std::string>& arguments);

}  // namespace app
