#include "http/connection_room.h"

#include <arpa/inet.h>

namespace http {

std::string place_of(std::string_view ip) {
  std::string text(ip);
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return text;
  return "net64:" + std::string(reinterpret_cast<const char*>(six.s6_addr), 8);
}

}  // namespace http
