// Reads one field of an expression into a pattern.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "cron/field.h"
#include "cron/parse_error.h"
#include "cron/pattern.h"

namespace cron {

// `word` is the field's text, a piece of `line`; `crc` is what H hashes to. Writes into `pattern`; on an
// error, which is returned, the pattern is left half written.
std::optional<ParseError> parse_field(const FieldRange& field, std::string_view word, std::string_view line,
                                      std::uint32_t crc, Pattern& pattern);

}  // namespace cron
