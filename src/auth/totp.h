// One-time codes of six digits (TOTP, RFC 6238): HMAC-SHA-1 over steps of 30 s, as every authenticator app
// does them. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace auth {

inline constexpr std::size_t kTotpKeyBytes = 20;
inline constexpr std::int64_t kTotpStepSeconds = 30;
// So many steps before and after the clock's own are taken, for clocks that are not quite the same.
inline constexpr std::int64_t kTotpWindow = 1;

std::int64_t totp_step(base::Instant at);
std::string totp_code(std::string_view key, std::int64_t step);

// The step whose code that is, near `now` and after `last_step` (so that none works twice); nullopt: none.
// Blanks in the code don't count. Takes as long whether it matches or not.
std::optional<std::int64_t> match_totp(std::string_view key, std::string_view code, base::Instant now,
                                       std::int64_t last_step);

// RFC 4648, without padding: how a key is shown to be typed.
std::string to_base32(std::string_view bytes);
// What an authenticator app reads from a QR code.
std::string otpauth_uri(std::string_view key, std::string_view user, std::string_view issuer);

}  // namespace auth
