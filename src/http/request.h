// One request, free of any library's types: what a handler sees.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/identity.h"
#include "base/result.h"
#include "http/parameters.h"

namespace http {

enum class Method { get, head, post, put, patch, delete_, options, other };

std::string_view to_string(Method method);  // "GET", ...; "" for other
Method parse_method(std::string_view text);
// Whether the method changes nothing (RFC 9110, 9.2.1).
bool is_safe(Method method);

enum class Language { english, chinese };

// Header fields in the order in which they came; names are compared without regard to case.
class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string_view name, std::string value);                 // in place of all of that name
  std::optional<std::string_view> find(std::string_view name) const;  // the first
  bool has(std::string_view name) const { return find(name).has_value(); }
  std::size_t count(std::string_view name) const;
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// Whether the texts are the same but for the case of ASCII letters.
bool equals_ignoring_case(std::string_view left, std::string_view right);

// Both ends of the connection, as the kernel has them; behind a trusted proxy `ip` is whom that names, with
// port 0.
struct Peer {
  std::string ip;  // "127.0.0.1", "::1"; an IPv4 peer of a dual-stack socket is written as IPv4
  std::uint16_t port = 0;
  std::string local_ip;
  std::uint16_t local_port = 0;
};

using Identity = auth::Identity;

struct Request {
  Method method = Method::get;
  std::string target;  // as it came
  Headers headers;
  std::string body;
  Peer peer;
  bool secure = false;         // over TLS, here or at a trusted proxy
  std::string forwarded_host;  // the Host that a trusted proxy was asked for, where it says so

  // Set by the router before a handler runs.
  std::string id;    // names the request in the log
  std::string path;  // decoded and canonical
  Parameters query;
  std::vector<std::pair<std::string_view, std::string>> path_parameters;
  std::optional<Identity> identity;  // absent only on routes with Right::anyone

  // The value of "{name}" in the route's path; empty when the route has none of that name.
  std::string_view path_parameter(std::string_view name) const;
  // Who asks. Only on routes whose right is not `anyone` (else a nameless viewer).
  const rights::Actor& actor() const;
  std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }
  // The host that the client wrote into its address bar: a trusted proxy's word, else the Host field.
  std::optional<std::string_view> asked_host() const {
    return forwarded_host.empty() ? header("host") : std::optional<std::string_view>(forwarded_host);
  }
  // "application/json" of "application/json; charset=utf-8", in lower case; empty when there is none.
  std::string media_type() const;
  // The body as a form. unsupported_media when it is none, malformed when it can't be read.
  base::Result<Parameters> form() const;
  // A cookie's value; the first of that name.
  std::optional<std::string_view> cookie(std::string_view name) const;
  // Chinese where Accept-Language puts it before English, else English. A cookie `language` stands over it.
  Language language() const;
  // Whether the Accept header names that type itself (a browser's names text/html; "*/*" does not count).
  bool accepts(std::string_view media_type) const;
};

// Host without its port, in lower case, without a trailing dot; brackets of IPv6 are kept. nullopt when
// malformed.
std::optional<std::string> host_name(std::string_view host);

}  // namespace http
