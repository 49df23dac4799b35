#include "app/config.h"

#include <toml++/toml.h>

#include <boost/json/array.hpp>
#include <filesystem>
#include <variant>

#include "cron/zone.h"
#include "http/proxies.h"

namespace app {
namespace {

using Text = std::string Config::*;
using Number = std::int64_t Config::*;
using List = std::vector<std::string> Config::*;

struct Key {
  const char* section;
  const char* name;
  std::variant<Text, Number, List> field;
  std::int64_t min = 0, max = 0;          // of numbers
  std::vector<std::string> allowed = {};  // of texts; empty: any
  const char* help;
  const char* flag = nullptr;

  std::string path() const { return std::string(section) + "." + name; }
  std::string variable() const {
    std::string text = "MINI_SCHEDULER_" + std::string(section) + "_" + name;
    for (char& c : text) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
  }
};

constexpr std::int64_t kMaxBytes = std::int64_t{1} << 40;

const std::vector<Key>& keys() {
  static const std::vector<Key> table = {
      {"server", "host", &Config::host, 0, 0, {}, "Address to listen on", "--host"},
      {"server", "port", &Config::port, 0, 65535, {}, "Port to listen on; 0: any free one", "--port"},
      {"http",
       "hosts",
       &Config::hosts,
       0,
       0,
       {},
       "Host names that are answered besides the loopback ones; `*`: all"},
      {"http",
       "trusted_proxies",
       &Config::trusted_proxies,
       0,
       0,
       {},
       "Addresses and networks (`10.0.0.0/8`) whose `X-Forwarded-For`, `-Proto` and `-Host` are believed"},
      {"http",
       "max_connections",
       &Config::max_connections,
       16,
       1000000,
       {},
       "Connections at once; a newcomer takes the place of the one that has been idle for longest"},
      {"http",
       "max_connections_per_address",
       &Config::max_connections_per_address,
       1,
       1000000,
       {},
       "Connections of one address (an IPv6 network of 64 bits), loopback and trusted proxies aside; more "
       "are refused"},
      {"tls",
       "certificate",
       &Config::tls_certificate,
       0,
       0,
       {},
       "File with the certificate and those above it (PEM): HTTPS in place of HTTP"},
      {"tls", "key", &Config::tls_key, 0, 0, {}, "File with the certificate's key (PEM, no passphrase)"},
      {"auth",
       "registration",
       &Config::registration,
       0,
       0,
       {"", "open", "invite", "closed"},
       "Who may make an account; empty: `open` on loopback, else `closed`"},
      {"auth",
       "registration_role",
       &Config::registration_role,
       0,
       0,
       {"viewer", "operator", "editor"},
       "Role of an account that registers"},
      {"auth", "session_hours", &Config::session_hours, 1, 8784, {}, "How long a log-in lasts"},
      {"scheduler", "timezone", &Config::timezone, 0, 0, {}, "Time zone of tasks that name none"},
      {"scheduler",
       "default_timeout",
       &Config::default_timeout,
       0,
       31622400,
       {},
       "Timeout in seconds of tasks that name none; 0: none"},
      {"scheduler",
       "max_running",
       &Config::max_running,
       1,
       100000,
       {},
       "Executions at once on this node; more wait"},
      {"scheduler",
       "run_as_allowed",
       &Config::run_as_allowed,
       0,
       0,
       {},
       "Users that tasks may run as, besides the server's own"},
      {"scheduler",
       "no_new_privs",
       &Config::no_new_privs,
       0,
       0,
       {"yes", "no"},
       "`yes`: setuid programs such as sudo give a job nothing"},
      {"scheduler",
       "start_runner",
       &Config::start_runner,
       0,
       0,
       {"yes", "no"},
       "`yes`: where no runner listens, one is started; `no`: it is a service of its own"},
      {"database",
       "url",
       &Config::database_url,
       0,
       0,
       {},
       "`sqlite:PATH`; empty: `scheduler.db` in the data folder",
       "--database"},
      {"database",
       "synchronous",
       &Config::synchronous,
       0,
       0,
       {"normal", "full"},
       "`normal`: a commit survives a kill; `full`: a power loss too"},
      {"data",
       "dir",
       &Config::data_dir,
       0,
       0,
       {},
       "Folder of the database, the output and the runner's socket",
       "--data-dir"},
      {"output",
       "max_bytes",
       &Config::max_output_bytes,
       1024,
       kMaxBytes,
       {},
       "Output kept of an attempt; the middle of more is dropped"},
      {"retention",
       "days",
       &Config::retention_days,
       0,
       36500,
       {},
       "Executions older than this are deleted; 0: only `keep_executions` and `keep_failed` count"},
      {"log",
       "level",
       &Config::log_level,
       0,
       0,
       {"debug", "info", "warning", "error"},
       "Least level that is logged"},
      {"log",
       "format",
       &Config::log_format,
       0,
       0,
       {"text", "json"},
       "Form of the log's lines",
       "--log-format"},
      {"log", "file", &Config::log_file, 0, 0, {}, "File of the log, beside stderr; empty: none"},
      {"log", "max_bytes", &Config::log_max_bytes, 4096, kMaxBytes, {}, "Size at which the file is rotated"},
      {"log", "keep", &Config::log_keep, 1, 1000, {}, "Rotated files that are kept"},
  };
  return table;
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items)
    text += (text.empty() ? "" : ", ") + (item.empty() ? std::string("\"\"") : item);
  return text;
}

// What is allowed, for messages and docs.
std::string allowed_of(const Key& key) {
  if (std::holds_alternative<Number>(key.field))
    return "a whole number from " + std::to_string(key.min) + " to " + std::to_string(key.max);
  if (std::holds_alternative<List>(key.field)) return "a list of texts";
  return key.allowed.empty() ? "a text" : "one of " + joined(key.allowed);
}

base::Error wrong(const std::string& where, const Key& key) {
  return base::make_error(base::ErrorKind::invalid,
                          where + ": " + key.path() + " must be " + allowed_of(key));
}

std::optional<base::Error> set_text(Config& config, const Key& key, const std::string& text,
                                    const std::string& where) {
  if (!key.allowed.empty() && std::find(key.allowed.begin(), key.allowed.end(), text) == key.allowed.end())
    return wrong(where, key);
  if (const auto* field = std::get_if<Text>(&key.field)) {
    config.*(*field) = text;
    return std::nullopt;
  }
  if (const auto* field = std::get_if<List>(&key.field)) {
    auto& list = config.*(*field);
    list.clear();
    for (std::size_t begin = 0; begin <= text.size();) {
      const auto end = std::min(text.find(',', begin), text.size());
      if (end > begin) list.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    return std::nullopt;
  }
  char* end = nullptr;
  const std::int64_t number = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || number < key.min || number > key.max) return wrong(where, key);
  config.*std::get<Number>(key.field) = number;
  return std::nullopt;
}

std::optional<base::Error> set_node(Config& config, const Key& key, const toml::node& node,
                                    const std::string& where) {
  if (const auto* text = node.as_string()) {
    if (!std::holds_alternative<Text>(key.field)) return wrong(where, key);
    return set_text(config, key, text->get(), where);
  }
  if (const auto* number = node.as_integer()) {
    if (!std::holds_alternative<Number>(key.field)) return wrong(where, key);
    return set_text(config, key, std::to_string(number->get()), where);
  }
  const auto* array = node.as_array();
  const auto* field = std::get_if<List>(&key.field);
  if (array == nullptr || field == nullptr) return wrong(where, key);
  auto& list = config.*(*field);
  list.clear();
  for (const auto& item : *array) {
    if (!item.is_string()) return wrong(where, key);
    list.push_back(item.as_string()->get());
  }
  return std::nullopt;
}

std::optional<base::Error> read_pools(Config& config, const toml::table& table, const std::string& file) {
  for (const auto& [name, node] : table) {
    const auto limit = node.value<std::int64_t>();
    if (!limit || *limit < 1) {
      return base::make_error(base::ErrorKind::invalid,
                              file + ":" + std::to_string(node.source().begin.line) + ": pools." +
                                  std::string(name.str()) +
                                  " must be a whole number from 1: how many of it run at once");
    }
    config.pools[std::string(name.str())] = *limit;
    config.origins["pools." + std::string(name.str())] = {
        "file", file + ":" + std::to_string(node.source().begin.line)};
  }
  return std::nullopt;
}

std::optional<base::Error> read_file(Config& config, const std::string& file) {
  toml::table document;
  try {
    document = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    return base::make_error(base::ErrorKind::invalid, file + (line > 0 ? ":" + std::to_string(line) : "") +
                                                          ": " + std::string(error.description()));
  }
  for (const auto& [section, node] : document) {
    const auto where = [&](const toml::node& at) {
      return file + ":" + std::to_string(at.source().begin.line);
    };
    const auto* table = node.as_table();
    if (table == nullptr) {
      return base::make_error(base::ErrorKind::invalid, where(node) + ": '" + std::string(section.str()) +
                                                            "' must be a section, as in [server]");
    }
    if (section.str() == "pools") {
      if (auto error = read_pools(config, *table, file)) return error;
      continue;
    }
    std::vector<std::string> known;
    for (const auto& key : keys()) {
      if (section.str() == key.section) known.emplace_back(key.name);
    }
    if (known.empty()) {
      return base::make_error(base::ErrorKind::invalid,
                              where(node) + ": there is no section [" + std::string(section.str()) +
                                  "]; there are server, http, tls, auth, scheduler, database, data, output, "
                                  "retention, log, pools");
    }
    for (const auto& [name, value] : *table) {
      const auto key = std::find_if(
          keys().begin(), keys().end(),
          [in = std::string_view(section.str()), wanted = std::string_view(name.str())](
              const Key& candidate) { return in == candidate.section && wanted == candidate.name; });
      if (key == keys().end()) {
        return base::make_error(base::ErrorKind::invalid,
                                where(value) + ": there is no key '" + std::string(name.str()) + "' in [" +
                                    std::string(section.str()) + "]; there are " + joined(known));
      }
      if (auto error = set_node(config, *key, value, where(value))) return error;
      config.origins[key->path()] = {"file", where(value)};
    }
  }
  return std::nullopt;
}

boost::json::value value_of(const Config& config, const Key& key) {
  if (const auto* field = std::get_if<Text>(&key.field)) return boost::json::value(config.*(*field));
  if (const auto* field = std::get_if<Number>(&key.field)) return config.*(*field);
  boost::json::array list;
  for (const auto& item : config.*std::get<List>(key.field)) list.emplace_back(item);
  return list;
}

}  // namespace

