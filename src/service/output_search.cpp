#include "service/output_search.h"

#include <algorithm>

namespace service {
namespace {

std::size_t code_of(char letter) {
  return static_cast<unsigned char>(letter);
}

bool continues_a_character(char byte) {
  return (code_of(byte) & 0xC0) == 0x80;
}

}  // namespace

OutputSearch::OutputSearch(std::string_view text) : text_(text) {
  for (std::size_t code = 0; code < small_.size(); ++code) {
    const bool capital = code >= 'A' && code <= 'Z';
    small_[code] = static_cast<unsigned char>(capital ? code - 'A' + 'a' : code);
  }
  for (auto& letter : text_) letter = static_cast<char>(small_[code_of(letter)]);
  distance_.fill(text_.size());
  for (std::size_t i = 0; i + 1 < text_.size(); ++i) distance_[code_of(text_[i])] = text_.size() - 1 - i;
  for (std::size_t code = 'A'; code <= 'Z'; ++code) distance_[code] = distance_[small_[code]];
}

// Horspool's: looks at the last letter first, and leaps by what it is. Megabytes are looked through.
std::size_t OutputSearch::position_in(std::string_view output) const {
  const auto last = text_.size() - 1;
  const auto same = [&](char there, char wanted) { return small_[code_of(there)] == code_of(wanted); };
  for (std::size_t at = 0; at + last < output.size(); at += distance_[code_of(output[at + last])]) {
    if (!same(output[at + last], text_[last])) continue;
    if (std::equal(text_.begin(), text_.end(), output.begin() + static_cast<std::ptrdiff_t>(at),
                   [&](char wanted, char there) { return same(there, wanted); })) {
      return at;
    }
  }
  return std::string_view::npos;
}

std::uint32_t OutputSearch::count_in(std::string_view output) const {
  std::uint32_t count = 0;
  for (auto at = position_in(output); at != std::string_view::npos; at = position_in(output)) {
    ++count;
    output.remove_prefix(at + text_.size());
  }
  return count;
}

std::optional<std::string> OutputSearch::find(std::string_view output) const {
  const auto at = position_in(output);
  if (at == std::string_view::npos) return std::nullopt;
  const auto after = at + text_.size();
  const auto line_break = at == 0 ? std::string_view::npos : output.rfind('\n', at - 1);
  const auto line_begin = line_break == std::string_view::npos ? 0 : line_break + 1;
  const auto line_end = std::min(output.find('\n', after), output.size());
  auto begin = line_begin;
  auto end = line_end;
  if (end - begin > kMatchBytes) {
    // most of what is shown comes after the match, where a message goes on
    const auto ahead = (kMatchBytes - text_.size()) / 4;
    begin = std::max(line_begin, at - std::min(at, ahead));
    end = std::min(line_end, begin + kMatchBytes);
    begin = std::max(line_begin, end - std::min(end, kMatchBytes));
    while (begin > line_begin && begin < at && continues_a_character(output[begin])) ++begin;
    while (end > after && end < line_end && continues_a_character(output[end])) --end;
  }
  if (end > after && output[end - 1] == '\r') --end;
  return std::string(output.substr(begin, end - begin));
}

}  // namespace service
