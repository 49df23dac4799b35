// What is made of the table of keys: the settings in force, and their page in the docs.
#include "app/config.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <string_view>

namespace app {
namespace {

constexpr const char* kPoolAllowed = "a whole number from 1";
constexpr const char* kPoolHelp = "How many executions of tasks with that `pool` run at once";

constexpr std::string_view kHidden = "***";

// scheme://user:password@host and ...?password=text, with the password hidden. Rather too much is hidden than
// too little, as in a password that holds an @ or a slash.
std::string without_password(std::string text) {
  const auto scheme = text.find("://");
  const auto colon = scheme == std::string::npos ? scheme : text.find(':', scheme + 3);
  const auto at = text.rfind('@');
  if (colon != std::string::npos && at != std::string::npos && colon < at)
    text.replace(colon + 1, at - colon - 1, kHidden);
  constexpr std::string_view kWord = "password=";
  for (auto word = text.find(kWord); word != std::string::npos; word = text.find(kWord, word)) {
    word += kWord.size();
    text.replace(word, std::min(text.find_first_of("& ", word), text.size()) - word, kHidden);
  }
  return text;
}

}  // namespace

std::vector<Setting> settings_in_force(const Config& config) {
  auto settings = keys_of(config);
  for (const auto& [name, limit] : config.pools) {
    settings.push_back({.key = "pools." + name, .value = limit, .allowed = kPoolAllowed, .help = kPoolHelp});
  }
  for (auto& setting : settings) {
    const auto origin = config.origins.find(setting.key);
    setting.source = origin == config.origins.end() ? "default" : origin->second.source;
    setting.place = origin == config.origins.end() ? "" : origin->second.place;
    if (setting.value.is_string()) setting.value = without_password(std::string(setting.value.get_string()));
  }
  return settings;
}

void take_over_reloadable(Config& config, const Config& fresh) {
  config.log_level = fresh.log_level;
  config.log_format = fresh.log_format;
  for (const char* key : {"log.level", "log.format"}) {
    config.origins.erase(key);
    if (const auto origin = fresh.origins.find(key); origin != fresh.origins.end())
      config.origins.insert(*origin);
  }
}

std::string configuration_markdown() {
  std::string text =
      "# Configuration\n\n"
      "TOML, in `/etc/mini-scheduler/config.toml` or the file that `serve --config FILE` names. Each key is "
      "also an environment variable, and some are\n"
      "flags of `serve`. A flag stands over the environment, that over the file. An unknown key or a bad "
      "value stops the start and says what is allowed.\n\n"
      "| key | variable | default | allowed | what it does |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& key : keys_of(Config{})) {
    text += "| `" + key.key + "`" + (key.flag.empty() ? "" : " (`" + key.flag + "`)") + " | `" +
            key.variable + "` | `" + boost::json::serialize(key.default_value) + "` | " + key.allowed +
            " | " + key.help + " |\n";
  }
  text +=
      std::string("| `pools.NAME` | | | ") + kPoolAllowed + " | " + kPoolHelp +
      " |\n\n"
      "Besides: `SECRET_KEY` (32 characters or more) signs log-ins, `MINI_SCHEDULER_SECRETS_KEY` seals "
      "secrets, "
      "`MINI_SCHEDULER_AUDIT_KEY` goes into the\n"
      "audit's chain; without them random keys are kept in the data folder. The key before `SECRET_KEY` or "
      "`MINI_SCHEDULER_SECRETS_KEY` may be given with\n"
      "`_PREVIOUS` behind the name. `MINI_SCHEDULER_ADMIN_PASSWORD` sets the first admin's password. With "
      "`_FILE` "
      "behind its name, each is the path of a\n"
      "file that holds it.\n\n"
      "`SIGHUP` reads the file again and takes over `log.level` and `log.format`, and the files of "
      "certificate and "
      "key (which are also\nread when they change); the rest needs a restart, which running jobs do not "
      "notice.\n";
  return text;
}

}  // namespace app
