// The file that keeps an attempt's output: frames in the order of arrival, each a header of 16 bytes (stream,
// three zero bytes, length as 4 bytes, time in ms since 1970 as 8 bytes, little-endian) and its bytes. A
// frame that the file ends in the middle of is being written, or was when the machine stopped: it is read as
// far as it goes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
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

// The mark that stands in place of bytes that were dropped; `why` where it is more than the limit.
std::string gap_text(std::uint64_t bytes, std::string_view why);
// How many a mark stands for; nullopt: it is a mark of another kind.
std::optional<std::uint64_t> gap_size(std::string_view mark);

// While a job writes more than the head of its file may hold, the rest goes round two files beside it,
// PATH.tail0 and PATH.tail1. Each begins with kFrameHeaderBytes that tell where in the job's output it
// begins, written anew when the file is emptied for later output: a reader that finds them unchanged after it
// has read knows that what it read belongs there.
std::string tail_path(const std::string& path, int which);
void encode_tail(std::uint64_t begins_at, char* to);
std::optional<std::uint64_t> decode_tail(const char* from);

}  // namespace runner
