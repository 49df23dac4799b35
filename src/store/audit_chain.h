// The audit as a chain: each row's hash covers the row and the hash of the row before, under a key that the
// database does not hold. Whoever changes, deletes or inserts a row without the key breaks the chain there;
// whoever cuts off its end is given away by the head, which is kept in a file beside the key.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "store/records.h"

namespace store {

// The newest row.
struct AuditHead {
  std::int64_t id = 0;
  std::string hash;
};

// The action of the row that says that earlier rows were found missing.
inline constexpr std::string_view kAuditGapAction = "audit.rows_missing";

// The hash of a row in hex: BLAKE2b under `key` (empty, or 16 to 64 bytes). `previous` is that of the row
// before, empty for the first. `entry.hash` is not read.
std::string audit_hash(std::string_view key, std::string_view previous, const AuditEntry& entry);

// What a check found, row after row. Pure.
class AuditCheck {
 public:
  struct Fault {
    std::int64_t id = 0;  // the first row that is wrong, or missing
    std::string why;
  };

  // `previous` is the row before the first that is given; absent where that is row 1.
  explicit AuditCheck(std::string key, std::optional<AuditHead> previous = std::nullopt);

  // The next row. False: it is wrong, and the check has ended.
  bool add(const AuditEntry& entry);
  // After the last row: `head` is what the head file names.
  void finish(const std::optional<AuditHead>& head);

  const std::optional<Fault>& fault() const { return fault_; }
  std::int64_t rows() const { return rows_; }

 private:
  std::string key_;
  AuditHead last_;
  std::int64_t rows_ = 0;
  std::optional<Fault> fault_;
};

// The file that names the newest row. Written after each commit that appended one, without waiting for the
// disk: after a power loss it may name an older row, never one that was not committed.
class AuditHeadFile {
 public:
  explicit AuditHeadFile(std::filesystem::path path = {});
  ~AuditHeadFile();
  AuditHeadFile(const AuditHeadFile&) = delete;
  AuditHeadFile& operator=(const AuditHeadFile&) = delete;

  explicit operator bool() const { return !path_.empty(); }
  // nullopt: there is no file, or it can't be read as one.
  std::optional<AuditHead> read() const;
  bool write(const AuditHead& head);  // false: the disk did not take it

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace store
