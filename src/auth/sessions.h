// Log-ins: a row in the store, and a signed token that names it.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "auth/accounts.h"
#include "auth/identity_cache.h"
#include "auth/jwt.h"
#include "auth/passwords.h"
#include "auth/throttle.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/store.h"

namespace auth {

struct SessionOptions {
  base::Milliseconds lifetime = std::chrono::hours(24);
  // Of failed log-ins: of one account from one address, of one address, of one account.
  ThrottleLimit per_account_and_address{10, base::Milliseconds{6000}};
  ThrottleLimit per_address{50, base::Milliseconds{1000}};
  ThrottleLimit per_account{100, base::Milliseconds{1000}};
};

inline constexpr std::int64_t kMaxSessionsOfUser = 100;  // the oldest are ended beyond
inline constexpr std::size_t kMaxUserAgentBytes = 200;

struct LogInAttempt {
  std::string name;
  std::string password;
  std::string address;
  std::string user_agent;
  bool may_use_demo_password = false;  // see demo_password.h
};

struct LoggedIn {
  std::string access_token;
  base::Milliseconds expires_in{0};
  store::User user;
};

// Why a log-in was not taken, and where it was throttled for how long.
struct Refusal : base::Error {
  Refusal(base::Error error) : base::Error(std::move(error)) {}
  std::optional<base::Milliseconds> retry_after;
};

class Sessions {
 public:
  Sessions(store::Store& store, const base::Clock& clock, Accounts& accounts, Passwords& passwords,
           IdentityCache& cache, std::string key, SessionOptions options = {});

  // unauthenticated, in the same words and time, for an unknown user, a wrong password and a disabled
  // account; forbidden for the demo password where it may not be used; too_many when throttled (retry_after
  // tells how long).
  base::Result<LoggedIn, Refusal> log_in(const LogInAttempt& attempt);
  // After a change of the own password: a new session in place of those that ended.
  base::Result<LoggedIn> open(const store::User& user, const std::string& address,
                              const std::string& user_agent);
  // Ends that session at once. Nothing happens when it has ended already.
  base::Result<void> log_out(const rights::Actor& actor, const std::string& session_id);

  // The claims of one of our own access tokens.
  std::optional<Claims> read(std::string_view access_token) const;

 private:
  std::optional<Refusal> throttle(const LogInAttempt& attempt);
  base::Error refuse(const LogInAttempt& attempt);
  base::Result<LoggedIn> insert(const store::User& user, const std::string& address,
                                const std::string& user_agent, std::string_view action);

  store::Store& store_;
  const base::Clock& clock_;
  Accounts& accounts_;
  Passwords& passwords_;
  IdentityCache& cache_;
  std::string key_;
  SessionOptions options_;
  Throttle by_account_and_address_;
  Throttle by_address_;
  Throttle by_account_;
};

}  // namespace auth
