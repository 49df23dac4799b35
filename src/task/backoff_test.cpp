#include "task/backoff.h"

namespace task {
namespace {

using base::Milliseconds;

TEST(Backoff, DoublesToItsMaximum) {
  const RetryPolicy policy{
      .max_attempts = 20, .initial_delay_s = 10, .factor = 2, .max_delay_s = 600, .jitter = 0};
  EXPECT_EQ(backoff_after(policy, 1, 0.5), Milliseconds{10'000});
  EXPECT_EQ(backoff_after(policy, 2, 0.5), Milliseconds{20'000});
  EXPECT_EQ(backoff_after(policy, 6, 0.5), Milliseconds{320'000});
  EXPECT_EQ(backoff_after(policy, 7, 0.5), Milliseconds{600'000});
  EXPECT_EQ(backoff_after(policy, 5000, 0.5), Milliseconds{600'000});
}

TEST(Backoff, JitterSpreadsBothWaysAndNeverFurther) {
  const RetryPolicy policy{
      .max_attempts = 3, .initial_delay_s = 10, .factor = 2, .max_delay_s = 600, .jitter = 0.2};
  EXPECT_EQ(backoff_after(policy, 1, 0.0), Milliseconds{8'000});
  EXPECT_EQ(backoff_after(policy, 1, 0.5), Milliseconds{10'000});
  EXPECT_LT(backoff_after(policy, 1, 0.999999), Milliseconds{12'001});
}

TEST(Backoff, OfZeroStaysZero) {
  const RetryPolicy policy{
      .max_attempts = 3, .initial_delay_s = 0, .factor = 10, .max_delay_s = 600, .jitter = 1};
  EXPECT_EQ(backoff_after(policy, 1, 0.9), Milliseconds{0});
}

}  // namespace
}  // namespace task
