// A server with routes of each kind: what its tests stand on.
#pragma once
#include <gtest/gtest.h>

#include <latch>
#include <optional>

#include "http/event_queue.h"
#include "http/loopback_client.h"
#include "http/server.h"

namespace http {

using rights::Right;

// Counts up to its size: byte i is 'a' + i % 26.
class Alphabet : public ByteSource {
 public:
  explicit Alphabet(std::uint64_t size) : size_(size) {}
  std::uint64_t size() const override { return size_; }
  std::size_t read(std::uint64_t offset, std::span<char> to) override {
    for (std::size_t at = 0; at < to.size(); ++at) to[at] = static_cast<char>('a' + (offset + at) % 26);
    return to.size();
  }

 private:
  std::uint64_t size_;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    add(Method::get, "/hello", [](const Request&) { return Response::text(200, "text/plain", "hello"); });
    add(Method::post, "/echo",
        [](const Request& request) { return Response::text(200, "text/plain", request.body); });
    add(Method::get, "/large",
        [](const Request&) { return Response::text(200, "text/plain", std::string(8 << 20, 'x')); });
    add(Method::get, "/log", [](const Request&) {
      auto response = Response::text(200, "text/plain", std::make_shared<Alphabet>(1'000'000));
      response.ranges = true;
      return response;
    });
    add(Method::get, "/tagged",
        [](const Request&) { return Response::text(200, "text/plain", "tagged").with("ETag", "\"7\""); });
    add(Method::get, "/events", [this](const Request&) { return Response::events(queue_); });
    add(Method::get, "/slow", [this](const Request&) {
      began_.count_down();
      go_on_.wait();
      return Response::text(200, "text/plain", "done");
    });
    router_.add({.method = Method::get,
                 .path = "/quick",
                 .right = Right::anyone,
                 .handler = [](const Request&) { return Response::text(200, "text/plain", "slow way"); },
                 .doc = {},
                 .quick =
                     [](const Request&) {
                       return Response::text(200, "text/plain", std::make_shared<std::string>("quick"));
                     }});
    router_.add({.method = Method::post,
                 .path = "/small",
                 .right = Right::anyone,
                 .handler = [](const Request&) { return Response::no_content(); },
                 .doc = {},
                 .max_body = 10});
  }
  ~ServerTest() override {
    if (!go_on_.try_wait()) go_on_.count_down();
  }

  void add(Method method, std::string path, std::function<Response(const Request&)> handler) {
    router_.add(
        {.method = method,
         .path = std::move(path),
         .right = Right::anyone,
         .handler = [handler](const Request& request) -> base::Result<Response> { return handler(request); },
         .doc = {}});
  }
  void start() {
    options_.port = 0;
    server_.emplace(router_, clock_, options_);
    const auto started = server_->start();
    ASSERT_TRUE(started) << started.error().message;
  }
  LoopbackClient client() { return LoopbackClient(server_->port()); }

  base::SystemClock clock_;
  Router router_;
  ServerOptions options_;
  std::shared_ptr<EventQueue> queue_ = std::make_shared<EventQueue>();
  std::latch began_{1};
  std::latch go_on_{1};
  std::optional<Server> server_;
};

}  // namespace http
