// What serve and runner say to each other over their socket: frames of a 4-byte length and a body, numbers in
// little-endian order. Decoding is pure, bounded, and never trusts a byte.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runner/runner.h"

namespace runner {

// Both sides must speak the same; the hello tells.
inline constexpr std::uint32_t kProtocolVersion = 5;
// A frame larger than this is refused: no honest one comes near it.
inline constexpr std::size_t kMaxFrameBytes = 16u << 20;

// serve to runner
// The one order that must read the same in every version: with it an older runner learns of a newer program.
struct Hello {
  std::uint32_t version = kProtocolVersion;
  std::string program;  // that the server runs; a runner of another one executes it in its own place
};
struct Start {
  StartRequest request;
};
struct Cancel {
  AttemptKey key;
};
struct Acknowledge {
  std::vector<AttemptKey> keys;
};
struct Watch {
  AttemptKey key;
  bool on = true;
};
struct Ping {};  // answered by a Pong, after the reports of what was ordered before
using Order = std::variant<Hello, Start, Cancel, Acknowledge, Watch, Ping>;

// runner to serve
struct Welcome {
  std::uint32_t version = kProtocolVersion;
  Snapshot snapshot;
};
struct Pong {};
using Report = std::variant<Welcome, Started, Finished, OutputGrew, Pong>;

// Appends one whole frame.
void append_frame(std::string& to, const Order& order);
void append_frame(std::string& to, const Report& report);

// Reads a frame's body; nullopt for anything that append_frame would not have written.
std::optional<Order> read_order(std::string_view body);
std::optional<Report> read_report(std::string_view body);

// Bodies of one attempt's records, shared with the journal and with what a runner hands over.
void append_request(std::string& to, const StartRequest& request);
std::optional<StartRequest> read_request(std::string_view body);
void append_started(std::string& to, const Started& started);
void append_finished(std::string& to, const Finished& finished);
std::optional<Started> read_started(std::string_view body);
std::optional<Finished> read_finished(std::string_view body);

// Cuts frames out of a stream of bytes.
class FrameBuffer {
 public:
  void add(std::string_view bytes) { bytes_.append(bytes); }
  // The next whole frame's body, valid until the next call; nullopt: not there yet. `broken` is set where the
  // stream can't be one of ours.
  std::optional<std::string_view> next(bool& broken);

 private:
  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace runner
