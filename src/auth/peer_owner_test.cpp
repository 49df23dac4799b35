#include "auth/peer_owner.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "auth/demo_password.h"

namespace auth {
namespace {

constexpr std::string_view kTable =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000 "
    "100 0 0 10 0\n"
    "   1: 0100007F:C350 0100007F:1F40 01 00000000:00000000 00:00000000 00000000  1001        0 12 1 0000 20 "
    "0 0 10 -1\n"
    "   2: 0100007F:1F40 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 13 1 0000 20 "
    "0 0 10 -1\n"
    "   3: 0100007F:C351 0100007F:1F40 05 00000000:00000000 00:00000000 00000000     0        0 0 1 0000 20 "
    "0 0 10 -1\n"
    "   4: 0000000000000000FFFF00000100007F:C352 0000000000000000FFFF00000100007F:1F40 01 0:0 0:0 0  1003  0 "
    "15 1\n"
    "   5: 00000000000000000000000001000000:C353 00000000000000000000000001000000:1F40 01 0:0 0:0 0  1004  0 "
    "16 1\n"
    "   6: 0100007F:C354 0100007F:1F40 01 0:0 0:0 0  12x  0 17 1\n"
    "   7: 0100007F:C355\n";

TEST(PeerOwner, FindsTheSocketOfThatConnectionOnly) {
  struct Case {
    Endpoint own;
    Endpoint remote;
    std::optional<std::uint32_t> uid;
  };
  const Case cases[] = {
      {{"127.0.0.1", 0xC350}, {"127.0.0.1", 8000}, 1001},
      {{"127.0.0.1", 8000}, {"127.0.0.1", 0xC350}, 1000},
      {{"127.0.0.1", 0xC352}, {"127.0.0.1", 8000}, 1003},
      {{"::1", 0xC353}, {"::1", 8000}, 1004},
      {{"127.0.0.1", 0xC351}, {"127.0.0.1", 8000}, std::nullopt},  // closed by its process
      {{"127.0.0.1", 0xC354}, {"127.0.0.1", 8000}, std::nullopt},
      {{"127.0.0.1", 0xC355}, {"127.0.0.1", 8000}, std::nullopt},
      {{"127.0.0.1", 0xC350}, {"127.0.0.1", 8001}, std::nullopt},
      {{"127.0.0.2", 0xC350}, {"127.0.0.1", 8000}, std::nullopt},
      {{"not an address", 1}, {"127.0.0.1", 8000}, std::nullopt},
  };
  for (const auto& [own, remote, uid] : cases) {
    EXPECT_EQ(find_socket_owner(kTable, own, remote), uid) << own.ip << ":" << own.port;
  }
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

TEST(PeerOwner, OwnLoopbackConnectionsAreOurs) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  address.sin_port = htons(port_of(listener));
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_EQ(connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const Endpoint peer{"127.0.0.1", port_of(client)};
  const Endpoint local{"127.0.0.1", port_of(listener)};
  EXPECT_EQ(peer_owner(peer, local), geteuid());
  close(client);
  EXPECT_FALSE(peer_owner(peer, local));  // nobody's any more, though the kernel writes root's
  close(listener);
}

TEST(DemoPassword, IsTakenOnlyFromThisMachinesOwnUserOrRoot) {
  struct Case {
    DemoCircumstances circumstances;
    bool allowed;
  };
  const Case cases[] = {
      {{true, true, false, true, 1000}, true},
      {{true, true, false, true, 0}, true},
      {{true, true, false, true, 1001}, false},
      {{true, true, false, true, std::nullopt}, false},
      {{false, true, false, true, 1000}, false},
      {{true, false, false, true, 1000}, false},
      {{true, true, true, true, 1000}, false},
      {{true, true, false, false, 1000}, false},
      {{}, false},
  };
  for (const auto& [circumstances, allowed] : cases)
    EXPECT_EQ(may_use_demo_password(circumstances, 1000), allowed);
}

}  // namespace
}  // namespace auth
