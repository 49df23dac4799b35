// Instants: UTC, in milliseconds, and their text (ISO 8601 with Z).
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

using Milliseconds = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

inline std::int64_t to_unix_ms(Instant at) {
  return at.time_since_epoch().count();
}
inline Instant from_unix_ms(std::int64_t ms) {
  return Instant{Milliseconds{ms}};
}

// "2026-01-01T00:00:00Z", with ".123" before the Z where the milliseconds are not zero.
std::string to_iso(Instant at);

// Reads ISO 8601: a date, or a date and time parted by 'T' or one space, with seconds and a fraction where
// given, and "Z", "+HH:MM", "+HHMM" or nothing (taken as UTC) at its end. Fractions are cut to milliseconds.
// nullopt for anything else, and for days or hours that do not exist.
std::optional<Instant> parse_iso(std::string_view text);

}  // namespace base
