// What must hold for every text that claims to be a cron expression. Used by the fuzzer and by the replay of
// its corpus.
#pragma once
#include <cstdint>
#include <span>

namespace fuzz {

// Bytes: one for the zone, one for the seed, four for the instant, the rest is the expression. Aborts, having
// said why on stderr, where the engine breaks a promise.
void check_cron(std::span<const std::uint8_t> bytes);

}  // namespace fuzz
