#include "auth/secret_key.h"

#include <limits>

namespace auth {
namespace {

std::optional<base::Error> too_short(const std::string& variable, const std::string& key) {
  if (key.size() >= kMinSecretKeyBytes) return std::nullopt;
  return base::make_error(
      base::ErrorKind::invalid,
      variable + " has " + std::to_string(key.size()) + " characters and needs " +
          std::to_string(kMinSecretKeyBytes) +
          " or more; make one with 'openssl rand -hex 32', or unset it: a key is then kept "
          "in the data folder");
}

}  // namespace

base::Result<KeyRing> load_key(const GivenKey& given, const std::string& path) {
  if (!given.current) return load_key_ring(path);
  if (auto error = too_short(given.variable, *given.current)) return std::move(*error);
  KeyRing ring(*given.current);
  if (!given.previous) return ring;
  if (auto error = too_short(given.variable + "_PREVIOUS", *given.previous)) return std::move(*error);
  ring.previous = *given.previous;
  // nobody says when it was replaced: what it signed counts until it ends
  ring.rotated_at = base::from_unix_ms(std::numeric_limits<std::int64_t>::max() / 1'000'000);
  return ring;
}

base::Result<KeyRing> load_secret_key(std::optional<std::string_view> from_environment,
                                      const std::string& data_dir) {
  GivenKey given{"SECRET_KEY", {}, {}};
  if (from_environment) given.current = std::string(*from_environment);
  return load_key(given, data_dir + "/" + kSecretKeyFile);
}

}  // namespace auth
