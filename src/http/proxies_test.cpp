#include "http/proxies.h"

#include "http/connection_room.h"

namespace http {
namespace {

AddressList list(std::vector<std::string> items) {
  return AddressList::parse(items).value();
}

TEST(AddressList, HoldsAddressesAndNetworks) {
  struct Case {
    const char* item;
    const char* ip;
    bool inside;
  };
  const Case cases[] = {{"10.0.0.1", "10.0.0.1", true},        {"10.0.0.1", "10.0.0.2", false},
                        {"10.0.0.0/8", "10.255.0.1", true},    {"10.0.0.0/8", "11.0.0.1", false},
                        {"10.0.0.0/9", "10.127.0.1", true},    {"10.0.0.0/9", "10.128.0.1", false},
                        {"0.0.0.0/0", "1.2.3.4", true},        {"0.0.0.0/0", "::1", false},
                        {"fd00::/8", "fd12::1", true},         {"fd00::/8", "fe00::1", false},
                        {"10.0.0.1", "::ffff:10.0.0.1", true}, {"::1", "::1", true},
                        {"10.0.0.1", "no address", false},     {"10.0.0.1", "", false}};
  for (const auto& [item, ip, inside] : cases)
    EXPECT_EQ(list({item}).contains(ip), inside) << item << ' ' << ip;
  for (const char* bad :
       {"", "10.0.0", "10.0.0.0/33", "fd00::/129", "10.0.0.0/x", "10.0.0.0/-1", "proxy.example", "/8"}) {
    const auto parsed = AddressList::parse({bad});
    ASSERT_FALSE(parsed) << bad;
    EXPECT_NE(parsed.error().message.find("'" + std::string(bad) + "'"), std::string::npos);
  }
}

struct Forwarded {
  std::string peer;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string ip;
  bool secure = false;
  std::string host = "";
};

TEST(Forwarding, IsBelievedOfTrustedProxiesAlone) {
  const auto trusted = list({"10.0.0.0/8"});
  const Forwarded cases[] = {
      {"1.1.1.1",
       {{"X-Forwarded-For", "9.9.9.9"}, {"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "a"}},
       "1.1.1.1"},
      {"10.0.0.1", {}, "10.0.0.1"},
      {"10.0.0.1", {{"X-Forwarded-For", "9.9.9.9"}}, "9.9.9.9"},
      {"10.0.0.1", {{"x-forwarded-for", " 9.9.9.9 "}, {"X-Forwarded-Proto", "HTTPS"}}, "9.9.9.9", true},
      // what a client wrote stands before what the proxy wrote
      {"10.0.0.1", {{"X-Forwarded-For", "127.0.0.1, 9.9.9.9"}}, "9.9.9.9"},
      {"10.0.0.1", {{"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-For", "9.9.9.9"}}, "9.9.9.9"},
      {"10.0.0.1", {{"X-Forwarded-For", "127.0.0.1, 9.9.9.9, 10.0.0.7"}}, "9.9.9.9"},
      {"10.0.0.1", {{"X-Forwarded-For", "8.8.8.8, nonsense, 10.0.0.7"}}, "10.0.0.7"},
      {"10.0.0.1", {{"X-Forwarded-For", "nonsense"}}, "10.0.0.1"},
      {"10.0.0.1", {{"X-Forwarded-For", ""}}, "10.0.0.1"},
      {"10.0.0.1", {{"X-Forwarded-For", "9.9.9.9:1234"}}, "9.9.9.9"},
      {"10.0.0.1", {{"X-Forwarded-For", "[2001:db8::1]:1234"}}, "2001:db8::1"},
      {"10.0.0.1", {{"X-Forwarded-For", "2001:DB8:0::1"}}, "2001:db8::1"},
      {"10.0.0.1", {{"X-Forwarded-Proto", "https, http"}}, "10.0.0.1", false},
      {"10.0.0.1", {{"X-Forwarded-Host", "evil.example, box.example"}}, "10.0.0.1", false, "box.example"},
      {"10.0.0.1", {{"Forwarded", "for=9.9.9.9;proto=https"}, {"X-Real-IP", "9.9.9.9"}}, "10.0.0.1"},
  };
  for (const auto& c : cases) {
    Request request;
    request.peer = {c.peer, 4000, "10.0.0.9", 8000};
    for (const auto& [name, value] : c.fields) request.headers.add(name, value);
    apply_forwarding(request, trusted);
    const auto what = c.fields.empty() ? c.peer : c.fields.back().first + ": " + c.fields.back().second;
    EXPECT_EQ(request.peer.ip, c.ip) << what;
    EXPECT_EQ(request.secure, c.secure) << what;
    EXPECT_EQ(request.forwarded_host, c.host) << what;
    EXPECT_EQ(request.peer.port == 0, c.ip != c.peer) << what;
  }
}

TEST(ConnectionRoom, GivesEachPlaceItsShare) {
  ConnectionRoom room(2);
  EXPECT_TRUE(room.take("a") && room.take("a"));
  EXPECT_FALSE(room.take("a"));
  EXPECT_TRUE(room.take("b"));
  room.give_back("a");
  EXPECT_TRUE(room.take("a"));
  EXPECT_EQ(place_of("2001:db8::1"), place_of("2001:db8::ffff:1"));
  EXPECT_NE(place_of("2001:db8::1"), place_of("2001:db8:0:1::1"));
  EXPECT_NE(place_of("10.0.0.1"), place_of("10.0.0.2"));
}

}  // namespace
}  // namespace http
