// How often a text stands in a line, whatever the case of its letters.
#pragma once
#include <cstdint>
#include <string_view>

#include "service/output_search.h"

namespace service {

class LineSearch {
 public:
  // `text` is UTF-8 of 1 to kMatchBytes bytes.
  explicit LineSearch(std::string_view text);
  // Matches do not overlap.
  std::uint32_t count_in(std::string_view line) const;

 private:
  const bool is_ascii_;
  const OutputSearch search_;
};

// UTF-8 with its capital letters made small; what is no UTF-8 stays as it is.
std::string in_small_letters(std::string_view text);

}  // namespace service
