#include "auth/accounts.h"

#include <algorithm>
#include <array>

#include "auth/audit.h"
#include "auth/random_text.h"

namespace auth {
namespace {

// Holds the id of the user whose demo password stands; empty when none does.
constexpr std::string_view kDemoSetting = "auth.demo_password_of";
constexpr std::string_view kFirstAdmin = "admin";

constexpr std::array<std::pair<Registration, std::string_view>, 3> kRegistrations{
    {{Registration::open, "open"}, {Registration::invite, "invite"}, {Registration::closed, "closed"}}};

std::string object_of(const store::User& user) {
  return "user:" + user.name;
}

base::Result<void> check_name(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') ||
           std::string_view("._@+-").find(letter) != std::string_view::npos;
  });
  if (!name.empty() && name.size() <= kMaxUserNameBytes && plain) return {};
  const std::string why =
      "must be 1 to " + std::to_string(kMaxUserNameBytes) + " letters a-z, digits or any of . _ @ + -";
  return base::Error{
      base::ErrorKind::invalid, "the user name " + why, {{{"body", "username"}, why, std::nullopt}}};
}

base::Error no_such_user() {
  return base::make_error(base::ErrorKind::not_found, "there is no such user; GET /users lists them");
}

base::Error refused_invite() {
  return base::make_error(base::ErrorKind::forbidden,
                          "this invite code is not valid (any more); ask an admin for a new one");
}

bool can_administer(const store::User& user) {
  return user.role == rights::Role::admin && !user.disabled;
}

// Whether somebody else could still administer.
bool has_other_admin(store::Reader& reader, base::UserId id) {
  const auto users = reader.list_users(kMaxUsers);
  return std::any_of(users.begin(), users.end(),
                     [&](const store::User& user) { return user.id != id && can_administer(user); });
}

base::Error last_admin(const store::User& user) {
  return base::make_error(
      base::ErrorKind::conflict,
      "'" + user.name + "' is the last admin who can log in; make another user admin first");
}

void clear_demo_of(store::Transaction& transaction, base::UserId id) {
  if (transaction.find_setting(kDemoSetting) == base::to_string(id))
    transaction.set_setting(kDemoSetting, "");
}

std::string invite_key(std::string_view code) {
  return "auth.invite." + hash_secret(code);
}

rights::Actor system_actor() {
  rights::Actor actor;
  actor.name = "system";
  return actor;
}

}  // namespace

std::string_view to_string(Registration registration) {
  for (const auto& [value, name] : kRegistrations) {
    if (value == registration) return name;
  }
  return {};
}

std::optional<Registration> parse_registration(std::string_view text) {
  for (const auto& [value, name] : kRegistrations) {
    if (name == text) return value;
  }
  return std::nullopt;
}

Accounts::Accounts(store::Store& store, const base::Clock& clock, Passwords& passwords, IdentityCache& cache,
                   AccountOptions options)
    : store_(store), clock_(clock), passwords_(passwords), cache_(cache), options_(options) {}

base::Result<void> Accounts::ensure_first_admin(std::optional<std::string> password) {
  bool has_users = false;
  std::optional<base::UserId> demo_of;
  store_.read([&](store::Reader& reader) {
    has_users = !reader.list_users(1).empty();
    const auto setting = reader.find_setting(kDemoSetting);
    demo_of = setting ? base::parse_id<base::UserId>(*setting) : std::nullopt;
  });
  if (has_users && !(demo_of && password)) return {};
  if (password) {
    if (auto good = check_new_password(*password, {"MINI_SCHEDULER_ADMIN_PASSWORD"}, kFirstAdmin); !good)
      return good;
  }
  if (has_users) {
    auto changed = change(system_actor(), *demo_of, {{}, {}, password, false});
    return changed ? base::Result<void>() : std::move(changed).error();
  }
  auto hash = passwords_.hash(password ? *password : std::string(kDemoPassword));
  if (!hash) return std::move(hash).error();
  return store_.write([&, demo = !password](store::Transaction& transaction) -> base::Result<void> {
    if (!transaction.list_users(1).empty()) return {};
    store::User admin;
    admin.name = kFirstAdmin;
    admin.password_hash = *hash;
    admin.role = rights::Role::admin;
    admin.must_change_password = demo;
    admin.created_at = admin.updated_at = clock_.now();
    admin.id = transaction.insert_user(admin);
    if (demo) transaction.set_setting(kDemoSetting, base::to_string(admin.id));
    append_audit(transaction, admin.created_at, system_actor(), "user.create", object_of(admin), {},
                 to_json(admin));
    return {};
  });
}

bool Accounts::demo_password_stands() const {
  bool stands = false;
  store_.read(
      [&](store::Reader& reader) { stands = !reader.find_setting(kDemoSetting).value_or("").empty(); });
  return stands;
}

