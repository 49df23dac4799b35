#include "http/server.h"

#include <future>

#include "http/server_fixture.h"

namespace http {
namespace {

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
  // an event, since a page can't see a comment and must know that the connection stands
  EXPECT_EQ(http.receive_until("\n\n"), "event: heartbeat\ndata: {}\n\n");
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
