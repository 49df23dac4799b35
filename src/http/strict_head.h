// What a request's head may not hold, since readers of HTTP have disagreed on it and requests were smuggled
// through the gap. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace http {

inline constexpr std::size_t kMaxFields = 100;  // of one head: browsers send some twenty

// Looks through bytes as they come for the end of a head, or for a byte that no head has.
class HeadScan {
 public:
  enum class Found { nothing, end, fault };
  // `text` begins with the head and only grows from call to call.
  Found look(std::string_view text);
  std::size_t end() const { return at_; }  // behind the empty line, once found

 private:
  std::size_t at_ = 0;
};

// What is wrong with a whole head, in words; nullopt when nothing is. Refused are: lines that don't end with
// CR LF, control characters, folded fields, white space before a colon, more than one Content-Length or one
// that is no plain number, a Transfer-Encoding that is not just "chunked" or stands beside Content-Length or
// in HTTP/1.0, and any request line but METHOD SP TARGET SP HTTP/1.0 or HTTP/1.1.
std::optional<std::string> head_fault(std::string_view head);

}  // namespace http
