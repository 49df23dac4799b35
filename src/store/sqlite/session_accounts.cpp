#include "store/sqlite/session.h"

namespace store::sqlite {
namespace {

#define USER_COLUMNS \
  "id, name, password_hash, role, disabled, must_change_password, created_at, updated_at, last_login_at"
#define SESSION_COLUMNS "id, user_id, created_at, expires_at, address, user_agent"
#define TOKEN_COLUMNS "id, user_id, name, hash, scope, created_at, expires_at, last_used_at"

constexpr const char* kFindUser = "SELECT " USER_COLUMNS " FROM users WHERE id = ?";
constexpr const char* kFindUserByName = "SELECT " USER_COLUMNS " FROM users WHERE name = ? COLLATE NOCASE";
constexpr const char* kListUsers = "SELECT " USER_COLUMNS " FROM users ORDER BY id LIMIT ?";
constexpr const char* kInsertUser =
    "INSERT INTO users (name, password_hash, role, disabled, must_change_password, created_at, updated_at, "
    "last_login_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kSaveUser =
    "UPDATE users SET name = ?, password_hash = ?, role = ?, disabled = ?, must_change_password = ?, "
    "updated_at = ?, "
    "last_login_at = ? WHERE id = ?";
constexpr const char* kDeleteUser = "DELETE FROM users WHERE id = ?";
constexpr const char* kFindSession = "SELECT " SESSION_COLUMNS " FROM sessions WHERE id = ?";
constexpr const char* kListSessions =
    "SELECT " SESSION_COLUMNS " FROM sessions WHERE user_id = ? ORDER BY created_at LIMIT ?";
constexpr const char* kInsertSession =
    "INSERT INTO sessions (id, user_id, created_at, expires_at, address, user_agent) VALUES (?, ?, ?, ?, ?, "
    "?)";
constexpr const char* kDeleteSession = "DELETE FROM sessions WHERE id = ?";
constexpr const char* kDeleteSessionsOf = "DELETE FROM sessions WHERE user_id = ? AND id <> ?";
constexpr const char* kForgetSessions = "DELETE FROM sessions WHERE expires_at < ?";
constexpr const char* kFindToken = "SELECT " TOKEN_COLUMNS " FROM tokens WHERE hash = ?";
constexpr const char* kListTokens =
    "SELECT " TOKEN_COLUMNS " FROM tokens WHERE user_id = ? ORDER BY id LIMIT ?";
constexpr const char* kInsertToken =
    "INSERT INTO tokens (user_id, name, hash, scope, created_at, expires_at, last_used_at) VALUES (?, ?, ?, "
    "?, ?, ?, ?)";
constexpr const char* kDeleteToken = "DELETE FROM tokens WHERE id = ? AND user_id = ?";
constexpr const char* kFindPreferences = "SELECT document, revision FROM preferences WHERE user_id = ?";
constexpr const char* kSavePreferences =
    "INSERT OR REPLACE INTO preferences (user_id, document, revision) VALUES (?, ?, ?)";
constexpr const char* kTouchToken = "UPDATE tokens SET last_used_at = ? WHERE id = ?";

User read_user(Row& row) {
  User user;
  user.id = row.id<UserId>();
  user.name = row.text();
  user.password_hash = row.text();
  // a role that nobody knows gives the fewest rights
  user.role = rights::parse_role(row.text()).value_or(rights::Role::viewer);
  user.disabled = row.flag();
  user.must_change_password = row.flag();
  user.created_at = row.instant();
  user.updated_at = row.instant();
  user.last_login_at = row.optional_instant();
  return user;
}

store::Session read_session(Row& row) {
  store::Session session;
  session.id = row.text();
  session.user_id = row.id<UserId>();
  session.created_at = row.instant();
  session.expires_at = row.instant();
  session.address = row.text();
  session.user_agent = row.text();
  return session;
}

Token read_token(Row& row) {
  Token token;
  token.id = row.id<TokenId>();
  token.user_id = row.id<UserId>();
  token.name = row.text();
  token.hash = row.text();
  token.scope = rights::parse_scope(row.text()).value_or(rights::Scope::read);
  token.created_at = row.instant();
  token.expires_at = row.optional_instant();
  token.last_used_at = row.optional_instant();
  return token;
}

}  // namespace

std::optional<User> Session::find_user(UserId id) {
  auto& statement = connection_.prepare(kFindUser);
  Binder(statement) << id;
  return one_row(statement, read_user);
}

std::optional<User> Session::find_user_by_name(std::string_view name) {
  auto& statement = connection_.prepare(kFindUserByName);
  Binder(statement) << name;
  return one_row(statement, read_user);
}

std::vector<User> Session::list_users(std::int64_t limit) {
  auto& statement = connection_.prepare(kListUsers);
  Binder(statement) << limit;
  return all_rows(statement, read_user);
}

UserId Session::insert_user(const User& user) {
  auto& statement = connection_.prepare(kInsertUser);
  Binder(statement) << user.name << user.password_hash << to_string(user.role) << user.disabled
                    << user.must_change_password << user.created_at << user.updated_at << user.last_login_at;
  statement.exec();
  return UserId{connection_.last_id()};
}

void Session::save_user(const User& user) {
  auto& statement = connection_.prepare(kSaveUser);
  Binder(statement) << user.name << user.password_hash << to_string(user.role) << user.disabled
                    << user.must_change_password << user.updated_at << user.last_login_at << user.id;
  statement.exec();
}

void Session::delete_user(UserId id) {
  auto& statement = connection_.prepare(kDeleteUser);
  Binder(statement) << id;
  statement.exec();
}

std::optional<store::Session> Session::find_session(std::string_view id) {
  auto& statement = connection_.prepare(kFindSession);
  Binder(statement) << id;
  return one_row(statement, read_session);
}

std::vector<store::Session> Session::list_sessions(UserId id, std::int64_t limit) {
  auto& statement = connection_.prepare(kListSessions);
  Binder(statement) << id << limit;
  return all_rows(statement, read_session);
}

void Session::insert_session(const store::Session& session) {
  auto& statement = connection_.prepare(kInsertSession);
  Binder(statement) << session.id << session.user_id << session.created_at << session.expires_at
                    << session.address << session.user_agent;
  statement.exec();
}

void Session::delete_session(std::string_view id) {
  auto& statement = connection_.prepare(kDeleteSession);
  Binder(statement) << id;
  statement.exec();
}

void Session::delete_sessions_of(UserId id, std::string_view but_not) {
  auto& statement = connection_.prepare(kDeleteSessionsOf);
  Binder(statement) << id << but_not;
  statement.exec();
}

void Session::forget_sessions_before(Instant at) {
  auto& statement = connection_.prepare(kForgetSessions);
  Binder(statement) << at;
  statement.exec();
}

std::optional<Token> Session::find_token_by_hash(std::string_view hash) {
  auto& statement = connection_.prepare(kFindToken);
  Binder(statement) << hash;
  return one_row(statement, read_token);
}

std::vector<Token> Session::list_tokens(UserId id, std::int64_t limit) {
  auto& statement = connection_.prepare(kListTokens);
  Binder(statement) << id << limit;
  return all_rows(statement, read_token);
}

TokenId Session::insert_token(const Token& token) {
  auto& statement = connection_.prepare(kInsertToken);
  Binder(statement) << token.user_id << token.name << token.hash << to_string(token.scope) << token.created_at
                    << token.expires_at << token.last_used_at;
  statement.exec();
  return TokenId{connection_.last_id()};
}

bool Session::delete_token(UserId owner, TokenId id) {
  auto& statement = connection_.prepare(kDeleteToken);
  Binder(statement) << id << owner;
  return statement.exec() > 0;
}

void Session::touch_token(TokenId id, Instant used_at) {
  auto& statement = connection_.prepare(kTouchToken);
  Binder(statement) << used_at << id;
  statement.exec();
}

std::optional<Preferences> Session::find_preferences(UserId id) {
  auto& statement = connection_.prepare(kFindPreferences);
  Binder(statement) << id;
  return one_row(statement, [](Row& row) {
    Preferences preferences;
    preferences.document = row.text();
    preferences.revision = row.integer();
    return preferences;
  });
}

void Session::save_preferences(UserId id, const Preferences& preferences) {
  auto& statement = connection_.prepare(kSavePreferences);
  Binder(statement) << id << preferences.document << preferences.revision;
  statement.exec();
}

}  // namespace store::sqlite
