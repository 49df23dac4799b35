#include "auth/sessions.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/random_text.h"

namespace auth {
namespace {

std::string lowered(std::string_view name) {
  std::string text(name.substr(0, kMaxUserNameBytes));
  std::transform(text.begin(), text.end(), text.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  });
  return text;
}

}  // namespace

Sessions::Sessions(store::Store& store, const base::Clock& clock, Accounts& accounts, Passwords& passwords,
                   IdentityCache& cache, std::string key, SessionOptions options)
    : store_(store),
      clock_(clock),
      accounts_(accounts),
      passwords_(passwords),
      cache_(cache),
      key_(std::move(key)),
      options_(options),
      by_account_and_address_(options.per_account_and_address),
      by_address_(options.per_address),
      by_account_(options.per_account) {}

std::optional<Refusal> Sessions::throttle(const LogInAttempt& attempt) {
  const auto now = clock_.now();
  const std::string account = lowered(attempt.name);
  const std::string both = attempt.address + "\n" + account;
  auto wait = by_account_and_address_.take(both, now);
  if (!wait) {
    wait = by_address_.take(attempt.address, now);
    if (!wait) {
      wait = by_account_.take(account, now);
      if (!wait) return std::nullopt;
      by_address_.give_back(attempt.address);
    }
    by_account_and_address_.give_back(both);
  }
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  Refusal refusal(base::make_error(
      base::ErrorKind::too_many, "too many failed log-ins; try again in " + std::to_string(seconds) + " s"));
  refusal.retry_after = *wait;
  return refusal;
}

base::Error Sessions::refuse(const LogInAttempt& attempt) {
  rights::Actor stranger;
  stranger.address = attempt.address;
  store_.write(
      [this, stranger, name = attempt.name.substr(0, kMaxUserNameBytes)](
          store::Transaction& transaction) -> base::Result<void> {
        append_audit(transaction, clock_.now(), stranger, "auth.login_failed", "user:" + name);
        return {};
      },
      [](const base::Result<void>&) {});
  return base::make_error(base::ErrorKind::unauthenticated, "the user name or the password is wrong");
}

base::Result<LoggedIn, Refusal> Sessions::log_in(const LogInAttempt& attempt) {
  if (auto refused = throttle(attempt)) return *refused;
  const auto user = accounts_.find(attempt.name);
  const auto good = passwords_.verify(user ? user->password_hash : std::string(), attempt.password);
  if (!good) return Refusal(good.error());
  if (!*good || user->disabled) return Refusal(refuse(attempt));
  if (attempt.password == kDemoPassword && !attempt.may_use_demo_password) {
    return Refusal(
        base::make_error(base::ErrorKind::forbidden,
                         "the first password is taken only from this machine and the server's own user; "
                         "change it there with 'mini-scheduler user passwd " +
                             user->name + "'"));
  }
  by_account_and_address_.give_back(attempt.address + "\n" + lowered(attempt.name));
  by_address_.give_back(attempt.address);
  by_account_.give_back(lowered(attempt.name));
  auto opened = insert(*user, attempt.address, attempt.user_agent, "auth.login");
  if (!opened) return Refusal(std::move(opened).error());
  if (passwords_.is_outdated(user->password_hash)) accounts_.rehash(*user, attempt.password);
  return std::move(*opened);
}

base::Result<LoggedIn> Sessions::open(const store::User& user, const std::string& address,
                                      const std::string& user_agent) {
  return insert(user, address, user_agent, "auth.renew");
}

base::Result<LoggedIn> Sessions::insert(const store::User& user, const std::string& address,
                                        const std::string& user_agent, std::string_view action) {
  // Whole seconds, since that is what the token holds.
  const auto now = base::from_unix_ms(base::to_unix_ms(clock_.now()) / 1000 * 1000);
  const store::Session session{random_text(16),         user.id, now,
                               now + options_.lifetime, address, user_agent.substr(0, kMaxUserAgentBytes)};
  LoggedIn result;
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    auto found = transaction.find_user(user.id);
    if (!found || found->disabled || found->password_hash != user.password_hash) {
      return base::make_error(base::ErrorKind::unauthenticated,
                              "the account was changed meanwhile; log in again");
    }
    auto open_ones = transaction.list_sessions(user.id, kMaxSessionsOfUser);
    std::sort(open_ones.begin(), open_ones.end(),
              [](const auto& left, const auto& right) { return left.created_at < right.created_at; });
    if (open_ones.size() >= static_cast<std::size_t>(kMaxSessionsOfUser))
      transaction.delete_session(open_ones.front().id);
    found->last_login_at = clock_.now();
    transaction.save_user(*found);
    transaction.insert_session(session);
    rights::Actor actor;
    actor.name = found->name;
    actor.address = address;
    append_audit(transaction, clock_.now(), actor, action, "user:" + found->name);
    result.user = std::move(*found);
    return {};
  });
  if (!written) return written.error();
  result.access_token = sign_jwt({user.id, session.id, session.created_at, session.expires_at}, key_);
  result.expires_in = session.expires_at - clock_.now();
  return result;
}

base::Result<void> Sessions::log_out(const rights::Actor& actor, const std::string& session_id) {
  auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    if (!transaction.find_session(session_id)) return {};
    transaction.delete_session(session_id);
    append_audit(transaction, clock_.now(), actor, "auth.logout", "user:" + actor.name);
    return {};
  });
  cache_.forget(session_id);
  return written;
}

std::optional<Claims> Sessions::read(std::string_view access_token) const {
  return verify_jwt(access_token, key_, clock_.now());
}

}  // namespace auth
