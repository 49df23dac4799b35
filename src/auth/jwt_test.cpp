#include "auth/jwt.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "auth/random_text.h"

namespace auth {
namespace {

const base::Instant kNow = base::from_unix_ms(1'770'000'000'000);
constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

Claims claims() {
  return {base::UserId{7}, "session", kNow, kNow + std::chrono::hours(1)};
}

std::string signed_text(std::string_view header, std::string_view payload, std::string_view key = kKey) {
  const std::string text = to_base64url(header) + "." + to_base64url(payload);
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string signature(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(signature.data()));
  return text + "." + to_base64url(signature);
}

constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";

TEST(Jwt, WhatWasSignedIsReadBack) {
  const auto read = verify_jwt(sign_jwt(claims(), kKey), kKey, kNow);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user, base::UserId{7});
  EXPECT_EQ(read->session_id, "session");
  EXPECT_EQ(read->issued_at, kNow);
  EXPECT_EQ(read->expires_at, kNow + std::chrono::hours(1));
}

// Computed with Python's hmac and hashlib.
TEST(Jwt, IsWhatOthersComputeForTheSameClaimsAndKey) {
  EXPECT_EQ(sign_jwt(claims(), kKey),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
            "eyJzdWIiOiI3Iiwic2lkIjoic2Vzc2lvbiIsImlhdCI6MTc3MDAwMDAwMCwiZXhwIjoxNzcwMDAzNjAwfQ."
            "dfEtFmJ-NfPnHaywq_Vzc-fANKR7R6-ItENTvv7XTDw");
}

TEST(Jwt, AnythingElseIsRefused) {
  const std::string good = sign_jwt(claims(), kKey);
  const auto first_dot = good.find('.');
  const auto last_dot = good.rfind('.');
  std::string flipped = good;
  flipped[first_dot + 3] = flipped[first_dot + 3] == 'A' ? 'B' : 'A';
  std::string other_signature = good;
  other_signature[last_dot + 1] = other_signature[last_dot + 1] == 'A' ? 'B' : 'A';
  const std::string payload = R"({"sub":"7","sid":"s","iat":1770000000,"exp":1770003600})";
  ASSERT_TRUE(verify_jwt(signed_text(kHeader, payload), kKey, kNow));
  const std::pair<std::string_view, std::string> cases[] = {
      {"empty", ""},
      {"dots", ".."},
      {"no signature", good.substr(0, last_dot + 1)},
      {"no dot before the signature", good.substr(0, last_dot)},
      {"truncated", good.substr(0, good.size() - 1)},
      {"longer", good + "A"},
      {"padded", good + "="},
      {"payload changed", flipped},
      {"signature changed", other_signature},
      {"a fourth part", good + ".x"},
      {"space before", " " + good},
      {"alg none",
       to_base64url(R"({"alg":"none","typ":"JWT"})") + good.substr(first_dot, last_dot - first_dot) + "."},
      {"alg None", signed_text(R"({"alg":"None","typ":"JWT"})", payload)},
      {"HS512", signed_text(R"({"alg":"HS512","typ":"JWT"})", payload)},
      {"RS256", signed_text(R"({"alg":"RS256","typ":"JWT"})", payload)},
      {"other spacing", signed_text(R"({"alg": "HS256","typ":"JWT"})", payload)},
      {"kid", signed_text(R"({"alg":"HS256","typ":"JWT","kid":"../../dev/null"})", payload)},
      {"other key", signed_text(kHeader, payload, "ffffffffffffffffffffffffffffffff")},
      {"empty key", signed_text(kHeader, payload, "")},
      {"no object", signed_text(kHeader, "[]")},
      {"no JSON", signed_text(kHeader, "sub")},
      {"no exp", signed_text(kHeader, R"({"sub":"7","sid":"s","iat":1770000000})")},
      {"exp as text", signed_text(kHeader, R"({"sub":"7","sid":"s","iat":1770000000,"exp":"1770003600"})")},
      {"exp too large",
       signed_text(kHeader, R"({"sub":"7","sid":"s","iat":1770000000,"exp":9223372036854775807})")},
      {"no sid", signed_text(kHeader, R"({"sub":"7","iat":1770000000,"exp":1770003600})")},
      {"empty sid", signed_text(kHeader, R"({"sub":"7","sid":"","iat":1770000000,"exp":1770003600})")},
      {"no sub", signed_text(kHeader, R"({"sid":"s","iat":1770000000,"exp":1770003600})")},
      {"sub zero", signed_text(kHeader, R"({"sub":"0","sid":"s","iat":1770000000,"exp":1770003600})")},
      {"expired", signed_text(kHeader, R"({"sub":"7","sid":"s","iat":1,"exp":1770000000})")},
      {"huge", signed_text(kHeader, payload + std::string(2000, ' '))},
  };
  for (const auto& [name, token] : cases) EXPECT_FALSE(verify_jwt(token, kKey, kNow)) << name;
}

TEST(Jwt, ATokenEndsAtItsTime) {
  const std::string token = sign_jwt(claims(), kKey);
  EXPECT_TRUE(verify_jwt(token, kKey, kNow + std::chrono::hours(1) - base::Milliseconds{1}));
  EXPECT_FALSE(verify_jwt(token, kKey, kNow + std::chrono::hours(1)));
}

TEST(RandomText, Base64UrlHasOneFormOnly) {
  EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
  EXPECT_EQ(from_base64url("-_8"), "\xFB\xFF");
  for (const auto text : {"-_9", "-_8=", "+/8", "-_8 ", "A"}) EXPECT_FALSE(from_base64url(text)) << text;
  EXPECT_NE(random_text(16), random_text(16));
  EXPECT_EQ(random_text(32).size(), 43u);
}

}  // namespace
}  // namespace auth
