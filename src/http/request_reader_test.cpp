#include "http/request_reader.h"

namespace http {
namespace {

using Progress = RequestReader::Progress;

class RequestReaderTest : public testing::Test {
 protected:
  RequestReaderTest() {
    router_.add({.method = Method::post,
                 .path = "/small",
                 .right = rights::Right::anyone,
                 .handler = [](const Request&) { return Response::no_content(); },
                 .doc = {},
                 .max_body = 10});
  }
  // The status of what is made of the bytes: 0 for a request that was read, -1 where more is wanted.
  int outcome(std::string_view bytes, std::size_t piece = 100'000) {
    RequestReader reader(router_, {});
    auto progress = Progress::more;
    while (!bytes.empty() && progress == Progress::more) {
      reader.give(bytes.substr(0, piece));
      bytes.remove_prefix(std::min(piece, bytes.size()));
      progress = reader.advance();
    }
    if (progress == Progress::refused) return reader.take_refusal().status;
    if (progress == Progress::more) return -1;
    body_ = reader.take().body;
    return 0;
  }

  Router router_;
  std::string body_;
};

struct Shape {
  std::string_view what;
  std::string bytes;
  int outcome;
};

// Shapes on which front ends and back ends have disagreed: where one saw another end of the request, what
// followed was taken as a request of its own.
TEST_F(RequestReaderTest, ShapesThatSmuggleAreRefused) {
  const std::string start = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";
  const std::string chunked = start + "Transfer-Encoding: chunked\r\n\r\n";
  const Shape cases[] = {
      {"length and chunked", start + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunked and length", start + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
      {"two lengths", start + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"two lengths alike", start + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400},
      {"list of lengths", start + "Content-Length: 1, 1\r\n\r\na", 400},
      {"signed length", start + "Content-Length: +1\r\n\r\na", 400},
      {"negative length", start + "Content-Length: -1\r\n\r\na", 400},
      {"hexadecimal length", start + "Content-Length: 0x1\r\n\r\na", 400},
      {"empty length", start + "Content-Length: \r\n\r\na", 400},
      {"length beyond 64 bits", start + "Content-Length: 18446744073709551617\r\n\r\na", 400},
      {"xchunked", start + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400},
      {"identity", start + "Transfer-Encoding: identity\r\n\r\n", 400},
      {"gzip, chunked", start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunked, identity", start + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400},
      {"chunked twice", start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"quoted chunked", start + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400},
      {"vertical tab before chunked", start + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n", 400},
      {"chunked of HTTP/1.0", "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"space before the colon", start + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400},
      {"tab before the colon", start + "Content-Length\t: 1\r\n\r\na", 400},
      {"folded field", start + "X: a\r\n b\r\n\r\n", 400},
      {"folded first field", "POST /echo HTTP/1.1\r\n Host: localhost\r\n\r\n", 400},
      {"field without a colon", start + "Nonsense\r\n\r\n", 400},
      {"field without a name", start + ": x\r\n\r\n", 400},
      {"bare LF after a field", start + "X: a\nContent-Length: 3\r\n\r\nabc", 400},
      {"bare LF everywhere", "GET / HTTP/1.1\nHost: localhost\n\n", 400},
      {"bare LF at the end", start + "\n", 400},
      {"bare CR", start + "X: a\rContent-Length: 3\r\n\r\nabc", 400},
      {"CR CR LF", start + "X: a\r\r\n\r\n", 400},
      {"NUL in a field", start + std::string("X: a\0b\r\n\r\n", 10), 400},
      {"NUL in the target", std::string("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 27), 400},
      {"DEL in a field", start + "X: \x7f\r\n\r\n", 400},
      {"empty line first", "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"tab in the first line", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"space after the version", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"HTTP/1.10", "GET / HTTP/1.10\r\nHost: x\r\n\r\n", 400},
      {"raw UTF-8 in the target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"method with a bracket", "GE[T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"TLS", "\x16\x03\x01\x02\x01\x01\x01", 400},
      {"chunk extension", chunked + "3;a=b\r\nabc\r\n0\r\n\r\n", 400},
      {"extension of the last chunk", chunked + "3\r\nabc\r\n0;a\r\n\r\n", 400},
      {"space after the chunk's size", chunked + "3 \r\nabc\r\n0\r\n\r\n", 400},
      {"chunk size with 0x", chunked + "0x3\r\nabc\r\n0\r\n\r\n", 400},
      {"negative chunk size", chunked + "-3\r\nabc\r\n0\r\n\r\n", 400},
      {"chunk size beyond 64 bits", chunked + "10000000000000003\r\nabc\r\n0\r\n\r\n", 400},
      {"bare LF after the chunk's size", chunked + "3\nabc\r\n0\r\n\r\n", 400},
      {"chunk longer than it says", chunked + "2\r\nabc\r\n0\r\n\r\n", 400},
      {"no chunk size", chunked + "\r\nabc\r\n0\r\n\r\n", 400},
      {"chunk line without end", chunked + std::string(2000, '0'), 400},
      {"trailer without end", chunked + "0\r\nX: " + std::string(2000, 'x'), 400},
      {"bad trailer", chunked + "0\r\nX x\r\n\r\n", 400},
  };
  for (const auto& [what, bytes, expected] : cases) {
    EXPECT_EQ(outcome(bytes), expected) << what;
    EXPECT_EQ(outcome(bytes, 1), expected) << what << ", byte by byte";
    EXPECT_EQ(outcome(bytes, 7), expected) << what << ", in pieces";
  }
}

TEST_F(RequestReaderTest, WhatIsTooLargeIsSaidSo) {
  std::string many = "GET / HTTP/1.1\r\n";
  for (std::size_t field = 0; field <= kMaxFields; ++field) many += "X" + std::to_string(field) + ": y\r\n";
  const Shape cases[] = {
      {"URL", "GET /" + std::string(9 << 10, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
      {"URL without end", "GET /" + std::string(9 << 10, 'x'), 414},
      {"header", "GET / HTTP/1.1\r\nX: " + std::string(17 << 10, 'x') + "\r\n\r\n", 431},
      {"fields", many + "\r\n", 431},
      {"body announced", "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n", 413},
      {"body of a path that is none", "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", 413},
      {"chunks",
       "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
       413},
  };
  for (const auto& [what, bytes, expected] : cases) EXPECT_EQ(outcome(bytes), expected) << what;
}

TEST_F(RequestReaderTest, GoodRequestsAreReadHoweverTheyArrive) {
  const std::string fields = "Host: localhost\r\nUser-Agent: Caf\xc3\xa9\r\nEmpty:\r\n";
  const std::pair<std::string, std::string> cases[] = {
      {"GET / HTTP/1.1\r\n" + fields + "\r\n", ""},
      {"GET / HTTP/1.0\r\n\r\n", ""},
      {"POST /x HTTP/1.1\r\n" + fields + "Content-Length: 3\r\n\r\nabc", "abc"},
      {"POST /x HTTP/1.1\r\n" + fields + "Content-Length: 003\r\n\r\nabc", "abc"},
      {"POST /x HTTP/1.1\r\n" + fields +
           "Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
       "abc0123456789"},
      {"POST /x HTTP/1.1\r\n" + fields +
           "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nTrailer: x\r\n\r\n",
       "a"},
  };
  for (const auto& [bytes, body] : cases) {
    for (const std::size_t piece : {1UL, 2UL, 5UL, 100'000UL}) {
      EXPECT_EQ(outcome(bytes, piece), 0) << bytes;
      EXPECT_EQ(body_, body) << bytes;
    }
  }
}

TEST_F(RequestReaderTest, TheBoundOfAChunksLineAndATrailerHoldsHoweverTheyArrive) {
  constexpr std::size_t kBound = 1024;
  const std::string head = "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t size = kBound - 8; size < kBound + 8; ++size) {
    const std::string fixed = "0\r\nX: \r\n\r\n";
    const auto trailer = head + "0\r\nX: " + std::string(size - fixed.size(), 'x') + "\r\n\r\n";
    const auto too_much = head + std::string(size - 3, '0') + "b\r\n01234567890\r\n0\r\n\r\n";
    for (const std::size_t piece : {1UL, 7UL, 333UL, 100'000UL}) {
      EXPECT_EQ(outcome(trailer, piece), size <= kBound ? 0 : 400) << size << " in pieces of " << piece;
      EXPECT_EQ(outcome(too_much, piece), size <= kBound ? 413 : 400) << size << " in pieces of " << piece;
    }
  }
}

TEST_F(RequestReaderTest, OneRequestEndsWhereTheNextBegins) {
  RequestReader reader(router_, {});
  reader.give(
      "POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\nabPOST /y HTTP/1.1\r\nTransfer-Encoding: "
      "chunked\r\n\r\n1\r\nc\r\n0\r\n\r\nGET /z ");
  ASSERT_EQ(reader.advance(), Progress::ready);
  auto first = reader.take();
  EXPECT_EQ(first.target + first.body, "/xab");
  ASSERT_EQ(reader.advance(), Progress::ready);
  auto second = reader.take();
  EXPECT_EQ(second.target + second.body, "/yc");
  EXPECT_EQ(reader.advance(), Progress::more);
  EXPECT_TRUE(reader.has_begun());
  reader.give("HTTP/1.1\r\n\r\n");
  ASSERT_EQ(reader.advance(), Progress::ready);
  EXPECT_EQ(reader.take().target, "/z");
  EXPECT_FALSE(reader.has_begun());
}

}  // namespace
}  // namespace http
