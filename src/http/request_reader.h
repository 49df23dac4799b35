// From a connection's bytes to requests, one after another. Knows no sockets and no time; strict (see
// strict_head.h). The only unit with Beast.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "http/route.h"
#include "http/strict_head.h"

namespace http {

struct HeadLimits {
  std::size_t header_bytes = 16 << 10;
  std::size_t target_bytes = 8 << 10;
};

class RequestReader {
 public:
  enum class Progress {
    more,     // the request needs more bytes
    ready,    // take() gives it
    refused,  // take_refusal() says why; nothing that follows can be read, so the connection must end
  };

  // The router tells how large a route's body may be; it must outlive the reader.
  RequestReader(const Router& router, HeadLimits limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  void give(std::string_view bytes) { pending_.append(bytes); }
  // Goes on as far as the bytes allow.
  Progress advance();

  // Whether a byte of the next request has come.
  bool has_begun() const { return parser_ != nullptr || !pending_.empty(); }
  bool is_in_body() const { return parser_ != nullptr; }
  // True once for each request whose client waits to be told "100 Continue" before it sends the body.
  bool take_expectation();
  // Whether the client wants to send another request after this one.
  bool keeps_alive() const { return keeps_alive_; }

  // The request; peer and id are the caller's to set. The reader goes on to the next one. Of one that was
  // refused, what of its head was read.
  Request take();
  Response take_refusal() { return std::move(refusal_); }
  // Gives memory back while nothing is expected.
  void rest();

 private:
  struct Parser;
  Progress refuse(Response response);
  Progress read_head();
  Progress read_body();
  bool put(std::size_t count);

  const Router& router_;
  HeadLimits limits_;
  std::string pending_;
  HeadScan scan_;
  std::unique_ptr<Parser> parser_;  // from the end of a head to the end of its body
  Request request_;
  Response refusal_;
  bool keeps_alive_ = true;
  bool expects_word_ = false;
};

}  // namespace http
