// The keys of this node, and the store that is opened with them.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "app/config.h"
#include "auth/key_ring.h"
#include "base/result.h"
#include "store/store.h"

namespace app {

struct Keys {
  auth::KeyRing login;    // signs log-ins
  auth::KeyRing secrets;  // seals the secrets of jobs
  std::string audit;      // of the audit's chain
  bool secrets_from_environment = false;
};

// From the environment, else from the data folder, where they are made when they are not there yet.
base::Result<Keys> load_keys(const std::string& data_dir);

// The variable's value, or the content of the file that NAME_FILE names, without its last line break. An
// error names the variable.
base::Result<std::optional<std::string>> secret_variable(const std::string& name);

// The configured database, its audit chained with that key.
base::Result<std::unique_ptr<store::Store>> open_configured_store(const Config& config, const Keys& keys);

// Where the newest row of the audit is noted.
std::string audit_head_path(const Config& config);

}  // namespace app
