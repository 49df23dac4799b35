#include "app/local_data.h"

#include <boost/json/object.hpp>
#include <cstdlib>
#include <filesystem>

#include "app/folder_lock.h"
#include "app/keys.h"
#include "app/own_environment.h"
#include "auth/accounts.h"
#include "auth/audit_log.h"
#include "auth/secret_key.h"
#include "store/open.h"

namespace app {
namespace {

struct LocalData {
  FolderLock lock;
  Keys keys;
  std::unique_ptr<store::Store> store;

  base::Result<void> open(const Config& config) {
    if (config.database_url.empty() && !std::filesystem::exists(config.data_dir + "/scheduler.db")) {
      return base::make_error(
          base::ErrorKind::not_found,
          "there is no server, and no database in " + config.data_dir + ": name its folder with --data-dir");
    }
    if (auto taken = lock.take(config.data_dir); !taken) return taken;
    auto loaded = load_keys(config.data_dir);
    if (!loaded) return std::move(loaded).error();
    keys = std::move(*loaded);
    auto opened = open_configured_store(config, keys);
    if (!opened) return std::move(opened).error();
    store = std::move(*opened);
    return {};
  }
};

}  // namespace

base::Result<void> set_password_in_database(const Config& config, const std::string& user,
                                            const std::string& password) {
  LocalData data;
  if (auto opened = data.open(config); !opened) return opened;
  const base::SystemClock clock;
  auth::Passwords passwords;
  auth::IdentityCache identities;
  auth::Accounts accounts(*data.store, clock, passwords, identities, {});
  const auto found = accounts.find(user);
  if (!found) return base::make_error(base::ErrorKind::not_found, "there is no user '" + user + "'");
  const rights::Actor actor{.user = found->id,
                            .name = "command line",
                            .role = rights::Role::admin,
                            .scope = {},
                            .address = "local"};
  const auto changed =
      accounts.change(actor, found->id, {.password = password, .must_change_password = false});
  if (!changed) return changed.error();
  return {};
}

base::Result<boost::json::value> verify_audit_in_database(const Config& config, std::int64_t from) {
  LocalData data;
  if (auto opened = data.open(config); !opened) return std::move(opened).error();
  const base::SystemClock clock;
  const auto report =
      auth::AuditLog(*data.store, clock, data.keys.audit, audit_head_path(config)).verify(from);
  boost::json::object body{{"rows", report.rows}, {"whole", !report.fault}, {"fault", nullptr}};
  if (report.fault) body["fault"] = boost::json::object{{"id", report.fault->id}, {"why", report.fault->why}};
  return boost::json::value(std::move(body));
}

base::Result<void> backup_database(const Config& config, const std::string& path) {
  return store::backup(config.url_of_database(), path);
}

base::Result<std::string> restore_database(const Config& config, const std::string& path) {
  std::error_code failure;
  std::filesystem::create_directories(config.data_dir, failure);
  FolderLock lock;
  if (auto taken = lock.take(config.data_dir); !taken) return taken.error();
  return store::restore(config.url_of_database(), path);
}

base::Result<void> rotate_login_key(const std::string& data_dir, bool drop_previous) {
  if (environment_variable("SECRET_KEY") != nullptr || environment_variable("SECRET_KEY_FILE") != nullptr) {
    return base::make_error(
        base::ErrorKind::invalid,
        "SECRET_KEY is set: put a new key there and the old one into SECRET_KEY_PREVIOUS, then "
        "restart the server");
  }
  const auto path = data_dir + "/" + auth::kSecretKeyFile;
  if (!std::filesystem::exists(path)) {
    return base::make_error(base::ErrorKind::not_found,
                            "there is no key in " + data_dir + ": name the server's folder with --data-dir");
  }
  const auto ring = auth::load_key_ring(path);
  if (!ring) return ring.error();
  auto fresh = auth::rotated(*ring, base::SystemClock().now());
  if (drop_previous) fresh = auth::KeyRing(fresh.current);
  return auth::save_key_ring(path, fresh);
}

}  // namespace app
