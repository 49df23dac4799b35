#include "task/run_length.h"

#include <gtest/gtest.h>

namespace task {
namespace {

using base::Milliseconds;
using std::chrono::hours;
using std::chrono::seconds;

TEST(RunLength, OneAttemptGetsItsTimeoutAndItsGrace) {
  const TaskDefinition definition{.timeout_s = 30, .kill_grace_s = 5};
  EXPECT_EQ(bounded_length(definition, 60, hours{1}), seconds{35});
  EXPECT_EQ(bounded_length(definition, 60, Milliseconds{34'999}), Milliseconds{34'999});
}

TEST(RunLength, TheServersTimeoutHoldsWhereTheTaskHasNone) {
  EXPECT_EQ(bounded_length({.kill_grace_s = 10}, 60, hours{1}), seconds{70});
  EXPECT_EQ(bounded_length({.kill_grace_s = 10}, 0, hours{1}), hours{1});
  EXPECT_EQ(bounded_length({.timeout_s = 0}, 60, hours{1}), hours{1}) << "none is asked for";
}

TEST(RunLength, EachAttemptGetsAsMuchAndTheLongestDelaysLieBetween) {
  const RetryPolicy retry{
      .max_attempts = 3, .initial_delay_s = 10, .factor = 2, .max_delay_s = 600, .jitter = 0.2};
  const TaskDefinition definition{.timeout_s = 30, .kill_grace_s = 0, .retry = retry};
  EXPECT_EQ(bounded_length(definition, 60, hours{1}), seconds{30 + 12 + 30 + 24 + 30});
  EXPECT_EQ(bounded_length(definition, 60, seconds{70}), seconds{70});
}

}  // namespace
}  // namespace task
