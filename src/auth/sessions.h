// Log-ins: a row in the store, and a signed token that names it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "auth/accounts.h"
#include "auth/audit_log.h"
#include "auth/identity_cache.h"
#include "auth/jwt.h"
#include "auth/key_ring.h"
#include "auth/passwords.h"
#include "auth/second_factor.h"
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
  // So that whoever guesses from many addresses locks nobody out: an address that the account was used from
  // needs no room in the account's bucket, and the first tries of any other have one of their own.
  ThrottleLimit first_tries{2, std::chrono::hours(1)};  // of one account from one address
  ThrottleLimit per_account_first_tries{1000, base::Milliseconds{1000}};
};

inline constexpr std::int64_t kMaxSessionsOfUser = 100;  // the oldest are ended beyond
inline constexpr std::size_t kMaxUserAgentBytes = 200;
inline constexpr std::size_t kMaxKnownAddresses = 10000;  // remembered of good log-ins, of all accounts

struct LogInAttempt {
  std::string name;
  std::string password;
  std::string address;
  std::string user_agent;
  bool may_use_demo_password = false;  // see demo_password.h
  std::string code = {};               // of the second factor, where there is one
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

// What a user sees of his own sessions.
struct SessionView {
  store::Session session;
  bool current = false;
};

class Sessions {
 public:
  Sessions(store::Store& store, const base::Clock& clock, Accounts& accounts, Passwords& passwords,
           IdentityCache& cache, KeyRing keys, SessionOptions options = {});

  // From then on log-ins of users who have a second factor need it, and refusals are counted by the audit
  // log. Both must outlive this. At start.
  void use(SecondFactors& factors) { factors_ = &factors; }
  void use(AuditLog& log) { audit_log_ = &log; }

  // unauthenticated, in the same words and time, for an unknown user, a wrong password and a disabled
  // account; also, naming the field `code`, where the password is right and the second factor is missing or
  // wrong; forbidden for the demo password where it may not be used; too_many when throttled (retry_after
  // tells how long).
  base::Result<LoggedIn, Refusal> log_in(const LogInAttempt& attempt);
  // After a change of the own password: a new session in place of those that ended.
  base::Result<LoggedIn> open(const store::User& user, const std::string& address,
                              const std::string& user_agent);
  // Ends that session at once. Nothing happens when it has ended already.
  base::Result<void> log_out(const rights::Actor& actor, const std::string& session_id);

  // The caller's own, newest first; `current` is the id of the one that asks.
  std::vector<SessionView> list(base::UserId user, const std::string& current) const;
  // Ends one of the caller's own at once (not_found), or all but `but_not`, which may be empty; gives how
  // many.
  base::Result<void> end(const rights::Actor& actor, const std::string& session_id);
  base::Result<std::int64_t> end_all(const rights::Actor& actor, const std::string& but_not);

  // The claims of one of our own access tokens.
  std::optional<Claims> read(std::string_view access_token) const;

 private:
  std::optional<Refusal> throttle(const LogInAttempt& attempt);
  std::optional<base::Milliseconds> take_tries(const LogInAttempt& attempt);
  void give_back_tries(const LogInAttempt& attempt);
  bool is_known(const LogInAttempt& attempt);
  base::Error refuse(const LogInAttempt& attempt);
  std::optional<Refusal> refuse_second_factor(const LogInAttempt& attempt, const store::User& user);
  base::Result<LoggedIn> insert(const store::User& user, const std::string& address,
                                const std::string& user_agent, std::string_view action);

  store::Store& store_;
  const base::Clock& clock_;
  Accounts& accounts_;
  Passwords& passwords_;
  IdentityCache& cache_;
  KeyRing keys_;
  SessionOptions options_;
  Throttle by_account_and_address_;
  Throttle by_address_;
  Throttle by_account_;
  Throttle first_tries_;
  Throttle by_account_first_tries_;
  std::mutex known_mutex_;
  std::unordered_set<std::string> known_;  // account and address of log-ins that were good
  SecondFactors* factors_ = nullptr;
  AuditLog* audit_log_ = nullptr;
};

}  // namespace auth
