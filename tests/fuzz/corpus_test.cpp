// Every input that a fuzzer was taught, or that once broke something, holds in a normal build too.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "invariants.h"

namespace {

struct Target {
  const char* name;
  void (*check)(fuzz::Bytes);
};

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, HoldsEveryPromise) {
  std::size_t replayed = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(CORPUS_FOLDER "/") + GetParam().name)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
    SCOPED_TRACE(entry.path());
    GetParam().check({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
    ++replayed;
  }
  EXPECT_GT(replayed, 15U);
}

INSTANTIATE_TEST_SUITE_P(Each, Corpus,
                         testing::Values(Target{"cron", fuzz::check_cron}, Target{"http", fuzz::check_http},
                                         Target{"json", fuzz::check_json}, Target{"jwt", fuzz::check_jwt},
                                         Target{"crontab", fuzz::check_crontab},
                                         Target{"protocol", fuzz::check_protocol}),
                         [](const auto& each) { return each.param.name; });

}  // namespace
