// For tests: all of auth over a store in memory and a clock that is set by hand.
#pragma once
#include <gtest/gtest.h>

#include "auth/authenticator.h"
#include "auth/fake_store.h"
#include "auth/first_run.h"
#include "auth/secrets.h"

namespace auth {

inline constexpr PasswordCost kCheap{1, 8192};

class AuthTest : public testing::Test {
 protected:
  AuthTest()
      : accounts_(store_, clock_, passwords_, cache_, {}),
        log_(store_, clock_, std::string(FakeStore::kAuditKey), {}),
        factors_(store_, clock_, sealer_),
        secrets_(store_, clock_, sealer_),
        sessions_(store_, clock_, accounts_, passwords_, cache_, KeyRing(std::string(32, 'k'))),
        first_run_(store_, clock_, accounts_, sessions_),
        tokens_(store_, clock_, cache_),
        authenticator_(store_, clock_, sessions_, tokens_, cache_) {
    admin_.name = "root";
    sessions_.use(factors_);
    sessions_.use(log_);
  }

  rights::Actor make(const std::string& name, rights::Role role = rights::Role::viewer) {
    const auto user = accounts_.create(admin_, {name, password_of(name), role, false});
    EXPECT_TRUE(user) << user.error().message;
    rights::Actor actor;
    actor.user = user->id;
    actor.name = name;
    actor.role = role;
    return actor;
  }
  static std::string password_of(const std::string& name) { return "password of " + name; }
  base::Result<LoggedIn, Refusal> log_in(const std::string& name, const std::string& password,
                                         const std::string& address = "10.0.0.1",
                                         const std::string& code = "") {
    LogInAttempt attempt;
    attempt.name = name;
    attempt.password = password;
    attempt.address = address;
    attempt.code = code;
    return sessions_.log_in(attempt);
  }
  std::vector<std::string> actions() {
    std::vector<std::string> found;
    for (const auto& entry : store_.audit()) found.push_back(entry.action);
    return found;
  }

  FakeStore store_;
  base::ManualClock clock_{base::from_unix_ms(1'770'000'000'123)};
  Passwords passwords_{kCheap};
  IdentityCache cache_;
  Sealer sealer_{KeyRing(std::string(43, 's'))};
  Accounts accounts_;
  AuditLog log_;
  SecondFactors factors_;
  Secrets secrets_;
  Sessions sessions_;
  FirstRun first_run_;
  Tokens tokens_;
  Authenticator authenticator_;
  rights::Actor admin_;
};

}  // namespace auth
