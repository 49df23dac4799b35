#include "service/line_indexes.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace service {
namespace {

class LineIndexesTest : public testing::Test {
 protected:
  LineIndexesTest() {
    std::string pattern = testing::TempDir() + "indexes_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~LineIndexesTest() override { std::filesystem::remove_all(folder_); }
  runner::LogReader log(int number) const {
    const auto path = folder_ / std::to_string(number);
    if (!std::filesystem::exists(path)) std::ofstream(path) << "";
    return runner::LogReader(path.string());
  }
  std::filesystem::path folder_;
  LineIndexes indexes_;
};

TEST_F(LineIndexesTest, ALogHasOneIndexUntilItsFileIsAnother) {
  const auto first = indexes_.of(log(1));
  EXPECT_EQ(indexes_.of(log(1)), first);
  EXPECT_NE(indexes_.of(log(2)), first);
  std::ofstream(folder_ / "new") << "";
  std::filesystem::rename(folder_ / "new", folder_ / "1");
  EXPECT_NE(indexes_.of(log(1)), first);
}

TEST_F(LineIndexesTest, TheOneThatWasNotUsedForLongestIsForgotten) {
  const std::weak_ptr<runner::LineIndex> used = indexes_.of(log(0)), unused = indexes_.of(log(1));
  for (int number = 2; number < static_cast<int>(kMaxLineIndexes) + 1; ++number) {
    indexes_.of(log(number));
    indexes_.of(log(0));
  }
  EXPECT_FALSE(used.expired());
  EXPECT_TRUE(unused.expired());
}

TEST_F(LineIndexesTest, OfALogInMemoryNothingIsKept) {
  const std::weak_ptr<runner::LineIndex> index = indexes_.of(runner::LogReader::of_frames(""));
  EXPECT_TRUE(index.expired());
}

}  // namespace
}  // namespace service
