#include "http/watched_stream.h"

#include "http/event_queue.h"

namespace http {
namespace {

bool is_known_as(const Identity& before, const Identity& now) {
  return before.actor.role == now.actor.role && before.actor.scope == now.actor.scope &&
         before.actor.name == now.actor.name && before.must_change_password == now.must_change_password;
}

}  // namespace

WatchedStream::WatchedStream(std::shared_ptr<EventSource> inner, Request request, rights::Right right,
                             Identifier& identifier)
    : inner_(std::move(inner)), request_(std::move(request)), right_(right), identifier_(identifier) {}

void WatchedStream::open(std::function<void()> wake) {
  watch_ = identifier_.watch(*request_.identity, wake);
  inner_->open(std::move(wake));
}

bool WatchedStream::blocks() {
  known_ = identifier_.identify_quickly(request_);
  return !known_ || inner_->blocks();
}

EventSource::Batch WatchedStream::take(std::size_t max_bytes) {
  auto answer = known_ ? *std::exchange(known_, std::nullopt) : identifier_.identify(request_);
  if (!answer || !*answer || !rights::may((*answer)->actor, right_)) return Batch{.ended = true};
  Batch batch = inner_->take(max_bytes);
  if (!is_known_as(*request_.identity, **answer)) batch.text.insert(0, format_event("", "account", "{}"));
  request_.identity = std::move(*answer);
  return batch;
}

}  // namespace http
