// An event stream that lasts only as long as its reader may read it.
#pragma once
#include <memory>

#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

namespace http {

// Asks again who reads before each piece, so that nothing is sent after a session or a token has ended, and
// ends the stream then; a change of the account wakes it for that. An `account` event tells the reader that
// he is known as another than before: his role has changed.
class WatchedStream : public EventSource {
 public:
  // `request` has the identity that was found for it. The identifier must outlive this.
  WatchedStream(std::shared_ptr<EventSource> inner, Request request, rights::Right right,
                Identifier& identifier);

  void open(std::function<void()> wake) override;
  bool blocks() override;
  Batch take(std::size_t max_bytes) override;

 private:
  const std::shared_ptr<EventSource> inner_;
  Request request_;
  const rights::Right right_;
  Identifier& identifier_;
  std::optional<Identifier::Answer> known_;  // for the next piece, where memory tells
  std::shared_ptr<void> watch_;
};

}  // namespace http
