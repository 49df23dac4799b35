// This process's environment, without its secrets once they were read.
#pragma once

namespace app {

// The variable as this process was started with it; nullptr where it was not given. The first call takes
// SECRET_KEY* and MINI_SCHEDULER_* out of the environment and wipes them there: a child inherits it, and
// /proc shows it to every process of the same user, which most jobs are. Call it before there are threads.
const char* environment_variable(const char* name);

}  // namespace app
