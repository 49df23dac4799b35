#include "auth/passwords.h"

#include <gtest/gtest.h>

#include <thread>

#include "auth/auth_fixture.h"

namespace auth {
namespace {

TEST(Passwords, WhatWasHashedVerifies) {
  Passwords passwords(kCheap);
  const std::string hash = *passwords.hash("correct horse");
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  EXPECT_TRUE(*passwords.verify(hash, "correct horse"));
  EXPECT_FALSE(*passwords.verify(hash, "correct horsE"));
  EXPECT_FALSE(*passwords.verify(hash, ""));
  EXPECT_FALSE(passwords.is_outdated(hash));
  EXPECT_TRUE(Passwords(PasswordCost{2, 16384}).is_outdated(hash));
}

// Made with crypt(3) for the password "password", as a taken-over database holds them.
TEST(Passwords, TakenOverHashesVerifyAndAreOutdated) {
  Passwords passwords(kCheap);
  const std::string hashes[] = {
      "$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu",
      "$5$saltstring$OH4IDuTlsuTYPdED1gsuiRMyTAwNlRWyA6Xr3I4/dQ5",
      "$6$saltstring$adDbXsJjcDlq2662QPgd.tkSOVmnG9Tt3oXl4HR60SusC3AGjirnDenVZp3DGwLwqy6iYKCzannhaX9DR72nN1",
  };
  for (const auto& hash : hashes) {
    EXPECT_TRUE(*passwords.verify(hash, "password")) << hash;
    EXPECT_FALSE(*passwords.verify(hash, "Password")) << hash;
    EXPECT_TRUE(passwords.is_outdated(hash)) << hash;
  }
}

TEST(Passwords, NoTextOfAnotherKindVerifies) {
  Passwords passwords(kCheap);
  for (const std::string hash :
       {"", "password", "*", "!", "$", "$2b$", "$6$", "$argon2id$", "$1$salt$x", "x1dyP6AGiiDuQ"}) {
    EXPECT_FALSE(*passwords.verify(hash, "password")) << hash;
    EXPECT_FALSE(*passwords.verify(hash, "")) << hash;
  }
  const std::string hash = *passwords.hash("password");
  EXPECT_FALSE(*passwords.verify(hash, std::string(kMaxPasswordBytes + 1, 'x')));
  EXPECT_FALSE(*passwords.verify("$5$saltstring$OH4IDuTlsuTYPdED1gsuiRMyTAwNlRWyA6Xr3I4/dQ5",
                                 std::string_view("password\0x", 10)));
}

TEST(Passwords, NewOnesMustBeLongEnoughAndNotTheKnownOne) {
  struct Case {
    std::string password;
    bool good;
  };
  const auto long_one = [](std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += "correct horse ";
    return text.substr(0, bytes);
  };
  const Case cases[] = {{"", false},
                        {"1234567", false},
                        {"12345678", false},
                        {"kq8-Wz.e", true},
                        {std::string(kDemoPassword), false},
                        {long_one(kMaxPasswordBytes), true},
                        {long_one(kMaxPasswordBytes + 1), false},
                        {"\xE4\xBD\xA0\xE5\xA5\xBD\xE5\x90\x97", false}};
  for (const auto& [password, good] : cases) {
    const auto checked = check_new_password(password, {"body", "password"});
    EXPECT_EQ(checked.has_value(), good) << password;
    if (!good) {
      EXPECT_EQ(checked.error().fields.at(0).loc.back(), "password");
    }
  }
}

TEST(Passwords, ManyAtOnceWaitForOneAnother) {
  Passwords passwords(kCheap);
  const std::string hash = *passwords.hash("password");
  std::vector<std::jthread> callers;
  for (int number = 0; number < 8; ++number) {
    callers.emplace_back([&] { EXPECT_TRUE(*passwords.verify(hash, "password")); });
  }
}

}  // namespace
}  // namespace auth
