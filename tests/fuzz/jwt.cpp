#include "auth/jwt.h"

#include <string>

#include "invariants.h"

namespace fuzz {

void check_jwt(Bytes bytes) {
  if (bytes.size() < 2) return;
  const std::string key(32, 'k');
  const auto now = base::from_unix_ms(1'770'000'000'000);
  const auto good = auth::sign_jwt(
      {.user = {7}, .session_id = "a session", .issued_at = now, .expires_at = now + std::chrono::hours(1)},
      key);
  const auto rest = text_of(bytes.subspan(2));
  std::string token(rest);
  if (bytes[0] % 4 == 1) token = std::string(good).replace(bytes[1] % good.size(), rest.size(), rest);
  if (bytes[0] % 4 == 2) token = std::string(good).insert(bytes[1] % (good.size() + 1), rest);
  if (bytes[0] % 4 == 3) token = std::string(good).erase(bytes[1] % good.size());
  const auto claims = auth::verify_jwt(token, key, now);
  require(!claims || token == good, "only what was signed is taken", token);
  require(claims.has_value() == (token == good), "what was signed is taken", token);
}

}  // namespace fuzz
