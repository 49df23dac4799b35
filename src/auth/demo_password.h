// When the well-known password of a first start is taken (spec 3.1).
#pragma once
#include <cstdint>
#include <optional>

namespace auth {

// What is known of the request that brings it.
struct DemoCircumstances {
  bool loopback_peer = false;
  bool loopback_host = false;
  bool forwarded = false;   // a Forwarded or X-Forwarded-* header came along: there is a proxy
  bool own_origin = false;  // Origin is absent or the server's own
  std::optional<std::uint32_t> socket_owner;  // of the peer's socket; see peer_owner.h
};

// Only from a loopback peer whose socket belongs to the server's own user or to root, straight and not caused
// by another site.
bool may_use_demo_password(const DemoCircumstances& circumstances, std::uint32_t own_uid);

}  // namespace auth
