// Random and hashed secrets as text.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace auth {

// So many random bytes, as base64url without padding.
std::string random_text(std::size_t bytes);

std::string to_base64url(std::string_view bytes);
// nullopt for padding, other letters, or an encoding that is not the only one of its bytes.
std::optional<std::string> from_base64url(std::string_view text);

// The BLAKE2b hash under which a random secret is kept, in hex. Not for passwords.
std::string hash_secret(std::string_view secret);

}  // namespace auth
