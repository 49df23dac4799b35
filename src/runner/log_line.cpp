#include "runner/log_line.h"

namespace runner {

void LineText::add(std::string_view part, std::uint64_t offset) {
  if (part.empty()) return;
  const auto write_over = [this] {
    text_.clear();
    is_cut_ = false;
  };
  if (after_return_) write_over();
  after_return_ = part.back() == '\r';
  if (after_return_) part.remove_suffix(1);
  if (const auto at = part.rfind('\r'); at != std::string_view::npos) {
    write_over();
    part.remove_prefix(at + 1);
    offset += at + 1;
  }
  if (!is_cut_) keep(part, offset);
}

void LineText::keep(std::string_view part, std::uint64_t offset) {
  auto room = kMaxLineBytes - text_.size();
  is_cut_ = part.size() > room;
  // no letter is cut in two
  while (is_cut_ && room > 0 && (static_cast<unsigned char>(part[room]) & 0xc0) == 0x80) --room;
  part = part.substr(0, room);
  text_ += part;
  end_offset_ = offset + part.size();
}

}  // namespace runner
