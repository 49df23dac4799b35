#include "store/sqlite/connection.h"

#include <sqlite3.h>

namespace store::sqlite {
namespace {

constexpr std::size_t kComposed = 32;                              // statements: some 10 KB each
constexpr const char* kWriterCache = "PRAGMA cache_size = -8192";  // KiB
constexpr const char* kReaderCache = "PRAGMA cache_size = -2048";

// SQLite's own count of its memory takes a lock at each allocation; nobody asks for it. Before the first
// connection, or it has no effect.
const std::string& when_configured(const std::string& path) {
  static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(configured);
  return path;
}

}  // namespace

Connection::Connection(const std::string& path, Mode mode)
    : database_(
          when_configured(path),
          (mode == Mode::writer ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE : SQLite::OPEN_READONLY) |
              SQLite::OPEN_NOMUTEX,
          kBusyTimeoutMs) {
  sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  execute("PRAGMA trusted_schema = OFF");
  execute("PRAGMA foreign_keys = ON");
  execute(mode == Mode::writer ? kWriterCache : kReaderCache);
  if (mode == Mode::reader) {
    execute("PRAGMA query_only = ON");
    execute("PRAGMA wal_autocheckpoint = 0");
  }
}

SQLite::Statement& Connection::prepare(const char* sql) {
  return ready(statements_[sql], sql);
}

SQLite::Statement& Connection::prepare_composed(const std::string& sql) {
  if (composed_.size() >= kComposed && !composed_.contains(sql)) composed_.clear();
  return ready(composed_[sql], sql.c_str());
}

SQLite::Statement& Connection::ready(std::unique_ptr<SQLite::Statement>& statement, const char* sql) {
  if (!statement) {
    statement = std::make_unique<SQLite::Statement>(database_, sql);
  } else {
    statement->tryReset();  // reset() would throw once more what its last run threw
    statement->clearBindings();
  }
  return *statement;
}

}  // namespace store::sqlite
