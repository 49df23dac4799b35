#include "http/identification.h"

namespace http {
namespace {

struct Credential {
  std::string_view text;
  bool by_cookie = false;
};

// nullopt: none came. An Authorization header of another kind gives an empty one, which nobody holds.
std::optional<Credential> credential_of(const Request& request) {
  if (const auto field = request.header("authorization")) {
    constexpr std::string_view kScheme = "bearer ";
    const bool bearer = equals_ignoring_case(field->substr(0, kScheme.size()), kScheme);
    return Credential{bearer ? field->substr(kScheme.size()) : std::string_view(), false};
  }
  const auto cookie = request.cookie(request.secure ? kSecureSessionCookie : kSessionCookie);
  if (cookie) return Credential{*cookie, true};
  return std::nullopt;
}

Identifier::Answer to_answer(base::Result<auth::Identity> found, bool by_cookie) {
  if (!found) return std::move(found).error();
  found->by_cookie = by_cookie;
  return std::optional<Identity>(std::move(*found));
}

}  // namespace

Identifier::Answer Identification::identify(const Request& request) {
  const auto credential = credential_of(request);
  if (!credential) return std::optional<Identity>();
  return to_answer(authenticator_.identify(credential->text, request.peer.ip), credential->by_cookie);
}

std::optional<Identifier::Answer> Identification::identify_quickly(const Request& request) {
  const auto credential = credential_of(request);
  if (!credential) return Answer(std::optional<Identity>());
  auto known = authenticator_.identify_quickly(credential->text, request.peer.ip);
  if (!known) return std::nullopt;
  return to_answer(std::move(*known), credential->by_cookie);
}

}  // namespace http
