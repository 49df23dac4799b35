#include "auth/common_passwords.h"

#include <algorithm>
#include <string>
#include <vector>

namespace auth {
namespace {

constexpr std::string_view kList =
#include "auth/common_passwords.inc"
    ;

const std::vector<std::string_view>& sorted_list() {
  static const auto list = [] {
    std::vector<std::string_view> lines;
    for (std::size_t begin = 0; begin < kList.size();) {
      const auto end = std::min(kList.find('\n', begin), kList.size());
      lines.push_back(kList.substr(begin, end - begin));
      begin = end + 1;
    }
    return lines;
  }();
  return list;
}

bool is_listed(std::string_view text) {
  return std::binary_search(sorted_list().begin(), sorted_list().end(), text);
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80) != 0;
}

// Each byte is that many more than the one before.
bool is_run(std::string_view text, int step) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] - text[i - 1] != step) return false;
  }
  return true;
}

bool repeats_itself(std::string_view text) {
  constexpr std::size_t kLongestPattern = 3;
  for (std::size_t length = 1; length <= kLongestPattern; ++length) {
    bool same = text.size() >= 2 * length;
    for (std::size_t i = length; i < text.size() && same; ++i) same = text[i] == text[i - length];
    if (same) return true;
  }
  return false;
}

}  // namespace

bool is_common_password(std::string_view password) {
  std::string text(password);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (is_run(text, 1) || is_run(text, -1) || repeats_itself(text) || is_listed(text)) return true;
  while (!text.empty() && !is_letter(text.back())) text.pop_back();
  constexpr std::size_t kMostBehind = 4;
  return password.size() - text.size() <= kMostBehind && is_listed(text);
}

std::size_t common_password_count() {
  return sorted_list().size();
}

}  // namespace auth
