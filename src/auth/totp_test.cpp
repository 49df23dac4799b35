#include "auth/totp.h"

#include <gtest/gtest.h>

namespace auth {
namespace {

constexpr std::string_view kKey = "12345678901234567890";

base::Instant second(std::int64_t seconds) {
  return base::from_unix_ms(seconds * 1000);
}

// RFC 6238, appendix B, the last six digits.
TEST(Totp, GivesTheCodesOfTheStandard) {
  const std::pair<std::int64_t, const char*> cases[] = {{59, "287082"},         {1111111109, "081804"},
                                                        {1111111111, "050471"}, {1234567890, "005924"},
                                                        {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [at, code] : cases) EXPECT_EQ(totp_code(kKey, totp_step(second(at))), code) << at;
}

TEST(Totp, TakesACodeOnceAndOnlyNearItsTime) {
  EXPECT_EQ(match_totp(kKey, "287082", second(59), 0), 1);
  EXPECT_EQ(match_totp(kKey, "287 082", second(59), 0), 1);
  EXPECT_EQ(match_totp(kKey, "287082", second(89), 0), 1);
  EXPECT_EQ(match_totp(kKey, "287082", second(0), 0), 1);
  EXPECT_FALSE(match_totp(kKey, "287082", second(90), 0));
  EXPECT_FALSE(match_totp(kKey, "287082", second(59), 1)) << "it was used";
  for (const char* wrong : {"", "287083", "2870820", "28708", "-87082", "287082\n"}) {
    EXPECT_FALSE(match_totp(kKey, wrong, second(59), 0)) << wrong;
  }
}

TEST(Totp, KeysAreShownAsAppsReadThem) {
  EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(to_base32("foob"), "MZXW6YQ");
  EXPECT_EQ(to_base32(""), "");
  EXPECT_EQ(otpauth_uri("foobar", "a b", "Mini Scheduler"),
            "otpauth://totp/Mini%20Scheduler:a%20b?secret=MZXW6YTBOI&issuer=Mini%20Scheduler");
}

}  // namespace
}  // namespace auth
