// The server's own settings from its environment, taken out of it.
#pragma once

namespace app {

// The value of SECRET_KEY or a MINI_SCHEDULER_* variable, as this process was started with it; nullptr where
// it was not given. The first call takes all of them out of the environment and wipes them there: /proc shows
// it to every process of the same user, and most jobs are such. Call it before there are threads.
const char* own_setting(const char* name);

}  // namespace app
