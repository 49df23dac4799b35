#include <signal.h>

#include "engine/ledger_fixture.h"

namespace engine {
namespace {

TEST_F(LedgerTest, AFireBecomesOneClaimedExecutionAndMovesTheCursor) {
  const auto id = make({});
  const auto plan = fire(id, kNoon);
  ASSERT_EQ(plan.starts.size(), 1u);
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].status, ExecutionStatus::pending);
  EXPECT_EQ(found[0].waiting, Waiting::none);
  EXPECT_EQ(found[0].scheduled_at, kNoon);
  EXPECT_EQ(task_of(id).next_run_at, kNoon + minutes{1});
  EXPECT_EQ(task_of(id).running, 1);
  EXPECT_EQ(status_of(task_of(id)), task::TaskStatus::running);
}

TEST_F(LedgerTest, TheSameFireIsNeverBookedTwice) {
  const auto id = make({});
  const auto due_at = *task_of(id).next_due_at;
  fire(id, kNoon);
  const auto again = book([&](auto& tx, auto& slots, auto& plan) {
    ledger_.fire(tx, id, due_at, kNoon, {kNoon - hours{1}}, slots, plan);
  });
  EXPECT_TRUE(again.starts.empty());
  EXPECT_EQ(executions(id).size(), 1u);
}

TEST_F(LedgerTest, ACursorThatWentBackMeetsTheUniqueKey) {
  const auto id = make({.overlap = task::OverlapPolicy::allow});
  end(fire(id, kNoon), 0);
  book([&](auto& tx, auto&, auto&) {
    auto task = *tx.find_task(id);
    task.next_run_at = task.next_due_at = kNoon;
    tx.save_task_state(task);
  });
  EXPECT_TRUE(fire(id, kNoon).starts.empty());
  EXPECT_EQ(executions(id).size(), 1u);
  EXPECT_EQ(task_of(id).running, 0);
  EXPECT_EQ(task_of(id).next_run_at, kNoon + minutes{1});
}

TEST_F(LedgerTest, EachSecondOfAShortLagIsFired) {
  const auto id = make({.cron = "* * * * * *", .overlap = task::OverlapPolicy::allow});
  const auto plan = fire(id, kNoon + Milliseconds{2300});
  EXPECT_EQ(plan.starts.size(), 3u);
  EXPECT_EQ(task_of(id).next_run_at, kNoon + seconds{3});
}

TEST_F(LedgerTest, OfAShortLagASkippedFireSaysWhetherTheRunBeforeItHadBegun) {
  const auto id = make({.cron = "* * * * * *"});
  const auto key = key_of(fire(id, kNoon + Milliseconds{2300}));
  book([&](auto& tx, auto&, auto&) {
    ledger_.started(tx, {.key = key, .pid = 7, .started_at = kNoon + Milliseconds{2301}});
  });
  fire(id, kNoon + seconds{3});
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[1].count, 2);
  EXPECT_EQ(found[1].reason, "overlap policy 'skip': the run before it has not begun");
  EXPECT_EQ(found[2].reason, "overlap policy 'skip': the run before it has not ended");
}

TEST_F(LedgerTest, OverlapSkipFoldsConsecutiveSkipsIntoOneRecord) {
  const auto id = make({});
  const auto started = fire(id, kNoon);
  for (int minute = 1; minute <= 3; ++minute) fire(id, kNoon + minutes{minute});
  auto found = executions(id);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].status, ExecutionStatus::skipped);
  EXPECT_EQ(found[1].count, 3);
  EXPECT_EQ(found[1].scheduled_at, kNoon + minutes{1});
  EXPECT_EQ(found[1].scheduled_until, kNoon + minutes{3});
  EXPECT_FALSE(found[1].reason.empty());
  end(started, 0);
  EXPECT_EQ(fire(id, kNoon + minutes{4}).starts.size(), 1u);
  fire(id, kNoon + minutes{5});
  found = executions(id);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[3].count, 1);
}

TEST_F(LedgerTest, ASkipThatIsNotTheNextOneOrOfAnotherKindIsARecordOfItsOwn) {
  const auto id = make({});
  fire(id, kNoon);
  fire(id, kNoon + minutes{1});
  book([&](auto& tx, auto&, auto&) {  // paused and resumed meanwhile
    auto task = *tx.find_task(id);
    task.next_run_at = task.next_due_at = kNoon + minutes{5};
    tx.save_task_state(task);
  });
  fire(id, kNoon + minutes{5});
  ASSERT_EQ(executions(id).size(), 3u);
  EXPECT_EQ(executions(id)[2].scheduled_at, kNoon + minutes{5});
  book([&](auto& tx, auto& slots, auto& plan) {
    const BackfillRequest request{.task_id = id,
                                  .from = kNoon - hours{1},
                                  .to = kNoon - minutes{59},
                                  .overlap = task::OverlapPolicy::skip};
    EXPECT_TRUE(ledger_.backfill(tx, request, kNoon + minutes{5}, slots, plan));
  });
  fire(id, kNoon + minutes{6});
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found[3].trigger, Trigger::backfill);
  EXPECT_EQ(found[3].count, 1);
  EXPECT_EQ(found[4].trigger, Trigger::schedule);
}

