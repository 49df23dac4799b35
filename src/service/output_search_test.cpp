#include "service/output_search.h"

#include <gtest/gtest.h>

namespace service {
namespace {

TEST(OutputSearch, FindsALiteralTextAndGivesItsLine) {
  const struct {
    const char* text;
    const char* output;
    const char* line;  // nullptr: not found
  } cases[] = {
      {"disk", "one\nno disk left\nthree\n", "no disk left"},
      {"DISK", "no disk left", "no disk left"},
      {"disk", "no DiSk left\r\n", "no DiSk left"},
      {"no", "no", "no"},
      {"o", "two\no", "two"},
      {"aab", "aaaaab", "aaaaab"},
      {"a.*b", "axxb", nullptr},
      {"a.*b", "say a.*B", "say a.*B"},
      {"100%", "at 100%\n", "at 100%"},
      {"100%", "at 1000", nullptr},
      {"磁盘", "磁盘已满\n", "磁盘已满"},
      {"Ä", "ä", nullptr},  // only ASCII letters have two cases
      {"@", "`", nullptr},
      {"[", "{", nullptr},
      {"a\nb", "x\nya\nbz\nw", "ya\nbz"},
      {"longer than it", "short", nullptr},
      {"x", "", nullptr},
  };
  for (const auto& [text, output, line] : cases) {
    const auto found = OutputSearch(text).find(output);
    EXPECT_EQ(found.value_or("(none)"), line == nullptr ? "(none)" : line) << text << " in " << output;
  }
}

TEST(OutputSearch, FindsWhatTheSlowWayFinds) {
  const std::string letters = "abAB";
  unsigned seed = 1;
  const auto letter = [&] { return letters[(seed = seed * 1103515245U + 12345U) >> 16U & 3U]; };
  const auto small = [](std::string text) {
    for (auto& each : text) each = each == 'A' ? 'a' : each == 'B' ? 'b' : each;
    return text;
  };
  for (int round = 0; round < 2000; ++round) {
    std::string output, text;
    for (int i = 0; i < 12; ++i) output += letter();
    for (int i = 0; i <= round % 5; ++i) text += letter();
    const bool there = small(output).find(small(text)) != std::string::npos;
    EXPECT_EQ(OutputSearch(text).find(output).has_value(), there) << text << " in " << output;
  }
}

TEST(OutputSearch, CutsALongLineRoundTheMatchAndNoCharacterInTwo) {
  const std::string before(500, 'x'), after(500, 'y');
  const auto found = OutputSearch("here").find(before + "here" + after).value();
  EXPECT_EQ(found.size(), kMatchBytes);
  EXPECT_NE(found.find("xxherey"), std::string::npos);
  EXPECT_EQ(OutputSearch("here").find(before + "here").value(), std::string(196, 'x') + "here");
  EXPECT_EQ(OutputSearch("here").find("here" + after).value(), "here" + std::string(196, 'y'));
  std::string wide;
  for (int i = 0; i < 200; ++i) wide += "盘";
  for (int shift = 0; shift < 3; ++shift) {
    const auto cut = OutputSearch("here").find(wide + std::string(shift, 'x') + "here" + wide).value();
    EXPECT_LE(cut.size(), kMatchBytes);
    EXPECT_EQ(cut.substr(0, 3), "盘");
    EXPECT_EQ(cut.substr(cut.size() - 3), "盘");
  }
  const std::string most(kMatchBytes, 'z');
  EXPECT_EQ(OutputSearch(most).find(before + most + after).value(), most);
}

}  // namespace
}  // namespace service
