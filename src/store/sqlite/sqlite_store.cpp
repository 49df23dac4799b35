#include "store/sqlite/sqlite_store.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/sqlite/copy.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/writer.h"

namespace store {
namespace {

using sqlite::Connection;

constexpr std::size_t kIdleReaders = 4;  // connections that are kept open between reads

// A reading connection and what it can be asked.
struct ReaderConnection {
  explicit ReaderConnection(const std::string& path)
      : connection(path, Connection::Mode::reader), session(connection) {}
  Connection connection;
  sqlite::Session session;
};

class SqliteStore : public Store {
 public:
  SqliteStore(std::string path, std::unique_ptr<Connection> writer, const SqliteOptions& options)
      : path_(std::move(path)), writer_(std::move(writer), options.audit_key, options.audit_head) {}
  ~SqliteStore() override {
    writer_.stop();
    readers_.clear();  // so that the writer closes the file as the last one, which leaves nothing beside it
  }

  void read(const std::function<void(Reader&)>& ask) override {
    try {
      auto reader = take_reader();
      reader->connection.execute("BEGIN");
      try {
        ask(reader->session);
      } catch (...) {
        reader->connection.execute("ROLLBACK");
        give_back(std::move(reader));
        throw;
      }
      reader->connection.execute("COMMIT");
      give_back(std::move(reader));
    } catch (const SQLite::Exception& failure) {
      throw DatabaseFailure(std::string("the database can't be read: ") + failure.what());
    }
  }

  using Store::write;
  void write(Work work, Done done) override { writer_.add(std::move(work), std::move(done)); }
  void set_listener(Listener listener) override { writer_.set_listener(std::move(listener)); }

  base::Result<void> backup(const std::string& path) override {
    auto copied = sqlite::copy_database(path_, path);
    if (copied) return copied;
    return base::make_error(copied.error().kind,
                            "the backup to " + path + " failed: " + copied.error().message);
  }

  std::chrono::milliseconds oldest_wait() const override { return writer_.oldest_wait(); }

  std::string description() const override { return "sqlite:" + path_; }

 private:
  std::unique_ptr<ReaderConnection> take_reader() {
    {
      const std::lock_guard lock(mutex_);
      if (!readers_.empty()) {
        auto reader = std::move(readers_.back());
        readers_.pop_back();
        return reader;
      }
    }
    return std::make_unique<ReaderConnection>(path_);
  }

  void give_back(std::unique_ptr<ReaderConnection> reader) {
    const std::lock_guard lock(mutex_);
    if (readers_.size() < kIdleReaders) readers_.push_back(std::move(reader));
  }

  const std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<ReaderConnection>> readers_;
  sqlite::Writer writer_;
};

// The head file names a row that is not there as it was: the audit's end was cut off, or the file was put
// back. That is written down in the audit itself, since the next row moves the head on.
void note_missing_audit(Connection& writer, const SqliteOptions& options) {
  const auto noted = AuditHeadFile(options.audit_head).read();
  if (!noted) return;
  sqlite::Session session(writer, options.audit_key);
  const auto rows = session.audit_after(noted->id - 1, 1);
  if (!rows.empty() && rows[0].id == noted->id && rows[0].hash == noted->hash) return;
  const auto last = session.audit_head();
  AuditEntry entry;
  entry.at = base::SystemClock().now();
  entry.actor = "system";
  entry.action = kAuditGapAction;
  entry.object = "audit:" + std::to_string(noted->id);
  entry.after = R"({"newest_row_noted":)" + std::to_string(noted->id) + R"(,"newest_row_found":)" +
                std::to_string(last ? last->id : 0) + "}";
  session.append_audit(entry);
  base::log::error("audit.rows_missing", {{"noted", noted->id}, {"found", last ? last->id : 0}});
}

}  // namespace

base::Result<std::unique_ptr<Store>> open_sqlite(const SqliteOptions& options) {
  const auto path = options.path.string();
  const auto refuse = [&](const std::string& why) {
    return base::make_error(base::ErrorKind::unavailable, why);
  };
  std::error_code failure;
  if (options.path.has_parent_path() &&
      std::filesystem::create_directories(options.path.parent_path(), failure)) {
    chmod(options.path.parent_path().c_str(), 0700);
  }
  if (failure) return refuse("the folder of the database " + path + " can't be made: " + failure.message());
  const auto mask = umask(0077);
  try {
    auto writer = std::make_unique<Connection>(path, Connection::Mode::writer);
    if (sqlite3_db_readonly(writer->database().getHandle(), "main") == 1) {
      throw std::runtime_error("the database " + path +
                               " may not be written by this user: give the file to the user that the server "
                               "runs as, or choose another path for database.url");
    }
    sqlite::migrate(*writer, path, options.default_timezone, options.audit_key);
    // not before: a file that is refused stays as it was
    writer->execute("PRAGMA journal_mode = WAL");
    note_missing_audit(*writer, options);
    writer->execute(options.synchronous_full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    umask(mask);
    return std::unique_ptr<Store>(std::make_unique<SqliteStore>(path, std::move(writer), options));
  } catch (const SQLite::Exception& error) {
    umask(mask);
    if (error.getErrorCode() == SQLITE_NOTADB) {
      return refuse(path +
                    " is no SQLite database: choose another path for database.url, or restore a backup");
    }
    if (error.getErrorCode() == SQLITE_CORRUPT) {
      return refuse("the database " + path + " is damaged: restore a backup (" + error.what() + ")");
    }
    return refuse("the database " + path + " can't be opened: " + error.what());
  } catch (const std::exception& error) {
    umask(mask);
    return refuse(error.what());
  }
}

}  // namespace store
