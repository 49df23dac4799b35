#include "cli/table.h"

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <ostream>

namespace cli {
namespace {

using Utf8 = boost::locale::utf::utf_traits<char>;

// East Asian wide and fullwidth ranges of Unicode, in rough; a table needs no more.
bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

// Visits (code point, its bytes); ill-formed bytes are visited as U+FFFD.
template <class Visit>
void for_each_character(std::string_view text, const Visit& visit) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const char* const begin = at;
    const auto point = Utf8::decode(at, end);
    if (point == boost::locale::utf::illegal || point == boost::locale::utf::incomplete) {
      at = begin + 1;
      visit(char32_t{0xfffd}, std::string_view("\xef\xbf\xbd"));
    } else {
      visit(static_cast<char32_t>(point), std::string_view(begin, static_cast<std::size_t>(at - begin)));
    }
  }
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for_each_character(text, [&](char32_t point, std::string_view) { columns += is_wide(point) ? 2 : 1; });
  return columns;
}

std::string shown(std::string_view text, std::size_t max_columns) {
  std::string safe;
  std::size_t columns = 0;
  bool full = false;
  for_each_character(text, [&](char32_t point, std::string_view bytes) {
    if (full) return;
    columns += is_wide(point) ? 2 : 1;
    if (columns >= max_columns && bytes.data() + bytes.size() != text.data() + text.size()) {
      safe += "\xe2\x80\xa6";
      full = true;
    } else if (is_control(point)) {
      safe += point == '\n' || point == '\t' || point == '\r' ? ' ' : '?';
    } else {
      safe += bytes;
    }
  });
  return safe;
}

void print_table(std::ostream& out, const std::vector<std::string>& heads,
                 const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  widths.reserve(heads.size());
  for (const auto& head : heads) widths.push_back(columns_of(head));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  const auto print = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      out << cells[i];
      if (i + 1 < cells.size()) out << std::string(widths[i] - columns_of(cells[i]) + 2, ' ');
    }
    out << '\n';
  };
  print(heads);
  for (const auto& row : rows) print(row);
}

}  // namespace cli
