// Who stands behind a session or a token, kept in memory so that most requests need no database.
#pragma once
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
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
  // Each wakes those who watch what it forgets, once nothing of it is given any more.
  void forget(const std::string& key);
  void forget_user(base::UserId user);

  // Calls `wake` after that session or anything of that user was forgotten, until the handle is destroyed. On
  // the thread that forgets; must not block.
  [[nodiscard]] std::shared_ptr<void> watch(const Identity& identity, std::function<void()> wake);

 private:
  struct Watcher {
    base::UserId user;
    std::string session_id;
    std::function<void()> wake;
  };
  template <typename Matches>
  void tell(const Matches& matches);

  struct Entry {
    Identity identity;
    std::optional<base::Instant> ends;
    base::Instant read_at;
  };
  mutable std::mutex mutex_;
  std::uint64_t generation_ = 0;
  std::unordered_map<std::string, Entry> entries_;
  std::list<std::weak_ptr<const Watcher>> watchers_;
};

}  // namespace auth
