// One response, free of any library's types: what a handler gives.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "http/request.h"

namespace http {

// A body that is read piece by piece while it is sent: an execution's log.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;  // does not change
  // Fills `to` from that offset on and gives how many bytes it wrote; fewer than asked for only at the end,
  // or when reading failed (the connection is then closed, so that the client sees that it is cut). May
  // block.
  virtual std::size_t read(std::uint64_t offset, std::span<char> to) = 0;
};

// A stream of server-sent events. The connection owns it, calls `open` once, then `take` whenever it was
// woken, one call at a time; it writes what it got, and a `heartbeat` event each 15 s of silence. Destroyed
// when the client is gone, the server stops, or `take` said that it has ended.
class EventSource {
 public:
  struct Batch {
    std::string text;    // complete events (see format_event), or empty
    bool ended = false;  // after this text nothing comes any more
    bool more = false;   // there is more at once: `take` is called again without a wake
  };
  virtual ~EventSource() = default;
  // `wake` may be called from any thread, as often as one likes, also after this source is gone. Never
  // blocks.
  virtual void open(std::function<void()> wake) = 0;
  // Gives what is there, at most about `max_bytes`; never waits for more to come.
  virtual Batch take(std::size_t max_bytes) = 0;
  // Whether the next `take` reads files or the database, and so must not run on the I/O thread. Asked before
  // each.
  virtual bool blocks() { return true; }
};

using SharedText = std::shared_ptr<const std::string>;
struct StaticText {
  std::string_view text;  // lives as long as the program: an embedded asset
};
using Body = std::variant<std::string, SharedText, StaticText, std::shared_ptr<ByteSource>,
                          std::shared_ptr<EventSource>>;

struct Response {
  int status = 200;
  Headers headers;
  Body body;
  // Honour a Range header (bytes, one range) of a GET whose status is 200.
  bool ranges = false;
  // The ETag stands for the whole body, so that a client which has it already is answered 304. False where it
  // is only what If-Match is compared with.
  bool tells_not_modified = true;
  // The router may compress the body: it mixes no secret with what somebody else chose (see compression.h).
  bool compressible = false;
  // What a problem says, for those who are shown a page in its place; of anything else empty.
  std::string detail;
  // The part of the body that is sent; set where a Range was honoured.
  std::uint64_t first = 0;
  std::optional<std::uint64_t> length;

  static Response text(int status, std::string_view content_type, Body body);
  static Response json_text(int status, Body body);  // body is JSON already
  static Response no_content();                      // 204
  static Response see_other(std::string location);   // 303
  static Response events(std::shared_ptr<EventSource> source);

  // For chaining: Response::json_text(...).with("ETag", tag).
  Response&& with(std::string_view name, std::string value) &&;

  // For chaining, of what mixes no secret with what somebody else chose.
  Response&& may_be_compressed() && {
    compressible = true;
    return std::move(*this);
  }

  // The whole body's size where it is known; of an event stream nothing is.
  std::optional<std::uint64_t> body_size() const;
  // The body of the plain kinds (string, shared, static); empty for streams.
  std::string_view body_text() const;
};

// The reason phrase: "Not Found".
std::string_view status_text(int status);

}  // namespace http
