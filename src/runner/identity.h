// As whom a job runs.
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace runner {

struct Identity {
  bool switches = false;  // to another user than the runner's own
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;      // all of them, where it switches
  std::string name, home, shell;  // empty where the system does not know
};

// Of that user, or of the runner's own where the name is empty. An error's message names the user and the
// reason.
base::Result<Identity> identity_of(const std::string& user);

}  // namespace runner
