#include "store/sqlite/examine.h"

#include <unistd.h>

#include <filesystem>

#include "store/sqlite/connection.h"
#include "store/sqlite/schema.h"

namespace store::sqlite {

base::Result<std::string> examine(const std::string& path, Use use) {
  const auto refuse = [](const std::string& why) {
    return base::make_error(base::ErrorKind::unavailable, why);
  };
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) return base::make_error(base::ErrorKind::not_found, path);
  if (use == Use::serving && access(path.c_str(), R_OK | W_OK) != 0)
    return refuse(path + " may not be written by this user: give it to the user that the server runs as");
  try {
    Connection reader(path, Connection::Mode::reader);
    const int version = reader.database().execAndGet("PRAGMA user_version").getInt();
    if (version > kSchemaVersion)
      return refuse(path + " was written by a newer version: run the newer program");
    const auto found = reader.database().execAndGet("PRAGMA quick_check(1)").getString();
    if (found != "ok") return refuse(path + " is damaged: restore a backup (" + found + ")");
    constexpr std::uintmax_t kMegabyte = 1'000'000;
    return "schema " + std::to_string(version) + ", " +
           std::to_string(std::filesystem::file_size(path, failure) / kMegabyte) + " MB, sound";
  } catch (const SQLite::Exception& error) {
    return refuse(path + " can't be read (" + error.what() +
                  "): restore a backup, or choose another path for database.url");
  }
}

std::map<std::string, std::int64_t> pools_named(const std::string& path) {
  std::map<std::string, std::int64_t> pools;
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) return pools;
  try {
    Connection reader(path, Connection::Mode::reader);
    SQLite::Statement query(reader.database(),
                            "SELECT json_extract(definition, '$.pool') AS pool, count(*) FROM tasks "
                            "WHERE pool <> '' GROUP BY pool");
    while (query.executeStep()) pools[query.getColumn(0).getString()] = query.getColumn(1).getInt64();
  } catch (const SQLite::Exception&) {
    pools.clear();  // what is wrong with it is the business of examine
  }
  return pools;
}

}  // namespace store::sqlite
