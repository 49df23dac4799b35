// The seed behind H: spreads tasks over a range by their name, the same on every machine (dialect rule 17).
#pragma once
#include <cstdint>
#include <string_view>

namespace cron {

// CRC-32 (the polynomial of zlib and PNG) of the bytes.
std::uint32_t crc32(std::string_view bytes);

// The value in [low, high] that the seed gives for a field.
constexpr int spread_value(std::uint32_t crc, int shift, int low, int high) {
  return static_cast<int>((crc >> shift) % static_cast<std::uint32_t>(high - low + 1)) + low;
}

}  // namespace cron
