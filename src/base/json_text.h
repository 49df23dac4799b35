// JSON as people read it: Boost.JSON writes 0.2 as 2E-1, and 10.0 as 1E1.
#pragma once
#include <boost/json/value.hpp>
#include <string>

namespace base {

// The value as JSON text, numbers with a fraction as 0.2 and with an exponent only where they are very large
// or small; else what boost::json::serialize gives. What is no number in JSON (NaN, an infinity) is null.
// Takes values as deep as the parser lets in; it calls itself for each level.
std::string to_json_text(const boost::json::value& value);

}  // namespace base
