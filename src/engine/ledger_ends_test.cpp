// How attempts end: their figures, retries and cancels.
#include <signal.h>

#include "engine/ledger_fixture.h"

namespace engine {
namespace {

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

}  // namespace
}  // namespace engine
