// The key that signs log-ins.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace auth {

// HS256 is as strong as its key (RFC 7518 asks for 256 bits): 32 characters from the environment are the
// least.
inline constexpr std::size_t kMinSecretKeyBytes = 32;

// The key: `from_environment` (SECRET_KEY) where it is given, else the one kept in `<data_dir>/secret.key`,
// which is made, random and with mode 0600, when there is none. Errors say how to mend it; the key is never
// in them.
base::Result<std::string> load_secret_key(std::optional<std::string_view> from_environment,
                                          const std::string& data_dir);

}  // namespace auth
