#include "auth/secret_key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace auth {
namespace {

class SecretKeyTest : public testing::Test {
 protected:
  SecretKeyTest() {
    std::string pattern = "/tmp/secret_key_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~SecretKeyTest() override { std::filesystem::remove_all(folder_); }
  static std::string to_string(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string folder_;
};

TEST_F(SecretKeyTest, IsMadeOnceAndReadByItsOwnerOnly) {
  const auto first = load_secret_key(std::nullopt, folder_);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_GE(first->current.size(), kMinSecretKeyBytes);
  struct stat facts {};
  ASSERT_EQ(stat((folder_ + "/secret.key").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(load_secret_key(std::nullopt, folder_)->current, first->current);
  EXPECT_EQ(first->previous, "");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(SecretKeyTest, TheEnvironmentStandsOverTheFile) {
  const std::string given(kMinSecretKeyBytes, 'k');
  EXPECT_EQ(load_secret_key(given, folder_)->current, given);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(SecretKeyTest, AShortKeyIsRefusedWithTheWayToMendItAndNotShown) {
  for (const std::string key : {"", "hunter2", "0123456789abcdef0123456789abcde"}) {
    const auto loaded = load_secret_key(key, folder_);
    ASSERT_FALSE(loaded) << key;
    EXPECT_NE(loaded.error().message.find("openssl rand -hex 32"), std::string::npos);
    if (!key.empty()) {
      EXPECT_EQ(loaded.error().message.find(key), std::string::npos);
    }
  }
}

TEST_F(SecretKeyTest, AFileThatOthersMayReadOrThatIsCutIsRefused) {
  ASSERT_TRUE(load_secret_key(std::nullopt, folder_));
  const std::string path = folder_ + "/secret.key";
  chmod(path.c_str(), 0640);
  EXPECT_FALSE(load_secret_key(std::nullopt, folder_));
  chmod(path.c_str(), 0600);
  std::ofstream(path) << "short";
  EXPECT_FALSE(load_secret_key(std::nullopt, folder_));
}

TEST_F(SecretKeyTest, APreviousKeyIsKeptBesideTheNewOne) {
  const std::string path = folder_ + "/" + kSecretKeyFile;
  const auto old = *load_key_ring(path);
  const auto now = base::from_unix_ms(1'770'000'000'123);
  const auto fresh = rotated(old, now);
  EXPECT_NE(fresh.current, old.current);
  ASSERT_TRUE(save_key_ring(path, fresh));
  const auto read = *load_secret_key(std::nullopt, folder_);
  EXPECT_EQ(read.current, fresh.current);
  EXPECT_EQ(read.previous, old.current);
  EXPECT_EQ(read.rotated_at, now);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
  const auto whole = to_string(path);
  for (const auto& cut : {whole.substr(0, whole.size() - 1), whole.substr(0, 60), whole + "x"}) {
    std::ofstream(path) << cut;
    EXPECT_FALSE(load_key_ring(path)) << cut.size();
  }
}

TEST_F(SecretKeyTest, AFolderThatIsNotThereIsNamed) {
  EXPECT_NE(load_secret_key(std::nullopt, folder_ + "/none").error().message.find(folder_),
            std::string::npos);
}

}  // namespace
}  // namespace auth
