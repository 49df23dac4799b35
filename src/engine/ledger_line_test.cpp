// Slots and pools: who waits for a place, and who goes first.
#include "engine/ledger_fixture.h"

namespace engine {
namespace {

TEST_F(LedgerTest, WithoutASlotARunWaitsAndIsPromotedByPriority) {
  const auto low = make({.name = "low", .priority = 1});
  const auto high = make({.name = "high", .priority = 9});
  EXPECT_TRUE(fire(low, kNoon, kNoon - hours{1}, 0).slot_waiters);
  EXPECT_TRUE(fire(high, kNoon, kNoon - hours{1}, 0).starts.empty());
  const auto plan = book([&](auto& tx, auto& slots, auto& p) { ledger_.promote(tx, kNoon, slots, p); }, 1);
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.task_id, high);
  EXPECT_TRUE(plan.slot_waiters);
}

TEST_F(LedgerTest, APoolsLimitHoldsAcrossTasks) {
  options_.pools["db"] = 1;
  const auto a = make({.name = "a", .pool = "db"});
  const auto b = make({.name = "b", .pool = "db"});
  const auto first = fire(a, kNoon);
  EXPECT_EQ(first.starts.size(), 1u);
  EXPECT_TRUE(fire(b, kNoon).starts.empty());
  end(first, 0);
  const auto plan = book([&](auto& tx, auto& slots, auto& p) { ledger_.promote(tx, kNoon, slots, p); });
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.task_id, b);
}

class InLine : public LedgerTest {
 protected:
  // The only place is held by a run of `task`, another of which waits for it; a run of `other` waits longer
  // or shorter than that.
  struct Waiters {
    Plan holder;
    ExecutionId own, other;
  };
  Waiters fill(TaskId task, TaskId other, bool other_is_older) {
    Waiters waiters{.holder = fire(task, kNoon), .own = {}, .other = {}};
    const auto wait = [&](TaskId id, Instant now) {
      EXPECT_TRUE(fire(id, now, kNoon - hours{1}, 0).starts.empty());
      return executions(id).back().id;
    };
    if (!other_is_older) waiters.own = wait(task, kNoon + minutes{1});
    waiters.other = wait(other, kNoon);
    if (other_is_older) waiters.own = wait(task, kNoon + minutes{1});
    return waiters;
  }
  // What starts when the holder ends: with its slot in that transaction, or in the one after it.
  ExecutionId first_after(const Plan& holder) {
    const auto ended = end(key_of(holder), 0, kNoon + minutes{2});
    EXPECT_LE(ended.starts.size(), 1u);
    if (!ended.starts.empty()) return ended.starts[0].execution.id;
    EXPECT_TRUE(ended.slot_waiters);
    const auto promoted =
        book([&](auto& tx, auto& slots, auto& plan) { ledger_.promote(tx, kNoon, slots, plan); }, 1);
    return promoted.starts.at(0).execution.id;
  }
};

TEST_F(InLine, ATasksOwnNextRunGoesByPriorityAndAgeLikeTheOthers) {
  using enum task::OverlapPolicy;
  options_.pools["db"] = 1;
  const struct {
    task::OverlapPolicy overlap;
    int priority;
    bool other_is_older;
    bool own_goes_first;
  } kCases[] = {{queue, 0, true, false},      {queue, 0, false, true}, {queue_all, 0, true, false},
                {queue_all, 0, false, true},  {queue, 1, true, true},  {queue, -1, false, false},
                {queue_all, -1, false, false}};
  for (const auto* pool : {"db", ""}) {
    for (const auto& one : kCases) {
      const auto task = make({.name = "own", .overlap = one.overlap, .priority = one.priority, .pool = pool});
      const auto other = make({.name = "other", .pool = pool});
      const auto waiters = fill(task, other, one.other_is_older);
      const auto first = first_after(waiters.holder);
      EXPECT_EQ(first, one.own_goes_first ? waiters.own : waiters.other)
          << "pool '" << pool << "', " << to_string(one.overlap) << ", priority " << one.priority
          << (one.other_is_older ? ", the other is older" : "");
      EXPECT_EQ(task_of(task).running, 1) << "admitted, whether it runs or waits for room";
      book([&](auto& tx, auto&, auto&) { tx.delete_task(task), tx.delete_task(other); });
    }
  }
}

TEST_F(InLine, WhatCancelsARunHasItsPlaceBeforeAllOthers) {
  options_.pools["db"] = 1;
  const auto task = make({.name = "own", .overlap = task::OverlapPolicy::cancel_running, .pool = "db"});
  const auto other = make({.name = "other", .priority = 9, .pool = "db"});
  const auto waiters = fill(task, other, true);
  EXPECT_EQ(first_after(waiters.holder), waiters.own);
}

TEST_F(InLine, WhoComesAnewStandsBehindThoseThatWait) {
  const auto waits = make({.name = "waits"});
  const auto comes = make({.name = "comes"});
  const auto urgent = make({.name = "urgent", .priority = 1});
  EXPECT_TRUE(fire(waits, kNoon, kNoon - hours{1}, 0).slot_waiters);
  const auto plan = fire(comes, kNoon);
  EXPECT_TRUE(plan.starts.empty());
  EXPECT_TRUE(plan.slot_waiters) << "so that both go on at once where two slots are free";
  EXPECT_EQ(fire(urgent, kNoon).starts.size(), 1u);
}

