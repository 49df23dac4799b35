#include "base/json_text.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <cmath>

namespace base {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxNumberBytes = 32;
constexpr std::size_t kUsualBytes = 2048;  // a task's

template <class Number>
void add_number(std::string& text, Number number) {
  std::array<char, kMaxNumberBytes> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  text.append(digits.data(), end);
}

constexpr bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void add_escaped(std::string& text, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kPlain = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
  text += '\\';
  if (const auto at = kPlain.find(c); at != std::string_view::npos) {
    text += kLetters[at];
    return;
  }
  text += "u00";
  text += kHex[static_cast<unsigned char>(c) >> 4];
  text += kHex[static_cast<unsigned char>(c) & 15];
}

void add_content(std::string& text, std::string_view string) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < string.size(); ++i) {
    if (!needs_escape(string[i])) continue;
    text.append(string, begin, i - begin);
    add_escaped(text, string[i]);
    begin = i + 1;
  }
  text.append(string, begin, string.size() - begin);
}

void add_string(std::string& text, std::string_view string) {
  text += '"';
  add_content(text, string);
  text += '"';
}

void add(std::string& text, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      text += "null";
      return;
    case json::kind::bool_:
      text += value.get_bool() ? "true" : "false";
      return;
    case json::kind::int64:
      return add_number(text, value.get_int64());
    case json::kind::uint64:
      return add_number(text, value.get_uint64());
    case json::kind::double_:
      if (std::isfinite(value.get_double())) return add_number(text, value.get_double());
      text += "null";
      return;
    case json::kind::string:
      return add_string(text, value.get_string());
    case json::kind::array: {
      text += '[';
      bool first = true;
      for (const auto& item : value.get_array()) {
        if (!first) text += ',';
        first = false;
        add(text, item);
      }
      text += ']';
      return;
    }
    case json::kind::object: {
      text += '{';
      bool first = true;
      for (const auto& [key, field] : value.get_object()) {
        text += std::string_view(first ? "\"" : ",\"");
        first = false;
        add_content(text, key);
        text += "\":";
        add(text, field);
      }
      text += '}';
      return;
    }
  }
}

}  // namespace

std::string to_json_text(const boost::json::value& value) {
  std::string text;
  text.reserve(kUsualBytes);
  add(text, value);
  return text;
}

}  // namespace base
