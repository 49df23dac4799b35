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
  {
    const std::lock_guard lock(mutex_);
    ++generation_;
    entries_.erase(key);
  }
  tell([&](const Watcher& watcher) { return watcher.session_id == key; });
}

void IdentityCache::forget_user(base::UserId user) {
  {
    const std::lock_guard lock(mutex_);
    ++generation_;
    std::erase_if(entries_, [&](const auto& entry) { return entry.second.identity.actor.user == user; });
  }
  tell([&](const Watcher& watcher) { return watcher.user == user; });
}

std::shared_ptr<void> IdentityCache::watch(const Identity& identity, std::function<void()> wake) {
  auto watcher =
      std::make_shared<Watcher>(Watcher{identity.actor.user, identity.session_id, std::move(wake)});
  const std::lock_guard lock(mutex_);
  std::erase_if(watchers_, [](const auto& known) { return known.expired(); });
  watchers_.push_back(watcher);
  return watcher;
}

template <typename Matches>
void IdentityCache::tell(const Matches& matches) {
  std::list<std::shared_ptr<const Watcher>> to_wake;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& known : watchers_) {
      auto watcher = known.lock();
      if (watcher && matches(*watcher)) to_wake.push_back(std::move(watcher));
    }
  }
  for (const auto& watcher : to_wake) watcher->wake();
}

}  // namespace auth
