#include "base/id.h"

#include <charconv>

namespace base {

std::optional<std::int64_t> parse_decimal(std::string_view text) {
  constexpr std::size_t kMaxDigits = 18;  // fits std::int64_t whatever the digits are
  if (text.empty() || text.size() > kMaxDigits) return std::nullopt;
  std::int64_t number = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return number;
}

}  // namespace base
