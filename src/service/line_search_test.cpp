#include "service/line_search.h"

#include <gtest/gtest.h>

namespace service {
namespace {

TEST(LineSearch, CountsWhateverTheCase) {
  const struct {
    const char* text;
    const char* line;
    std::uint32_t count;
  } cases[] = {
      {"error", "Error one ERROR", 2},
      {"aa", "aaaaa", 2},
      {"x", "", 0},
      {"ÄRGER", "kein ärger", 1},
      {"ärger", "KEIN ÄRGER", 1},
      {"磁盘", "磁盘已满 磁盘", 2},
      {"ошибка", "ОШИБКА", 1},
      {"a",
       "\xff"
       "A\xe4",
       1},
      {"é", "\xc3", 0},
      {"ab", "a b", 0},
  };
  for (const auto& one : cases)
    EXPECT_EQ(LineSearch(one.text).count_in(one.line), one.count) << one.text << " in " << one.line;
}

TEST(LineSearch, SmallLettersAreThemselves) {
  EXPECT_EQ(in_small_letters("ÀÉÎ Ωß 中 𝄞 \xff"), "àéî ωß 中 𝄞 \xff");
}

}  // namespace
}  // namespace service
