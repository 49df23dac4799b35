#include "runner/masker.h"

#include <gtest/gtest.h>

namespace runner {
namespace {

// However the text is cut into pieces.
void expect_masked(const std::vector<std::string>& values, const std::string& text,
                   const std::string& expected) {
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    Masker masker(values);
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += piece) out += masker.feed(text.substr(at, piece));
    out += masker.finish();
    EXPECT_EQ(out, expected) << "in pieces of " << piece;
  }
}

TEST(Masker, HidesValuesHoweverTheyArrive) {
  expect_masked({"hunter22"}, "user hunter22!", "user ***!");
  expect_masked({"hunter22"}, "hunter2 hunter hunter222", "hunter2 hunter ***2");
  expect_masked({"aaab"}, "aaaaab aab", "aa*** aab");
  expect_masked({"abcd", "abcdefgh"}, "abcdefgh abcdefg abcd", "*** ***efg ***");
  expect_masked({"abcd", "cdef"}, "abcdef", "***ef");
  expect_masked({"one line\nand another\n"}, "got one line\nand another, then one line", "got ***, then ***");
  expect_masked({std::string("\xff\x00\xfe\x01", 4)}, std::string("a\xff\x00\xfe\x01z", 6), "a***z");
  expect_masked({"hunter22"}, "nothing of the kind", "nothing of the kind");
}

TEST(Masker, HoldsBackOnlyWhatMayBecomeAValue) {
  Masker masker({"hunter22"});
  EXPECT_EQ(masker.feed("login: "), "login: ");
  EXPECT_EQ(masker.feed("ab hun"), "ab ");
  EXPECT_EQ(masker.feed("ting"), "hunting");
  EXPECT_EQ(masker.feed("h"), "");
  EXPECT_EQ(masker.finish(), "h");
}

TEST(Masker, LeavesShortValuesAlone) {
  EXPECT_FALSE(has_maskable({"", "abc"}));
  expect_masked({"abc", ""}, "abcabc", "abcabc");
}

}  // namespace
}  // namespace runner
