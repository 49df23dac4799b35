// What a server refuses or ends, so that nobody can take it from the others.
#include <thread>

#include "http/server_fixture.h"

namespace http {
namespace {

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

}  // namespace
}  // namespace http
