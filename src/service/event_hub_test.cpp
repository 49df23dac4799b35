#include "service/event_hub.h"

#include <gtest/gtest.h>

namespace service {
namespace {

using Kind = store::Change::Kind;

store::Change task_change(std::int64_t id, Kind kind = Kind::task_updated) {
  return {.kind = kind, .task_id = base::TaskId{id}};
}

class EventHubTest : public testing::Test {
 protected:
  void tell(std::initializer_list<store::Change> changes) {
    hub_.on_changes(std::span(changes.begin(), changes.size()));
  }
  void tell_many(std::size_t count) {
    const std::vector<store::Change> changes(count, task_change(1));
    hub_.on_changes(changes);
  }

  base::ManualClock clock_{base::from_unix_ms(1'000)};
  EventHub hub_{clock_};
};

TEST_F(EventHubTest, TellsHowLongNothingHasChanged) {
  clock_.advance(base::Milliseconds{40});
  EXPECT_EQ(hub_.quiet_for(), base::Milliseconds{40});
  tell({task_change(1)});
  clock_.advance(base::Milliseconds{7});
  EXPECT_EQ(hub_.quiet_for(), base::Milliseconds{7});
  clock_.advance(base::Milliseconds{-20});
  EXPECT_EQ(hub_.quiet_for(), base::Milliseconds{0});
}

TEST_F(EventHubTest, EventsComeInTheOrderOfTheirCommitsWithIdsThatGrowByOne) {
  const auto before = hub_.last_id();
  tell({task_change(1), task_change(2)});
  tell({task_change(3)});
  const auto events = hub_.after(before, 100);
  ASSERT_EQ(events.size(), 3u);
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].id, before + 1 + i);
    EXPECT_EQ(events[i].data, R"({"kind":"updated","task_id":)" + std::to_string(i + 1) + "}");
  }
  EXPECT_EQ(hub_.last_id(), before + 3);
}

TEST_F(EventHubTest, EachKindOfChangeHasItsWords) {
  const struct {
    store::Change change;
    const char* name;
    const char* data;
  } kCases[] = {
      {task_change(1, Kind::task_created), "task", R"({"kind":"created","task_id":1})"},
      {task_change(1, Kind::task_deleted), "task", R"({"kind":"deleted","task_id":1})"},
      {task_change(1, Kind::task_state), "task", R"({"kind":"state","task_id":1})"},
      {{.kind = Kind::execution_updated,
        .task_id = base::TaskId{1},
        .execution_id = base::ExecutionId{7},
        .status = task::ExecutionStatus::running},
       "execution",
       R"({"kind":"updated","task_id":1,"execution_id":7,"status":"RUNNING"})"},
      {{.kind = Kind::executions_deleted, .task_id = base::TaskId{1}, .execution_id = base::ExecutionId{7}},
       "execution",
       R"({"kind":"deleted","task_id":1,"execution_id":7})"},
  };
  for (const auto& one : kCases) {
    tell({one.change});
    const auto events = hub_.after(hub_.last_id() - 1, 1);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].name, one.name);
    EXPECT_EQ(events[0].data, one.data);
  }
}

TEST_F(EventHubTest, AWatcherGoesOnBehindTheIdThatItSawLast) {
  const auto before = hub_.last_id();
  tell_many(5);
  EXPECT_EQ(hub_.after(before, 2).back().id, before + 2);
  EXPECT_EQ(hub_.after(before + 2, 100).size(), 3u);
  EXPECT_TRUE(hub_.after(before + 5, 100).empty());
}

TEST_F(EventHubTest, AWatcherThatIsNewOnAQuietHubGetsNothing) {
  EXPECT_TRUE(hub_.after(hub_.last_id(), 100).empty());
}

TEST_F(EventHubTest, AWatcherTooSlowForTheRingIsToldToReadAnewAndThenGoesOn) {
  const auto before = hub_.last_id();
  tell_many(EventHub::kKept);
  EXPECT_EQ(hub_.after(before, 1).at(0).name, "task") << "the whole ring is still there";
  tell_many(1);
  const auto events = hub_.after(before, 100);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].name, "resync");
  EXPECT_EQ(events[0].id, hub_.last_id());
  EXPECT_TRUE(hub_.after(events[0].id, 100).empty());
}

TEST_F(EventHubTest, AnIdThatWasNeverGivenIsAnsweredWithAResync) {
  for (const auto id : {std::uint64_t{0}, hub_.last_id() + 1, ~std::uint64_t{0}}) {
    ASSERT_EQ(hub_.after(id, 100).size(), 1u) << id;
    EXPECT_EQ(hub_.after(id, 100).front().name, "resync") << id;
  }
}

TEST_F(EventHubTest, IdsGrowOverARestartSoThatTheOldOnesResync) {
  tell_many(10);
  const auto seen = hub_.last_id();
  clock_.advance(base::Milliseconds{500});
  const EventHub next(clock_);
  EXPECT_GT(next.last_id(), seen);
  EXPECT_EQ(next.after(seen, 100).at(0).name, "resync");
}

TEST_F(EventHubTest, AWatcherIsWokenOncePerCommitUntilItsHandleIsGone) {
  int woken = 0;
  auto handle = hub_.watch([&] { ++woken; });
  tell({task_change(1), task_change(2)});
  EXPECT_EQ(woken, 1);
  tell({task_change(1)});
  EXPECT_EQ(woken, 2);
  handle.reset();
  tell({task_change(1)});
  EXPECT_EQ(woken, 2);
}

TEST_F(EventHubTest, AWatcherMayReadTheHubAndWatchAgainWhileItIsWoken) {
  std::shared_ptr<void> second;
  std::size_t read = 0;
  const auto before = hub_.last_id();
  const auto handle = hub_.watch([&] {
    read = hub_.after(before, 100).size();
    second = hub_.watch([] {});
  });
  tell({task_change(1)});
  EXPECT_EQ(read, 1u);
}

TEST_F(EventHubTest, TheVersionGrowsWithEachCommit) {
  const auto before = hub_.version();
  tell({task_change(1), task_change(2)});
  EXPECT_GT(hub_.version(), before);
}

}  // namespace
}  // namespace service
