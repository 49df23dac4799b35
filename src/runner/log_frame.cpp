#include "runner/log_frame.h"

#include "base/id.h"

namespace runner {
namespace {

template <class Number>
void put(char* to, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) to[i] = static_cast<char>(number >> (8 * i) & 0xff);
}

template <class Number>
Number take(const char* from) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i)
    number |= Number{static_cast<unsigned char>(from[i])} << (8 * i);
  return number;
}

constexpr std::string_view kGapBegin = "\n[... ";
constexpr std::string_view kGapMiddle = " bytes of output dropped: over the limit";
constexpr std::uint64_t kTailMagic = 0x6c69617468634d53;  // "SMchtail"

}  // namespace

void encode(const FrameHeader& header, char* to) {
  put(to, static_cast<std::uint32_t>(header.stream));
  put(to + 4, header.length);
  put(to + 8, static_cast<std::uint64_t>(base::to_unix_ms(header.at)));
}

bool decode(const char* from, FrameHeader& header) {
  const auto stream = take<std::uint32_t>(from);
  header.length = take<std::uint32_t>(from + 4);
  header.at = base::from_unix_ms(static_cast<std::int64_t>(take<std::uint64_t>(from + 8)));
  if (stream < 1 || stream > 3 || header.length > kMaxFramePayload) return false;
  header.stream = static_cast<Stream>(stream);
  return true;
}

std::string gap_text(std::uint64_t bytes, std::string_view why) {
  std::string text(kGapBegin);
  text += std::to_string(bytes);
  text += kGapMiddle;
  if (!why.empty()) text.append(", or ").append(why);
  return text += " ...]\n";
}

std::optional<std::uint64_t> gap_size(std::string_view mark) {
  if (!mark.starts_with(kGapBegin)) return std::nullopt;
  mark.remove_prefix(kGapBegin.size());
  const auto digits = mark.find_first_not_of("0123456789");
  if (digits == std::string_view::npos || !mark.substr(digits).starts_with(kGapMiddle)) return std::nullopt;
  const auto size = base::parse_decimal(mark.substr(0, digits));
  return size ? std::optional{static_cast<std::uint64_t>(*size)} : std::nullopt;
}

std::string tail_path(const std::string& path, int which) {
  return path + (which == 0 ? ".tail0" : ".tail1");
}

void encode_tail(std::uint64_t begins_at, char* to) {
  put(to, kTailMagic);
  put(to + 8, begins_at);
}

std::optional<std::uint64_t> decode_tail(const char* from) {
  if (take<std::uint64_t>(from) != kTailMagic) return std::nullopt;
  return take<std::uint64_t>(from + 8);
}

}  // namespace runner
