#include "auth/second_factor.h"

#include <gmock/gmock.h>

#include "auth/auth_fixture.h"
#include "auth/totp.h"

namespace auth {
namespace {

using base::ErrorKind;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class SecondFactorTest : public AuthTest {
 protected:
  SecondFactorTest() : bob_(make("bob")) {}

  std::string key() {
    std::string sealed;
    store_.read([&](store::Reader& reader) { sealed = reader.find_second_factor(bob_.user).value().sealed; });
    return sealer_.open(purpose_of_factor(bob_.user), sealed).value();
  }
  std::string code() { return totp_code(key(), totp_step(clock_.now())); }
  std::vector<std::string> turn_on() {
    EXPECT_TRUE(factors_.enrol(bob_));
    const auto codes = factors_.confirm(bob_, code());
    EXPECT_TRUE(codes) << codes.error().message;
    clock_.advance(std::chrono::seconds(kTotpStepSeconds));
    return *codes;
  }
  base::Result<LoggedIn, Refusal> log_in_with(const std::string& given) {
    return log_in("bob", password_of("bob"), "10.0.0.1", given);
  }

  rights::Actor bob_;
};

TEST_F(SecondFactorTest, CountsForNothingUntilItIsConfirmed) {
  const auto enrolment = factors_.enrol(bob_);
  ASSERT_TRUE(enrolment);
  EXPECT_EQ(enrolment->key, to_base32(key()));
  EXPECT_THAT(enrolment->uri, HasSubstr(enrolment->key));
  EXPECT_TRUE(log_in_with(""));
  EXPECT_EQ(factors_.confirm(bob_, "000000").error().fields.at(0).loc.back(), "code");
  EXPECT_FALSE(factors_.is_on(bob_.user));
  EXPECT_TRUE(factors_.enrol(bob_)) << "another app may be taken before it is on";
}

TEST_F(SecondFactorTest, IsAskedForAtLogInAndTakesEachCodeOnce) {
  turn_on();
  const auto without = log_in_with("");
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().kind, ErrorKind::unauthenticated);
  EXPECT_EQ(without.error().fields.at(0).loc.back(), "code");
  EXPECT_TRUE(log_in("bob", "wrong password").error().fields.empty()) << "a wrong password learns nothing";
  const auto now = code();
  EXPECT_TRUE(log_in_with(now));
  EXPECT_FALSE(log_in_with(now)) << "a replay";
  clock_.advance(std::chrono::seconds(kTotpStepSeconds));
  EXPECT_TRUE(log_in_with(code()));
  EXPECT_THAT(actions(), Contains("auth.second_factor_failed"));
}

TEST_F(SecondFactorTest, RecoveryCodesWorkOnceEachAndAreKeptAsHashes) {
  const auto codes = turn_on();
  ASSERT_EQ(codes.size(), static_cast<std::size_t>(kRecoveryCodes));
  EXPECT_TRUE(log_in_with(codes[3]));
  EXPECT_FALSE(log_in_with(codes[3]));
  std::string typed = codes[4];
  std::erase(typed, '-');
  for (auto& letter : typed) letter = static_cast<char>(std::tolower(letter));
  EXPECT_TRUE(log_in_with(typed));
  EXPECT_EQ(factors_.state_of(bob_.user).recovery_codes_left, kRecoveryCodes - 2);
  store_.read([&](store::Reader& reader) {
    const auto factor = reader.find_second_factor(bob_.user);
    for (const auto& hash : factor->recovery_hashes) EXPECT_EQ(hash.size(), 64u);
  });
}

TEST_F(SecondFactorTest, GuessesAreBoundedHoweverManyAddressesTheyComeFrom) {
  turn_on();
  int tried = 0;
  for (int guess = 0; guess < 500; ++guess) {
    const auto answer = log_in("bob", password_of("bob"), "10.1.0." + std::to_string(guess), "nonsense");
    if (answer.error().kind == ErrorKind::unauthenticated) ++tried;
  }
  EXPECT_EQ(tried, 20);
}

TEST_F(SecondFactorTest, GoesOffWithACodeOrByAnAdmin) {
  turn_on();
  EXPECT_EQ(factors_.turn_off(bob_, "nonsense").error().kind, ErrorKind::invalid);
  ASSERT_TRUE(factors_.turn_off(bob_, code()));
  EXPECT_TRUE(log_in_with(""));
  turn_on();
  ASSERT_TRUE(factors_.reset(admin_, *accounts_.find(bob_.user)));
  EXPECT_TRUE(log_in_with(""));
  EXPECT_EQ(factors_.reset(admin_, *accounts_.find(bob_.user)).error().kind, ErrorKind::not_found);
  EXPECT_THAT(actions(), Contains("second_factor.reset"));
}

TEST_F(SecondFactorTest, ItsKeyIsSealedForItsUserAlone) {
  ASSERT_TRUE(factors_.enrol(bob_));
  std::string sealed;
  store_.read([&](store::Reader& reader) { sealed = reader.find_second_factor(bob_.user)->sealed; });
  EXPECT_THAT(sealed, Not(HasSubstr(key())));
  EXPECT_FALSE(sealer_.open(purpose_of_factor(base::UserId{bob_.user.value + 1}), sealed));
}

}  // namespace
}  // namespace auth
