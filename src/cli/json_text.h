// Text out of the server's answers and of files of ours.
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

namespace cli {

// Empty where the name is missing or no string.
inline std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace cli
