// Who stands behind a session or a token, kept in memory so that most requests need no database.
#pragma once
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "auth/identity.h"
#include "base/time.h"

namespace auth {

class IdentityCache {
 public:
  // An entry is asked for anew after this: what another node or a tool changed in the database counts then.
  static constexpr base::Milliseconds kLifetime{5000};
  static constexpr std::size_t kMaxEntries = 10000;

  // Any thread. nullopt: not known, or too old, or past its end.
  std::optional<Identity> find(const std::string& key, base::Instant now) const;
  // The count of changes so far; taken before the database is read, and given to `keep`.
  std::uint64_t generation() const;
  // Keeps the identity, unless something was forgotten since that generation: it may be stale already.
  void keep(const std::string& key, const Identity& identity, std::optional<base::Instant> ends,
            base::Instant now, std::uint64_t generation);
  void forget(const std::string& key);
  void forget_user(base::UserId user);

 private:
  struct Entry {
    Identity identity;
    std::optional<base::Instant> ends;
    base::Instant read_at;
  };
  mutable std::mutex mutex_;
  std::uint64_t generation_ = 0;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace auth
