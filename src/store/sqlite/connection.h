// One connection to the database file, with its prepared statements.
#pragma once
#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/id.h"
#include "base/time.h"

namespace store::sqlite {

// A foreign program (a backup, an editor) may hold the file for so long before a write is given up.
inline constexpr int kBusyTimeoutMs = 70'000;

class Connection {
 public:
  enum class Mode { reader, writer };
  // Throws SQLite::Exception.
  Connection(const std::string& path, Mode mode);

  SQLite::Database& database() { return database_; }
  // That statement, prepared once for this connection, reset and without values. `sql` must be a constant:
  // its address is its name.
  SQLite::Statement& prepare(const char* sql);
  // The same for one that was composed; the last few are kept. Good until the next call.
  SQLite::Statement& prepare_composed(const std::string& sql);
  // Statements without rows, one or several, each time anew; `run` keeps its one prepared (a constant, as
  // above).
  void execute(const char* sql) { database_.exec(sql); }
  void run(const char* sql) { prepare(sql).exec(); }
  std::int64_t last_id() const { return database_.getLastInsertRowid(); }

 private:
  SQLite::Statement& ready(std::unique_ptr<SQLite::Statement>& statement, const char* sql);

  SQLite::Database database_;
  std::unordered_map<const char*, std::unique_ptr<SQLite::Statement>> statements_;
  std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>> composed_;
};

// Values in: each call binds the next parameter.
class Binder {
 public:
  explicit Binder(SQLite::Statement& statement) : statement_(statement) {}
  Binder& operator<<(std::int64_t value) { return statement_.bind(++at_, value), *this; }
  Binder& operator<<(int value) { return statement_.bind(++at_, value), *this; }
  Binder& operator<<(bool value) { return statement_.bind(++at_, value ? 1 : 0), *this; }
  Binder& operator<<(std::string_view value) {
    // a view without a buffer would be NULL
    statement_.bind(++at_, std::string(value));
    return *this;
  }
  Binder& operator<<(const char* value) { return *this << std::string_view(value); }
  Binder& operator<<(base::Instant value) { return *this << base::to_unix_ms(value); }
  template <class Tag>
  Binder& operator<<(base::Id<Tag> id) {
    return *this << id.value;
  }
  template <class Value>
  Binder& operator<<(const std::optional<Value>& value) {
    if (value) return *this << *value;
    statement_.bind(++at_);
    return *this;
  }
  Binder& blob(const std::string& bytes) {
    statement_.bind(++at_, bytes.data(), static_cast<int>(bytes.size()));
    return *this;
  }

 private:
  SQLite::Statement& statement_;
  int at_ = 0;
};

// Columns out: each call reads the next one.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) {}
  std::int64_t integer() { return statement_.getColumn(at_++).getInt64(); }
  bool flag() { return integer() != 0; }
  std::string text() {
    const auto column = statement_.getColumn(at_++);
    const char* bytes = static_cast<const char*>(column.getBlob());
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(column.getBytes()));
  }
  base::Instant instant() { return base::from_unix_ms(integer()); }
  template <class IdType>
  IdType id() {
    return IdType{integer()};
  }
  std::optional<std::int64_t> optional_integer() {
    if (statement_.getColumn(at_).isNull()) return ++at_, std::nullopt;
    return integer();
  }
  std::optional<int> optional_int() {
    const auto value = optional_integer();
    return value ? std::optional{static_cast<int>(*value)} : std::nullopt;
  }
  std::optional<base::Instant> optional_instant() {
    const auto value = optional_integer();
    return value ? std::optional{base::from_unix_ms(*value)} : std::nullopt;
  }

 private:
  SQLite::Statement& statement_;
  int at_ = 0;
};

}  // namespace store::sqlite
