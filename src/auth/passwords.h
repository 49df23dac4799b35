// Passwords: hashing, checking, and the rule for new ones.
#pragma once
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace auth {

// What one hash costs. The default is libsodium's interactive cost: some 0.35 s and 64 MiB.
struct PasswordCost {
  unsigned long long operations = 2;
  std::size_t memory_bytes = 64 << 20;
};

// At most so many passwords are hashed at once (each takes a core and 64 MiB), and so many callers wait.
inline constexpr int kMaxHashing = 2;
inline constexpr int kMaxWaitingToHash = 32;

inline constexpr std::size_t kMinPasswordCharacters = 8;
inline constexpr std::size_t kMaxPasswordBytes = 1024;
// The password of a first start (spec 3.1). Nobody can choose it.
inline constexpr std::string_view kDemoPassword = "admin123";

class Passwords {
 public:
  explicit Passwords(PasswordCost cost = {}) : cost_(cost) {}

  // An argon2id text. too_many when too many wait already. Blocks.
  base::Result<std::string> hash(std::string_view password);

  // Whether the password made that text: argon2 as above, or crypt(3)'s $2a/b/y$, $5$, $6$, $y$ of a
  // taken-over database. An empty or unknown text takes as long and is false. too_many as above. Blocks.
  base::Result<bool> verify(const std::string& hash, std::string_view password);

  // Whether a text that verified should be made anew: it is not of today's kind and cost.
  bool is_outdated(const std::string& hash) const;

 private:
  class Turn;

  PasswordCost cost_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int hashing_ = 0;
  int waiting_ = 0;
};

// What is wrong with a new password: an error for the field at `loc`. Too short, too long, one of the most
// common ones, or little more than the name of its user.
base::Result<void> check_new_password(std::string_view password, std::vector<std::string> loc,
                                      std::string_view user_name = {});

}  // namespace auth
