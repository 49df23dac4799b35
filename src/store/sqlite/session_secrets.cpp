#include "store/sqlite/session.h"

namespace store::sqlite {
namespace {

#define SECRET_COLUMNS "name, sealed, created_at, updated_at, updated_by"

constexpr const char* kFindSecret = "SELECT " SECRET_COLUMNS " FROM secrets WHERE name = ?";
constexpr const char* kListSecrets = "SELECT " SECRET_COLUMNS " FROM secrets ORDER BY name LIMIT ?";
constexpr const char* kSaveSecret =
    "INSERT OR REPLACE INTO secrets (" SECRET_COLUMNS ") VALUES (?, ?, ?, ?, ?)";
constexpr const char* kDeleteSecret = "DELETE FROM secrets WHERE name = ?";
constexpr const char* kTasksUsing =
    "SELECT task_id FROM task_secrets WHERE secret = ? ORDER BY task_id LIMIT ?";
constexpr const char* kFindFactor =
    "SELECT user_id, sealed, confirmed, last_step, recovery_hashes, created_at FROM second_factors WHERE "
    "user_id = ?";
constexpr const char* kSaveFactor =
    "INSERT OR REPLACE INTO second_factors (user_id, sealed, confirmed, last_step, recovery_hashes, "
    "created_at) "
    "VALUES (?, ?, ?, ?, ?, ?)";
constexpr const char* kDeleteFactor = "DELETE FROM second_factors WHERE user_id = ?";

Secret read_secret(Row& row) {
  Secret secret;
  secret.name = row.text();
  secret.sealed = row.text();
  secret.created_at = row.instant();
  secret.updated_at = row.instant();
  secret.updated_by = row.text();
  return secret;
}

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

SecondFactor read_factor(Row& row) {
  SecondFactor factor;
  factor.user_id = row.id<UserId>();
  factor.sealed = row.text();
  factor.confirmed = row.flag();
  factor.last_step = row.integer();
  factor.recovery_hashes = split_words(row.text());
  factor.created_at = row.instant();
  return factor;
}

}  // namespace

std::optional<Secret> Session::find_secret(std::string_view name) {
  auto& statement = connection_.prepare(kFindSecret);
  Binder(statement) << name;
  return one_row(statement, read_secret);
}

std::vector<Secret> Session::list_secrets(std::int64_t limit) {
  auto& statement = connection_.prepare(kListSecrets);
  Binder(statement) << limit;
  return all_rows(statement, read_secret);
}

std::vector<TaskId> Session::tasks_using_secret(std::string_view name, std::int64_t limit) {
  auto& statement = connection_.prepare(kTasksUsing);
  Binder(statement) << name << limit;
  return all_rows(statement, [](Row& row) { return row.id<TaskId>(); });
}

void Session::save_secret(const Secret& secret) {
  auto& statement = connection_.prepare(kSaveSecret);
  (Binder(statement) << secret.name).blob(secret.sealed)
      << secret.created_at << secret.updated_at << secret.updated_by;
  statement.exec();
}

bool Session::delete_secret(std::string_view name) {
  auto& statement = connection_.prepare(kDeleteSecret);
  Binder(statement) << name;
  return statement.exec() > 0;
}

std::optional<SecondFactor> Session::find_second_factor(UserId id) {
  auto& statement = connection_.prepare(kFindFactor);
  Binder(statement) << id;
  return one_row(statement, read_factor);
}

void Session::save_second_factor(const SecondFactor& factor) {
  std::string hashes;
  for (const auto& hash : factor.recovery_hashes) hashes += (hashes.empty() ? "" : " ") + hash;
  auto& statement = connection_.prepare(kSaveFactor);
  (Binder(statement) << factor.user_id).blob(factor.sealed)
      << factor.confirmed << factor.last_step << hashes << factor.created_at;
  statement.exec();
}

bool Session::delete_second_factor(UserId id) {
  auto& statement = connection_.prepare(kDeleteFactor);
  Binder(statement) << id;
  return statement.exec() > 0;
}

}  // namespace store::sqlite
