#include "auth/demo_password.h"

namespace auth {

bool may_use_demo_password(const DemoCircumstances& circumstances, std::uint32_t own_uid) {
  return circumstances.loopback_peer && circumstances.loopback_host && !circumstances.forwarded &&
         circumstances.own_origin && circumstances.socket_owner &&
         (*circumstances.socket_owner == own_uid || *circumstances.socket_owner == 0);
}

}  // namespace auth
