#include "http/strict_head.h"

#include "http/request.h"

namespace http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMaxMethodBytes = 20;
constexpr std::size_t kMaxLengthDigits = 15;

bool is_token_byte(char letter) {
  const bool alphanumeric = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                            (letter >= '0' && letter <= '9');
  return alphanumeric ||
         (letter != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(letter) != std::string_view::npos);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_byte);
}

bool is_printed_ascii(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char letter) { return letter > 0x20 && letter < 0x7F; });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find(kLineEnd), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + kLineEnd.size(), text.size()));
  return line;
}

std::optional<std::string> request_line_fault(std::string_view line, bool& old) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == line.npos || first == last) return "the first line must be METHOD TARGET HTTP/1.1";
  const auto method = line.substr(0, first);
  const auto version = line.substr(last + 1);
  if (!is_token(method) || method.size() > kMaxMethodBytes) return "the method is not one";
  if (!is_printed_ascii(line.substr(first + 1, last - first - 1)))
    return "the target holds a space or a byte that must be percent-encoded";
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return "only HTTP/1.1 and HTTP/1.0 are spoken here";
  old = version == "HTTP/1.0";
  return std::nullopt;
}

}  // namespace

HeadScan::Found HeadScan::look(std::string_view text) {
  for (; at_ < text.size(); ++at_) {
    const char letter = text[at_];
    const bool after_return = at_ > 0 && text[at_ - 1] == '\r';
    if (after_return != (letter == '\n')) return Found::fault;
    if (letter == '\n' && at_ >= 3 && text[at_ - 2] == '\n') {
      ++at_;
      return Found::end;
    }
    const auto byte = static_cast<unsigned char>(letter);
    if ((byte < 0x20 && letter != '\t' && letter != '\r' && letter != '\n') || byte == 0x7F)
      return Found::fault;
  }
  return Found::nothing;
}

std::optional<std::string> head_fault(std::string_view head) {
  bool old = false;
  if (auto fault = request_line_fault(next_line(head), old)) return fault;
  std::size_t lengths = 0;
  std::size_t encodings = 0;
  while (!head.empty()) {
    const auto line = next_line(head);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') return "a field is folded over two lines";
    const auto colon = line.find(':');
    if (colon == line.npos || !is_token(line.substr(0, colon)))
      return "a field must be NAME: VALUE, with nothing before the colon but the name";
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (equals_ignoring_case(name, "content-length")) {
      ++lengths;
      if (value.empty() || value.size() > kMaxLengthDigits ||
          value.find_first_not_of("0123456789") != value.npos)
        return "Content-Length must be one plain number";
    }
    if (equals_ignoring_case(name, "transfer-encoding")) {
      ++encodings;
      if (!equals_ignoring_case(value, "chunked"))
        return "the only Transfer-Encoding that is taken is chunked";
    }
  }
  if (lengths > 1) return "Content-Length came more than once";
  if (encodings > 1) return "Transfer-Encoding came more than once";
  if (encodings > 0 && lengths > 0) return "Content-Length and Transfer-Encoding exclude each other";
  if (encodings > 0 && old) return "HTTP/1.0 has no Transfer-Encoding";
  return std::nullopt;
}

}  // namespace http
