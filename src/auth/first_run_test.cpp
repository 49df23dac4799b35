#include "auth/first_run.h"

#include "auth/auth_fixture.h"

namespace auth {
namespace {

using base::ErrorKind;

class FirstRunTest : public AuthTest {
 protected:
  FirstRunTest() { EXPECT_TRUE(accounts_.ensure_first_admin(std::nullopt)); }
  base::Result<LoggedIn> redeem(const std::string& token,
                                const std::string& password = "chosen by the owner") {
    return first_run_.redeem(token, password, "127.0.0.1", "test");
  }
};

TEST_F(FirstRunTest, TheLinkSetsThePasswordOnceAndLogsIn) {
  const auto token = first_run_.issue();
  EXPECT_GE(token.size(), 32u);
  EXPECT_EQ(redeem(token, "short").error().kind, ErrorKind::invalid);
  const auto login = redeem(token);
  ASSERT_TRUE(login) << login.error().message;
  EXPECT_FALSE(login->user.must_change_password);
  EXPECT_TRUE(authenticator_.identify(login->access_token, "127.0.0.1"));
  EXPECT_FALSE(accounts_.demo_password_stands());
  EXPECT_EQ(redeem(token).error().kind, ErrorKind::forbidden);
  EXPECT_TRUE(log_in("admin", "chosen by the owner"));
  EXPECT_EQ(first_run_.issue(), "") << "there is nothing to set any more";
}

TEST_F(FirstRunTest, AnOldAReplacedOrAGuessedLinkIsRefused) {
  const auto first = first_run_.issue();
  const auto second = first_run_.issue();
  EXPECT_EQ(redeem(first).error().kind, ErrorKind::forbidden);
  EXPECT_EQ(redeem("").error().kind, ErrorKind::forbidden);
  EXPECT_EQ(redeem("guess").error().kind, ErrorKind::forbidden);
  clock_.advance(kFirstRunLifetime);
  EXPECT_EQ(redeem(second).error().kind, ErrorKind::forbidden);
  EXPECT_TRUE(accounts_.demo_password_stands());
}

TEST_F(FirstRunTest, ALinkIsNoGoodOnceThePasswordWasChangedOtherwise) {
  const auto token = first_run_.issue();
  ASSERT_TRUE(accounts_.ensure_first_admin("set by the environment"));
  EXPECT_EQ(redeem(token).error().kind, ErrorKind::forbidden);
  EXPECT_TRUE(log_in("admin", "set by the environment"));
}

}  // namespace
}  // namespace auth
