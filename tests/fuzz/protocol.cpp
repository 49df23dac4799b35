#include "runner/protocol.h"

#include <string>

#include "invariants.h"

namespace fuzz {
namespace {

constexpr std::size_t kLengthBytes = 4;

template <class Message>
std::string body_of(const Message& message) {
  std::string frame;
  runner::append_frame(frame, message);
  return frame.substr(kLengthBytes);
}

}  // namespace

void check_protocol(Bytes bytes) {
  if (bytes.empty()) return;
  const auto text = text_of(bytes.subspan(1));
  if ((bytes[0] & 1) != 0) {
    if (const auto order = runner::read_order(text)) {
      const auto written = body_of(*order);
      const auto again = runner::read_order(written);
      require(again && body_of(*again) == written, "an order reads back as it is written", text);
    }
  } else {
    if (const auto report = runner::read_report(text)) {
      const auto written = body_of(*report);
      const auto again = runner::read_report(written);
      require(again && body_of(*again) == written, "a report reads back as it is written", text);
    }
  }
  static_cast<void>(runner::read_started(text));
  static_cast<void>(runner::read_finished(text));
  // the same as a stream, in two pieces
  runner::FrameBuffer buffer;
  const auto cut = text.size() * (bytes[0] >> 1) / 128;
  bool broken = false;
  std::size_t taken = 0;
  for (const auto piece : {text.substr(0, cut), text.substr(cut)}) {
    buffer.add(piece);
    while (!broken) {
      const auto body = buffer.next(broken);
      if (!body) break;
      taken += body->size() + kLengthBytes;
    }
  }
  require(taken <= text.size(), "a stream gives no more than it got", text);
}

}  // namespace fuzz
