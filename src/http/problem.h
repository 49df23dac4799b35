// Errors as application/problem+json (RFC 9457), in the form of spec 3.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/response.h"

namespace http {

int status_of(base::ErrorKind kind);

// {"type":"about:blank","title","status","detail","errors":[{"loc","msg","position"}]}. 401 carries
// WWW-Authenticate, 429 and 503 carry Retry-After.
Response problem(int status, std::string_view detail, const std::vector<base::FieldError>& errors = {});
Response problem(const base::Error& error);

// A refusal of one field: kind `invalid` (422), with its place.
base::Error field_error(std::vector<std::string> loc, std::string message);

// The message as ErrorKind::malformed (400).
base::Error malformed(std::string message);

// What Retry-After says where nothing better is known.
inline constexpr int kRetryAfterSeconds = 1;

}  // namespace http