TEST_F(LedgerTest, ASkipByAnotherScheduleIsARecordOfItsOwn) {
  const auto id = make({});
  fire(id, kNoon);
  fire(id, kNoon + minutes{1});
  book([&](auto& tx, auto&, auto&) {
    auto task = *tx.find_task(id);
    ++task.revision;
    task.definition.cron = "7 12 * * *";  // the first fire after the one that was skipped last
    task.next_run_at = task.next_due_at = kNoon + minutes{7};
    tx.save_definition(task, "ada");
  });
  fire(id, kNoon + minutes{7});
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[1].scheduled_until, kNoon + minutes{1});
  EXPECT_EQ(found[2].scheduled_at, kNoon + minutes{7});
  EXPECT_EQ(found[2].status, ExecutionStatus::skipped);
}

TEST_F(LedgerTest, ABackfillKeepsToTheTimesBetweenWhichTheTaskFires) {
  const auto id = make({.overlap = task::OverlapPolicy::allow,
                        .starts_at = kNoon - minutes{58},
                        .ends_at = kNoon - minutes{56}});
  const auto backfill = [&](Instant from, Instant to) {
    std::vector<ExecutionId> ids;
    book([&](auto& tx, auto& slots, auto& plan) {
      ids = ledger_.backfill(tx, {.task_id = id, .from = from, .to = to}, kNoon, slots, plan).value();
    });
    return ids.size();
  };
  EXPECT_EQ(backfill(kNoon - hours{1}, kNoon), 3u) << "both ends count";
  EXPECT_EQ(executions(id)[0].scheduled_at, kNoon - minutes{58});
  EXPECT_EQ(executions(id)[2].scheduled_at, kNoon - minutes{56});
  EXPECT_EQ(backfill(kNoon - hours{2}, kNoon - hours{1}), 0u);
  EXPECT_EQ(backfill(kNoon - minutes{30}, kNoon), 0u);
}

TEST_F(LedgerTest, FiresThatABackfillSkipsInARowAreOneRecord) {
  const auto id = make({});
  std::vector<ExecutionId> ids;
  const auto backfill = [&](task::OverlapPolicy overlap) {
    return book([&](auto& tx, auto& slots, auto& plan) {
      const BackfillRequest request{
          .task_id = id, .from = kNoon - hours{1}, .to = kNoon - minutes{55}, .overlap = overlap};
      ids = ledger_.backfill(tx, request, kNoon, slots, plan).value();
    });
  };
  EXPECT_EQ(backfill(task::OverlapPolicy::skip).starts.size(), 1u);
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(ids, (std::vector{found[0].id, found[1].id}));
  EXPECT_EQ(found[1].status, ExecutionStatus::skipped);
  EXPECT_EQ(found[1].count, 4);
  EXPECT_EQ(found[1].scheduled_at, kNoon - minutes{59});
  EXPECT_EQ(found[1].scheduled_until, kNoon - minutes{56});
  backfill(task::OverlapPolicy::skip);
  EXPECT_EQ(executions(id).size(), 3u) << "another request has a record of its own";
}

TEST_F(LedgerTest, OverlapQueueLetsOneWaitAndStartsItAtTheEnd) {
  const auto id = make({.overlap = task::OverlapPolicy::queue});
  const auto first = fire(id, kNoon);
  EXPECT_TRUE(fire(id, kNoon + minutes{1}).starts.empty());
  fire(id, kNoon + minutes{2});
  auto found = executions(id);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[1].waiting, Waiting::overlap);
  EXPECT_EQ(found[2].status, ExecutionStatus::skipped);
  EXPECT_EQ(task_of(id).queued, 1);
  const auto plan = end(first, 0);
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.id, found[1].id);
  EXPECT_EQ(task_of(id).queued, 0);
  EXPECT_EQ(task_of(id).running, 1);
}

