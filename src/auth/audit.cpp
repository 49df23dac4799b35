#include "auth/audit.h"

#include <boost/json/serialize.hpp>

namespace auth {
namespace {

boost::json::value to_json(const std::optional<base::Instant>& at) {
  if (!at) return nullptr;
  return boost::json::value(base::to_iso(*at));
}

std::string text_of(const boost::json::object& object) {
  return object.empty() ? std::string() : std::string(boost::json::serialize(object));
}

}  // namespace

void append_audit(store::Transaction& transaction, base::Instant at, const rights::Actor& actor,
                  std::string_view action, std::string object, const boost::json::object& before,
                  const boost::json::object& after) {
  store::AuditEntry entry;
  entry.at = at;
  entry.actor = actor.name;
  entry.address = actor.address;
  entry.action = action;
  entry.object = std::move(object);
  entry.before = text_of(before);
  entry.after = text_of(after);
  transaction.append_audit(entry);
}

boost::json::object to_json(const store::User& user) {
  return {{"id", user.id.value},
          {"username", user.name},
          {"role", rights::to_string(user.role)},
          {"disabled", user.disabled},
          {"must_change_password", user.must_change_password},
          {"created_at", base::to_iso(user.created_at)},
          {"updated_at", base::to_iso(user.updated_at)},
          {"last_login_at", to_json(user.last_login_at)}};
}

boost::json::object to_json(const store::Token& token) {
  return {{"id", token.id.value},
          {"name", token.name},
          {"scope", rights::to_string(token.scope)},
          {"created_at", base::to_iso(token.created_at)},
          {"expires_at", to_json(token.expires_at)},
          {"last_used_at", to_json(token.last_used_at)}};
}

}  // namespace auth
