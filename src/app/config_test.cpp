#include "app/config.h"

#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace app {
namespace {

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    std::string pattern = testing::TempDir() + "config_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  base::Result<Config> load(const std::string& toml, std::map<std::string, std::string> flags = {},
                            std::map<std::string, std::string> environment = {}) {
    const auto file = folder_ / "config.toml";
    std::ofstream(file) << toml;
    ConfigSources sources;
    sources.file = file;
    sources.flags = std::move(flags);
    sources.environment = [&environment](const char* name) -> const char* {
      const auto found = environment.find(name);
      return found == environment.end() ? nullptr : found->second.c_str();
    };
    return load_config(sources);
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigTest, AFlagStandsOverTheEnvironmentAndThatOverTheFile) {
  const auto config = load(
      "[server]\nport = 1\nhost = \"127.0.0.2\"\n[data]\ndir = \"d\"\n[pools]\ndb = 2\n[http]\nhosts = "
      "[\"a\"]\n",
      {{"server.port", "3"}}, {{"MINI_SCHEDULER_SERVER_PORT", "2"}, {"MINI_SCHEDULER_DATA_DIR", "e"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->port, 3);
  EXPECT_EQ(config->data_dir, "e");
  EXPECT_EQ(config->host, "127.0.0.2");
  EXPECT_EQ(config->pools.at("db"), 2);
  EXPECT_EQ(config->hosts, std::vector<std::string>{"a"});
}

TEST_F(ConfigTest, EachWrongEntryIsNamedWithItsLineAndWhatIsAllowed) {
  struct Case {
    const char* toml;
    const char* says;
  };
  const Case cases[] = {
      {"[server]\nprot = 1\n", ":2: there is no key 'prot' in [server]; there are host, port"},
      {"[sever]\nport = 1\n", ":1: there is no section [sever]"},
      {"[server]\n\nport = 70000\n", ":3: server.port must be a whole number from 0 to 65535"},
      {"[server]\nport = \"x\"\n", ":2: server.port must be a whole number"},
      {"[tls]\ncertificate = \"x\"\n", "tls.certificate and tls.key belong together"},
      {"[http]\ntrusted_proxies = [\"10.0.0.0/33\"]\n", "http.trusted_proxies: '10.0.0.0/33' is neither"},
      {"[database]\nsynchronous = \"half\"\n", ":2: database.synchronous must be one of normal, full"},
      {"[pools]\na = 0\n", ":2: pools.a must be a whole number from 1"},
      {"port = 1\n", ":1: 'port' must be a section"},
      {"[server\n", ":1: "},
      {"[scheduler]\ntimezone = \"Mars/Base\"\n", "there is no time zone 'Mars/Base'"},
  };
  for (const auto& [toml, says] : cases) {
    const auto config = load(toml);
    ASSERT_FALSE(config) << toml;
    EXPECT_NE(config.error().message.find(says), std::string::npos) << config.error().message;
  }
}

TEST_F(ConfigTest, AWrongVariableAndAMissingFileAreNamed) {
  EXPECT_NE(
      load("", {}, {{"MINI_SCHEDULER_SERVER_PORT", "x"}}).error().message.find("MINI_SCHEDULER_SERVER_PORT"),
      std::string::npos);
  ConfigSources sources;
  sources.file = folder_ / "none.toml";
  EXPECT_NE(load_config(sources).error().message.find("none.toml"), std::string::npos);
}

TEST_F(ConfigTest, TheSettingsInForceTellWhereEachCameFromAndHidePasswords) {
  const auto config = load(
      "[server]\nport = 1\n[database]\nurl = \"postgresql://me:p@ss/w@db/x?password=too&a=b\"\n[pools]\ndb = "
      "2\n",
      {{"server.port", "3"}}, {{"MINI_SCHEDULER_DATA_DIR", "e"}});
  ASSERT_TRUE(config) << config.error().message;
  std::map<std::string, Setting> settings;
  for (auto& setting : settings_in_force(*config)) settings.emplace(setting.key, setting);
  const auto tell = [&](const std::string& key) {
    const auto& setting = settings.at(key);
    return boost::json::serialize(setting.value) + " " + setting.source + " " + setting.place;
  };
  EXPECT_EQ(tell("server.port"), "3 flag --port");
  EXPECT_EQ(tell("data.dir"), "\"e\" environment MINI_SCHEDULER_DATA_DIR");
  EXPECT_EQ(tell("log.level"), "\"info\" default ");
  EXPECT_EQ(tell("pools.db"), "2 file " + (folder_ / "config.toml").string() + ":6");
  EXPECT_EQ(settings.at("database.url").value, "postgresql://me:***@db/x?password=***&a=b");
  EXPECT_EQ(settings.at("server.port").default_value, 8000);
}

TEST_F(ConfigTest, AReloadTakesOverTheLogAlone) {
  auto config = *load("[server]\nport = 1\n");
  take_over_reloadable(config, *load("[server]\nport = 2\n[log]\nlevel = \"debug\"\n"));
  EXPECT_EQ(config.port, 1);
  EXPECT_EQ(config.log_level, "debug");
  EXPECT_EQ(config.origins.at("log.level").source, "file");
  take_over_reloadable(config, *load(""));
  EXPECT_EQ(config.log_level, "info");
  EXPECT_FALSE(config.origins.contains("log.level"));
}

// With WRITE_DOCS in the environment the page is written anew instead (`make docs`).
TEST(ConfigurationDocs, AreCurrent) {
  if (std::getenv("WRITE_DOCS") != nullptr)
    std::ofstream(SOURCE_DIR "/docs/configuration.md") << configuration_markdown();
  std::ifstream in(SOURCE_DIR "/docs/configuration.md");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(text, configuration_markdown());
}

}  // namespace
}  // namespace app
