#include "auth/first_run.h"

#include "auth/audit.h"
#include "auth/random_text.h"

namespace auth {
namespace {

constexpr std::string_view kSetting = "auth.first_run";  // "HASH EXPIRY_MS"; empty: none
constexpr std::size_t kTokenBytes = 24;

base::Error refused() {
  return base::make_error(
      base::ErrorKind::forbidden,
      "this link was used, or is older than an hour, or the password is set already: start "
      "the server anew for another link, or log in");
}

}  // namespace

FirstRun::FirstRun(store::Store& store, const base::Clock& clock, Accounts& accounts, Sessions& sessions)
    : store_(store), clock_(clock), accounts_(accounts), sessions_(sessions) {}

std::string FirstRun::issue() {
  if (!accounts_.demo_password_stands()) return {};
  auto token = random_text(kTokenBytes);
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    transaction.set_setting(kSetting, hash_secret(token) + " " +
                                          std::to_string(base::to_unix_ms(clock_.now() + kFirstRunLifetime)));
    return {};
  });
  return written ? token : std::string();
}

bool FirstRun::is_good(store::Reader& reader, std::string_view token) const {
  const auto text = reader.find_setting(kSetting).value_or("");
  const auto space = text.find(' ');
  if (space == text.npos || text.substr(0, space) != hash_secret(token)) return false;
  const auto ends = base::parse_decimal(std::string_view(text).substr(space + 1));
  return ends && base::from_unix_ms(*ends) > clock_.now();
}

base::Result<LoggedIn> FirstRun::redeem(std::string_view token, std::string_view password,
                                        const std::string& address, const std::string& user_agent) {
  bool good = false;
  store_.read([&](store::Reader& reader) { good = is_good(reader, token); });
  if (!good) return refused();
  auto user = accounts_.set_first_password(password, address, [&](store::Transaction& transaction) {
    if (!is_good(transaction, token)) return false;
    transaction.set_setting(kSetting, "");
    return true;
  });
  if (!user) return user.error().kind == base::ErrorKind::conflict ? refused() : std::move(user).error();
  return sessions_.open(*user, address, user_agent);
}

}  // namespace auth