TEST_F(LedgerTest, ATaskWhoseRunsOnlyWaitForRoomIsPendingUntilOneStarts) {
  options_.pools["db"] = 1;
  const auto holder = fire(make({.name = "holder", .pool = "db"}), kNoon);
  const auto id = make({.name = "held", .overlap = task::OverlapPolicy::allow, .pool = "db"});
  const auto status = [&] { return status_of(task_of(id)); };
  const auto promote = [&](std::int64_t free_slots) {
    return book([&](auto& tx, auto& slots, auto& plan) { ledger_.promote(tx, kNoon, slots, plan); },
                free_slots);
  };
  fire(id, kNoon);
  EXPECT_EQ(status(), task::TaskStatus::pending) << "for its pool";
  fire(id, kNoon + minutes{1}, kNoon - hours{1}, 0);
  EXPECT_EQ(task_of(id).waiting, 2);
  EXPECT_EQ(task_of(id).running, 2) << "admitted all the same";
  end(holder, 0);
  promote(0);
  EXPECT_EQ(status(), task::TaskStatus::pending) << "for a slot";
  const auto started = promote(1);
  EXPECT_EQ(status(), task::TaskStatus::running);
  EXPECT_EQ(task_of(id).waiting, 1) << "the pool has room for one";
  book([&](auto& tx, auto& slots, auto& plan) {
    const auto waits = executions(id).back().id;
    EXPECT_TRUE(ledger_.cancel(tx, waits, "ada", kNoon, slots, plan));
  });
  EXPECT_EQ(task_of(id).waiting, 0);
  end(started, 0);
  EXPECT_EQ(status(), task::TaskStatus::active);
}

TEST_F(LedgerTest, WhatStopsWaitingForRoomInAnotherWayIsCountedNoMore) {
  options_.pools["db"] = 1;
  fire(make({.name = "holder", .pool = "db"}), kNoon);
  const auto late = make({.name = "late", .start_deadline_s = 5, .pool = "db"});
  const auto plan = fire(late, kNoon);
  ASSERT_EQ(plan.deadlines.size(), 1u);
  EXPECT_EQ(task_of(late).waiting, 1);
  book([&](auto& tx, auto& slots, auto& given_up) {
    ledger_.give_up_waiting(tx, plan.deadlines[0].id, kNoon + seconds{5}, slots, given_up);
  });
  EXPECT_EQ(task_of(late).waiting, 0);

  // what waits for the run before it waits for its pool when that is cancelled, and counts from then on
  const auto queued = make({.name = "queued", .overlap = task::OverlapPolicy::queue, .pool = "db"});
  fire(queued, kNoon);
  fire(queued, kNoon + minutes{1});
  EXPECT_EQ(task_of(queued).waiting, 1);
  book([&](auto& tx, auto& slots, auto& cancelled) {
    EXPECT_TRUE(ledger_.cancel(tx, executions(queued).front().id, "ada", kNoon, slots, cancelled));
  });
  EXPECT_EQ(task_of(queued).waiting, 1);
  EXPECT_EQ(task_of(queued).queued, 0);
  EXPECT_EQ(status_of(task_of(queued)), task::TaskStatus::pending);
}

TEST_F(LedgerTest, ARetryThatFindsNoSlotMakesItsTaskPending) {
  TaskDefinition definition;
  definition.retry.max_attempts = 2;
  const auto id = make(definition);
  const auto failed = end(fire(id, kNoon), 1);
  EXPECT_EQ(status_of(task_of(id)), task::TaskStatus::running) << "a retry delay counts as running";
  const auto due = failed.backoffs.at(0).due_at;
  book([&](auto& tx, auto& slots,
           auto& plan) { ledger_.end_backoff(tx, failed.backoffs[0].id, due, slots, plan); },
       0);
  EXPECT_EQ(status_of(task_of(id)), task::TaskStatus::pending);
}

TEST_F(LedgerTest, AFullPoolsWaitersStandInNobodysWay) {
  options_.pools["db"] = 1;
  const auto id =
      make({.name = "in the pool", .overlap = task::OverlapPolicy::allow, .priority = 9, .pool = "db"});
  const auto first = fire(id, kNoon);
  for (int minute = 1; minute <= 300; ++minute) fire(id, kNoon + minutes{minute});
  const auto other = make({.name = "other"});
  EXPECT_TRUE(fire(other, kNoon, kNoon - hours{1}, 0).slot_waiters);
  const auto plan = book([&](auto& tx, auto& slots, auto& p) { ledger_.promote(tx, kNoon, slots, p); });
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.task_id, other);
  EXPECT_FALSE(plan.slot_waiters);
  EXPECT_TRUE(end(first, 0).slot_waiters);
}

TEST_F(LedgerTest, AWaiterWhosePoolWasFilledMeanwhileStepsAside) {
  options_.pools["db"] = 1;
  const auto a = make({.name = "a", .pool = "db"});
  const auto b = make({.name = "b", .priority = 1, .pool = "db"});
  EXPECT_TRUE(fire(a, kNoon, kNoon - hours{1}, 0).slot_waiters);
  EXPECT_EQ(fire(b, kNoon).starts.size(), 1u);
  const auto plan = book([&](auto& tx, auto& slots, auto& p) { ledger_.promote(tx, kNoon, slots, p); });
  EXPECT_TRUE(plan.starts.empty());
  EXPECT_FALSE(plan.slot_waiters);
  EXPECT_EQ(executions(a)[0].waiting, task::Waiting::pool);
}

TEST_F(LedgerTest, ARetryLetsTheNextIntoItsPool) {
  options_.pools["db"] = 1;
  TaskDefinition definition{.name = "a", .pool = "db"};
  definition.retry.max_attempts = 2;
  const auto first = fire(make(definition), kNoon);
  fire(make({.name = "b", .pool = "db"}), kNoon);
  EXPECT_TRUE(end(first, 1).slot_waiters);
}

}  // namespace
}  // namespace engine
