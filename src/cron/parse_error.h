#pragma once
#include <cstddef>
#include <string>

namespace cron {

// The first wrong place of an expression, from the left.
struct ParseError {
  // expression, second, minute, hour, day-of-month, month, day-of-week, year, nickname, every or timezone
  std::string field;
  std::string text;          // the smallest wrong piece
  std::size_t position = 0;  // 0-based byte offset of the piece in the text that was given
  std::string message;       // one sentence: what is wrong, and how to mend it

  bool operator==(const ParseError&) const = default;
};

}  // namespace cron
