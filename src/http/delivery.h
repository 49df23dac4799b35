// From a handler's response to what is sent: conditions, ranges, and the head's bytes. Pure.
#pragma once
#include <string>
#include <string_view>

#include "http/request.h"
#include "http/response.h"

namespace http {

// Answers If-None-Match (304) and Range (206, 416) of a GET or HEAD whose response is a 200.
void apply_conditions(const Request& request, Response& response);

// Whether the response to that request has a body on the wire.
bool sends_body(const Request& request, const Response& response);

struct HeadOptions {
  bool keep_alive = true;
  std::string_view date;  // as RFC 9110 writes it
};

// Appends status line and header fields with the empty line: the response's own, the length, and the security
// headers that it does not set itself. Line breaks in values are dropped.
void append_head(std::string& out, const Request& request, const Response& response,
                 const HeadOptions& options);

// "Tue, 03 Feb 2026 10:00:00 GMT".
std::string http_date(std::int64_t unix_seconds);

// What pages may load: their own files, nothing else.
inline constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

}  // namespace http
