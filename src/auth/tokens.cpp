#include "auth/tokens.h"

#include "auth/audit.h"
#include "auth/random_text.h"

namespace auth {
namespace {

base::Error wrong_token(std::string field, std::string why) {
  return base::Error{
      base::ErrorKind::invalid, "the token's " + field + " " + why, {{{"body", field}, why, std::nullopt}}};
}

std::optional<base::Error> narrow_caller(const rights::Actor& actor) {
  if (!actor.scope || *actor.scope == rights::Scope::write) return std::nullopt;
  return base::make_error(base::ErrorKind::forbidden,
                          "a token of scope " + std::string(rights::to_string(*actor.scope)) +
                              " can't change tokens; log in with the password or use a token of scope write");
}

}  // namespace

Tokens::Tokens(store::Store& store, const base::Clock& clock, IdentityCache& cache)
    : store_(store), clock_(clock), cache_(cache) {}

base::Result<CreatedToken> Tokens::create(const rights::Actor& actor, const NewToken& wanted) {
  if (auto refused = narrow_caller(actor)) return *refused;
  if (wanted.name.empty() || wanted.name.size() > kMaxTokenNameBytes) {
    return wrong_token("name", "must be 1 to " + std::to_string(kMaxTokenNameBytes) + " bytes long");
  }
  if (wanted.expires_at && *wanted.expires_at <= clock_.now())
    return wrong_token("expires_at", "is in the past");
  CreatedToken created;
  created.text = std::string(kTokenPrefix) + random_text(32);
  created.token.user_id = actor.user;
  created.token.name = wanted.name;
  created.token.hash = hash_secret(created.text);
  created.token.scope = wanted.scope;
  created.token.created_at = clock_.now();
  created.token.expires_at = wanted.expires_at;
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    if (transaction.list_tokens(actor.user, kMaxTokens).size() >= static_cast<std::size_t>(kMaxTokens)) {
      return base::make_error(base::ErrorKind::conflict,
                              "you have " + std::to_string(kMaxTokens) + " tokens; revoke one first");
    }
    created.token.id = transaction.insert_token(created.token);
    append_audit(transaction, created.token.created_at, actor, "token.create",
                 "token:" + base::to_string(created.token.id), {}, to_json(created.token));
    return {};
  });
  if (!written) return written.error();
  return created;
}

std::vector<store::Token> Tokens::list(base::UserId user) const {
  std::vector<store::Token> tokens;
  store_.read([&](store::Reader& reader) { tokens = reader.list_tokens(user, kMaxTokens); });
  return tokens;
}

base::Result<void> Tokens::revoke(const rights::Actor& actor, base::TokenId id) {
  if (auto refused = narrow_caller(actor)) return *refused;
  auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    if (!transaction.delete_token(actor.user, id)) {
      return base::make_error(base::ErrorKind::not_found,
                              "you have no token " + base::to_string(id) + "; GET /auth/tokens lists yours");
    }
    append_audit(transaction, clock_.now(), actor, "token.revoke", "token:" + base::to_string(id));
    return {};
  });
  cache_.forget_user(actor.user);
  return written;
}

void Tokens::touch(const store::Token& token) {
  const auto now = clock_.now();
  if (token.last_used_at && now - *token.last_used_at < kTouchInterval) return;
  store_.write(
      [id = token.id, now](store::Transaction& transaction) -> base::Result<void> {
        transaction.touch_token(id, now);
        return {};
      },
      [](const base::Result<void>&) {});
}

}  // namespace auth
