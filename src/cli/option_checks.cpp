#include "cli/option_checks.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/id.h"
#include "base/time.h"

namespace cli {

CLI::Validator is_time() {
  return {[](std::string& text) {
            return base::parse_iso(text)
                       ? std::string()
                       : fmt::format("'{}' is not an ISO 8601 time such as 2026-01-01T00:00:00Z", text);
          },
          "TIME"};
}

CLI::Validator is_one_of(std::vector<std::string> words) {
  return {[words = std::move(words)](std::string& text) {
            return std::ranges::find(words, text) != words.end()
                       ? std::string()
                       : fmt::format("'{}' is none of {}", text, fmt::join(words, ", "));
          },
          ""};
}

CLI::Validator is_between(long long min, long long max) {
  return {[min, max](std::string& text) {
            const auto number = base::parse_decimal(text);
            return number && *number >= min && *number <= max
                       ? std::string()
                       : fmt::format("'{}' is no whole number from {} to {}", text, min, max);
          },
          ""};
}

}  // namespace cli
