#include "runner/log_frame.h"

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

}  // namespace runner