base::Result<store::User> Accounts::insert(const rights::Actor& actor, std::string_view action,
                                           store::User user, const std::optional<std::string>& used_invite) {
  const store::User asked = std::move(user);
  store::User made;
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    made = asked;
    if (used_invite) {
      auto role = role_of_invite(transaction, *used_invite);
      if (!role) return std::move(role).error();
      made.role = *role;
      transaction.set_setting(*used_invite, "");
    }
    if (transaction.find_user_by_name(made.name)) {
      return base::make_error(base::ErrorKind::conflict,
                              "the user name '" + made.name + "' is taken; choose another");
    }
    if (transaction.list_users(kMaxUsers).size() >= static_cast<std::size_t>(kMaxUsers)) {
      return base::make_error(base::ErrorKind::conflict,
                              "there are " + std::to_string(kMaxUsers) + " users already; delete some first");
    }
    made.created_at = made.updated_at = clock_.now();
    made.id = transaction.insert_user(made);
    rights::Actor as = actor;
    if (as.name.empty()) as.name = made.name;
    append_audit(transaction, made.created_at, as, action, object_of(made), {}, to_json(made));
    return {};
  });
  if (!written) return written.error();
  return made;
}

base::Result<store::User> Accounts::create(const rights::Actor& actor, const NewUser& wanted) {
  if (auto good = check_name(wanted.name); !good) return std::move(good).error();
  if (auto good = check_new_password(wanted.password, {"body", "password"}, wanted.name); !good)
    return std::move(good).error();
  auto hash = passwords_.hash(wanted.password);
  if (!hash) return std::move(hash).error();
  store::User user;
  user.name = wanted.name;
  user.password_hash = std::move(*hash);
  user.role = wanted.role;
  user.must_change_password = wanted.must_change_password;
  return insert(actor, "user.create", std::move(user), std::nullopt);
}

base::Result<store::User> Accounts::register_user(std::string_view name, std::string_view password,
                                                  std::optional<std::string_view> invite,
                                                  const std::string& address) {
  if (options_.registration == Registration::closed) {
    return base::make_error(base::ErrorKind::forbidden,
                            "registration is closed; ask an admin for an account");
  }
  std::optional<std::string> key;
  if (options_.registration == Registration::invite) {
    if (!invite) {
      return base::make_error(base::ErrorKind::forbidden,
                              "registration needs an invite code (field 'invite'); ask an admin for one");
    }
    key = invite_key(*invite);
    std::optional<base::Error> refused;
    store_.read([&](store::Reader& reader) {
      if (auto role = role_of_invite(reader, *key); !role) refused = role.error();
    });
    if (refused) return *refused;
  }
  if (auto good = check_name(name); !good) return std::move(good).error();
  if (auto good = check_new_password(password, {"body", "password"}, name); !good)
    return std::move(good).error();
  auto hash = passwords_.hash(password);
  if (!hash) return std::move(hash).error();
  store::User user;
  user.name = name;
  user.password_hash = std::move(*hash);
  user.role = options_.registration_role;
  rights::Actor stranger;
  stranger.address = address;
  return insert(stranger, "auth.register", std::move(user), key);
}

// An invite is a setting "ROLE EXPIRY_MS" under the hash of its code; emptied once it was used.
base::Result<rights::Role> Accounts::role_of_invite(store::Reader& reader, const std::string& key) const {
  const std::string text = reader.find_setting(key).value_or("");
  const auto space = text.find(' ');
  if (space == text.npos) return refused_invite();
  const auto role = rights::parse_role(std::string_view(text).substr(0, space));
  const auto ends = base::parse_decimal(std::string_view(text).substr(space + 1));
  if (!role || !ends || base::from_unix_ms(*ends) <= clock_.now()) return refused_invite();
  return *role;
}

base::Result<Invite> Accounts::create_invite(const rights::Actor& actor, rights::Role role) {
  const Invite invite{random_text(16), role, clock_.now() + kInviteLifetime};
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    transaction.set_setting(invite_key(invite.code), std::string(rights::to_string(role)) + " " +
                                                         std::to_string(base::to_unix_ms(invite.expires_at)));
    append_audit(transaction, clock_.now(), actor, "invite.create", "invite", {},
                 {{"role", rights::to_string(role)}, {"expires_at", base::to_iso(invite.expires_at)}});
    return {};
  });
  if (!written) return written.error();
  return invite;
}

base::Result<store::User> Accounts::change(const rights::Actor& actor, base::UserId id,
                                           const UserChange& wanted) {
  std::optional<std::string> hash;
  if (wanted.password) {
    if (auto good = check_new_password(*wanted.password, {"body", "password"}); !good)
      return std::move(good).error();
    auto made = passwords_.hash(*wanted.password);
    if (!made) return std::move(made).error();
    hash = std::move(*made);
  }
  store::User user;
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    auto found = transaction.find_user(id);
    if (!found) return no_such_user();
    const store::User before = *found;
    user = std::move(*found);
    user.role = wanted.role.value_or(user.role);
    user.disabled = wanted.disabled.value_or(user.disabled);
    user.must_change_password = wanted.must_change_password.value_or(user.must_change_password);
    if (hash) user.password_hash = *hash;
    user.updated_at = clock_.now();
    if (can_administer(before) && !can_administer(user) && !has_other_admin(transaction, id))
      return last_admin(before);
    transaction.save_user(user);
    if (hash) clear_demo_of(transaction, id);
    if (hash || user.disabled) transaction.delete_sessions_of(id, "");
    auto after = to_json(user);
    if (hash) after["password"] = "changed";
    append_audit(transaction, user.updated_at, actor, "user.update", object_of(user), to_json(before), after);
    return {};
  });
  cache_.forget_user(id);
  if (!written) return written.error();
  return user;
}

