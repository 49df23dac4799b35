// Every input that the fuzzer was taught, or that once broke something, holds in a normal build too.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "cron_invariants.h"

namespace {

TEST(CronCorpus, HoldsEveryPromise) {
  std::size_t replayed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CORPUS_FOLDER "/cron")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
    SCOPED_TRACE(entry.path());
    fuzz::check_cron({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
    ++replayed;
  }
  EXPECT_GT(replayed, 20U);
}

}  // namespace
