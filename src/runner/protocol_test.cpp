#include "runner/protocol.h"

#include <random>

namespace runner {
namespace {

std::string body_of(const std::string& frame) {
  return frame.substr(4);
}

StartRequest full_request() {
  StartRequest request;
  request.key = {base::ExecutionId{1234567890123}, 3};
  request.argv = {"/bin/sh", "-c", std::string("a\0b", 3)};
  request.env = {"A=1", "B="};
  request.working_dir = "/tmp";
  request.run_as = "nobody";
  request.stdin_text = "in";
  request.timeout = Milliseconds{5};
  request.max_output_bytes = 77;
  request.kill_leftovers = false;
  request.limits = {1 << 20, 2, std::nullopt, 4, -5};
  request.log_path = "/x";
  request.masked = {"one", "two"};
  request.no_new_privs = true;
  request.files = {std::string("x\0y", 3), ""};
  return request;
}

TEST(Protocol, AStartReadsBackAsItWasWritten) {
  std::string frame;
  append_frame(frame, Order(Start{full_request()}));
  const auto order = read_order(body_of(frame));
  ASSERT_TRUE(order);
  const auto& request = std::get<Start>(*order).request;
  EXPECT_EQ(request.key, full_request().key);
  EXPECT_EQ(request.argv, full_request().argv);
  EXPECT_EQ(request.env, full_request().env);
  EXPECT_EQ(request.timeout, Milliseconds{5});
  EXPECT_FALSE(request.kill_leftovers);
  EXPECT_EQ(request.limits, full_request().limits);
  EXPECT_EQ(request.log_path, "/x");
  EXPECT_EQ(request.masked, full_request().masked);
  EXPECT_TRUE(request.no_new_privs);
  EXPECT_EQ(request.files, full_request().files);
}

TEST(Protocol, APingAndItsAnswerReadBackAndAreNotEachOther) {
  std::string ping, pong;
  append_frame(ping, Order(Ping{}));
  append_frame(pong, Report(Pong{}));
  EXPECT_TRUE(std::holds_alternative<Ping>(read_order(body_of(ping)).value()));
  EXPECT_TRUE(std::holds_alternative<Pong>(read_report(body_of(pong)).value()));
  EXPECT_FALSE(read_order(body_of(pong)));
  EXPECT_FALSE(read_report(body_of(ping)));
  EXPECT_FALSE(read_order(body_of(ping) + "x"));
}

TEST(Protocol, AnEndReadsBackAsItWasWritten) {
  Finished finished;
  finished.key = {base::ExecutionId{5}, 2};
  finished.cause = EndCause::timeout;
  finished.signal = 9;
  finished.error = "e";
  finished.output_dropped_bytes = 1u << 31;
  finished.pipes_cut = true;
  finished.log = std::string("\0frames", 7);
  std::string frame;
  append_frame(frame, Report(finished));
  const auto report = read_report(body_of(frame));
  ASSERT_TRUE(report);
  const auto& read = std::get<Finished>(*report);
  EXPECT_EQ(read.cause, EndCause::timeout);
  EXPECT_EQ(read.signal, 9);
  EXPECT_FALSE(read.exit_code);
  EXPECT_EQ(read.output_dropped_bytes, 1u << 31);
  EXPECT_TRUE(read.pipes_cut);
  EXPECT_EQ(read.log, finished.log);
}

TEST(Protocol, AWelcomeReadsBackAsItWasWritten) {
  Welcome welcome;
  welcome.snapshot.running = {{{base::ExecutionId{5}, 2}, 77, {}}};
  welcome.snapshot.kill_level = "cgroup";
  std::string frame;
  append_frame(frame, Report(welcome));
  const auto report = read_report(body_of(frame));
  ASSERT_TRUE(report);
  const auto& read = std::get<Welcome>(*report);
  EXPECT_EQ(read.version, kProtocolVersion);
  EXPECT_EQ(read.snapshot.running.at(0).pid, 77);
  EXPECT_EQ(read.snapshot.kill_level, "cgroup");
}

TEST(Protocol, NoPrefixAndNoChangedByteDoesHarm) {
  std::string frame;
  append_frame(frame, Order(Start{full_request()}));
  const auto body = body_of(frame);
  for (std::size_t length = 0; length < body.size(); ++length)
    EXPECT_FALSE(read_order(body.substr(0, length)));
  EXPECT_FALSE(read_order(body + "x"));
  std::mt19937 random(11);
  for (int i = 0; i < 100'000; ++i) {
    auto changed = body;
    changed[random() % changed.size()] = static_cast<char>(random());
    static_cast<void>(read_order(changed));
    static_cast<void>(read_report(changed));
  }
}

TEST(Protocol, FramesAreCutOutOfAnyPiecesOfTheStream) {
  std::string stream;
  for (int i = 0; i < 20; ++i) append_frame(stream, Order(Cancel{{base::ExecutionId{i + 1}, 1}}));
  for (const std::size_t piece : {1u, 3u, 7u, 1000u}) {
    FrameBuffer buffer;
    int found = 0;
    bool broken = false;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      buffer.add(std::string_view(stream).substr(at, piece));
      while (const auto body = buffer.next(broken)) {
        EXPECT_EQ(std::get<Cancel>(*read_order(*body)).key.execution.value, ++found);
      }
    }
    EXPECT_EQ(found, 20);
    EXPECT_FALSE(broken);
  }
}

TEST(Protocol, AFrameBeyondTheLimitBreaksTheStream) {
  FrameBuffer buffer;
  buffer.add("\xff\xff\xff\xff");
  bool broken = false;
  EXPECT_FALSE(buffer.next(broken));
  EXPECT_TRUE(broken);
}

}  // namespace
}  // namespace runner
