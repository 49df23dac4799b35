// Finds the credential in a request and asks who holds it.
#pragma once
#include "auth/authenticator.h"
#include "http/route.h"

namespace http {

inline constexpr std::string_view kSessionCookie = "mini_scheduler_session";
// Over TLS: browsers then take it from nobody else and send it nowhere else.
inline constexpr std::string_view kSecureSessionCookie = "__Host-mini_scheduler_session";

// `Authorization: Bearer TOKEN` (an access token or an API token) goes before the cookie. Must be outlived by
// what it is given.
class Identification : public Identifier {
 public:
  explicit Identification(auth::Authenticator& authenticator) : authenticator_(authenticator) {}
  Answer identify(const Request& request) override;
  std::optional<Answer> identify_quickly(const Request& request) override;
  std::shared_ptr<void> watch(const Identity& identity, std::function<void()> wake) override {
    return authenticator_.watch(identity, std::move(wake));
  }

 private:
  auth::Authenticator& authenticator_;
};

}  // namespace http
