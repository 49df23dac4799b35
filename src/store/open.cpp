#include "store/open.h"

#include "store/sqlite/copy.h"
#include "store/sqlite/examine.h"
#include "store/sqlite/sqlite_store.h"

namespace store {

namespace {

constexpr std::string_view kSqlite = "sqlite:";

base::Error only_sqlite(const std::string& instead) {
  return base::make_error(base::ErrorKind::invalid, "that is for SQLite: " + instead + " another database");
}

}  // namespace

base::Result<std::string> examine(std::string_view url) {
  if (url.starts_with(kSqlite)) return sqlite::examine(std::string(url.substr(kSqlite.size())));
  auto opened = open_store(url, {});
  if (!opened) return std::move(opened).error();
  (*opened)->read([](Reader& reader) { static_cast<void>(reader.find_setting("last_boot")); });
  return std::string("answers");
}

std::map<std::string, std::int64_t> pools_named(std::string_view url) {
  if (!url.starts_with(kSqlite)) return {};
  return sqlite::pools_named(std::string(url.substr(kSqlite.size())));
}

base::Result<void> backup(std::string_view url, const std::string& path) {
  if (!url.starts_with(kSqlite)) return only_sqlite("pg_dump makes a copy of");
  const std::string database(url.substr(kSqlite.size()));
  if (!std::filesystem::exists(database))
    return base::make_error(base::ErrorKind::not_found, "there is no database " + database);
  auto copied = sqlite::copy_database(database, path);
  if (copied) return copied;
  return base::make_error(copied.error().kind,
                          "the backup to " + path + " failed: " + copied.error().message);
}

base::Result<std::string> restore(std::string_view url, const std::string& path) {
  if (!url.starts_with(kSqlite)) return only_sqlite("pg_restore puts a copy back into");
  if (!std::filesystem::exists(path))
    return base::make_error(base::ErrorKind::not_found, "there is no file " + path);
  return sqlite::put_back(path, std::string(url.substr(kSqlite.size())));
}

base::Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenOptions& options) {
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) {
    SqliteOptions sqlite;
    sqlite.path = url.substr(kSqlite.size());
    sqlite.synchronous_full = options.synchronous_full;
    sqlite.default_timezone = options.default_timezone;
    sqlite.audit_key = options.audit_key;
    sqlite.audit_head = options.audit_head;
    return open_sqlite(sqlite);
  }
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    return base::make_error(
        base::ErrorKind::invalid,
        "database.url names PostgreSQL, which this version can't use yet: give sqlite:PATH");
  }
  return base::make_error(base::ErrorKind::invalid,
                          "database.url must be sqlite:PATH, as in sqlite:data/scheduler.db");
}

}  // namespace store
