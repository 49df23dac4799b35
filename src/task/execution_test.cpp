#include "task/execution.h"

#include "task/task.h"

namespace task {
namespace {

constexpr ExecutionStatus kAll[] = {
    ExecutionStatus::pending, ExecutionStatus::running, ExecutionStatus::success,
    ExecutionStatus::failed,  ExecutionStatus::timeout, ExecutionStatus::cancelled,
    ExecutionStatus::skipped, ExecutionStatus::missed,  ExecutionStatus::lost};

TEST(ExecutionStatus, ReadsBackAsItPrints) {
  for (const auto status : kAll) EXPECT_EQ(parse_execution_status(to_string(status)), status);
  EXPECT_FALSE(parse_execution_status("running"));
}

TEST(ExecutionStatus, NeverLeavesAFinalState) {
  for (const auto from : kAll) {
    for (const auto to : kAll) {
      if (is_final(from)) {
        EXPECT_FALSE(may_become(from, to)) << to_string(from) << " to " << to_string(to);
      }
    }
  }
}

TEST(ExecutionStatus, ARunThatBeganIsNeverSkippedOrMissed) {
  EXPECT_FALSE(may_become(ExecutionStatus::running, ExecutionStatus::skipped));
  EXPECT_FALSE(may_become(ExecutionStatus::running, ExecutionStatus::missed));
  EXPECT_TRUE(may_become(ExecutionStatus::running, ExecutionStatus::pending));
  EXPECT_TRUE(may_become(ExecutionStatus::pending, ExecutionStatus::success));
}

TEST(TaskStatus, IsDerivedFromPausedAndTheCounters) {
  EXPECT_EQ(status_of(false, 0, 0, false), TaskStatus::active);
  EXPECT_EQ(status_of(false, 0, 0, true), TaskStatus::failed);
  EXPECT_EQ(status_of(false, 1, 1, true), TaskStatus::running);
  EXPECT_EQ(status_of(false, 0, 1, true), TaskStatus::pending);
  EXPECT_EQ(status_of(true, 1, 1, true), TaskStatus::paused);
  Task task;
  task.running = 2;
  task.waiting = 1;
  EXPECT_EQ(status_of(task), TaskStatus::running) << "one of them goes on";
  task.waiting = 2;
  EXPECT_EQ(status_of(task), TaskStatus::pending) << "both wait for a slot or their pool";
}

}  // namespace
}  // namespace task
