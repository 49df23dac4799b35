#include "app/local_password.h"

#include <filesystem>

#include "app/folder_lock.h"
#include "auth/accounts.h"
#include "store/open.h"

namespace app {

base::Result<void> set_password_in_database(const Config& config, const std::string& user,
                                            const std::string& password) {
  if (config.database_url.empty() && !std::filesystem::exists(config.data_dir + "/scheduler.db")) {
    return base::make_error(
        base::ErrorKind::not_found,
        "there is no server, and no database in " + config.data_dir + ": name its folder with --data-dir");
  }
  FolderLock lock;
  if (auto taken = lock.take(config.data_dir); !taken) return taken;
  auto store = store::open_store(config.url_of_database(), {});
  if (!store) return std::move(store).error();
  const base::SystemClock clock;
  auth::Passwords passwords;
  auth::IdentityCache identities;
  auth::Accounts accounts(**store, clock, passwords, identities, {});
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

}  // namespace app
