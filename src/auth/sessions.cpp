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

std::string pair_of(const LogInAttempt& attempt) {
  return attempt.address + "\n" + lowered(attempt.name);
}

}  // namespace

Sessions::Sessions(store::Store& store, const base::Clock& clock, Accounts& accounts, Passwords& passwords,
                   IdentityCache& cache, KeyRing keys, SessionOptions options)
    : store_(store),
      clock_(clock),
      accounts_(accounts),
      passwords_(passwords),
      cache_(cache),
      keys_(std::move(keys)),
      options_(options),
      by_account_and_address_(options.per_account_and_address),
      by_address_(options.per_address),
      by_account_(options.per_account),
      first_tries_(options.first_tries),
      by_account_first_tries_(options.per_account_first_tries) {}

bool Sessions::is_known(const LogInAttempt& attempt) {
  const auto pair = pair_of(attempt);
  {
    const std::lock_guard lock(known_mutex_);
    if (known_.contains(pair)) return true;
  }
  // after a start of the server: the sessions that are open tell
  bool open = false;
  store_.read([&](store::Reader& reader) {
    const auto user = reader.find_user_by_name(attempt.name);
    if (!user) return;
    const auto sessions = reader.list_sessions(user->id, kMaxSessionsOfUser);
    open = std::any_of(sessions.begin(), sessions.end(),
                       [&](const auto& session) { return session.address == attempt.address; });
  });
  return open;
}

// nullopt: it may be tried. Else how long until it may.
std::optional<base::Milliseconds> Sessions::take_tries(const LogInAttempt& attempt) {
  const auto now = clock_.now();
  const auto account = lowered(attempt.name);
  const auto pair = pair_of(attempt);
  if (auto wait = by_account_and_address_.take(pair, now)) return wait;
  auto wait = by_address_.take(attempt.address, now);
  if (!wait) {
    if (!first_tries_.take(pair, now) && !by_account_first_tries_.take(account, now)) return std::nullopt;
    wait = by_account_.take(account, now);
    if (!wait || is_known(attempt)) return std::nullopt;
    by_address_.give_back(attempt.address);
  }
  by_account_and_address_.give_back(pair);
  return wait;
}

void Sessions::give_back_tries(const LogInAttempt& attempt) {
  by_account_and_address_.give_back(pair_of(attempt));
  by_address_.give_back(attempt.address);
  first_tries_.give_back(pair_of(attempt));
  by_account_.give_back(lowered(attempt.name));
}

std::optional<Refusal> Sessions::throttle(const LogInAttempt& attempt) {
  const auto wait = take_tries(attempt);
  if (!wait) return std::nullopt;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  Refusal refusal(base::make_error(
      base::ErrorKind::too_many, "too many failed log-ins; try again in " + std::to_string(seconds) + " s"));
  refusal.retry_after = *wait;
  return refusal;
}

base::Error Sessions::refuse(const LogInAttempt& attempt) {
  if (audit_log_ != nullptr) {
    audit_log_->refused({.action = "auth.login_failed",
                         .actor = {},
                         .address = attempt.address,
                         .object = "user:" + attempt.name.substr(0, kMaxUserNameBytes)});
  }
  return base::make_error(base::ErrorKind::unauthenticated, "the user name or the password is wrong");
}

std::optional<Refusal> Sessions::refuse_second_factor(const LogInAttempt& attempt, const store::User& user) {
  if (factors_ == nullptr || !factors_->is_on(user.id)) return std::nullopt;
  if (attempt.code.empty()) {
    // the password was right: no guess was made
    give_back_tries(attempt);
    const std::string why = "is needed too: six digits from the app, or a recovery code";
    return Refusal(base::Error{
        base::ErrorKind::unauthenticated, "a code " + why, {{{"body", "code"}, why, std::nullopt}}});
  }
  auto taken = factors_->take(user.id, attempt.code);
  if (taken) return std::nullopt;
  if (audit_log_ != nullptr) {
    audit_log_->refused({.action = "auth.second_factor_failed",
                         .actor = {},
                         .address = attempt.address,
                         .object = "user:" + user.name});
  }
  return Refusal(std::move(taken).error());
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
  if (auto refused = refuse_second_factor(attempt, *user)) return *refused;
  give_back_tries(attempt);
  {
    const std::lock_guard lock(known_mutex_);
    if (known_.size() >= kMaxKnownAddresses) known_.clear();
    known_.insert(pair_of(attempt));
  }
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
  std::string ended;
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    ended.clear();
    auto found = transaction.find_user(user.id);
    if (!found || found->disabled || found->password_hash != user.password_hash) {
      return base::make_error(base::ErrorKind::unauthenticated,
                              "the account was changed meanwhile; log in again");
    }
    auto open_ones = transaction.list_sessions(user.id, kMaxSessionsOfUser);
    std::sort(open_ones.begin(), open_ones.end(),
              [](const auto& left, const auto& right) { return left.created_at < right.created_at; });
    if (open_ones.size() >= static_cast<std::size_t>(kMaxSessionsOfUser)) {
      ended = open_ones.front().id;
      transaction.delete_session(ended);
    }
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
  if (!ended.empty()) cache_.forget(ended);
  result.access_token =
      sign_jwt({user.id, session.id, session.created_at, session.expires_at}, keys_.current);
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

std::vector<SessionView> Sessions::list(base::UserId user, const std::string& current) const {
  std::vector<SessionView> views;
  store_.read([&](store::Reader& reader) {
    views.clear();
    for (auto& session : reader.list_sessions(user, kMaxSessionsOfUser)) {
      if (session.expires_at <= clock_.now()) continue;
      const bool is_current = session.id == current;
      views.push_back({std::move(session), is_current});
    }
  });
  std::reverse(views.begin(), views.end());
  return views;
}

base::Result<void> Sessions::end(const rights::Actor& actor, const std::string& session_id) {
  auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    const auto session = transaction.find_session(session_id);
    if (!session || session->user_id != actor.user) {
      return base::make_error(base::ErrorKind::not_found,
                              "you have no such session (any more); GET /auth/sessions lists yours");
    }
    transaction.delete_session(session_id);
    append_audit(transaction, clock_.now(), actor, "auth.session_end", "user:" + actor.name);
    return {};
  });
  cache_.forget(session_id);
  return written;
}

base::Result<std::int64_t> Sessions::end_all(const rights::Actor& actor, const std::string& but_not) {
  std::int64_t count = 0;
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    count = 0;
    for (const auto& session : transaction.list_sessions(actor.user, kMaxSessionsOfUser)) {
      if (session.id != but_not) ++count;
    }
    transaction.delete_sessions_of(actor.user, but_not);
    append_audit(transaction, clock_.now(), actor, "auth.sessions_end", "user:" + actor.name, {},
                 {{"ended", count}});
    return {};
  });
  cache_.forget_user(actor.user);
  if (!written) return written.error();
  return count;
}

std::optional<Claims> Sessions::read(std::string_view access_token) const {
  const auto now = clock_.now();
  if (auto claims = verify_jwt(access_token, keys_.current, now)) return claims;
  if (keys_.previous.empty()) return std::nullopt;
  // only what it signed before it was replaced: the token's own word for its key is never asked
  auto claims = verify_jwt(access_token, keys_.previous, now);
  return claims && claims->issued_at <= keys_.rotated_at ? claims : std::nullopt;
}

}  // namespace auth
