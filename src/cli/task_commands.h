// What the files of `task` commands share.
#pragma once
#include "cli/context.h"

namespace CLI {
class App;
}

namespace cli {

// Says what was done to the task that the server answered with, or why it was not; gives the exit code.
int tell_task(Context& context, const base::Result<boost::json::value>& task, const char* deed);

// backfill, why, revisions, restore and cleanup: what has to do with a task's past.
void add_task_past_commands(CLI::App& tasks, Context& context);

}  // namespace cli
