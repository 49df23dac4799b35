#include "runner/text_style.h"

#include <algorithm>
#include <vector>

namespace runner {
namespace {

constexpr std::size_t kMaxEscapeBytes = 256;  // a longer one sets nothing
constexpr char kEscape = '\x1b';
constexpr std::uint32_t kNoCode = UINT32_MAX;

// An empty parameter is 0; what is no number is no code.
std::vector<std::uint32_t> codes_of(std::string_view parameters) {
  constexpr std::uint32_t kMaxCode = 65535;
  std::vector<std::uint32_t> codes(1, 0);
  for (const char letter : parameters) {
    if (letter == ';' || letter == ':')
      codes.push_back(0);
    else if (letter < '0' || letter > '9')
      codes.back() = kNoCode;
    else if (codes.back() != kNoCode)
      codes.back() = std::min(kMaxCode, codes.back() * 10 + static_cast<std::uint32_t>(letter - '0'));
  }
  return codes;
}

std::uint32_t at_or_zero(const std::vector<std::uint32_t>& codes, std::size_t at) {
  return at < codes.size() && codes[at] != kNoCode ? codes[at] : 0;
}

std::uint16_t bit(std::uint32_t code) {
  return static_cast<std::uint16_t>(1u << code);
}

// How long the escape is that begins here; 0: it is none.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return 0;
  const char kind = text[1];
  if (kind == '[') {
    const auto end = text.find_first_not_of("0123456789;:?", 2);
    return end != std::string_view::npos && text[end] >= '@' && text[end] <= '~' ? end + 1 : 0;
  }
  if (kind == ']') {
    const auto end = std::min(text.find_first_of("\a\x1b", 2), text.size());
    const auto rest = text.substr(end);
    return end + (rest.starts_with('\a') ? 1 : rest.starts_with("\x1b\\") ? 2 : 0);
  }
  return (kind >= '@' && kind <= 'Z') || kind == '\\' || kind == '^' || kind == '_' ? 2 : 0;
}

bool is_control_letter(char letter) {
  const auto code = static_cast<unsigned char>(letter);
  return (code < 0x20 && letter != '\t' && letter != '\n' && letter != '\r' && letter != kEscape) ||
         code == 0x7f;
}

void append_colour(std::string& to, const TextColour& colour, const char* extended) {
  switch (colour.kind) {
    case TextColour::Kind::none:
      return;
    case TextColour::Kind::named:
      to += ';' + std::to_string(colour.value);
      return;
    case TextColour::Kind::palette:
      to.append(extended).append("5;").append(std::to_string(colour.value));
      return;
    case TextColour::Kind::rgb:
      to.append(extended).append("2");
      for (const int shift : {16, 8, 0}) to += ';' + std::to_string(colour.value >> shift & 0xff);
      return;
  }
}

}  // namespace

void TextStyle::apply(std::string_view parameters) {
  const auto codes = codes_of(parameters);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto code = codes[i];
    auto& ground = code % 100 < 40 ? foreground : background;
    if (code == 0) {
      *this = {};
    } else if (code <= 4 || code == 7 || code == 9) {
      flags |= bit(code);
    } else if (code == 22) {
      flags &= static_cast<std::uint16_t>(~(bit(1) | bit(2)));
    } else if (code == 23 || code == 24 || code == 27 || code == 29) {
      flags &= static_cast<std::uint16_t>(~bit(code - 20));
    } else if (code == 39 || code == 49) {
      ground = {};
    } else if ((code >= 30 && code <= 37) || (code >= 40 && code <= 47)) {
      ground = {TextColour::Kind::named, code};
    } else if ((code >= 90 && code <= 97) || (code >= 100 && code <= 107)) {
      (code < 100 ? foreground : background) = {TextColour::Kind::named, code};
    } else if (code == 38 || code == 48) {
      ground = {};
      if (at_or_zero(codes, i + 1) == 5) {
        ground = {TextColour::Kind::palette, at_or_zero(codes, i + 2)};
        i += 2;
      } else if (at_or_zero(codes, i + 1) == 2) {
        std::uint32_t value = 0;
        for (std::size_t part = 2; part <= 4; ++part)
          value = value << 8 | std::min<std::uint32_t>(at_or_zero(codes, i + part), 255);
        ground = {TextColour::Kind::rgb, value};
        i += 4;
      }
    }
  }
}

std::string TextStyle::parameters() const {
  std::string text;
  for (std::uint32_t code = 1; code <= 9; ++code) {
    if (flags & bit(code)) text += ';' + std::to_string(code);
  }
  append_colour(text, foreground, ";38;");
  append_colour(text, background, ";48;");
  return text.empty() ? text : text.substr(1);
}

std::string without_escapes(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const auto length = text.front() == kEscape ? escape_length(text) : 0;
    if (length == 0 && !is_control_letter(text.front())) shown += text.front();
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return shown;
}

void RunningStyle::add(std::string_view part) {
  if (part.empty()) return;
  const auto write_over = [this] {
    now_ = at_line_begin_;
    escape_.clear();
  };
  if (after_return_) write_over();
  after_return_ = part.back() == '\r';
  if (after_return_) part.remove_suffix(1);
  if (const auto at = part.rfind('\r'); at != std::string_view::npos) {
    write_over();
    part.remove_prefix(at + 1);
  }
  take_escapes(part);
}

void RunningStyle::end_line() {
  at_line_begin_ = now_;
  after_return_ = false;
  escape_.clear();
}

void RunningStyle::take_escapes(std::string_view text) {
  std::string joined;
  if (!escape_.empty()) {
    joined = escape_.append(text);
    text = joined;
    escape_.clear();
  }
  for (auto at = text.find(kEscape); at != std::string_view::npos; at = text.find(kEscape, at + 1)) {
    const bool is_control = at + 1 < text.size() && text[at + 1] == '[';
    if (at + 1 < text.size() && !is_control) continue;
    const auto end = is_control ? text.find_first_not_of("0123456789;:?", at + 2) : std::string_view::npos;
    if (end == std::string_view::npos) {
      if (text.size() - at <= kMaxEscapeBytes) escape_ = text.substr(at);
      return;
    }
    if (text[end] == 'm') now_.apply(text.substr(at + 2, end - at - 2));
  }
}

}  // namespace runner
