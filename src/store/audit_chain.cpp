#include "store/audit_chain.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <fstream>

namespace store {
namespace {

constexpr std::size_t kHashBytes = 32;

// Each part with its length before it, so that no two rows read alike.
void append_part(std::string& to, std::string_view part) {
  to += std::to_string(part.size());
  to += ':';
  to += part;
}

}  // namespace

std::string audit_hash(std::string_view key, std::string_view previous, const AuditEntry& entry) {
  std::string text;
  append_part(text, previous);
  append_part(text, std::to_string(entry.id));
  append_part(text, std::to_string(base::to_unix_ms(entry.at)));
  for (const auto* part :
       {&entry.actor, &entry.address, &entry.action, &entry.object, &entry.before, &entry.after}) {
    append_part(text, *part);
  }
  std::array<unsigned char, kHashBytes> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), reinterpret_cast<const unsigned char*>(key.data()), key.size());
  std::array<char, kHashBytes * 2 + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

AuditCheck::AuditCheck(std::string key, std::optional<AuditHead> previous)
    : key_(std::move(key)), last_(std::move(previous).value_or(AuditHead{})) {}

bool AuditCheck::add(const AuditEntry& entry) {
  if (fault_) return false;
  if (entry.id != last_.id + 1) {
    fault_ = {last_.id + 1, "is missing"};
  } else if (entry.hash != audit_hash(key_, last_.hash, entry)) {
    fault_ = {entry.id, "was changed, or the row before it was, or another key made it"};
  } else if (entry.action == kAuditGapAction) {
    fault_ = {entry.id, "says that rows were missing at a start of the server: " + entry.after};
  }
  if (fault_) return false;
  last_ = {entry.id, entry.hash};
  ++rows_;
  return true;
}

void AuditCheck::finish(const std::optional<AuditHead>& head) {
  if (fault_ || !head) return;
  if (head->id > last_.id) fault_ = {last_.id + 1, "is missing: the end of the audit was cut off"};
  if (head->id == last_.id && head->hash != last_.hash)
    fault_ = {last_.id, "is not the one that was written"};
}

AuditHeadFile::AuditHeadFile(std::filesystem::path path) : path_(std::move(path)) {}

AuditHeadFile::~AuditHeadFile() {
  if (file_ >= 0) close(file_);
}

std::optional<AuditHead> AuditHeadFile::read() const {
  std::ifstream in(path_);
  AuditHead head;
  if (!(in >> head.id >> head.hash)) return std::nullopt;
  return head;
}

bool AuditHeadFile::write(const AuditHead& head) {
  if (file_ < 0) file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  // in place; what a longer line leaves behind this one is not read
  const auto line = std::to_string(head.id) + ' ' + head.hash + '\n';
  return file_ >= 0 && pwrite(file_, line.data(), line.size(), 0) == static_cast<ssize_t>(line.size());
}

}  // namespace store
