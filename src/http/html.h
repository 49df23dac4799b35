// HTML made safely: markup comes from the source alone, everything else goes in escaped.
#pragma once
#include <string>
#include <string_view>

namespace http {

// Markup that stands in the source: made while compiling, so that no text of a user's can become one.
class Markup {
 public:
  consteval Markup(const char* text) : text_(text) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// A piece of a page. An attribute's value is given as text between two pieces of markup that hold its double
// quotes.
class Html {
 public:
  Html() = default;
  Html(Markup markup) : html_(markup.text()) {}

  Html& add(Markup markup);
  Html& add(const Html& part);
  // Escaped for elements and for attributes in double quotes; what is no UTF-8 is replaced.
  Html& text(std::string_view text);
  Html& number(std::int64_t number);

  const std::string& str() const { return html_; }

 private:
  std::string html_;
};

}  // namespace http
