// From a credential to the one who holds it.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "auth/identity_cache.h"
#include "auth/sessions.h"
#include "auth/tokens.h"

namespace auth {

class Authenticator {
 public:
  Authenticator(store::Store& store, const base::Clock& clock, Sessions& sessions, Tokens& tokens,
                IdentityCache& cache);

  // Who holds that access token or API token: unauthenticated when it is unknown, ended, revoked, or its
  // account is disabled. May read the database. `address` becomes the actor's.
  base::Result<Identity> identify(std::string_view credential, const std::string& address);
  // The same from memory; nullopt when only the database tells.
  std::optional<base::Result<Identity>> identify_quickly(std::string_view credential,
                                                         const std::string& address);
  // Calls `wake` once that caller's session or account has changed, as IdentityCache::watch.
  [[nodiscard]] std::shared_ptr<void> watch(const Identity& identity, std::function<void()> wake) {
    return cache_.watch(identity, std::move(wake));
  }

 private:
  base::Result<Identity> read_session(const Claims& claims);
  base::Result<Identity> read_token(const std::string& hash);

  store::Store& store_;
  const base::Clock& clock_;
  Sessions& sessions_;
  Tokens& tokens_;
  IdentityCache& cache_;
};

}  // namespace auth
