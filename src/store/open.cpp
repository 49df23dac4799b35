#include "store/open.h"

#include "store/sqlite/sqlite_store.h"

namespace store {

base::Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenOptions& options) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) {
    SqliteOptions sqlite;
    sqlite.path = url.substr(kSqlite.size());
    sqlite.synchronous_full = options.synchronous_full;
    sqlite.default_timezone = options.default_timezone;
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
