// Sealing what the database must not know: XChaCha20-Poly1305 under a key that lies outside of it.
#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "auth/key_ring.h"

namespace auth {

// Any thread.
class Sealer {
 public:
  explicit Sealer(KeyRing ring);

  // `purpose` says what it is ("secret:NAME"): sealed bytes can't be put in the place of others.
  std::string seal(std::string_view purpose, std::string_view plain) const;
  // nullopt: no key of the ring sealed it for that purpose.
  std::optional<std::string> open(std::string_view purpose, std::string_view sealed) const;
  // Whether another key than the current one sealed it.
  bool is_outdated(std::string_view sealed) const;

  KeyRing ring() const;
  void use(KeyRing ring);

 private:
  mutable std::mutex mutex_;
  KeyRing ring_;
};

}  // namespace auth
