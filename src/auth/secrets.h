// Named secrets for jobs. Their values go in, and out to jobs only.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/sealer.h"
#include "base/clock.h"
#include "base/result.h"
#include "rights/actor.h"
#include "store/store.h"

namespace auth {

inline constexpr std::size_t kMaxSecretNameBytes = 100;
inline constexpr std::size_t kMaxSecretBytes = 65536;  // of one value
inline constexpr std::int64_t kMaxSecrets = 1000;

class Secrets {
 public:
  Secrets(store::Store& store, const base::Clock& clock, Sealer& sealer);

  // Makes it, or puts the value in place of the old one. Runs that have started keep the old one.
  base::Result<store::Secret> put(const rights::Actor& actor, const std::string& name,
                                  std::string_view value);
  std::vector<store::Secret> list() const;
  // not_found; conflict while tasks use it, which are named.
  base::Result<void> remove(const rights::Actor& actor, const std::string& name);

  // What jobs are given. An error says which secret and why. Reads the database.
  base::Result<std::string> value_of(const std::string& name) const;

  // Seals all anew, second factors too, under a new key. `keep` puts a ring where the next start finds it: it
  // is called with both keys before, and with the new one alone after. Gives how many were sealed anew.
  using Keep = std::function<base::Result<void>(const KeyRing&)>;
  base::Result<std::int64_t> rotate_key(const rights::Actor& actor, const Keep& keep);
  // The same under the current key: for a key from the environment.
  base::Result<std::int64_t> seal_anew(const rights::Actor& actor);

 private:
  store::Store& store_;
  const base::Clock& clock_;
  Sealer& sealer_;
};

// What seals and opens the key of a user's one-time codes.
std::string purpose_of_factor(base::UserId user);

}  // namespace auth
