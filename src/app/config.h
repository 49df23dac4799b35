// The settings of `serve`: one table of keys, from which reading, environment names, help and docs come.
#pragma once
#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace app {

struct Config {
  std::string host = "127.0.0.1";
  std::int64_t port = 8000;
  std::vector<std::string> hosts;
  std::vector<std::string> trusted_proxies;
  std::int64_t max_connections = 16384;
  std::int64_t max_connections_per_address = 1024;
  std::string tls_certificate, tls_key;  // empty: plain HTTP
  std::string registration;              // empty: open on loopback, else closed
  std::string registration_role = "viewer";
  std::int64_t session_hours = 24;
  std::string timezone = "UTC";
  std::int64_t default_timeout = 60;
  std::int64_t max_running = 1000;
  std::vector<std::string> run_as_allowed;
  std::string no_new_privs = "yes";
  std::string start_runner = "yes";
  std::string database_url;  // empty: sqlite:DATA_DIR/scheduler.db
  std::string synchronous = "normal";
  std::string data_dir = "data";
  std::int64_t max_output_bytes = 10 << 20;
  std::int64_t retention_days = 0;
  std::string log_level = "info";
  std::string log_format = "text";
  std::string log_file = "logs/scheduler.log";
  std::int64_t log_max_bytes = 10 << 20;
  std::int64_t log_keep = 5;
  std::map<std::string, std::int64_t> pools;
  // Where each value that is not a default came from, by the key's path: "server.port" to "--port".
  struct Origin {
    std::string source;  // file, environment or flag
    std::string place;   // "config.toml:3", "MINI_SCHEDULER_SERVER_PORT", "--port"
  };
  std::map<std::string, Origin> origins;

  bool has_tls() const { return !tls_certificate.empty(); }
  std::string url_of_database() const {
    return database_url.empty() ? "sqlite:" + data_dir + "/scheduler.db" : database_url;
  }
};

struct ConfigSources {
  std::string file;                          // empty: /etc/mini-scheduler/config.toml, where it is there
  std::map<std::string, std::string> flags;  // "server.port" to "9000"
  std::function<const char*(const char*)> environment;  // getenv
};

// A flag stands over the environment (MINI_SCHEDULER_SECTION_KEY), that over the file, that over the default.
// An unknown key or a bad value is an error with its file and line (or its variable or flag) and what is
// allowed.
base::Result<Config> load_config(const ConfigSources& sources);

// One key, and its value in a configuration.
struct Setting {
  std::string key;          // "server.port", "pools.NAME"
  std::string source = {};  // default, file, environment or flag
  std::string place = {};   // where that is; empty for a default
  boost::json::value value, default_value = {};
  std::string variable = {}, flag = {};  // empty where there is none
  std::string allowed, help;
};
// Every key of the table, in the order of the docs; source and place are empty.
std::vector<Setting> keys_of(const Config& config);
// What GET /api/settings shows: every key, then the pools. A password within a URL is masked.
std::vector<Setting> settings_in_force(const Config& config);
// Takes over what a reload may change: the level and the format of the log.
void take_over_reloadable(Config& config, const Config& fresh);

// docs/configuration.md, in full.
std::string configuration_markdown();

// "--port" to "server.port" for the keys that have a flag.
const std::map<std::string, std::string>& config_flags();

inline constexpr const char* kSystemConfig = "/etc/mini-scheduler/config.toml";

}  // namespace app
