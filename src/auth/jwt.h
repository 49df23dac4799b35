// JSON Web Tokens, as narrow as they can be: HS256 under one key, our own header byte for byte, our own
// claims.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"

namespace auth {

struct Claims {
  base::UserId user;         // sub
  std::string session_id;    // sid
  base::Instant issued_at;   // iat, whole seconds
  base::Instant expires_at;  // exp, whole seconds
};

std::string sign_jwt(const Claims& claims, std::string_view key);

// The claims of a token that this key signed and that has not ended. Any other header (another algorithm,
// "none", other spacing), a wrong or missing signature, a missing claim or a past `exp` is nullopt.
std::optional<Claims> verify_jwt(std::string_view token, std::string_view key, base::Instant now);

}  // namespace auth
