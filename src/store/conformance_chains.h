// Conformance: what tasks run after, their pauses, the passes of a clock, and how long runs take.
#pragma once
#include "store/conformance.h"

namespace store {

class StoredChains : public Conformance {
 protected:
  TaskId insert_after(std::vector<TaskId> tasks) {
    auto task = task_named("next");
    task.definition.after.tasks = std::move(tasks);
    return insert(task);
  }
  std::vector<std::pair<TaskId, std::optional<ExecutionId>>> upstreams(TaskId id) {
    std::vector<std::pair<TaskId, std::optional<ExecutionId>>> found;
    for (const auto& upstream : read([&](Reader& reader) { return reader.upstreams_of(id); }))
      found.emplace_back(upstream.task_id, upstream.arrived);
    return found;
  }
  std::vector<TaskId> after(TaskId id) {
    return read([&](Reader& reader) { return reader.tasks_after(id); });
  }
  using Found = std::vector<std::pair<TaskId, std::optional<ExecutionId>>>;
};

TEST_P(StoredChains, AreFoundFromBothEndsAndFollowTheDefinition) {
  const auto a = insert(task_named("a")), b = insert(task_named("b")), c = insert(task_named("c"));
  const auto next = insert_after({a, b, TaskId{999}});
  EXPECT_EQ(after(a), std::vector<TaskId>{next});
  EXPECT_EQ(upstreams(next), (Found{{a, {}}, {b, {}}})) << "what does not exist is not waited for";
  write([&](Transaction& tx) {
    tx.set_arrival(next, b, ExecutionId{7});
    auto task = tx.find_task(next).value();
    task.revision = 2;
    task.definition.after.tasks = {b, c};
    tx.save_definition(task, "ada");
  });
  EXPECT_EQ(upstreams(next), (Found{{b, ExecutionId{7}}, {c, {}}})) << "what stays keeps what has arrived";
  EXPECT_TRUE(after(a).empty());
  write([&](Transaction& tx) { tx.delete_task(b); });
  EXPECT_EQ(upstreams(next), (Found{{c, {}}}));
  write([&](Transaction& tx) { tx.delete_task(next); });
  EXPECT_TRUE(after(c).empty());
}

TEST_P(StoredChains, ArrivalsAreSetTakenBackAndForgotten) {
  const auto a = insert(task_named("a")), b = insert(task_named("b"));
  const auto next = insert_after({a, b});
  const auto other = insert_after({a});
  write([&](Transaction& tx) {
    tx.set_arrival(next, a, ExecutionId{1});
    tx.set_arrival(next, b, ExecutionId{2});
    tx.set_arrival(other, a, ExecutionId{3});
    tx.set_arrival(next, a, std::nullopt);
  });
  EXPECT_EQ(upstreams(next), (Found{{a, {}}, {b, ExecutionId{2}}}));
  write([&](Transaction& tx) { tx.forget_arrivals(next); });
  EXPECT_EQ(upstreams(next), (Found{{a, {}}, {b, {}}}));
  EXPECT_EQ(upstreams(other), (Found{{a, ExecutionId{3}}}));
}

TEST_P(StoredChains, OfSeveralPausesTheLatestBeforeAnInstantIsFound) {
  const auto id = insert(task_named("a"));
  write([&](Transaction& tx) {
    tx.note_pause(id, minute(1), true);
    tx.note_pause(id, minute(2), false);
    tx.note_pause(id, minute(5), true);
  });
  const auto pause = [&](Instant at) {
    return read([&](Reader& reader) { return reader.pause_before(id, at); });
  };
  EXPECT_FALSE(pause(minute(1)));
  EXPECT_EQ(pause(minute(4))->began_at, minute(1));
  EXPECT_EQ(pause(minute(4))->ended_at, minute(2));
  EXPECT_EQ(pause(minute(9))->began_at, minute(5));
  EXPECT_FALSE(pause(minute(9))->ended_at);
}

TEST_P(StoredChains, ARecordCoversItsOwnPassOfTheClockOnly) {
  const auto id = insert(task_named("a"));
  const auto first = insert(fire_of(id, minute(10)));
  auto folded = fire_of(id, minute(5) + base::Milliseconds{1});
  folded.scheduled_until = minute(20) + base::Milliseconds{1};
  const auto second = insert(folded);
  ASSERT_TRUE(first && second);
  const auto covering = [&](Instant at) -> std::optional<ExecutionId> {
    const auto found = read([&](Reader& reader) { return reader.execution_for_fire(id, at); });
    return found ? std::optional{found->id} : std::nullopt;
  };
  EXPECT_EQ(covering(minute(10)), first);
  EXPECT_EQ(covering(minute(15)), std::nullopt);
  EXPECT_EQ(covering(minute(15) + base::Milliseconds{1}), second);
  EXPECT_EQ(covering(minute(15) + base::Milliseconds{2}), std::nullopt);
}

TEST_P(StoredChains, TheExpectedDurationIsTheAverageOfTheLastRuns) {
  const auto id = insert(task_named("a"));
  const auto expected = [&] { return read([&](Reader& reader) { return reader.expected_duration(id); }); };
  EXPECT_FALSE(expected());
  insert(execution_of(id, ExecutionStatus::skipped));
  EXPECT_FALSE(expected()) << "what never ran tells nothing";
  for (int i = 0; i < 12; ++i) {
    auto execution = execution_of(id);
    execution.started_at = minute(i);
    execution.finished_at = minute(i) + std::chrono::seconds{i < 2 ? 500 : 4};
    insert(execution);
  }
  EXPECT_EQ(expected(), std::chrono::seconds{4});
}

}  // namespace store
