#include "http/origin.h"

#include <arpa/inet.h>

namespace http {

bool is_loopback_address(std::string_view ip) {
  const std::string text(ip);
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, text.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

bool is_loopback_name(std::string_view name) {
  if (name == "localhost") return true;
  if (name.starts_with('[') && name.ends_with(']'))
    return is_loopback_address(name.substr(1, name.size() - 2));
  return !name.empty() && name.front() == '1' && is_loopback_address(name);
}

bool is_allowed_host(std::string_view host, const std::vector<std::string>& allowed) {
  const auto name = host_name(host);
  if (!name) return false;
  if (is_loopback_name(*name)) return true;
  for (const auto& entry : allowed) {
    if (entry == "*" || equals_ignoring_case(entry, *name) || equals_ignoring_case(entry, host)) return true;
  }
  return false;
}

bool has_own_origin(const Request& request) {
  const auto origin = request.header("origin");
  if (!origin) return true;
  const auto host = request.asked_host();
  const auto scheme_end = origin->find("://");
  if (!host || scheme_end == origin->npos) return false;
  // a page that came without TLS may be anybody's
  if (request.secure && !equals_ignoring_case(origin->substr(0, scheme_end), "https")) return false;
  return equals_ignoring_case(origin->substr(scheme_end + 3), *host);
}

bool is_cross_site(const Request& request) {
  if (const auto site = request.header("sec-fetch-site")) return *site != "same-origin" && *site != "none";
  return !has_own_origin(request);
}

}  // namespace http
