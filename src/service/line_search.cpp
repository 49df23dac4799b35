#include "service/line_search.h"

#include <locale.h>
#include <wctype.h>

#include <algorithm>

#include "service/execution_json.h"

namespace service {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char letter) { return static_cast<unsigned char>(letter) < 0x80; });
}

// The C library has the table of letters, and this locale of its own.
wint_t small(wint_t letter) {
  static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
  return unicode == locale_t{} ? letter : towlower_l(letter, unicode);
}

void append_utf8(std::string& to, wint_t code) {
  if (code < 0x800) {
    to += static_cast<char>(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    to += static_cast<char>(0xe0 | code >> 12);
    to += static_cast<char>(0x80 | (code >> 6 & 0x3f));
  } else {
    to += static_cast<char>(0xf0 | code >> 18);
    to += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    to += static_cast<char>(0x80 | (code >> 6 & 0x3f));
  }
  to += static_cast<char>(0x80 | (code & 0x3f));
}

}  // namespace

std::string in_small_letters(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) {
    const auto length = std::max<std::size_t>(utf8_length(text), 1);
    const auto first = static_cast<unsigned char>(text.front());
    wint_t code = length == 1 ? first : first & (0xffu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
    const auto lower = length == 1 ? code : small(code);
    if (lower == code || lower < 0x80)
      folded += text.substr(0, length);
    else
      append_utf8(folded, lower);
    text.remove_prefix(length);
  }
  return folded;
}

LineSearch::LineSearch(std::string_view text) : is_ascii_(is_ascii(text)), search_(in_small_letters(text)) {}

std::uint32_t LineSearch::count_in(std::string_view line) const {
  return is_ascii_ || is_ascii(line) ? search_.count_in(line) : search_.count_in(in_small_letters(line));
}

}  // namespace service
