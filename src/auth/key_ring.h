// A key in a file of its own, and the one that it took the place of.
#pragma once
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace auth {

struct KeyRing {
  KeyRing() = default;
  KeyRing(std::string only) : current(std::move(only)) {}

  std::string current;
  std::string previous;      // empty: there is none
  base::Instant rotated_at;  // what the previous one made after this does not count
};

// Reads the file, which is made with a random key and mode 0600 when there is none: 43 characters that stand
// for 32 bytes, and below them the previous key and when it was replaced (ms since 1970). A file that others
// may read, or that is not whole, is an error that says how to mend it. The key is never in an error.
base::Result<KeyRing> load_key_ring(const std::string& path);

// Puts the file in place as a whole: a crash leaves the old one or the new one.
base::Result<void> save_key_ring(const std::string& path, const KeyRing& ring);

// A new random key; the current one becomes the previous.
KeyRing rotated(const KeyRing& ring, base::Instant now);

}  // namespace auth
