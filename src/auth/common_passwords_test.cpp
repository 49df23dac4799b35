#include "auth/common_passwords.h"

#include <gtest/gtest.h>

#include "auth/passwords.h"

namespace auth {
namespace {

TEST(CommonPasswords, AreTenThousandOfThoseThatTheLengthRuleLetsThrough) {
  EXPECT_EQ(common_password_count(), 10'000u);
}

TEST(CommonPasswords, AreKnownInAnyCaseAndWithALittleBehindThem) {
  for (const char* text :
       {"password", "Password", "PASSWORD1!", "12345678", "qwertyuiop", "Iloveyou", "football99",
        "aaaaaaaaaa", "abcabcabcabc", "12121212", "87654321", "abcdefghij", "zyxwvuts", "admin123"}) {
    EXPECT_TRUE(is_common_password(text)) << text;
  }
  for (const char* text : {"correct horse battery", "a good password", "kf8Wq-2lmZ", "password of bob",
                           "12345679a", "\xE5\xAF\x86\xE7\xA0\x81\xE5\xBE\x88\xE9\x95\xBF"}) {
    EXPECT_FALSE(is_common_password(text)) << text;
  }
}

TEST(CommonPasswords, CanNotBeChosen) {
  EXPECT_NE(check_new_password("Sunshine1", {"body", "password"}).error().message.find("common"),
            std::string::npos);
  EXPECT_NE(
      check_new_password("Zebulonius7", {"body", "password"}, "zebulonius").error().message.find("name"),
      std::string::npos);
  EXPECT_TRUE(check_new_password("christopher walks home", {"body", "password"}, "christopher"));
}

}  // namespace
}  // namespace auth
