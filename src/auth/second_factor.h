// One-time codes as a second factor of a log-in, for those who want it: enrol, confirm with a first code,
// from then on each log-in needs one, or one of ten recovery codes, each of which works once.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "auth/sealer.h"
#include "auth/throttle.h"
#include "base/clock.h"
#include "base/result.h"
#include "rights/actor.h"
#include "store/store.h"

namespace auth {

inline constexpr int kRecoveryCodes = 10;
inline constexpr std::string_view kTotpIssuer = "Mini Scheduler";

class SecondFactors {
 public:
  SecondFactors(store::Store& store, const base::Clock& clock, Sealer& sealer);

  struct Enrolment {
    std::string key;  // in base32, as it is typed into an app
    std::string uri;  // otpauth://, as a QR code holds it
  };
  struct State {
    bool on = false;
    std::int64_t recovery_codes_left = 0;
  };
  State state_of(base::UserId user) const;

  // A new key for the caller, which counts for nothing until it is confirmed. conflict where the second
  // factor is on.
  base::Result<Enrolment> enrol(const rights::Actor& actor);
  // Turns it on with a code of the new key; gives the recovery codes, which are shown this once.
  base::Result<std::vector<std::string>> confirm(const rights::Actor& actor, std::string_view code);
  // Off again, with a code; conflict where it is not on. Turned off by an admin (`reset`) without one.
  base::Result<void> turn_off(const rights::Actor& actor, std::string_view code);
  base::Result<void> reset(const rights::Actor& actor, const store::User& user);

  // Whether a log-in of that user needs a code.
  bool is_on(base::UserId user) const;
  // Takes a one-time or a recovery code, which does not work again: unauthenticated when it is wrong or was
  // used, too_many when too many were tried for that user.
  base::Result<void> take(base::UserId user, std::string_view code);

 private:
  base::Result<void> take_in(store::Transaction& transaction, base::UserId user, std::string_view code) const;

  store::Store& store_;
  const base::Clock& clock_;
  Sealer& sealer_;
  // Whoever gets here has the password already: a million codes, three of them good at a time.
  Throttle tries_{{20, base::Milliseconds{60'000}}};
};

}  // namespace auth
