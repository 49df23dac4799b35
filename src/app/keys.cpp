#include "app/keys.h"

#include <fstream>
#include <iterator>

#include "app/own_environment.h"
#include "auth/random_text.h"
#include "auth/secret_key.h"
#include "store/open.h"

namespace app {
namespace {

constexpr const char* kLoginKey = "SECRET_KEY";
constexpr const char* kSecretsKey = "MINI_SCHEDULER_SECRETS_KEY";
constexpr const char* kAuditKey = "MINI_SCHEDULER_AUDIT_KEY";

base::Result<auth::GivenKey> given_key(const std::string& variable) {
  auto current = secret_variable(variable);
  if (!current) return std::move(current).error();
  auto previous = secret_variable(variable + "_PREVIOUS");
  if (!previous) return std::move(previous).error();
  return auth::GivenKey{variable, std::move(*current), std::move(*previous)};
}

}  // namespace

base::Result<std::optional<std::string>> secret_variable(const std::string& name) {
  if (const char* value = environment_variable(name.c_str())) return std::optional<std::string>(value);
  const char* file = environment_variable((name + "_FILE").c_str());
  if (file == nullptr) return std::optional<std::string>{};
  std::ifstream in(file);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (in.bad() || text.empty()) {
    return base::make_error(base::ErrorKind::invalid,
                            name + "_FILE: " + file + " can't be read, or is empty");
  }
  return std::optional{text};
}

base::Result<Keys> load_keys(const std::string& data_dir) {
  Keys keys;
  const auto load = [&](const char* variable, const char* file,
                        auth::KeyRing& to) -> std::optional<base::Error> {
    const auto given = given_key(variable);
    if (!given) return given.error();
    auto ring = auth::load_key(*given, data_dir + "/" + file);
    if (!ring) return ring.error();
    to = std::move(*ring);
    return std::nullopt;
  };
  auth::KeyRing audit;
  if (auto error = load(kLoginKey, auth::kSecretKeyFile, keys.login)) return *error;
  if (auto error = load(kSecretsKey, auth::kSecretsKeyFile, keys.secrets)) return *error;
  if (auto error = load(kAuditKey, auth::kAuditKeyFile, audit)) return *error;
  keys.audit = auth::hash_secret(audit.current);
  keys.secrets_from_environment = environment_variable(kSecretsKey) != nullptr ||
                                  environment_variable("MINI_SCHEDULER_SECRETS_KEY_FILE") != nullptr;
  return keys;
}

std::string audit_head_path(const Config& config) {
  return config.data_dir + "/" + auth::kAuditHeadFile;
}

base::Result<std::unique_ptr<store::Store>> open_configured_store(const Config& config, const Keys& keys) {
  store::OpenOptions options;
  options.synchronous_full = config.synchronous == "full";
  options.default_timezone = config.timezone;
  options.audit_key = keys.audit;
  options.audit_head = audit_head_path(config);
  return store::open_store(config.url_of_database(), options);
}

}  // namespace app
