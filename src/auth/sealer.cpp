#include "auth/sealer.h"

#include <sodium.h>

#include <array>

#include "auth/random_text.h"

namespace auth {
namespace {

constexpr std::size_t kNameBytes = 8;  // of the key that sealed it
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
using Key = std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// A key text of any length becomes two: one that seals, one that names it.
Key derive(std::string_view text, std::string_view use) {
  Key key{};
  crypto_generichash(key.data(), key.size(), bytes_of(text), text.size(), bytes_of(use), use.size());
  return key;
}

std::string name_of(std::string_view text) {
  const Key name = derive(text, "mini-scheduler key name");
  return {reinterpret_cast<const char*>(name.data()), kNameBytes};
}

}  // namespace

Sealer::Sealer(KeyRing ring) : ring_(std::move(ring)) {
  random_text(1);  // libsodium has started then
}

std::string Sealer::seal(std::string_view purpose, std::string_view plain) const {
  const auto text = ring().current;
  Key key = derive(text, "mini-scheduler sealing");
  std::string sealed = name_of(text);
  sealed.resize(kNameBytes + kNonceBytes + plain.size() + kTagBytes);
  auto* nonce = reinterpret_cast<unsigned char*>(sealed.data()) + kNameBytes;
  randombytes_buf(nonce, kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceBytes, nullptr, bytes_of(plain), plain.size(),
                                             bytes_of(purpose), purpose.size(), nullptr, nonce, key.data());
  sodium_memzero(key.data(), key.size());
  return sealed;
}

std::optional<std::string> Sealer::open(std::string_view purpose, std::string_view sealed) const {
  if (sealed.size() < kNameBytes + kNonceBytes + kTagBytes) return std::nullopt;
  const auto keys = ring();
  for (const auto* text : {&keys.current, &keys.previous}) {
    if (text->empty() || name_of(*text) != sealed.substr(0, kNameBytes)) continue;
    Key key = derive(*text, "mini-scheduler sealing");
    const auto nonce = sealed.substr(kNameBytes, kNonceBytes);
    const auto box = sealed.substr(kNameBytes + kNonceBytes);
    std::string plain(box.size() - kTagBytes, '\0');
    const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
        reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr, bytes_of(box), box.size(),
        bytes_of(purpose), purpose.size(), bytes_of(nonce), key.data());
    sodium_memzero(key.data(), key.size());
    return opened == 0 ? std::optional(std::move(plain)) : std::nullopt;
  }
  return std::nullopt;
}

bool Sealer::is_outdated(std::string_view sealed) const {
  return sealed.substr(0, kNameBytes) != name_of(ring().current);
}

KeyRing Sealer::ring() const {
  const std::lock_guard lock(mutex_);
  return ring_;
}

void Sealer::use(KeyRing ring) {
  const std::lock_guard lock(mutex_);
  ring_ = std::move(ring);
}

}  // namespace auth
