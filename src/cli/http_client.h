// One HTTP/1.1 request at a time, with TLS where the URL says https. For the client commands and for HTTP
// tasks.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace cli {

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http://HOST[:PORT]/PATH?QUERY or https://…
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // PEM files for https. `authorities`: who may have signed the server's certificate, in place of the
  // system's list; `pinned`: the server must have the first certificate in it, whatever name that has and
  // whoever signed it.
  std::string authorities, pinned;
  // For connecting, and then for each wait for bytes. Zero: no bound (for streams that may be quiet).
  std::chrono::milliseconds patience{30'000};
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // empty where a receiver took it

  // The header of that name in any case; empty where there is none.
  std::string_view header(std::string_view name) const;
};

inline constexpr std::uint64_t kMaxResponseBody = 256u << 20;  // bytes, where no receiver takes them

// Gets the body's bytes as they come; false ends the request without an error.
using BodyReceiver = std::function<bool(int status, std::string_view bytes)>;

// Sends the request and waits for the response. ErrorKind::invalid for a URL that can't be used, unavailable
// where the server can't be reached or breaks off. Redirects are not followed.
base::Result<HttpResponse> send(const HttpRequest& request, const BodyReceiver& receive = {});

}  // namespace cli
