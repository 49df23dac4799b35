// Hides secrets in a stream of output, also where one comes in several pieces. Pure.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace runner {

// Shorter values are not looked for: they would hide half of the output.
inline constexpr std::size_t kLeastMaskedBytes = 4;
inline constexpr std::string_view kMask = "***";

class Masker {
 public:
  // Values of several lines are hidden line by line too. `held` is what another masker of them held back.
  explicit Masker(const std::vector<std::string>& values, std::string held = {});

  // The bytes with each value replaced. An end that may be the beginning of a value is held back.
  std::string feed(std::string_view bytes);
  // What is held back; at the stream's end.
  std::string finish();

  // For another masker that goes on from here.
  const std::vector<std::string>& values() const { return values_; }
  const std::string& held() const { return held_; }

 private:
  std::string take(bool at_end);

  std::vector<std::string> values_;  // longest first
  std::array<bool, 256> begins_{};   // the bytes that a value begins with
  std::string held_;
};

// Whether there is anything to look for.
bool has_maskable(const std::vector<std::string>& values);

}  // namespace runner