base::Result<Config> load_config(const ConfigSources& sources) {
  Config config;
  std::error_code ignored;
  const bool has_system_config = std::filesystem::exists(kSystemConfig, ignored);
  const auto file = sources.file.empty() && has_system_config ? std::string(kSystemConfig) : sources.file;
  if (!file.empty()) {
    if (auto error = read_file(config, file)) return std::move(*error);
  }
  for (const auto& key : keys()) {
    const auto variable = key.variable();
    const char* value = sources.environment ? sources.environment(variable.c_str()) : nullptr;
    if (value == nullptr) continue;
    if (auto error = set_text(config, key, value, variable)) return std::move(*error);
    config.origins[key.path()] = {"environment", variable};
  }
  for (const auto& key : keys()) {
    const auto flag = sources.flags.find(key.path());
    if (flag == sources.flags.end()) continue;
    const std::string name = key.flag == nullptr ? key.path() : key.flag;
    if (auto error = set_text(config, key, flag->second, name)) return std::move(*error);
    config.origins[key.path()] = {"flag", name};
  }
  if (!cron::find_zone(config.timezone)) {
    return base::make_error(base::ErrorKind::invalid, "scheduler.timezone: there is no time zone '" +
                                                          config.timezone +
                                                          "'; give a name as in Asia/Shanghai");
  }
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return base::make_error(base::ErrorKind::invalid,
                            "tls.certificate and tls.key belong together: give both files, or neither");
  }
  if (const auto proxies = http::AddressList::parse(config.trusted_proxies); !proxies)
    return base::make_error(base::ErrorKind::invalid, "http.trusted_proxies: " + proxies.error().message);
  return config;
}

std::vector<Setting> keys_of(const Config& config) {
  const Config defaults;
  std::vector<Setting> settings;
  for (const auto& key : keys()) {
    settings.push_back({.key = key.path(),
                        .value = value_of(config, key),
                        .default_value = value_of(defaults, key),
                        .variable = key.variable(),
                        .flag = key.flag == nullptr ? "" : key.flag,
                        .allowed = allowed_of(key),
                        .help = key.help});
  }
  return settings;
}

const std::map<std::string, std::string>& config_flags() {
  static const auto flags = [] {
    std::map<std::string, std::string> map;
    for (const auto& key : keys()) {
      if (key.flag != nullptr) map[key.flag] = key.path();
    }
    return map;
  }();
  return flags;
}

}  // namespace app
