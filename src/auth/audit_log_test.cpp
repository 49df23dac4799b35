#include "auth/audit_log.h"

#include <gmock/gmock.h>

#include "auth/auth_fixture.h"

namespace auth {
namespace {

using testing::HasSubstr;

class AuditLogTest : public AuthTest {
 protected:
  void refuse(const std::string& address, int times = 1) {
    for (int i = 0; i < times; ++i) log_.refused({"auth.login_failed", "", address, "user:bob"});
  }
};

TEST_F(AuditLogTest, WritesTheFirstAtOnceAndTheRestOfTheMinuteAsOneRow) {
  refuse("10.0.0.1", 1000);
  ASSERT_EQ(store_.audit().size(), 1u);
  EXPECT_EQ(store_.audit()[0].object, "user:bob");
  log_.settle();
  EXPECT_EQ(store_.audit().size(), 1u) << "the minute is not over";
  clock_.advance(std::chrono::minutes(1));
  log_.settle();
  ASSERT_EQ(store_.audit().size(), 2u);
  EXPECT_THAT(store_.audit()[1].after, HasSubstr("1000"));
  refuse("10.0.0.1");
  EXPECT_EQ(store_.audit().size(), 3u);
}

TEST_F(AuditLogTest, AFloodFromAnywhereIsAFewRowsAMinute) {
  constexpr int kMinutes = 3;
  for (int minute = 0; minute < kMinutes; ++minute) {
    for (int i = 0; i < 20'000; ++i)
      refuse("10." + std::to_string(i / 256) + ".0." + std::to_string(i % 256));
    clock_.advance(std::chrono::minutes(1));
  }
  log_.settle();
  EXPECT_LE(store_.audit().size(), kMinutes * (2 * kMaxRefusedAddresses + 1));
  EXPECT_GE(store_.audit().size(), kMinutes * kMaxRefusedAddresses);
  EXPECT_EQ(store_.audit().back().address, "many");
}

TEST_F(AuditLogTest, CountsAreWrittenAtTheEnd) {
  {
    AuditLog log(store_, clock_, "", {});
    for (int i = 0; i < 3; ++i) log.refused({"access.denied", "eve", "10.0.0.1", "POST /tasks"});
  }
  ASSERT_EQ(store_.audit().size(), 2u);
  EXPECT_EQ(store_.audit()[1].actor, "eve");
}

TEST_F(AuditLogTest, ChecksTheWholeChainOrFromARowOn) {
  for (int i = 0; i < 5; ++i) {
    refuse("10.0.0." + std::to_string(i));
  }
  EXPECT_EQ(log_.verify(1).rows, 5);
  EXPECT_FALSE(log_.verify(1).fault);
  EXPECT_EQ(log_.verify(3).rows, 3);
  EXPECT_FALSE(log_.verify(3).fault);
  AuditLog with_another_key(store_, clock_, std::string(32, 'x'), {});
  ASSERT_TRUE(with_another_key.verify(1).fault);
  EXPECT_EQ(with_another_key.verify(1).fault->id, 1);
}

}  // namespace
}  // namespace auth
