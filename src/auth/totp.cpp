#include "auth/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>
#include <stdexcept>

namespace auth {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::uint32_t kModulus = 1'000'000;

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (kPlain.find(c) != kPlain.npos) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

}  // namespace

std::int64_t totp_step(base::Instant at) {
  return base::to_unix_ms(at) / 1000 / kTotpStepSeconds;
}

std::string totp_code(std::string_view key, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (int i = 7; i >= 0; --i, step >>= 8) counter[static_cast<std::size_t>(i)] = step & 0xff;
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int length = 0;
  if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), counter.data(), counter.size(), mac.data(),
           &length) == nullptr) {
    throw std::runtime_error("OpenSSL can't compute a one-time code");
  }
  const std::size_t at = mac[length - 1] & 15u;
  const std::uint32_t number = (mac[at] & 0x7fu) << 24 | std::uint32_t{mac[at + 1]} << 16 |
                               std::uint32_t{mac[at + 2]} << 8 | mac[at + 3];
  auto code = std::to_string(number % kModulus);
  return code.insert(0, kDigits - code.size(), '0');
}

std::optional<std::int64_t> match_totp(std::string_view key, std::string_view code, base::Instant now,
                                       std::int64_t last_step) {
  std::string digits;
  for (const char c : code.substr(0, 32)) {
    if (c != ' ') digits += c;
  }
  digits.resize(kDigits + 1, '\0');  // what is longer or shorter never matches
  std::optional<std::int64_t> found;
  for (auto step = totp_step(now) - kTotpWindow; step <= totp_step(now) + kTotpWindow; ++step) {
    const auto expected = totp_code(key, step) + '\0';
    if (sodium_memcmp(digits.data(), expected.data(), expected.size()) == 0 && step > last_step) found = step;
  }
  return found;
}

std::string to_base32(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = held << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) text += kLetters[held >> (bits - 5) & 31];
  }
  if (bits > 0) text += kLetters[held << (5 - bits) & 31];
  return text;
}

std::string otpauth_uri(std::string_view key, std::string_view user, std::string_view issuer) {
  return "otpauth://totp/" + percent_encoded(issuer) + ":" + percent_encoded(user) +
         "?secret=" + to_base32(key) + "&issuer=" + percent_encoded(issuer);
}

}  // namespace auth
