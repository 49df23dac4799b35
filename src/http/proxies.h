// Who asks, where a proxy that is trusted stands between. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/request.h"

namespace http {

// Addresses "10.0.0.1" and networks "10.0.0.0/8", "fd00::/8".
class AddressList {
 public:
  // The error names the item that is none.
  static base::Result<AddressList> parse(const std::vector<std::string>& items);
  // An IPv4 address matches its IPv4-mapped form too. What is no address is on no list.
  bool contains(std::string_view ip) const;
  bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    std::array<std::uint8_t, 16> bytes{};
    int bits = 0;
  };
  std::vector<Network> networks_;
};

// Where the peer is on the list: puts in place of the peer's address the last one in X-Forwarded-For that is
// not on the list, takes `secure` from X-Forwarded-Proto and `forwarded_host` from X-Forwarded-Host. From
// everybody else these fields mean nothing, and Forwarded never does: a proxy that writes one of the two
// passes on what a client wrote into the other.
void apply_forwarding(Request& request, const AddressList& trusted);

}  // namespace http
