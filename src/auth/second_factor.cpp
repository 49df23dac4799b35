#include "auth/second_factor.h"

#include <sodium.h>

#include <algorithm>

#include "auth/audit.h"
#include "auth/random_text.h"
#include "auth/secrets.h"
#include "auth/totp.h"

namespace auth {
namespace {

using base::ErrorKind;
using base::make_error;

constexpr std::size_t kRecoveryBytes = 15;  // 24 letters: with 120 bits a plain hash is enough

std::string random_bytes(std::size_t count) {
  random_text(1);  // libsodium has started then
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

// As it is compared: without blanks and dashes, in capitals.
std::string plain_code(std::string_view code) {
  std::string plain;
  for (const char c : code.substr(0, 64)) {
    if (c != ' ' && c != '-') plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return plain;
}

// "ABCD-EFGH-IJKL-MNOP-QRST-UVWX"
std::string shown_code(const std::string& code) {
  std::string shown;
  for (std::size_t i = 0; i < code.size(); i += 4) shown += (i > 0 ? "-" : "") + code.substr(i, 4);
  return shown;
}

base::Error wrong_code(ErrorKind kind) {
  const std::string why =
      "is wrong, or was used already; take the next one that the app shows, or a recovery code";
  return base::Error{kind, "the code " + why, {{{"body", "code"}, why, std::nullopt}}};
}

std::string object_of(const rights::Actor& actor) {
  return "user:" + actor.name;
}

}  // namespace

SecondFactors::SecondFactors(store::Store& store, const base::Clock& clock, Sealer& sealer)
    : store_(store), clock_(clock), sealer_(sealer) {}

SecondFactors::State SecondFactors::state_of(base::UserId user) const {
  State state;
  store_.read([&](store::Reader& reader) {
    const auto factor = reader.find_second_factor(user);
    if (!factor || !factor->confirmed) return;
    state = {true, std::ssize(factor->recovery_hashes)};
  });
  return state;
}

bool SecondFactors::is_on(base::UserId user) const {
  return state_of(user).on;
}

base::Result<SecondFactors::Enrolment> SecondFactors::enrol(const rights::Actor& actor) {
  const auto key = random_bytes(kTotpKeyBytes);
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    const auto before = transaction.find_second_factor(actor.user);
    if (before && before->confirmed) {
      return make_error(ErrorKind::conflict,
                        "the second factor is on already; turn it off first, with a code, to change the app");
    }
    transaction.save_second_factor({.user_id = actor.user,
                                    .sealed = sealer_.seal(purpose_of_factor(actor.user), key),
                                    .created_at = clock_.now()});
    return {};
  });
  if (!written) return written.error();
  return Enrolment{to_base32(key), otpauth_uri(key, actor.name, kTotpIssuer)};
}

base::Result<std::vector<std::string>> SecondFactors::confirm(const rights::Actor& actor,
                                                              std::string_view code) {
  std::vector<std::string> codes, hashes;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    const auto recovery = to_base32(random_bytes(kRecoveryBytes));
    codes.push_back(shown_code(recovery));
    hashes.push_back(hash_secret(recovery));
  }
  const auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    auto factor = transaction.find_second_factor(actor.user);
    if (!factor || factor->confirmed) {
      return make_error(ErrorKind::conflict,
                        factor ? "the second factor is on already"
                               : "there is nothing to confirm; begin with POST /auth/second-factor");
    }
    const auto key = sealer_.open(purpose_of_factor(actor.user), factor->sealed);
    const auto step = key ? match_totp(*key, code, clock_.now(), factor->last_step) : std::nullopt;
    if (!step) return wrong_code(ErrorKind::invalid);
    factor->confirmed = true;
    factor->last_step = *step;
    factor->recovery_hashes = hashes;
    transaction.save_second_factor(*factor);
    append_audit(transaction, clock_.now(), actor, "second_factor.on", object_of(actor));
    return {};
  });
  if (!written) return written.error();
  return codes;
}

base::Result<void> SecondFactors::take_in(store::Transaction& transaction, base::UserId user,
                                          std::string_view code) const {
  auto factor = transaction.find_second_factor(user);
  if (!factor || !factor->confirmed) return make_error(ErrorKind::conflict, "the second factor is not on");
  const auto key = sealer_.open(purpose_of_factor(user), factor->sealed);
  if (const auto step = key ? match_totp(*key, code, clock_.now(), factor->last_step) : std::nullopt) {
    factor->last_step = *step;
  } else {
    const auto used = std::find(factor->recovery_hashes.begin(), factor->recovery_hashes.end(),
                                hash_secret(plain_code(code)));
    if (used == factor->recovery_hashes.end()) return wrong_code(ErrorKind::unauthenticated);
    factor->recovery_hashes.erase(used);
  }
  transaction.save_second_factor(*factor);
  return {};
}

base::Result<void> SecondFactors::take(base::UserId user, std::string_view code) {
  if (const auto wait = tries_.take(base::to_string(user), clock_.now())) {
    return make_error(ErrorKind::too_many,
                      "too many codes were tried; try again in " +
                          std::to_string(std::chrono::ceil<std::chrono::seconds>(*wait).count()) + " s");
  }
  auto taken =
      store_.write([&](store::Transaction& transaction) { return take_in(transaction, user, code); });
  if (taken) tries_.give_back(base::to_string(user));
  return taken;
}

base::Result<void> SecondFactors::turn_off(const rights::Actor& actor, std::string_view code) {
  if (auto taken = take(actor.user, code); !taken) {
    // the caller is logged in: another status would log the page out
    if (taken.error().kind == ErrorKind::unauthenticated) return wrong_code(ErrorKind::invalid);
    return taken;
  }
  return store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    transaction.delete_second_factor(actor.user);
    append_audit(transaction, clock_.now(), actor, "second_factor.off", object_of(actor));
    return {};
  });
}

base::Result<void> SecondFactors::reset(const rights::Actor& actor, const store::User& user) {
  return store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    if (!transaction.delete_second_factor(user.id))
      return make_error(ErrorKind::not_found, "'" + user.name + "' has no second factor");
    append_audit(transaction, clock_.now(), actor, "second_factor.reset", "user:" + user.name);
    return {};
  });
}

}  // namespace auth
