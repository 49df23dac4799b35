// The keys that the server works with, each from the environment or from a file in the data folder.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "auth/key_ring.h"
#include "base/result.h"

namespace auth {

// HS256 is as strong as its key (RFC 7518 asks for 256 bits): 32 characters from the environment are the
// least, here and for the other keys.
inline constexpr std::size_t kMinSecretKeyBytes = 32;

inline constexpr const char* kSecretKeyFile = "secret.key";    // signs log-ins
inline constexpr const char* kSecretsKeyFile = "secrets.key";  // seals the secrets of jobs
inline constexpr const char* kAuditKeyFile = "audit.key";      // of the audit's chain
inline constexpr const char* kAuditHeadFile = "audit.head";    // names the audit's newest row

// A key that the environment may give, as `variable` and as `variable`_PREVIOUS beside it.
struct GivenKey {
  std::string variable;
  std::optional<std::string> current;
  std::optional<std::string> previous;
};

// The key: from the environment where it is given, else the one kept in `path`, which is made when there is
// none (key_ring.h). Errors say how to mend it; the key is never in them.
base::Result<KeyRing> load_key(const GivenKey& given, const std::string& path);

// The same for SECRET_KEY.
base::Result<KeyRing> load_secret_key(std::optional<std::string_view> from_environment,
                                      const std::string& data_dir);

}  // namespace auth