TEST_F(LedgerTest, OverlapCancelRunningAsksTheRunnerAndStartsTheNewestAfterTheEnd) {
  const auto id = make({.overlap = task::OverlapPolicy::cancel_running});
  const auto first = fire(id, kNoon);
  const auto second = fire(id, kNoon + minutes{1});
  EXPECT_TRUE(second.starts.empty());
  ASSERT_EQ(second.cancels.size(), 1u);
  EXPECT_EQ(second.cancels[0], key_of(first));
  fire(id, kNoon + minutes{2});
  const auto plan = end(key_of(first), 0, kNoon + minutes{3}, runner::EndCause::cancelled);
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].status, ExecutionStatus::cancelled);
  EXPECT_EQ(found[1].status, ExecutionStatus::skipped);
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.id, found[2].id);
  EXPECT_EQ(task_of(id).running, 1);
  EXPECT_EQ(task_of(id).queued, 0);
}

TEST_F(LedgerTest, AManualRunIsRefusedWhereTheOverlapPolicyForbidsItUnlessForced) {
  const auto id = make({});
  const auto first = fire(id, kNoon);
  book([&](auto& tx, auto& slots, auto& plan) {
    const auto refused = ledger_.run(tx, {.task_id = id}, kNoon, slots, plan);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, base::ErrorKind::conflict);
    EXPECT_NE(refused.error().message.find("execution " + base::to_string(key_of(first).execution)),
              std::string::npos);
    EXPECT_TRUE(ledger_.run(tx, {.task_id = id, .force = true}, kNoon, slots, plan));
  });
  EXPECT_EQ(task_of(id).running, 2);
}

TEST_F(LedgerTest, AnEndIsBookedOnceWithItsFiguresAndOutput) {
  const auto id = make({});
  const auto started = fire(id, kNoon);
  end(started, 3);
  end(started, 0);
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].status, ExecutionStatus::failed);
  EXPECT_EQ(found[0].attempt.exit_code, 3);
  EXPECT_EQ(found[0].late_ms, 0);
  EXPECT_EQ(task_of(id).running, 0);
  EXPECT_EQ(status_of(task_of(id)), task::TaskStatus::failed);
  EXPECT_EQ(task_of(id).last_error, "exit code 3");
  store_->read([&](store::Reader& reader) { EXPECT_EQ(reader.find_output(found[0].id).stdout_text, "out"); });
}

TEST_F(LedgerTest, AnEndForProcessorTimeIsToldFromOthers) {
  TaskDefinition definition;
  definition.limits.cpu_s = 2;
  const auto limited = make(definition);
  const auto unlimited = make({.name = "unlimited"});
  struct Case {
    TaskId id;
    int signal, exit_code;
    std::int64_t cpu_ms;
    const char* error;
  };
  constexpr const char* kOver = "over its limit of cpu_s: 2 s of processor time (SIGXCPU)";
  const Case cases[] = {
      {limited, SIGXCPU, 0, 2000, kOver},     {limited, 0, 128 + SIGXCPU, 2000, kOver},
      {limited, SIGKILL, 0, 7000, kOver},     {limited, SIGKILL, 0, 10, "ended by signal 9"},
      {limited, 0, 1, 7000, "exit code 1"},   {unlimited, SIGXCPU, 0, 2000, "ended by signal 24"},
      {unlimited, 0, 152, 9, "exit code 152"}};
  auto at = kNoon;
  for (const auto& c : cases) {
    const auto started = fire(c.id, at += minutes{1});
    if (c.signal != 0)
      end_by_signal(started, c.signal, c.cpu_ms);
    else
      end(started, c.exit_code);
    EXPECT_EQ(task_of(c.id).last_error, c.error);
  }
}

TEST_F(LedgerTest, ARetryKeepsTheNominalTimeAndCountsAsRunning) {
  TaskDefinition definition;
  definition.retry = {.max_attempts = 2, .initial_delay_s = 10, .factor = 2, .max_delay_s = 60, .jitter = 0};
  const auto id = make(definition);
  const auto first = fire(id, kNoon);
  const auto failed = end(first, 1);
  ASSERT_EQ(failed.backoffs.size(), 1u);
  EXPECT_EQ(failed.backoffs[0].due_at, kNoon + seconds{11});
  EXPECT_EQ(task_of(id).running, 1);
  EXPECT_EQ(executions(id)[0].status, ExecutionStatus::pending);
  EXPECT_TRUE(fire(id, kNoon + minutes{1}).starts.empty()) << "the overlap policy holds in the retry delay";

  const auto early = book([&](auto& tx, auto& slots, auto& plan) {
    ledger_.end_backoff(tx, failed.backoffs[0].id, kNoon + seconds{10}, slots, plan);
  });
  EXPECT_TRUE(early.starts.empty());
  const auto second = book([&](auto& tx, auto& slots, auto& plan) {
    ledger_.end_backoff(tx, failed.backoffs[0].id, kNoon + seconds{11}, slots, plan);
  });
  ASSERT_EQ(second.starts.size(), 1u);
  EXPECT_EQ(key_of(second), (runner::AttemptKey{key_of(first).execution, 2}));
  EXPECT_EQ(second.starts[0].execution.scheduled_at, kNoon);
  end(second, 4);
  EXPECT_EQ(executions(id)[0].status, ExecutionStatus::failed);
  EXPECT_EQ(executions(id)[0].reason, "attempt 2 of 2 failed: exit code 4");
  EXPECT_EQ(task_of(id).running, 0);
  store_->read([&](store::Reader& reader) {
    const auto attempts = reader.earlier_attempts(key_of(first).execution);
    ASSERT_EQ(attempts.size(), 1u);
    EXPECT_EQ(attempts[0].exit_code, 1);
  });
}

