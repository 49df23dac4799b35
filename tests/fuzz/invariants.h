// What must hold for whatever bytes come in from outside. Used by the fuzzers and by the replay of their
// corpora. Each aborts, having said why on stderr, where a promise is broken.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

namespace fuzz {

using Bytes = std::span<const std::uint8_t>;

// One byte for the zone, one for the seed, four for the instant, the rest is the expression.
void check_cron(Bytes bytes);
// One byte says where the bytes are cut when they are read a second time, the rest is what a client sends.
void check_http(Bytes bytes);
// A request's body.
void check_json(Bytes bytes);
// One byte for what is done: the rest is a token, or what is put into a good one.
void check_jwt(Bytes bytes);
// One byte of options, the rest is a crontab.
void check_crontab(Bytes bytes);
// One byte for the direction, the rest is a frame's body, and then a stream of frames.
void check_protocol(Bytes bytes);

inline std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline void require(bool holds, std::string_view promise, std::string_view text) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %.*s, for '%.*s'\n", static_cast<int>(promise.size()), promise.data(),
               static_cast<int>(text.size()), text.data());
  std::abort();
}

}  // namespace fuzz