base::Result<void> Accounts::remove(const rights::Actor& actor, base::UserId id) {
  auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    const auto user = transaction.find_user(id);
    if (!user) return no_such_user();
    if (can_administer(*user) && !has_other_admin(transaction, id)) return last_admin(*user);
    transaction.delete_user(id);
    clear_demo_of(transaction, id);
    append_audit(transaction, clock_.now(), actor, "user.delete", object_of(*user), to_json(*user));
    return {};
  });
  cache_.forget_user(id);
  return written;
}

base::Result<void> Accounts::check_own_password(const rights::Actor& actor, std::string_view password) {
  const auto user = find(actor.user);
  if (!user) return no_such_user();
  const auto tries = base::to_string(actor.user);
  if (own_password_tries_.take(tries, clock_.now()))
    return base::make_error(base::ErrorKind::too_many, "too many wrong passwords; try again in a minute");
  const auto same = passwords_.verify(user->password_hash, password);
  if (!same) return same.error();
  if (!*same) return base::make_error(base::ErrorKind::forbidden, "the current password is wrong");
  own_password_tries_.give_back(tries);
  return {};
}

base::Result<store::User> Accounts::change_own_password(const rights::Actor& actor, std::string_view current,
                                                        std::string_view wanted) {
  if (auto good = check_new_password(wanted, {"body", "new_password"}, actor.name); !good)
    return std::move(good).error();
  const auto found = find(actor.user);
  if (!found) return no_such_user();
  if (auto same = check_own_password(actor, current); !same) return std::move(same).error();
  auto hash = passwords_.hash(wanted);
  if (!hash) return std::move(hash).error();
  store::User user;
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    auto now_there = transaction.find_user(actor.user);
    if (!now_there) return no_such_user();
    if (now_there->password_hash != found->password_hash) {
      return base::make_error(base::ErrorKind::conflict, "the password was changed meanwhile; log in again");
    }
    user = std::move(*now_there);
    user.password_hash = *hash;
    user.must_change_password = false;
    user.updated_at = clock_.now();
    transaction.save_user(user);
    clear_demo_of(transaction, user.id);
    transaction.delete_sessions_of(user.id, "");
    append_audit(transaction, user.updated_at, actor, "user.password", object_of(user));
    return {};
  });
  cache_.forget_user(actor.user);
  if (!written) return written.error();
  return user;
}

base::Result<store::User> Accounts::set_first_password(std::string_view password, const std::string& address,
                                                       const std::function<bool(store::Transaction&)>& may) {
  if (auto good = check_new_password(password, {"body", "new_password"}, kFirstAdmin); !good)
    return std::move(good).error();
  auto hash = passwords_.hash(password);
  if (!hash) return std::move(hash).error();
  store::User user;
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    const auto id = base::parse_id<base::UserId>(transaction.find_setting(kDemoSetting).value_or(""));
    auto found = id ? transaction.find_user(*id) : std::nullopt;
    if (!found || !may(transaction)) return base::make_error(base::ErrorKind::conflict, "it is set already");
    user = std::move(*found);
    user.password_hash = *hash;
    user.must_change_password = false;
    user.updated_at = clock_.now();
    transaction.save_user(user);
    clear_demo_of(transaction, user.id);
    transaction.delete_sessions_of(user.id, "");
    rights::Actor actor;
    actor.name = user.name;
    actor.address = address;
    append_audit(transaction, user.updated_at, actor, "user.first_password", object_of(user));
    return {};
  });
  if (!written) return written.error();
  cache_.forget_user(user.id);
  return user;
}

void Accounts::rehash(const store::User& user, std::string_view password) {
  auto hash = passwords_.hash(password);
  if (!hash) return;
  store_.write(
      [old = user.password_hash, made = std::move(*hash),
       id = user.id](store::Transaction& transaction) -> base::Result<void> {
        auto found = transaction.find_user(id);
        if (!found || found->password_hash != old) return {};
        found->password_hash = made;
        transaction.save_user(*found);
        return {};
      },
      [](const base::Result<void>&) {});
}

std::vector<store::User> Accounts::list() const {
  std::vector<store::User> users;
  store_.read([&](store::Reader& reader) { users = reader.list_users(kMaxUsers); });
  return users;
}

std::optional<store::User> Accounts::find(base::UserId id) const {
  std::optional<store::User> user;
  store_.read([&](store::Reader& reader) { user = reader.find_user(id); });
  return user;
}

std::optional<store::User> Accounts::find(std::string_view name) const {
  std::optional<store::User> user;
  store_.read([&](store::Reader& reader) { user = reader.find_user_by_name(name); });
  return user;
}

}  // namespace auth