TEST_F(LedgerTest, ALostRunIsTriedAgainOnlyWhereTheTaskSaysSo) {
  for (const bool rerun : {false, true}) {
    TaskDefinition definition;
    definition.retry.max_attempts = 3;
    definition.rerun_lost = rerun;
    const auto id = make(definition);
    const auto plan = end(key_of(fire(id, kNoon)), 0, kNoon + seconds{1}, runner::EndCause::lost);
    EXPECT_EQ(plan.backoffs.size(), rerun ? 1u : 0u);
    EXPECT_EQ(executions(id)[0].status, rerun ? ExecutionStatus::pending : ExecutionStatus::lost);
  }
}

TEST_F(LedgerTest, ACancelThatWasAskedForIsNoFailureThoughNobodySawTheEnd) {
  const auto alarm = make({.name = "alarm", .cron = "0 0 1 1 *"});
  const auto id = make({.retry = {.max_attempts = 3}, .rerun_lost = true, .on_failure = {alarm}});
  const auto key = key_of(fire(id, kNoon));
  book([&](auto& tx, auto& slots, auto& plan) {
    EXPECT_TRUE(ledger_.cancel(tx, key.execution, "ada", kNoon, slots, plan));
  });
  const auto plan = end(key, 0, kNoon + seconds{1}, runner::EndCause::lost);
  EXPECT_TRUE(plan.starts.empty()) << "a cancelled run starts no chain";
  EXPECT_TRUE(plan.backoffs.empty());
  const auto execution = executions(id)[0];
  EXPECT_EQ(execution.status, ExecutionStatus::cancelled);
  EXPECT_EQ(execution.attempt.status, ExecutionStatus::cancelled);
  EXPECT_EQ(execution.attempt.error, "cancelled");
  EXPECT_FALSE(task_of(id).last_failed);
}

TEST_F(LedgerTest, MisfireFireOnceRunsTheLatestAndRecordsTheRest) {
  const auto id = make({}, kNoon - hours{3});
  const auto plan = fire(id, kNoon + seconds{30}, kNoon + seconds{20});
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.scheduled_at, kNoon);
  EXPECT_EQ(plan.starts[0].execution.trigger, Trigger::misfire);
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].status, ExecutionStatus::missed);
  EXPECT_EQ(found[0].count, 179);
  EXPECT_EQ(found[0].scheduled_at, kNoon - hours{3} + minutes{1});
  EXPECT_EQ(found[0].scheduled_until, kNoon - minutes{1});
  EXPECT_EQ(task_of(id).next_run_at, kNoon + minutes{1});
}

TEST_F(LedgerTest, MisfireSkipRunsNothingAndRecordsAll) {
  const auto id = make({.misfire = {.policy = task::MisfirePolicy::skip}}, kNoon - hours{1});
  EXPECT_TRUE(fire(id, kNoon + seconds{1}, kNoon + seconds{1}).starts.empty());
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].count, 60);
}

TEST_F(LedgerTest, MisfireFireAllRunsAtMostAHundredOneAfterAnother) {
  const auto id = make({.misfire = {.policy = task::MisfirePolicy::fire_all}}, kNoon - hours{5});
  const auto plan = fire(id, kNoon + seconds{1}, kNoon + seconds{1});
  EXPECT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(task_of(id).running, 1);
  EXPECT_EQ(task_of(id).queued, 99);
  const auto found = executions(id);
  EXPECT_EQ(found.size(), 101u);
  EXPECT_EQ(found[0].count, 200);
  const auto next = end(plan, 0);
  ASSERT_EQ(next.starts.size(), 1u);
  EXPECT_EQ(*next.starts[0].execution.scheduled_at, *plan.starts[0].execution.scheduled_at + minutes{1});
}

