// What a person reads at a terminal.
#pragma once
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

// Text of somebody else, safe to show: control characters (of which terminals take orders) become spaces or
// '?', and what is longer than `max_columns` ends in an ellipsis.
std::string shown(std::string_view text, std::size_t max_columns = 200);

// How many columns a terminal gives the text: two for a wide (CJK) character.
std::size_t columns_of(std::string_view text);

// Aligned columns, two spaces between them, the heads in the first line. Nothing but the heads where there
// are no rows.
void print_table(std::ostream& out, const std::vector<std::string>& heads,
                 const std::vector<std::vector<std::string>>& rows);

}  // namespace cli
