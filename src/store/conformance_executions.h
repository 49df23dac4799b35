// Conformance: single executions, their attempts and outputs, and what the engine asks about open ones.
#pragma once
#include "store/conformance.h"

namespace store {

using testing::ElementsAre;
using testing::IsEmpty;

class StoredExecutions : public Conformance {
 protected:
  StoredExecutions() : task_(insert(task_named("nightly"))) {}

  // An open one that waits for that.
  ExecutionId waiting(Waiting why, int priority = 0, std::optional<Instant> due_at = {}) {
    auto execution = execution_of(task_, ExecutionStatus::pending);
    execution.waiting = why;
    execution.priority = priority;
    execution.due_at = due_at;
    return insert(execution).value();
  }

  const TaskId task_;
};

inline void expect_same(const task::Attempt& found, const task::Attempt& wanted) {
  EXPECT_EQ(found.number, wanted.number);
  EXPECT_EQ(found.status, wanted.status);
  EXPECT_EQ(found.started_at, wanted.started_at);
  EXPECT_EQ(found.finished_at, wanted.finished_at);
  EXPECT_EQ(found.exit_code, wanted.exit_code);
  EXPECT_EQ(found.signal, wanted.signal);
  EXPECT_EQ(found.error, wanted.error);
  EXPECT_EQ(found.output_bytes, wanted.output_bytes);
  EXPECT_EQ(found.output_dropped_bytes, wanted.output_dropped_bytes);
  EXPECT_EQ(found.cpu_ms, wanted.cpu_ms);
  EXPECT_EQ(found.max_rss_bytes, wanted.max_rss_bytes);
}

// All but the id.
inline void expect_same(const Execution& found, const Execution& wanted) {
  EXPECT_EQ(found.task_id, wanted.task_id);
  EXPECT_EQ(found.task_name, wanted.task_name);
  EXPECT_EQ(found.task_revision, wanted.task_revision);
  EXPECT_EQ(found.status, wanted.status);
  EXPECT_EQ(found.waiting, wanted.waiting);
  EXPECT_EQ(found.trigger, wanted.trigger);
  EXPECT_EQ(found.triggered_by, wanted.triggered_by);
  EXPECT_EQ(found.scheduled_at, wanted.scheduled_at);
  EXPECT_EQ(found.due_at, wanted.due_at);
  EXPECT_EQ(found.created_at, wanted.created_at);
  EXPECT_EQ(found.started_at, wanted.started_at);
  EXPECT_EQ(found.finished_at, wanted.finished_at);
  EXPECT_EQ(found.late_ms, wanted.late_ms);
  EXPECT_EQ(found.priority, wanted.priority);
  EXPECT_EQ(found.pool, wanted.pool);
  EXPECT_EQ(found.reason, wanted.reason);
  EXPECT_EQ(found.node, wanted.node);
  EXPECT_EQ(found.count, wanted.count);
  EXPECT_EQ(found.scheduled_until, wanted.scheduled_until);
  EXPECT_EQ(found.overrides, wanted.overrides);
  EXPECT_EQ(found.cancel_asked, wanted.cancel_asked);
  expect_same(found.attempt, wanted.attempt);
}

inline task::Attempt busy_attempt(int number) {
  return {.number = number,
          .status = ExecutionStatus::timeout,
          .started_at = minute(1),
          .finished_at = minute(2),
          .exit_code = 137,
          .signal = 9,
          .error = "ran out of time",
          .output_bytes = 3'000'000'000,
          .output_dropped_bytes = 5,
          .cpu_ms = 6,
          .max_rss_bytes = 7'000'000'000};
}

TEST_P(StoredExecutions, ReadBackAsTheyWereWritten) {
  auto execution = fire_of(task_, minute(1));
  execution.task_revision = 3;
  execution.waiting = Waiting::backoff;
  execution.triggered_by = "schedule";
  execution.due_at = minute(2);
  execution.started_at = minute(3);
  execution.finished_at = minute(4);
  execution.late_ms = -250;
  execution.priority = -5;
  execution.pool = "gpu";
  execution.attempt = busy_attempt(2);
  execution.reason = "because";
  execution.node = "a";
  execution.count = 4;
  execution.scheduled_until = minute(5);
  execution.overrides = {{{"NAME", "value"}}, {"one", "two words"}};
  execution.cancel_asked = true;
  const auto id = insert(execution).value();
  EXPECT_EQ(find(id).id, id);
  expect_same(find(id), execution);
  expect_same(find(*insert(execution_of(task_))), execution_of(task_));
  EXPECT_FALSE(read([](Reader& reader) { return reader.find_execution(ExecutionId{99}).has_value(); }));
}

TEST_P(StoredExecutions, AreSavedWithAllThatMayChange) {
  auto execution = find(insert(fire_of(task_, minute(1))).value());
  execution.status = ExecutionStatus::timeout;
  execution.waiting = Waiting::slot;
  execution.due_at = minute(2);
  execution.started_at = minute(3);
  execution.finished_at = minute(4);
  execution.late_ms = 12;
  execution.attempt = busy_attempt(3);
  execution.reason = "because";
  execution.node = "a";
  execution.count = 4;
  execution.scheduled_until = minute(5);
  write([&](Transaction& transaction) { transaction.save_execution(execution); });
  expect_same(find(execution.id), execution);
}

TEST_P(StoredExecutions, HappenOncePerFire) {
  EXPECT_TRUE(insert(fire_of(task_, minute(1))));
  EXPECT_FALSE(insert(fire_of(task_, minute(1))));
  EXPECT_FALSE(insert(fire_of(task_, minute(1), Trigger::misfire)));
  EXPECT_TRUE(insert(fire_of(task_, minute(2))));
  EXPECT_TRUE(insert(fire_of(insert(task_named("other")), minute(1))));
}

TEST_P(StoredExecutions, NeverClashWhenNoScheduleMadeThem) {
  insert(fire_of(task_, minute(1)));
  for (const auto trigger : {Trigger::manual, Trigger::backfill, Trigger::chain, Trigger::heartbeat}) {
    EXPECT_TRUE(insert(fire_of(task_, minute(1), trigger))) << to_string(trigger);
    EXPECT_TRUE(insert(fire_of(task_, minute(1), trigger))) << to_string(trigger);
  }
  EXPECT_TRUE(insert(execution_of(task_)));
  EXPECT_TRUE(insert(execution_of(task_)));
}

TEST_P(StoredExecutions, AreFoundByTheFireThatTheyStandFor) {
  auto folded = fire_of(task_, minute(10));
  folded.scheduled_until = minute(20);
  const auto folded_id = insert(folded).value();
  const auto single = insert(fire_of(task_, minute(30), Trigger::misfire)).value();
  insert(fire_of(task_, minute(40), Trigger::backfill));
  const auto found = [&](Instant scheduled_at) {
    const auto record = read([&](Reader& reader) { return reader.execution_for_fire(task_, scheduled_at); });
    return record ? record->id : ExecutionId{};
  };
  EXPECT_EQ(found(minute(9)), ExecutionId{});
  EXPECT_EQ(found(minute(10)), folded_id);
  EXPECT_EQ(found(minute(15)), folded_id);
  EXPECT_EQ(found(minute(20)), folded_id);
  EXPECT_EQ(found(minute(21)), ExecutionId{});
  EXPECT_EQ(found(minute(30)), single);
  EXPECT_EQ(found(minute(31)), ExecutionId{});
  EXPECT_EQ(found(minute(40)), ExecutionId{});
}

TEST_P(StoredExecutions, KeepTheirEarlierAttemptsOldestFirst) {
  const auto id = insert(execution_of(task_)).value();
  write([&](Transaction& transaction) {
    transaction.keep_attempt(id, busy_attempt(2));
    transaction.keep_attempt(id, {.number = 1, .status = ExecutionStatus::failed});
    transaction.keep_attempt(id, {.number = 1, .status = ExecutionStatus::lost});  // told twice
  });
  const auto attempts = read([&](Reader& reader) { return reader.earlier_attempts(id); });
  ASSERT_EQ(attempts.size(), 2);
  expect_same(attempts[0], {.number = 1, .status = ExecutionStatus::lost});
  expect_same(attempts[1], busy_attempt(2));
}

TEST_P(StoredExecutions, KeepTheLatestOutputWhateverItsBytes) {
  const auto id = insert(execution_of(task_)).value();
  const auto output = [&] { return read([&](Reader& reader) { return reader.find_output(id); }); };
  EXPECT_EQ(output().stdout_text, "");
  write([&](Transaction& transaction) { transaction.save_output(id, {"first", "first"}); });
  const std::string bytes("a\0\xff\xfe\n", 5);
  write([&](Transaction& transaction) { transaction.save_output(id, {bytes, ""}); });
  EXPECT_EQ(output().stdout_text, bytes);
  EXPECT_EQ(output().stderr_text, "");
}

TEST_P(StoredExecutions, KeepTheLittleOutputOfEachAttemptWhateverItsBytes) {
  const auto id = insert(execution_of(task_)).value();
  const auto log = [&](int attempt) {
    return read([&](Reader& reader) { return reader.find_log(id, attempt); });
  };
  EXPECT_FALSE(log(1));
  const std::string bytes("a\0\xff\xfe\n", 5);
  write([&](Transaction& transaction) {
    transaction.save_log(id, 1, "first");
    transaction.save_log(id, 2, "second");
    transaction.save_log(id, 2, bytes);
  });
  EXPECT_EQ(log(1), "first");
  EXPECT_EQ(log(2), bytes);
}

TEST_P(StoredExecutions, ThatAreOpenAreReadById) {
  const auto first = waiting(Waiting::slot);
  insert(execution_of(task_));
  const auto second = insert(execution_of(task_, ExecutionStatus::running)).value();
  const auto other_task = insert(task_named("other"));
  const auto third = insert(execution_of(other_task, ExecutionStatus::running)).value();
  store().read([&](Reader& reader) {
    EXPECT_THAT(ids_of(reader.open_executions(task_, 10)), ElementsAre(first, second));
    EXPECT_THAT(ids_of(reader.open_executions(task_, 1)), ElementsAre(first));
    EXPECT_THAT(ids_of(reader.open_executions_after({}, 10)), ElementsAre(first, second, third));
    EXPECT_THAT(ids_of(reader.open_executions_after(first, 1)), ElementsAre(second));
    EXPECT_THAT(ids_of(reader.open_executions_after(third, 10)), IsEmpty());
  });
}

TEST_P(StoredExecutions, WaitForASlotByPriorityThenAge) {
  const auto low = waiting(Waiting::slot, -1);
  const auto older = waiting(Waiting::slot, 5);
  const auto newer = waiting(Waiting::slot, 5);
  waiting(Waiting::overlap, 9);
  waiting(Waiting::none, 9);
  const auto late = waiting(Waiting::backoff, 9, minute(2));
  const auto soon = waiting(Waiting::backoff, 0, minute(1));
  store().read([&](Reader& reader) {
    EXPECT_THAT(ids_of(reader.waiting_for_slot(10)), ElementsAre(older, newer, low));
    EXPECT_THAT(ids_of(reader.waiting_for_slot(1)), ElementsAre(older));
    EXPECT_THAT(ids_of(reader.in_backoff(INT64_MAX)), ElementsAre(soon, late));
    EXPECT_THAT(ids_of(reader.in_backoff(1)), ElementsAre(soon));
  });
}

TEST_P(StoredExecutions, WaitForTheirPoolByPriorityThenAge) {
  const auto waits_for = [&](const char* pool, int priority) {
    auto execution = execution_of(task_, ExecutionStatus::pending);
    execution.pool = pool;
    execution.priority = priority;
    execution.waiting = Waiting::pool;
    return insert(execution).value();
  };
  const auto low = waits_for("gpu", 1);
  const auto high = waits_for("gpu", 2);
  waits_for("disk", 9);
  waiting(Waiting::slot, 9);
  store().read([&](Reader& reader) {
    EXPECT_THAT(ids_of(reader.waiting_for_pool("gpu", 10)), ElementsAre(high, low));
    EXPECT_THAT(ids_of(reader.waiting_for_pool("gpu", 1)), ElementsAre(high));
    EXPECT_THAT(reader.pools_waited_for(), testing::UnorderedElementsAre("disk", "gpu"));
  });
}

TEST_P(StoredExecutions, CountInTheirPoolWhileTheyRunOrAreClaimed) {
  for (const char* pool : {"gpu", "gpu", "disk", ""}) {
    for (const auto status : {ExecutionStatus::pending, ExecutionStatus::running, ExecutionStatus::success}) {
      auto execution = execution_of(task_, status);
      execution.pool = pool;
      insert(execution);
    }
  }
  auto waits = execution_of(task_, ExecutionStatus::pending);
  waits.pool = "gpu";
  waits.waiting = Waiting::slot;
  insert(waits);
  const auto count = [&](const char* pool) {
    return read([&](Reader& reader) { return reader.count_running_in_pool(pool); });
  };
  EXPECT_EQ(count("gpu"), 4);
  EXPECT_EQ(count("disk"), 2);
  EXPECT_EQ(count("none"), 0);
}

}  // namespace store
