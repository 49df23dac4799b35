// Reads the content of one time zone file (TZif, RFC 9636, versions 1 to 4).
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "cron/posix_rule.h"

namespace cron {

struct ZoneRules {
  std::int32_t first_offset = 0;        // before the first transition
  std::vector<Transition> transitions;  // sorted by time; each changes the offset
};

// The rules as they stand in the file, carried on by its footer to the end of `last_year`.
// nullopt for anything that is not a sound TZif file, and for files that count leap seconds ("right/..."):
// their clock is not the one of this machine.
std::optional<ZoneRules> read_tzif(std::string_view content, int last_year);

}  // namespace cron
