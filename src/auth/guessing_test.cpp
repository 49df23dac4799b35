// Whoever guesses passwords gets no more tries than the budget, and locks nobody out.
#include "auth/auth_fixture.h"

namespace auth {
namespace {

using base::ErrorKind;

class Guessing : public AuthTest {
 protected:
  static constexpr int kAddresses = 100;
  static constexpr int kGuesses = 10'000;
  static constexpr std::int64_t kSeconds = 600;

  static std::string address_of(int guess) { return "198.51.100." + std::to_string(guess % kAddresses); }

  // All guesses, evenly over the time; gives how many were tried against the hash.
  int guess_at(const std::string& name) {
    int tried = 0;
    for (int guess = 0; guess < kGuesses; ++guess) {
      const auto answer = log_in(name, "guess " + std::to_string(guess), address_of(guess));
      EXPECT_FALSE(answer);
      if (!answer && answer.error().kind == ErrorKind::unauthenticated) ++tried;
      clock_.advance(base::Milliseconds{kSeconds * 1000 / kGuesses});
    }
    return tried;
  }
};

TEST_F(Guessing, TenThousandGuessesFromAHundredAddressesGetTheBudgetAndTheOwnerGetsIn) {
  make("owner");
  ASSERT_TRUE(log_in("owner", password_of("owner"), "192.0.2.7"));
  const SessionOptions limits;
  const int budget = static_cast<int>(limits.per_account.burst) + static_cast<int>(kSeconds) +
                     kAddresses * static_cast<int>(limits.first_tries.burst);
  const int tried = guess_at("owner");
  RecordProperty("tried", tried);
  RecordProperty("budget", budget);
  EXPECT_LE(tried, budget);
  EXPECT_GE(tried, static_cast<int>(limits.per_account.burst)) << "the budget is used, not shut";
  EXPECT_TRUE(log_in("owner", password_of("owner"), "192.0.2.7")) << "from where he was before";
  EXPECT_TRUE(log_in("owner", password_of("owner"), "192.0.2.8")) << "and from somewhere new";
}

TEST_F(Guessing, AnUnknownUserCostsTheSameTries) {
  make("owner");
  const int at_owner = guess_at("owner");
  EXPECT_EQ(guess_at("nobody"), at_owner);
}

TEST_F(Guessing, AnAddressWithAnOpenSessionIsKnownAfterAStartToo) {
  make("owner");
  ASSERT_TRUE(log_in("owner", password_of("owner"), "192.0.2.7"));
  SessionOptions strict;
  strict.per_account = strict.per_account_first_tries = {1, std::chrono::hours(1)};
  Sessions started_anew(store_, clock_, accounts_, passwords_, cache_, KeyRing(std::string(32, 'k')), strict);
  const auto try_from = [&](const std::string& address, const std::string& password) {
    return started_anew.log_in({"owner", password, address, "", false});
  };
  for (int guess = 0; guess < 3; ++guess) EXPECT_FALSE(try_from("198.51.100.1", "guess"));
  EXPECT_EQ(try_from("203.0.113.9", password_of("owner")).error().kind, ErrorKind::too_many);
  EXPECT_TRUE(try_from("192.0.2.7", password_of("owner")));
}

TEST_F(Guessing, OneAddressGetsNoFurtherByTryingManyNames) {
  int tried = 0;
  for (int guess = 0; guess < 1000; ++guess) {
    const auto answer = log_in("user" + std::to_string(guess), "guess");
    if (answer.error().kind == ErrorKind::unauthenticated) ++tried;
  }
  EXPECT_EQ(tried, 50);
}

TEST_F(Guessing, TheOwnPasswordCanNotBeGuessedFromASession) {
  const auto owner = make("owner");
  int tried = 0;
  for (int guess = 0; guess < 100; ++guess) {
    const auto answer = accounts_.change_own_password(owner, "guess", "another password");
    if (answer.error().kind == ErrorKind::forbidden) ++tried;
  }
  EXPECT_EQ(tried, 10);
  clock_.advance(std::chrono::minutes(1));
  EXPECT_TRUE(accounts_.change_own_password(owner, password_of("owner"), "another password"));
}

}  // namespace
}  // namespace auth
