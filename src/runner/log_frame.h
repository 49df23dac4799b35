// The file that keeps an attempt's output: frames in the order of arrival, each a header of 16 bytes (stream,
// three zero bytes, length as 4 bytes, time in ms since 1970 as 8 bytes, little-endian) and its bytes. A
// frame that the file ends in the middle of is being written, or was when the machine stopped: it is read as
// far as it goes.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace runner {

enum class Stream : std::uint8_t { standard_output = 1, standard_error = 2, mark = 3 };

inline constexpr std::size_t kFrameHeaderBytes = 16;
// One read from a pipe becomes one frame; longer ones are not ours.
inline constexpr std::size_t kMaxFramePayload = 1u << 20;

struct FrameHeader {
  Stream stream = Stream::standard_output;
  std::uint32_t length = 0;
  base::Instant at;
};

void encode(const FrameHeader& header, char* to);    // kFrameHeaderBytes
bool decode(const char* from, FrameHeader& header);  // false: not a frame's beginning

}  // namespace runner
