// Whose process is at the other end of a loopback connection, as the kernel tells.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace auth {

struct Endpoint {
  std::string ip;
  std::uint16_t port = 0;
};

// Finds the socket `own` -> `remote` in the text of /proc/net/tcp or tcp6 and gives its owner's uid. nullopt
// when it is not there. IPv4 addresses are also found in their IPv6 form.
std::optional<std::uint32_t> find_socket_owner(std::string_view table, const Endpoint& own,
                                               const Endpoint& remote);

// The owner of the peer's socket: `peer` is the other end's address, `local` ours. Reads /proc/net.
std::optional<std::uint32_t> peer_owner(const Endpoint& peer, const Endpoint& local);

}  // namespace auth