TEST_F(LedgerTest, AMisfireOutsideTheWindowIsOnlyRecorded) {
  const auto id = make({.cron = "0 0 * * *", .misfire = {.window_s = 3600}}, kNoon - hours{40});
  EXPECT_TRUE(fire(id, kNoon, kNoon).starts.empty());
  ASSERT_EQ(executions(id).size(), 1u);
  EXPECT_EQ(executions(id)[0].count, 2);
}

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

TEST_F(LedgerTest, ARunByHandBeforeItsTasksTimeCountsInNoFigures) {
  const auto runs_counted = [&](std::optional<Instant> starts_at) {
    const auto id = make({.starts_at = starts_at});
    end(book([&](auto& tx, auto& slots, auto& plan) {
          EXPECT_TRUE(ledger_.run(tx, {.task_id = id}, kNoon, slots, plan));
        }),
        1);
    std::int64_t count = 0;
    store_->read([&](store::Reader& reader) {
      for (const auto& outcome : reader.hourly_outcomes(kNoon - hours{1}, kNoon + hours{1}))
        count += outcome.count;
    });
    return count;
  };
  EXPECT_EQ(runs_counted(kNoon + seconds{1}), 0);
  EXPECT_EQ(runs_counted(kNoon), 1);
  EXPECT_EQ(runs_counted(std::nullopt), 2);
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

TEST_F(LedgerTest, WhatWasCancelledIsNotTriedAgainHoweverItEnds) {
  TaskDefinition definition;
  definition.retry.max_attempts = 5;
  const auto id = make(definition);
  const auto first = fire(id, kNoon);
  book([&](auto& tx, auto& slots, auto& p) {
    EXPECT_TRUE(ledger_.cancel(tx, key_of(first).execution, "ada", kNoon, slots, p));
  });
  EXPECT_TRUE(end(first, 1).backoffs.empty());
  EXPECT_EQ(executions(id)[0].status, ExecutionStatus::failed);
}

TEST_F(LedgerTest, CancellingWhatWaitsEndsItAtOnceAndWhatRunsAsksTheRunner) {
  const auto id = make({.overlap = task::OverlapPolicy::queue});
  const auto first = fire(id, kNoon);
  fire(id, kNoon + minutes{1});
  const auto waiting = executions(id)[1].id;
  auto plan = book([&](auto& tx, auto& slots, auto& p) {
    EXPECT_TRUE(ledger_.cancel(tx, waiting, "ada", kNoon, slots, p));
  });
  EXPECT_TRUE(plan.cancels.empty());
  EXPECT_EQ(executions(id)[1].status, ExecutionStatus::cancelled);
  EXPECT_EQ(task_of(id).queued, 0);
  plan = book([&](auto& tx, auto& slots, auto& p) {
    EXPECT_TRUE(ledger_.cancel(tx, key_of(first).execution, "ada", kNoon, slots, p));
  });
  ASSERT_EQ(plan.cancels.size(), 1u);
  end(key_of(first), 0, kNoon + seconds{1}, runner::EndCause::cancelled);
  book([&](auto& tx, auto& slots, auto& p) {
    const auto again = ledger_.cancel(tx, key_of(first).execution, "ada", kNoon, slots, p);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, base::ErrorKind::conflict);
  });
}

TEST_F(LedgerTest, ARunningExecutionKeepsTheDefinitionThatItStartedWith) {
  TaskDefinition definition;
  definition.success_exit_codes = {7};
  const auto id = make(definition);
  const auto started = fire(id, kNoon);
  book([&](auto& tx, auto&, auto&) {
    auto task = *tx.find_task(id);
    task.definition.success_exit_codes = {0};
    ++task.revision;
    tx.save_definition(task, "ada");
  });
  end(started, 7);
  EXPECT_EQ(executions(id)[0].status, ExecutionStatus::success);
}

TEST_F(LedgerTest, APausedTaskNeverFires) {
  const auto id = make({});
  const auto due_at = *task_of(id).next_due_at;
  book([&](auto& tx, auto&, auto&) {
    auto task = *tx.find_task(id);
    task.paused = true;
    tx.save_task_state(task);
  });
  const auto plan = book([&](auto& tx, auto& slots, auto& p) {
    ledger_.fire(tx, id, due_at, kNoon, {kNoon - hours{1}}, slots, p);
  });
  EXPECT_TRUE(plan.starts.empty());
  EXPECT_TRUE(executions(id).empty());
}

}  // namespace
}  // namespace engine
