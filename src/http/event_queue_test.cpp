#include "http/event_queue.h"

#include <gtest/gtest.h>

namespace http {
namespace {

TEST(EventQueue, EventsAreWrittenAsTheStandardAsks) {
  EXPECT_EQ(format_event("7", "task", "{\"a\":1}"), "id: 7\nevent: task\ndata: {\"a\":1}\n\n");
  EXPECT_EQ(format_event("", "", "one\ntwo\r\nthree\rfour"),
            "data: one\ndata: two\ndata: three\ndata: four\n\n");
  EXPECT_EQ(format_event("1\n2", "", ""), "id: 12\ndata: \n\n");
}

TEST(EventQueue, GivesWhatWaitsInOrderAndWakesItsReader) {
  EventQueue queue;
  int wakes = 0;
  queue.open([&] { ++wakes; });
  EXPECT_TRUE(queue.push("a"));
  EXPECT_TRUE(queue.push("b"));
  EXPECT_EQ(wakes, 2);
  auto first = queue.take(1);
  EXPECT_EQ(first.text, "a");
  EXPECT_TRUE(first.more);
  EXPECT_EQ(queue.take(100).text, "b");
  queue.push("c");
  queue.close();
  EXPECT_FALSE(queue.push("d"));
  const auto last = queue.take(100);
  EXPECT_EQ(last.text, "c");
  EXPECT_TRUE(last.ended);
}

TEST(EventQueue, AClientThatReadsTooSlowlyIsCutOff) {
  EventQueue queue;
  for (std::size_t count = 0; count < kMaxQueuedEvents; ++count) ASSERT_TRUE(queue.push("x"));
  EXPECT_FALSE(queue.push("x"));
  const auto batch = queue.take(100);
  EXPECT_TRUE(batch.ended);
  EXPECT_TRUE(batch.text.empty());
}

}  // namespace
}  // namespace http
