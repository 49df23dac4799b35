#include "auth/authenticator.h"

#include "auth/random_text.h"

namespace auth {
namespace {

base::Error unknown_credential() {
  return base::make_error(base::ErrorKind::unauthenticated,
                          "this token is not valid (any more); log in again");
}

Identity identity_of(const store::User& user) {
  Identity identity;
  identity.actor.user = user.id;
  identity.actor.name = user.name;
  identity.actor.role = user.role;
  identity.must_change_password = user.must_change_password;
  return identity;
}

base::Result<Identity> at_address(Identity identity, const std::string& address) {
  identity.actor.address = address;
  return identity;
}

}  // namespace

Authenticator::Authenticator(store::Store& store, const base::Clock& clock, Sessions& sessions,
                             Tokens& tokens, IdentityCache& cache)
    : store_(store), clock_(clock), sessions_(sessions), tokens_(tokens), cache_(cache) {}

std::optional<base::Result<Identity>> Authenticator::identify_quickly(std::string_view credential,
                                                                      const std::string& address) {
  std::string key;
  if (credential.starts_with(kTokenPrefix)) {
    key = hash_secret(credential);
  } else {
    auto claims = sessions_.read(credential);
    if (!claims) return base::Result<Identity>(unknown_credential());
    key = std::move(claims->session_id);
  }
  auto known = cache_.find(key, clock_.now());
  if (!known) return std::nullopt;
  return at_address(std::move(*known), address);
}

base::Result<Identity> Authenticator::identify(std::string_view credential, const std::string& address) {
  if (auto known = identify_quickly(credential, address)) return std::move(*known);
  auto found = credential.starts_with(kTokenPrefix)
                   ? read_token(hash_secret(credential))
                   : read_session(sessions_.read(credential).value_or(Claims{}));
  if (!found) return found;
  return at_address(std::move(*found), address);
}

base::Result<Identity> Authenticator::read_session(const Claims& claims) {
  const auto generation = cache_.generation();
  std::optional<store::Session> session;
  std::optional<store::User> user;
  store_.read([&](store::Reader& reader) {
    session = reader.find_session(claims.session_id);
    if (session) user = reader.find_user(session->user_id);
  });
  const auto now = clock_.now();
  if (!session || session->expires_at <= now || session->user_id != claims.user || !user || user->disabled) {
    return unknown_credential();
  }
  Identity identity = identity_of(*user);
  identity.session_id = session->id;
  cache_.keep(session->id, identity, session->expires_at, now, generation);
  return identity;
}

base::Result<Identity> Authenticator::read_token(const std::string& hash) {
  const auto generation = cache_.generation();
  std::optional<store::Token> token;
  std::optional<store::User> user;
  store_.read([&](store::Reader& reader) {
    token = reader.find_token_by_hash(hash);
    if (token) user = reader.find_user(token->user_id);
  });
  const auto now = clock_.now();
  if (!token || (token->expires_at && *token->expires_at <= now) || !user || user->disabled)
    return unknown_credential();
  Identity identity = identity_of(*user);
  identity.actor.scope = token->scope;
  identity.token = token->id;
  cache_.keep(hash, identity, token->expires_at, now, generation);
  tokens_.touch(*token);
  return identity;
}

}  // namespace auth
