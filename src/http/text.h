// Text of header fields.
#pragma once
#include <string_view>

namespace http {

// Without the blanks and tabs at both ends (RFC 9110, 5.6.3).
inline std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace http
