#include "auth/identity_cache.h"

namespace auth {

std::optional<Identity> IdentityCache::find(const std::string& key, base::Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  const Entry& entry = found->second;
  // A clock that was set back makes an entry as old as one that is too old.
  if (now < entry.read_at || now - entry.read_at > kLifetime || (entry.ends && *entry.ends <= now))
    return std::nullopt;
  return entry.identity;
}

std::uint64_t IdentityCache::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void IdentityCache::keep(const std::string& key, const Identity& identity, std::optional<base::Instant> ends,
                         base::Instant now, std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return;
  if (entries_.size() >= kMaxEntries) entries_.clear();
  entries_.insert_or_assign(key, Entry{identity, ends, now});
}

void IdentityCache::forget(const std::string& key) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  entries_.erase(key);
}

void IdentityCache::forget_user(base::UserId user) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.identity.actor.user == user; });
}

}  // namespace auth
