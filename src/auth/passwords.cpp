#include "auth/passwords.h"

#include <crypt.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "auth/common_passwords.h"

namespace auth {
namespace {

bool is_argon(std::string_view hash) {
  return hash.starts_with("$argon2");
}

bool is_crypt(std::string_view hash) {
  constexpr std::array<std::string_view, 6> kKinds{"$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$"};
  return std::any_of(kKinds.begin(), kKinds.end(), [&](auto kind) { return hash.starts_with(kind); });
}

bool matches_crypt(const std::string& hash, const std::string& password) {
  const auto work = std::make_unique<crypt_data>();  // 32 KiB
  const char* made = crypt_r(password.c_str(), hash.c_str(), work.get());
  if (made == nullptr || std::string_view(made).size() != hash.size()) return false;
  return sodium_memcmp(made, hash.data(), hash.size()) == 0;
}

std::string make_argon(std::string_view password, const PasswordCost& cost) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost.operations, cost.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::runtime_error("no memory to hash a password (needs " + std::to_string(cost.memory_bytes) +
                             " bytes)");
  }
  return text.data();
}

// Whether less than four characters are left without the name in it.
bool is_little_more_than(std::string_view password, std::string_view name) {
  constexpr std::size_t kLeastBeside = 4;
  const auto found =
      std::search(password.begin(), password.end(), name.begin(), name.end(),
                  [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
  return !name.empty() && found != password.end() && password.size() - name.size() < kLeastBeside;
}

}  // namespace

// One caller's right to hash now.
class Passwords::Turn {
 public:
  explicit Turn(Passwords& owner) : owner_(owner) {
    std::unique_lock lock(owner.mutex_);
    if (owner.hashing_ >= kMaxHashing) {
      if (owner.waiting_ >= kMaxWaitingToHash) return;
      ++owner.waiting_;
      owner.freed_.wait(lock, [&] { return owner.hashing_ < kMaxHashing; });
      --owner.waiting_;
    }
    ++owner.hashing_;
    granted_ = true;
  }
  ~Turn() {
    if (!granted_) return;
    const std::lock_guard lock(owner_.mutex_);
    --owner_.hashing_;
    owner_.freed_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  explicit operator bool() const { return granted_; }

  static base::Error refusal() {
    return base::make_error(base::ErrorKind::too_many,
                            "too many log-ins at once; try again in a few seconds");
  }

 private:
  Passwords& owner_;
  bool granted_ = false;
};

base::Result<std::string> Passwords::hash(std::string_view password) {
  const Turn turn(*this);
  if (!turn) return Turn::refusal();
  return make_argon(password, cost_);
}

base::Result<bool> Passwords::verify(const std::string& hash, std::string_view password) {
  const Turn turn(*this);
  if (!turn) return Turn::refusal();
  if (password.size() <= kMaxPasswordBytes) {
    if (is_argon(hash)) {
      return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
    }
    if (is_crypt(hash) && password.find('\0') == password.npos)
      return matches_crypt(hash, std::string(password));
  }
  make_argon("nobody has this", cost_);  // so that time does not tell which accounts there are
  return false;
}

bool Passwords::is_outdated(const std::string& hash) const {
  return !hash.starts_with("$argon2id$") ||
         crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.operations, cost_.memory_bytes) != 0;
}

base::Result<void> check_new_password(std::string_view password, std::vector<std::string> loc,
                                      std::string_view user_name) {
  const auto characters = std::count_if(password.begin(), password.end(), [](char letter) {
    return (static_cast<unsigned char>(letter) & 0xC0) != 0x80;
  });
  std::string why;
  if (static_cast<std::size_t>(characters) < kMinPasswordCharacters) {
    why = "is too short; use " + std::to_string(kMinPasswordCharacters) + " characters or more";
  } else if (password.size() > kMaxPasswordBytes) {
    why = "is too long; use at most " + std::to_string(kMaxPasswordBytes) + " bytes";
  } else if (password == kDemoPassword) {
    why = "is the one that everybody knows; choose another";
  } else if (is_common_password(password)) {
    why = "is one of the most common ones, which guessers try first; choose another";
  } else if (is_little_more_than(password, user_name)) {
    why = "is little more than the user's name; choose another";
  } else {
    return {};
  }
  return base::Error{
      base::ErrorKind::invalid, "the new password " + why, {{std::move(loc), why, std::nullopt}}};
}

}  // namespace auth
