// How much of a large table is looked at in one go.
#pragma once
#include <cstdint>

namespace engine {

inline constexpr std::int64_t kRowsAtOnce = 1000;

}  // namespace engine
