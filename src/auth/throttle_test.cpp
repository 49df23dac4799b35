#include "auth/throttle.h"

#include <gtest/gtest.h>

namespace auth {
namespace {

const base::Instant kStart = base::from_unix_ms(1'770'000'000'000);

TEST(Throttle, LetsABurstGoAndThenOneEachInterval) {
  Throttle throttle({3, base::Milliseconds{1000}});
  for (int attempt = 0; attempt < 3; ++attempt) EXPECT_FALSE(throttle.take("a", kStart));
  EXPECT_EQ(throttle.take("a", kStart), base::Milliseconds{1001});
  EXPECT_FALSE(throttle.take("b", kStart));
  EXPECT_TRUE(throttle.take("a", kStart + base::Milliseconds{999}));
  EXPECT_FALSE(throttle.take("a", kStart + base::Milliseconds{1000}));
  EXPECT_TRUE(throttle.take("a", kStart + base::Milliseconds{1000}));
}

TEST(Throttle, GoodAttemptsCostNothing) {
  Throttle throttle({1, base::Milliseconds{1000}});
  for (int attempt = 0; attempt < 5; ++attempt) {
    EXPECT_FALSE(throttle.take("a", kStart));
    throttle.give_back("a");
  }
}

TEST(Throttle, AClockSetBackGivesNothingAway) {
  Throttle throttle({1, base::Milliseconds{1000}});
  EXPECT_FALSE(throttle.take("a", kStart));
  EXPECT_TRUE(throttle.take("a", kStart - std::chrono::hours(1)));
}

TEST(Throttle, ItsMemoryIsBounded) {
  Throttle throttle({1, base::Milliseconds{1000}});
  for (std::size_t key = 0; key < Throttle::kMaxKeys; ++key)
    EXPECT_FALSE(throttle.take(std::to_string(key), kStart));
  EXPECT_FALSE(throttle.take("newcomer", kStart));
  EXPECT_TRUE(throttle.take("next newcomer", kStart));  // they share a bucket now
  EXPECT_LE(throttle.size(), Throttle::kMaxKeys + 1);
  EXPECT_FALSE(throttle.take("later", kStart + std::chrono::hours(1)));
  EXPECT_LE(throttle.size(), 2u);
}

}  // namespace
}  // namespace auth
