#include "auth/jwt.h"

#include <sodium.h>

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "auth/random_text.h"

namespace auth {
namespace {

// More than this is none of ours; refused before anything is computed.
constexpr std::size_t kMaxTokenBytes = 1024;

const std::string& header_text() {
  static const std::string kHeader = to_base64url(R"({"alg":"HS256","typ":"JWT"})");
  return kHeader;
}

std::string signature_of(std::string_view text, std::string_view key) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string signature(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(signature.data()));
  return signature;
}

std::int64_t to_seconds(base::Instant at) {
  return base::to_unix_ms(at) / 1000;
}

std::optional<base::Instant> to_instant(const boost::json::value* seconds) {
  constexpr std::int64_t kYear9999 = 253402300799;
  if (seconds == nullptr || !seconds->is_int64()) return std::nullopt;
  if (seconds->get_int64() < 0 || seconds->get_int64() > kYear9999) return std::nullopt;
  return base::from_unix_ms(seconds->get_int64() * 1000);
}

}  // namespace

std::string sign_jwt(const Claims& claims, std::string_view key) {
  const boost::json::object payload{{"sub", base::to_string(claims.user)},
                                    {"sid", claims.session_id},
                                    {"iat", to_seconds(claims.issued_at)},
                                    {"exp", to_seconds(claims.expires_at)}};
  std::string token = header_text() + "." + to_base64url(std::string(boost::json::serialize(payload)));
  const std::string signature = to_base64url(signature_of(token, key));
  return token + "." + signature;
}

std::optional<Claims> verify_jwt(std::string_view token, std::string_view key, base::Instant now) {
  const std::string& header = header_text();
  if (token.size() > kMaxTokenBytes || !token.starts_with(header + ".")) return std::nullopt;
  const auto dot = token.rfind('.');
  if (dot <= header.size()) return std::nullopt;
  const auto signature = from_base64url(token.substr(dot + 1));
  const std::string expected = signature_of(token.substr(0, dot), key);
  if (!signature || signature->size() != expected.size() ||
      sodium_memcmp(signature->data(), expected.data(), expected.size()) != 0) {
    return std::nullopt;
  }
  const auto payload = from_base64url(token.substr(header.size() + 1, dot - header.size() - 1));
  if (!payload) return std::nullopt;
  boost::json::error_code error;
  const auto json = boost::json::parse(*payload, error);
  if (error || !json.is_object()) return std::nullopt;
  const auto& object = json.get_object();
  const auto* subject = object.if_contains("sub");
  const auto* session = object.if_contains("sid");
  const auto issued_at = to_instant(object.if_contains("iat"));
  const auto expires_at = to_instant(object.if_contains("exp"));
  if (subject == nullptr || !subject->is_string() || session == nullptr || !session->is_string())
    return std::nullopt;
  const auto user = base::parse_id<base::UserId>(subject->get_string());
  if (!user || session->get_string().empty() || !issued_at || !expires_at || *expires_at <= now)
    return std::nullopt;
  return Claims{*user, std::string(session->get_string()), *issued_at, *expires_at};
}

}  // namespace auth
