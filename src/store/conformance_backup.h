// Conformance: the copy in one file that is made while writing goes on.
#pragma once
#include <atomic>
#include <fstream>
#include <thread>

#include "store/conformance.h"

namespace store {

// How to open a copy that backup() made: by its path.
using OpenCopy = std::function<std::unique_ptr<Store>(const std::filesystem::path& copy)>;

struct BackupStore {
  OpenEmptyStore open_empty;
  OpenCopy open_copy;
};

class Backups : public testing::TestWithParam<BackupStore> {
 protected:
  Backups() : folder_(make_folder()), store_(GetParam().open_empty(folder_ / "live")) {}
  ~Backups() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void set(const std::string& key, const std::string& value) {
    EXPECT_TRUE(store_->write([&](Transaction& transaction) {
      transaction.set_setting(key, value);
      return base::Result<void>();
    }));
  }

  static std::optional<std::string> setting(Store& store, const std::string& key) {
    std::optional<std::string> value;
    store.read([&](Reader& reader) { value = reader.find_setting(key); });
    return value;
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;

 private:
  static std::filesystem::path make_folder() {
    auto name = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    std::filesystem::create_directory(std::filesystem::path(name) / "live");
    return name;
  }
};

TEST_P(Backups, AreOneFileWithAllThatWasCommittedAndNothingLater) {
  set("key", "before");
  const auto path = folder_ / "copy";
  const auto result = store_->backup(path);
  ASSERT_TRUE(result) << result.error().message;
  set("key", "after");
  EXPECT_THAT(files(), testing::UnorderedElementsAre("live", "copy"));
  EXPECT_EQ(setting(*GetParam().open_copy(path), "key"), "before");
}

TEST_P(Backups, ReplaceAnOlderOne) {
  const auto path = folder_ / "copy";
  std::ofstream(path) << "something else";
  set("key", "new");
  ASSERT_TRUE(store_->backup(path));
  EXPECT_EQ(setting(*GetParam().open_copy(path), "key"), "new");
}

TEST_P(Backups, EndAndAreConsistentWhileWritingGoesOn) {
  const std::string padding(100'000, 'x');
  for (int i = 0; i < 300; ++i) set("padding " + std::to_string(i), padding);
  std::atomic<bool> stop = false;
  std::jthread writing([&] {
    for (int i = 0; !stop; ++i) {
      const auto number = std::to_string(i);
      EXPECT_TRUE(store_->write([&](Transaction& transaction) {
        transaction.set_setting("a", number);
        transaction.set_setting("padding " + number.substr(0, 2), padding);
        transaction.set_setting("z", number);
        return base::Result<void>();
      }));
    }
  });
  const auto path = folder_ / "copy";
  const auto result = store_->backup(path);
  stop = true;
  writing.join();
  ASSERT_TRUE(result) << result.error().message;
  const auto copy = GetParam().open_copy(path);
  EXPECT_EQ(setting(*copy, "a"), setting(*copy, "z"));
  EXPECT_EQ(setting(*copy, "padding 99"), padding);
}

TEST_P(Backups, ThatFailNameTheirPathAndLeaveNoFile) {
  std::filesystem::create_directories(folder_ / "taken" / "inside");
  for (const auto& path : {folder_ / "no such folder" / "copy", folder_ / "taken"}) {
    const auto result = store_->backup(path);
    ASSERT_FALSE(result) << path;
    EXPECT_THAT(result.error().message, testing::HasSubstr(path.string()));
  }
  EXPECT_THAT(files(), testing::UnorderedElementsAre("live", "taken"));
}

}  // namespace store
