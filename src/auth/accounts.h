// User accounts: who there is, in which role, with which password. Every change is audited in its
// transaction.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity_cache.h"
#include "auth/passwords.h"
#include "auth/throttle.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/store.h"

namespace auth {

enum class Registration { open, invite, closed };

struct AccountOptions {
  Registration registration = Registration::open;
  rights::Role registration_role = rights::Role::viewer;
};

struct NewUser {
  std::string name;
  std::string password;
  rights::Role role = rights::Role::viewer;
  bool must_change_password = false;
};

// What is absent stays.
struct UserChange {
  std::optional<rights::Role> role;
  std::optional<bool> disabled;
  std::optional<std::string> password;
  std::optional<bool> must_change_password;
};

struct Invite {
  std::string code;  // shown once
  rights::Role role = rights::Role::viewer;
  base::Instant expires_at;
};

inline constexpr std::size_t kMaxUserNameBytes = 64;
inline constexpr std::int64_t kMaxUsers = 10000;  // what a list shows at most, and registration makes
inline constexpr base::Milliseconds kInviteLifetime = std::chrono::hours(7 * 24);

class Accounts {
 public:
  Accounts(store::Store& store, const base::Clock& clock, Passwords& passwords, IdentityCache& cache,
           AccountOptions options);

  // On a database without users, makes `admin` with that password, or with the demo password, which must then
  // be changed. While the demo password stands, a password given here takes its place. At start.
  base::Result<void> ensure_first_admin(std::optional<std::string> password);
  // Whether the first start's well-known password has not been changed yet.
  bool demo_password_stands() const;

  // Errors: conflict when the name is taken (in any case), invalid for bad fields.
  base::Result<store::User> create(const rights::Actor& actor, const NewUser& user);
  // not_found; conflict when it would leave no admin who can log in. Ends the user's sessions where the
  // password changes or the account is disabled; a new role counts from the next request on.
  base::Result<store::User> change(const rights::Actor& actor, base::UserId id, const UserChange& change);
  base::Result<void> remove(const rights::Actor& actor, base::UserId id);
  // One's own: checks the current password (forbidden when wrong, too_many after ten wrong ones) and ends all
  // of the user's sessions.
  // Whether that is the caller's password, as above.
  base::Result<void> check_own_password(const rights::Actor& actor, std::string_view password);
  base::Result<store::User> change_own_password(const rights::Actor& actor, std::string_view current,
                                                std::string_view wanted);

  // Puts a password in the place of the first start's. `may` is asked in the transaction; conflict where it
  // says no, or where that password stands no more. See first_run.h.
  base::Result<store::User> set_first_password(std::string_view password, const std::string& address,
                                               const std::function<bool(store::Transaction&)>& may);

  // A stranger makes an account, where the registration mode lets him (else forbidden). `invite` is the code
  // that the mode `invite` needs; it works once.
  base::Result<store::User> register_user(std::string_view name, std::string_view password,
                                          std::optional<std::string_view> invite, const std::string& address);
  base::Result<Invite> create_invite(const rights::Actor& actor, rights::Role role);
  Registration registration() const { return options_.registration; }

  std::vector<store::User> list() const;
  std::optional<store::User> find(base::UserId id) const;
  std::optional<store::User> find(std::string_view name) const;

  // Writes the hash of today's kind after a log-in with an old one. Quietly does nothing when it can't.
  void rehash(const store::User& user, std::string_view password);

 private:
  base::Result<store::User> insert(const rights::Actor& actor, std::string_view action, store::User user,
                                   const std::optional<std::string>& used_invite);
  base::Result<rights::Role> role_of_invite(store::Reader& reader, const std::string& key) const;

  store::Store& store_;
  const base::Clock& clock_;
  Passwords& passwords_;
  IdentityCache& cache_;
  AccountOptions options_;
  Throttle own_password_tries_{{10, base::Milliseconds{6000}}};  // a stolen session does not guess it
};

std::string_view to_string(Registration registration);
std::optional<Registration> parse_registration(std::string_view text);

}  // namespace auth
