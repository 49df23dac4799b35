#include "http/server.h"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <thread>

#include "http/event_queue.h"
#include "http/loopback_client.h"

namespace http {
namespace {

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

TEST_F(ServerTest, AnswersOneRequestAfterAnotherOnOneConnection) {
  start();
  auto http = client();
  for (int round = 0; round < 3; ++round) {
    const auto answer = http.ask("GET", "/hello");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.header("Content-Length"), "5");
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
    EXPECT_NE(answer.header("Content-Security-Policy").find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_FALSE(answer.header("Date").empty());
  }
  EXPECT_EQ(http.ask("GET", "/quick").body, "quick");
  EXPECT_EQ(http.ask("GET", "/nothing").status, 404);
  EXPECT_EQ(http.ask("HEAD", "/hello").header("Content-Length"), "5");
  EXPECT_EQ(http.ask("GET", "/hello").body, "hello");
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  start();
  auto http = client();
  std::string requests;
  for (int number = 0; number < 20; ++number) {
    const std::string body = "number " + std::to_string(number);
    requests += number % 2 == 0 ? "GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                : "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                                      std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  http.send(requests);
  for (int number = 0; number < 20; ++number) {
    EXPECT_EQ(http.read_answer().body, number % 2 == 0 ? "quick" : "number " + std::to_string(number));
  }
}

TEST_F(ServerTest, ARequestMayComeByteByByte) {
  start();
  auto http = client();
  for (const char byte :
       std::string("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"))
    http.send({&byte, 1});
  EXPECT_EQ(http.read_answer().body, "abc");
}

TEST_F(ServerTest, ChunkedBodiesAreJoined) {
  start();
  auto http = client();
  http.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(http.read_answer().body, "abcde");
  EXPECT_EQ(http.ask("GET", "/hello").body, "hello");
}

TEST_F(ServerTest, AClientThatAsksBeforeItSendsIsToldToGoOn) {
  start();
  auto http = client();
  http.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(http.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  http.send("abc");
  EXPECT_EQ(http.read_answer().body, "abc");
}

TEST_F(ServerTest, HttpOneZeroAndCloseEndTheConnection) {
  start();
  auto old = client();
  old.send("GET /hello HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(old.read_answer().body, "hello");
  EXPECT_TRUE(old.at_end());
  auto closing = client();
  EXPECT_EQ(closing.ask("GET", "/hello", "Connection: close\r\n").header("Connection"), "close");
  EXPECT_TRUE(closing.at_end());
}

TEST_F(ServerTest, WhatIsTooLargeOrMalformedIsRefused) {
  start();
  struct Case {
    std::string_view what;
    std::string request;
    int status;
  };
  const std::string host = "Host: localhost\r\n";
  const Case cases[] = {
      {"body announced", "POST /echo HTTP/1.1\r\n" + host + "Content-Length: 1048577\r\n\r\n", 413},
      {"body of a narrow route", "POST /small HTTP/1.1\r\n" + host + "Content-Length: 11\r\n\r\n01234567890",
       413},
      {"chunked body",
       "POST /small HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
       413},
      {"header", "GET /hello HTTP/1.1\r\n" + host + "X: " + std::string(17 << 10, 'x') + "\r\n\r\n", 431},
      {"URL", "GET /" + std::string(9 << 10, 'x') + " HTTP/1.1\r\n" + host + "\r\n", 414},
      {"no HTTP", "hello\r\n\r\n", 400},
      {"version", "GET /hello HTTP/2.0\r\n" + host + "\r\n", 400},
      {"no host", "GET /hello HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET /hello HTTP/1.1\r\n" + host + host + "\r\n", 400},
      {"other host", "GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
      {"two lengths", "POST /echo HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
       400},
      {"length and chunked",
       "POST /echo HTTP/1.1\r\n" + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"negative length", "POST /echo HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400},
      {"bad chunk", "POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"space before the colon", "GET /hello HTTP/1.1\r\n" + host + "X : y\r\n\r\n", 400},
      {"NUL", std::string("GET /hello\0 HTTP/1.1\r\n", 22) + host + "\r\n", 400},
  };
  for (const auto& [what, request, status] : cases) {
    auto http = client();
    http.send(request);
    const auto answer = http.read_answer();
    EXPECT_EQ(answer.status, status) << what;
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json") << what;
  }
  EXPECT_EQ(client().ask("GET", "/hello").status, 200);
}

TEST_F(ServerTest, SlowClientsAreCut) {
  options_.limits.header_timeout = std::chrono::milliseconds(100);
  options_.limits.idle_timeout = std::chrono::milliseconds(100);
  options_.limits.body_timeout = std::chrono::milliseconds(100);
  start();
  auto silent = client();
  EXPECT_TRUE(silent.at_end());
  auto half_header = client();
  half_header.send("GET /hello HTTP/1.1\r\nHost:");
  EXPECT_TRUE(half_header.at_end());
  auto half_body = client();
  half_body.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(half_body.at_end());
}

TEST_F(ServerTest, ANewcomerTakesThePlaceOfTheLongestIdle) {
  options_.limits.connections = 3;
  start();
  std::vector<std::unique_ptr<LoopbackClient>> kept;
  for (int number = 0; number < 3; ++number) {
    kept.push_back(std::make_unique<LoopbackClient>(server_->port()));
    EXPECT_EQ(kept.back()->ask("GET", "/hello").status, 200);
  }
  EXPECT_EQ(kept[0]->ask("GET", "/hello").status, 200);  // now the second has been idle for longest
  EXPECT_EQ(client().ask("GET", "/hello").status, 200);
  EXPECT_TRUE(kept[1]->at_end());
  EXPECT_EQ(kept[0]->ask("GET", "/hello").status, 200);
  EXPECT_EQ(kept[2]->ask("GET", "/hello").status, 200);
  EXPECT_EQ(server_->figures().evicted_connections, 1u);
}

TEST_F(ServerTest, WhoIsBusyIsNotCutForANewcomer) {
  options_.limits.connections = 1;
  start();
  auto working = client();
  working.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  began_.wait();
  EXPECT_TRUE(client().at_end());
  EXPECT_EQ(server_->figures().refused_connections, 1u);
  go_on_.count_down();
  EXPECT_EQ(working.read_answer().body, "done");
}

TEST_F(ServerTest, WhoIsSlowForASecondGoesForANewcomer) {
  options_.limits.connections = 1;
  start();
  auto slow = client();
  slow.send("GET /hello HTTP/1.1\r\nHost:");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < until)
    status = client().ask("GET", "/hello").status;
  EXPECT_EQ(status, 200);
  EXPECT_TRUE(slow.at_end());
}

TEST_F(ServerTest, OneAddressHasItsShareOfConnections) {
  options_.limits.connections_from_one = 2;
  options_.limits.count_loopback = true;
  start();
  auto first = client();
  auto second = client();
  EXPECT_EQ(first.ask("GET", "/hello").status, 200);
  EXPECT_EQ(second.ask("GET", "/hello").status, 200);
  EXPECT_TRUE(client().at_end());
  first.end();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < until)
    status = client().ask("GET", "/hello").status;
  EXPECT_EQ(status, 200);
}

TEST_F(ServerTest, AClientThatTakesNothingIsCut) {
  options_.limits.write_timeout = std::chrono::milliseconds(200);
  start();
  auto http = client();
  http.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_NE(http.receive_until("\r\n\r\n").find("200 OK"), std::string::npos);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (server_->figures().connections > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(server_->figures().connections, 0);
  EXPECT_LT(http.receive_until("never").size(), 8u << 20) << "the rest was not sent";
}

TEST_F(ServerTest, EventStreamsHaveABound) {
  options_.limits.streams = 1;
  start();
  auto http = client();
  http.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_NE(http.receive_until("\r\n\r\n").find("text/event-stream"), std::string::npos);
  auto second = client();
  EXPECT_EQ(second.ask("GET", "/events").status, 503);
  EXPECT_EQ(second.ask("GET", "/hello").status, 200);
}

TEST_F(ServerTest, LargeBodiesArriveWhole) {
  start();
  auto http = client();
  EXPECT_EQ(http.ask("GET", "/large").body.size(), 8u << 20);
  const std::string body(kMaxBodyBytes, 'b');
  EXPECT_EQ(http.ask("POST", "/echo", "", body).body, body);
}

TEST_F(ServerTest, ALogIsSentWholeOrInPart) {
  start();
  auto http = client();
  const auto whole = http.ask("GET", "/log");
  EXPECT_EQ(whole.body.size(), 1'000'000u);
  EXPECT_EQ(whole.body.substr(999'990), "efghijklmn");
  EXPECT_EQ(whole.header("Accept-Ranges"), "bytes");
  struct Case {
    std::string range;
    int status;
    std::string body;
    std::string content_range;
  };
  const Case cases[] = {
      {"bytes=0-2", 206, "abc", "bytes 0-2/1000000"},
      {"bytes=999998-", 206, "mn", "bytes 999998-999999/1000000"},
      {"bytes=-3", 206, "lmn", "bytes 999997-999999/1000000"},
      {"bytes=999999-2000000", 206, "n", "bytes 999999-999999/1000000"},
      {"bytes=1000000-", 416, "", "bytes */1000000"},
      {"bytes=-0", 416, "", "bytes */1000000"},
  };
  for (const auto& [range, status, body, content_range] : cases) {
    const auto part = http.ask("GET", "/log", "Range: " + range + "\r\n");
    EXPECT_EQ(part.status, status) << range;
    EXPECT_EQ(part.body, body) << range;
    EXPECT_EQ(part.header("Content-Range"), content_range) << range;
  }
  for (const std::string ignored : {"bytes=2-1", "bytes=a-b", "bytes=0-1,3-4", "lines=0-1", "bytes=-"}) {
    EXPECT_EQ(http.ask("GET", "/log", "Range: " + ignored + "\r\n").status, 200) << ignored;
  }
}

TEST_F(ServerTest, WhatTheClientHasIsNotSentAgain) {
  start();
  auto http = client();
  EXPECT_EQ(http.ask("GET", "/tagged", "If-None-Match: \"6\"\r\n").body, "tagged");
  for (const std::string tags : {"\"7\"", "\"1\", W/\"7\"", "*"}) {
    EXPECT_EQ(http.ask("GET", "/tagged", "If-None-Match: " + tags + "\r\n").status, 304) << tags;
  }
  EXPECT_EQ(http.ask("GET", "/hello").body, "hello");
}

TEST_F(ServerTest, EventsArriveAsTheyHappen) {
  options_.limits.heartbeat = std::chrono::milliseconds(50);
  start();
  auto http = client();
  http.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto head = http.receive_until("\r\n\r\n");
  EXPECT_NE(head.find("text/event-stream"), std::string::npos);
  queue_->push(format_event("1", "task", "one"));
  EXPECT_EQ(http.receive_until("one\n\n").substr(0, 6), "id: 1\n");
  EXPECT_EQ(http.receive_until(":\n\n"), ":\n\n");  // the heartbeat
  std::jthread producer([&] {
    for (int number = 0; number < 500; ++number) queue_->push(format_event("", "", std::to_string(number)));
    queue_->close();
  });
  const auto rest = http.receive_until("data: 499\n\n");
  for (int number = 0; number < 500; ++number) {
    EXPECT_NE(rest.find("data: " + std::to_string(number) + "\n"), std::string::npos) << number;
  }
  EXPECT_TRUE(http.receive_until("never").find("data") == std::string::npos);  // ends
}

TEST_F(ServerTest, AStreamWhoseClientLeftIsDropped) {
  start();
  {
    auto http = client();
    http.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    http.receive_until("\r\n\r\n");
    queue_->push(format_event("", "", "x"));
    http.receive_until("x\n\n");
    EXPECT_EQ(server_->figures().streams, 1);
  }
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (server_->figures().streams > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(server_->figures().streams, 0);
}

TEST_F(ServerTest, AStopAnswersWhatIsInFlightAndEndsTheRest) {
  start();
  auto idle = client();
  idle.ask("GET", "/hello");
  auto stream = client();
  stream.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  stream.receive_until("\r\n\r\n");
  auto working = client();
  working.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  began_.wait();
  auto stopped = std::async(std::launch::async, [&] { server_->stop(std::chrono::seconds(10)); });
  EXPECT_TRUE(idle.at_end());
  EXPECT_TRUE(stream.at_end());
  EXPECT_FALSE(LoopbackClient(server_->port()).connected());
  go_on_.count_down();
  const auto answer = working.read_answer();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(working.at_end());
  working.end();
  stopped.get();
}

TEST_F(ServerTest, AStopCutsWhatIsNotDoneInTime) {
  start();
  auto half = client();
  half.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
  auto probe = client();
  probe.ask("GET", "/hello");
  const auto began = std::chrono::steady_clock::now();
  server_->stop(std::chrono::milliseconds(100));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  EXPECT_TRUE(half.at_end());
}

TEST_F(ServerTest, MoreRequestsThanMayWaitAreRefused) {
  options_.handler_threads = 1;
  options_.limits.waiting_requests = 0;
  start();
  // Nothing may wait, so even a free thread is not given work; quick routes go on.
  auto http = client();
  const auto refused = http.ask("GET", "/hello");
  EXPECT_EQ(refused.status, 503);
  EXPECT_FALSE(refused.header("Retry-After").empty());
  EXPECT_EQ(http.ask("GET", "/quick").status, 200);
}

TEST_F(ServerTest, ReadsAndChangesDoNotWaitForEachOther) {
  options_.handler_threads = 1;
  options_.change_threads = 1;
  start();
  std::jthread reading([this] { EXPECT_EQ(client().ask("GET", "/slow").status, 200); });
  began_.wait();
  EXPECT_EQ(client().ask("POST", "/echo", "", "x").body, "x");
  go_on_.count_down();
}

TEST_F(ServerTest, AChangeFindsAThreadWhileOthersWait) {
  std::latch all_wait{3};
  add(Method::post, "/wait", [&](const Request&) {
    all_wait.arrive_and_wait();
    return Response::no_content();
  });
  options_.change_threads = 3;
  start();
  std::vector<std::jthread> clients;
  for (int number = 0; number < 3; ++number)
    clients.emplace_back([this] { EXPECT_EQ(client().ask("POST", "/wait").status, 204); });
}

TEST_F(ServerTest, ManyClientsAtOnceAreServed) {
  options_.io_threads = 2;
  start();
  std::vector<std::jthread> clients;
  for (int number = 0; number < 8; ++number) {
    clients.emplace_back([&, number] {
      auto http = client();
      for (int round = 0; round < 50; ++round) {
        const std::string body = std::to_string(number) + ":" + std::to_string(round);
        EXPECT_EQ(http.ask("POST", "/echo", "", body).body, body);
        EXPECT_EQ(http.ask("GET", "/quick").body, "quick");
      }
    });
  }
  clients.clear();
  EXPECT_EQ(server_->figures().requests, 800u);
}

TEST_F(ServerTest, AnAddressThatIsTakenIsNamed) {
  start();
  ServerOptions same = options_;
  same.port = server_->port();
  Server second(router_, clock_, same);
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("127.0.0.1 port " + std::to_string(same.port)), std::string::npos);
  same.host = "no address";
  EXPECT_FALSE(Server(router_, clock_, same).start());
}

}  // namespace
}  // namespace http
