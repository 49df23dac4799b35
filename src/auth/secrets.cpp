#include "auth/secrets.h"

#include <algorithm>

#include "auth/accounts.h"
#include "auth/audit.h"

namespace auth {
namespace {

using base::ErrorKind;
using base::make_error;

constexpr std::int64_t kNamedUsers = 5;  // tasks that a refusal names

std::string purpose_of(const std::string& name) {
  return "secret:" + name;
}

base::Error wrong_secret(const char* field, const std::string& why) {
  return base::Error{ErrorKind::invalid,
                     std::string("the secret's ") + field + " " + why,
                     {{{"body", field}, why, std::nullopt}}};
}

base::Result<void> check_name(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-").find(c) != std::string_view::npos;
  });
  if (!name.empty() && name.size() <= kMaxSecretNameBytes && plain) return {};
  return wrong_secret(
      "name", "must be 1 to " + std::to_string(kMaxSecretNameBytes) + " letters a-z, digits or any of . _ -");
}

base::Error no_such_secret(const std::string& name) {
  return make_error(ErrorKind::not_found, "there is no secret '" + name + "'; GET /secrets lists them");
}

}  // namespace

std::string purpose_of_factor(base::UserId user) {
  return "second factor:" + base::to_string(user);
}

Secrets::Secrets(store::Store& store, const base::Clock& clock, Sealer& sealer)
    : store_(store), clock_(clock), sealer_(sealer) {}

base::Result<store::Secret> Secrets::put(const rights::Actor& actor, const std::string& name,
                                         std::string_view value) {
  if (auto good = check_name(name); !good) return std::move(good).error();
  if (value.empty() || value.size() > kMaxSecretBytes || value.find('\0') != value.npos)
    return wrong_secret("value",
                        "must be 1 to " + std::to_string(kMaxSecretBytes) + " bytes without a zero byte");
  store::Secret secret;
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    const auto before = transaction.find_secret(name);
    if (!before && std::ssize(transaction.list_secrets(kMaxSecrets)) >= kMaxSecrets) {
      return make_error(ErrorKind::conflict,
                        "there are " + std::to_string(kMaxSecrets) + " secrets already; delete some first");
    }
    const auto now = clock_.now();
    // sealed in its turn, so that a change of the key either finds it or comes first
    secret = {name, sealer_.seal(purpose_of(name), value), before ? before->created_at : now, now,
              actor.name};
    transaction.save_secret(secret);
    append_audit(transaction, now, actor, before ? "secret.replace" : "secret.create", "secret:" + name);
    return {};
  });
  if (!written) return written.error();
  return secret;
}

std::vector<store::Secret> Secrets::list() const {
  std::vector<store::Secret> secrets;
  store_.read([&](store::Reader& reader) { secrets = reader.list_secrets(kMaxSecrets); });
  return secrets;
}

base::Result<void> Secrets::remove(const rights::Actor& actor, const std::string& name) {
  return store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    const auto users = transaction.tasks_using_secret(name, kNamedUsers);
    if (!users.empty()) {
      std::string tasks;
      for (const auto id : users) tasks += (tasks.empty() ? "" : ", ") + base::to_string(id);
      return make_error(ErrorKind::conflict, "the secret '" + name + "' is used by tasks (" + tasks +
                                                 (std::ssize(users) == kNamedUsers ? ", ..." : "") +
                                                 "): take it out of their field secrets first");
    }
    if (!transaction.delete_secret(name)) return no_such_secret(name);
    append_audit(transaction, clock_.now(), actor, "secret.delete", "secret:" + name);
    return {};
  });
}

base::Result<std::string> Secrets::value_of(const std::string& name) const {
  std::optional<store::Secret> found;
  store_.read([&](store::Reader& reader) { found = reader.find_secret(name); });
  if (!found) return no_such_secret(name);
  auto plain = sealer_.open(purpose_of(name), found->sealed);
  if (!plain) {
    return make_error(ErrorKind::internal,
                      "the secret '" + name +
                          "' was sealed with another key than the server has: put the key "
                          "back, or set the secret anew");
  }
  return std::move(*plain);
}

base::Result<std::int64_t> Secrets::seal_anew(const rights::Actor& actor) {
  std::int64_t count = 0;
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    count = 0;
    for (auto& secret : transaction.list_secrets(kMaxSecrets)) {
      if (!sealer_.is_outdated(secret.sealed)) continue;
      const auto plain = sealer_.open(purpose_of(secret.name), secret.sealed);
      if (!plain) {
        return make_error(ErrorKind::conflict, "the secret '" + secret.name +
                                                   "' was sealed with a key that the server does not have: "
                                                   "delete it or set it anew, then rotate again");
      }
      secret.sealed = sealer_.seal(purpose_of(secret.name), *plain);
      transaction.save_secret(secret);
      ++count;
    }
    for (const auto& user : transaction.list_users(kMaxUsers)) {
      auto factor = transaction.find_second_factor(user.id);
      if (!factor || !sealer_.is_outdated(factor->sealed)) continue;
      const auto plain = sealer_.open(purpose_of_factor(user.id), factor->sealed);
      if (!plain) continue;  // it counts for nothing already; an admin takes it away
      factor->sealed = sealer_.seal(purpose_of_factor(user.id), *plain);
      transaction.save_second_factor(*factor);
      ++count;
    }
    append_audit(transaction, clock_.now(), actor, "secret.rotate_key", "secrets", {},
                 {{"sealed_anew", count}});
    return {};
  });
  if (!written) return written.error();
  return count;
}

base::Result<std::int64_t> Secrets::rotate_key(const rights::Actor& actor, const Keep& keep) {
  if (!sealer_.ring().previous.empty()) {
    // an earlier change of the key was cut off
    if (auto ended = seal_anew(actor); !ended) return ended;
  }
  const KeyRing before(sealer_.ring().current);
  const auto both = rotated(before, clock_.now());
  if (auto kept = keep(both); !kept) return std::move(kept).error();
  sealer_.use(both);
  auto count = seal_anew(actor);
  if (!count) {
    auto back = before;
    back.previous = both.current;  // which may have sealed something meanwhile
    sealer_.use(back);
    static_cast<void>(keep(back));  // where this fails, the file has both keys still
    return count;
  }
  if (auto kept = keep(KeyRing(both.current)); !kept) return std::move(kept).error();
  sealer_.use(KeyRing(both.current));
  return count;
}

}  // namespace auth
