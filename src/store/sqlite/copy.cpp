#include "store/sqlite/copy.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/clock.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/examine.h"
#include "store/sqlite/schema.h"

namespace store::sqlite {
namespace {

namespace fs = std::filesystem;

base::Error unavailable(std::string why) {
  return base::make_error(base::ErrorKind::unavailable, std::move(why));
}

void copy_pages(const std::string& from, const std::string& to) {
  SQLite::Database target(to, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  chmod(to.c_str(), 0600);
  Connection source(from, Connection::Mode::reader);
  // all pages in one step, and so of one view: between steps the copy would start anew after each commit
  SQLite::Backup copy(target, source.database());
  if (copy.executeStep() != SQLITE_DONE) throw SQLite::Exception("it is locked by another program");
  // so that it can be read where nothing can be written beside it
  target.exec("PRAGMA journal_mode = DELETE");
}

bool is_ours(const std::string& path) {
  try {
    Connection reader(path, Connection::Mode::reader);
    return reader.database().execAndGet("PRAGMA application_id").getInt() == kApplicationId;
  } catch (const SQLite::Exception&) {
    return false;
  }
}

}  // namespace

base::Result<void> copy_database(const std::string& from, const std::string& to) {
  std::error_code failure;
  if (fs::equivalent(from, to, failure))
    return unavailable("that is the database itself; choose another path");
  const auto unfinished = to + ".unfinished";
  unlink(unfinished.c_str());
  try {
    copy_pages(from, unfinished);
  } catch (const SQLite::Exception& error) {
    unlink(unfinished.c_str());
    return unavailable(error.what());
  }
  fs::rename(unfinished, to, failure);
  if (!failure) return {};
  unlink(unfinished.c_str());
  return unavailable(failure.message());
}

base::Result<std::string> put_back(const std::string& copy, const std::string& database) {
  if (!is_ours(copy))
    return base::make_error(base::ErrorKind::invalid, copy + " is no database of this program");
  if (const auto sound = examine(copy, Use::reading); !sound)
    return base::make_error(base::ErrorKind::invalid, sound.error().message);
  const auto fresh = database + ".restored";
  if (auto copied = copy_database(copy, fresh); !copied) return copied.error();
  std::error_code failure;
  std::string aside;
  if (fs::exists(database)) {
    auto stamp = base::to_iso(base::SystemClock().now());
    std::erase(stamp, ':');
    aside = database + ".before-restore-" + stamp;
    // whatever state it is in; its log first, for that must never meet another database
    for (const char* part : {"-wal", ""}) {
      if (fs::exists(database + part)) fs::rename(database + part, aside + part, failure);
      if (failure) return unavailable(database + part + " can't be set aside: " + failure.message());
    }
  }
  unlink((database + "-wal").c_str());
  unlink((database + "-shm").c_str());
  fs::rename(fresh, database, failure);
  if (failure) return unavailable(fresh + " can't be put in place: " + failure.message());
  return aside;
}

}  // namespace store::sqlite
