// JSON in and out of requests and responses.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string_view>

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace http {

inline constexpr std::size_t kMaxJsonDepth = 32;

// Reads JSON text strictly: UTF-8, no duplicate keys, at most kMaxJsonDepth deep, nothing after it.
// ErrorKind::malformed says what is wrong and at which byte.
base::Result<boost::json::value> parse_json(std::string_view text);

// The body as a JSON object: unsupported_media (415) without application/json, malformed (400) when
// unreadable, invalid (422) when it is JSON but no object.
base::Result<boost::json::object> read_json_object(const Request& request);
// The same, where an empty body stands for {}.
base::Result<boost::json::object> read_optional_json_object(const Request& request);

Response json_response(int status, const boost::json::value& value);

}  // namespace http
