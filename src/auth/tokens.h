// Personal API tokens: shown once, kept as a hash.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.h"
#include "auth/identity_cache.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/store.h"

namespace auth {

inline constexpr std::string_view kTokenPrefix = "mst_";
inline constexpr std::size_t kMaxTokenNameBytes = 100;
inline constexpr std::int64_t kMaxTokens = 100;  // of one user
// last_used_at is written at most so often for one token.
inline constexpr base::Milliseconds kTouchInterval{60'000};

struct NewToken {
  std::string name;
  rights::Scope scope = rights::Scope::read;
  std::optional<base::Instant> expires_at;
};

struct CreatedToken {
  store::Token token;
  std::string text;  // the secret: "mst_..."
};

class Tokens {
 public:
  Tokens(store::Store& store, const base::Clock& clock, IdentityCache& cache);

  // For the caller himself. A caller who came with a token needs scope write (forbidden).
  base::Result<CreatedToken> create(const rights::Actor& actor, const NewToken& wanted);
  std::vector<store::Token> list(base::UserId user) const;
  // not_found when the user has none of that id. Takes effect at once.
  base::Result<void> revoke(const rights::Actor& actor, base::TokenId id);

  // Notes the use, now and then; does not block.
  void touch(const store::Token& token);

 private:
  store::Store& store_;
  const base::Clock& clock_;
  IdentityCache& cache_;
};

}  // namespace auth
