#include "runner/job_table.h"

#include <gtest/gtest.h>

namespace runner {
namespace {

using std::chrono::seconds;

TEST(Deadlines, OfAJobThatHasEndedAreDroppedAndOthersStay) {
  const SteadyTime now;
  Job ended, other;
  ended.key = {base::ExecutionId{1}, 1};
  ended.timeout_at = now + seconds(1);
  ended.kill_at = now + seconds(2);
  other.key = {base::ExecutionId{2}, 1};
  other.timeout_at = now + seconds(1);
  Deadlines deadlines;
  deadlines.add_all(ended, 0);
  deadlines.add_all(other, 1);
  deadlines.drop_all(ended, 0);
  const auto due = deadlines.take_due(now + seconds(3));
  ASSERT_TRUE(due);
  EXPECT_EQ(due->slot, 1);
  EXPECT_FALSE(deadlines.next());
}

TEST(Deadlines, AreTakenInTheirOrderAndNotBeforeTheirTime) {
  const SteadyTime now;
  Job job;
  job.timeout_at = now + seconds(2);
  job.spill_at = now + seconds(1);
  Deadlines deadlines;
  deadlines.add_all(job, 0);
  EXPECT_EQ(deadlines.next(), now + seconds(1));
  EXPECT_FALSE(deadlines.take_due(now));
  EXPECT_EQ(deadlines.take_due(now + seconds(3))->at, now + seconds(1));
  EXPECT_EQ(deadlines.take_due(now + seconds(3))->at, now + seconds(2));
  EXPECT_FALSE(deadlines.take_due(now + seconds(3)));
}

}  // namespace
}  // namespace runner
