// The link that a first start prints: whoever opens it chooses the first admin's password.
#pragma once
#include <string>
#include <string_view>

#include "auth/accounts.h"
#include "auth/sessions.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/store.h"

namespace auth {

inline constexpr base::Milliseconds kFirstRunLifetime = std::chrono::hours(1);

class FirstRun {
 public:
  FirstRun(store::Store& store, const base::Clock& clock, Accounts& accounts, Sessions& sessions);

  // A new token while the first start's password stands, which works once and for an hour; an older one works
  // no more. Empty when that password was changed.
  std::string issue();

  // Sets the first admin's password and logs him in. forbidden when the token is not the one that was issued,
  // was used, or is too old.
  base::Result<LoggedIn> redeem(std::string_view token, std::string_view password, const std::string& address,
                                const std::string& user_agent);

 private:
  bool is_good(store::Reader& reader, std::string_view token) const;

  store::Store& store_;
  const base::Clock& clock_;
  Accounts& accounts_;
  Sessions& sessions_;
};

}  // namespace auth
