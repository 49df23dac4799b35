// The colours and the like that a program has set in its output (SGR), as far as a later line depends on
// them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace runner {

struct TextColour {
  enum class Kind : std::uint8_t { none, named, palette, rgb };  // named: its code as it came, 31
  Kind kind = Kind::none;
  std::uint32_t value = 0;
  bool operator==(const TextColour&) const = default;
};

struct TextStyle {
  std::uint16_t flags = 0;  // bit n: the code n is in force (1 bold ... 9 struck through)
  TextColour foreground, background;

  bool operator==(const TextStyle&) const = default;
  // What an escape with these parameters makes of it ("1;31").
  void apply(std::string_view parameters);
  // The parameters that lead from a plain style to this one; empty for the plain one.
  std::string parameters() const;
};

// The text as it is shown: without escapes and control letters.
std::string without_escapes(std::string_view text);

// The style of one stream's text as it comes in pieces. What stands before a carriage return within a line is
// written over, its escapes with it.
class RunningStyle {
 public:
  // More of the line, without its end.
  void add(std::string_view part);
  void end_line();
  // Of the first letter of the line that is open.
  const TextStyle& at_line_begin() const { return at_line_begin_; }
  // Whether text without escapes and carriage returns changes nothing.
  bool is_settled() const { return !after_return_ && escape_.empty() && now_ == at_line_begin_; }

 private:
  void take_escapes(std::string_view text);

  TextStyle at_line_begin_, now_;
  bool after_return_ = false;  // the last letter was one: does the line go on, it is written over
  std::string escape_;         // begun, and to be gone on with
};

}  // namespace runner
