// Looking for a text in outputs: literal, any bytes, with the case of ASCII letters ignored.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace service {

inline constexpr std::size_t kMatchBytes = 200;  // enough to tell one line from the next

class OutputSearch {
 public:
  // `text` has 1 to kMatchBytes bytes.
  explicit OutputSearch(std::string_view text);
  // The line that holds the first match, or at most kMatchBytes of it round the match, no character cut.
  std::optional<std::string> find(std::string_view output) const;
  // How often it stands there; matches do not overlap.
  std::uint32_t count_in(std::string_view output) const;

 private:
  std::size_t position_in(std::string_view output) const;

  std::string text_;                       // in small letters
  std::array<unsigned char, 256> small_;   // letter
  std::array<std::size_t, 256> distance_;  // from the last such letter of the text to its end
};

}  // namespace service
