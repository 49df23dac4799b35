// Names and values in the order in which they came: a query string or a form. A name may come more than once.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace http {

class Parameters {
 public:
  void add(std::string name, std::string value) { entries_.emplace_back(std::move(name), std::move(value)); }

  // The first value of that name; names are case-sensitive.
  std::optional<std::string_view> find(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;
  bool empty() const { return entries_.empty(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

// More names than this in one query or form is an error: nothing here needs as many.
inline constexpr std::size_t kMaxParameters = 1000;

// Reads application/x-www-form-urlencoded text ("a=1&b=%20+"). Malformed percent signs, text that is no UTF-8
// and NUL bytes are ErrorKind::malformed.
base::Result<Parameters> parse_urlencoded(std::string_view text);

// Decodes %XX, and '+' to a space where asked; nullopt when a percent sign is not followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

// Whether the bytes are UTF-8 as RFC 3629 has it: no surrogates, no overlong forms.
bool is_utf8(std::string_view bytes);

}  // namespace http
