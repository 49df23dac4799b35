#include "http/proxies.h"

#include <arpa/inet.h>

#include <cstring>

#include "base/id.h"
#include "http/text.h"

namespace http {
namespace {

constexpr int kMappedBits = 96;  // ::ffff:0:0/96 holds IPv4

std::optional<std::array<std::uint8_t, 16>> bytes_of(std::string_view ip, bool& four) {
  const std::string text(ip);
  std::array<std::uint8_t, 16> bytes{};
  four = inet_pton(AF_INET, text.c_str(), bytes.data() + 12) == 1;
  if (four) {
    bytes[10] = bytes[11] = 0xFF;
    return bytes;
  }
  bytes = {};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

// "1.2.3.4", "1.2.3.4:5", "2001:db8::1", "[2001:db8::1]:5" without the port; nullopt where it is no address.
std::optional<std::string> address_of(std::string_view item) {
  item = trim(item);
  if (item.starts_with('[')) {
    const auto close = item.find(']');
    if (close == item.npos) return std::nullopt;
    item = item.substr(1, close - 1);
  } else if (std::count(item.begin(), item.end(), ':') == 1) {
    item = item.substr(0, item.find(':'));
  }
  bool four = false;
  const auto bytes = bytes_of(item, four);
  if (!bytes) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(four ? AF_INET : AF_INET6, four ? bytes->data() + 12 : bytes->data(), text.data(), text.size());
  return std::string(text.data());
}

// The last item of the last field of that name: what the nearest proxy wrote.
std::optional<std::string_view> last_item(const Request& request, std::string_view name) {
  std::optional<std::string_view> last;
  for (const auto& [key, value] : request.headers) {
    if (equals_ignoring_case(key, name)) last = value;
  }
  if (last) last = trim(last->substr(last->rfind(',') + 1));
  return last;
}

std::vector<std::string_view> all_items(const Request& request, std::string_view name) {
  std::vector<std::string_view> items;
  for (const auto& [key, value] : request.headers) {
    if (!equals_ignoring_case(key, name)) continue;
    for (std::string_view rest = value;;) {
      const auto comma = rest.find(',');
      items.push_back(rest.substr(0, comma));
      if (comma == rest.npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return items;
}

}  // namespace

base::Result<AddressList> AddressList::parse(const std::vector<std::string>& items) {
  AddressList list;
  for (const auto& item : items) {
    const auto slash = item.find('/');
    bool four = false;
    const auto bytes = bytes_of(std::string_view(item).substr(0, slash), four);
    const int most = four ? 32 : 128;
    std::optional<std::int64_t> bits = most;
    if (slash != std::string::npos) bits = base::parse_decimal(std::string_view(item).substr(slash + 1));
    if (!bytes || !bits || *bits > most) {
      return base::make_error(base::ErrorKind::invalid,
                              "'" + item +
                                  "' is neither an address nor a network; write it as in "
                                  "10.0.0.1, 10.0.0.0/8 or fd00::/8");
    }
    list.networks_.push_back({*bytes, static_cast<int>(*bits) + (four ? kMappedBits : 0)});
  }
  return list;
}

bool AddressList::contains(std::string_view ip) const {
  bool four = false;
  const auto bytes = bytes_of(ip, four);
  if (!bytes) return false;
  for (const auto& network : networks_) {
    const auto whole = static_cast<std::size_t>(network.bits / 8);
    const int rest = network.bits % 8;
    if (std::memcmp(bytes->data(), network.bytes.data(), whole) != 0) continue;
    if (rest == 0 || (((*bytes)[whole] ^ network.bytes[whole]) >> (8 - rest)) == 0) return true;
  }
  return false;
}

void apply_forwarding(Request& request, const AddressList& trusted) {
  if (trusted.empty() || !trusted.contains(request.peer.ip)) return;
  const auto hops = all_items(request, "x-forwarded-for");
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const auto address = address_of(*hop);
    if (!address) break;
    request.peer.ip = *address;
    request.peer.port = 0;
    if (!trusted.contains(*address)) break;
  }
  if (const auto scheme = last_item(request, "x-forwarded-proto"))
    request.secure = equals_ignoring_case(*scheme, "https");
  if (const auto host = last_item(request, "x-forwarded-host")) request.forwarded_host = *host;
}

}  // namespace http
