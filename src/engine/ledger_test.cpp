#include "engine/ledger.h"

#include <signal.h>
#include <unistd.h>

#include "store/sqlite/sqlite_store.h"
#include "task/cursor.h"

namespace engine {
namespace {

using base::Milliseconds;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using task::Execution;
using task::ExecutionStatus;
using task::Task;
using task::TaskDefinition;
using task::Trigger;
using task::Waiting;

Instant at(const char* text) {
  return *base::parse_iso(text);
}
const Instant kNoon = at("2026-01-01T12:00:00Z");

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() : schedules_("UTC"), ledger_(options_, schedules_) {
    std::string pattern = testing::TempDir() + "ledger_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    store::SqliteOptions options;
    options.path = folder_ / "scheduler.db";
    auto opened = store::open_sqlite(options);
    EXPECT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  ~LedgerTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  // A task whose cursor stands at its first fire after `since`.
  TaskId make(TaskDefinition definition, Instant since = kNoon - seconds{1}) {
    if (definition.name.empty()) definition.name = "task";
    if (definition.cron.empty()) definition.cron = "* * * * *";
    definition.command = "true";
    Task task;
    const auto cursor = task::cursor_after(definition, "UTC", since);
    task.definition = std::move(definition);
    task.next_run_at = cursor.next_run_at;
    task.next_due_at = cursor.next_due_at;
    task.created_at = task.updated_at = since;
    TaskId id;
    EXPECT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
      id = tx.insert_task(task);
      return {};
    }));
    return id;
  }

  template <class Action>
  Plan book(const Action& action, std::int64_t free_slots = 100) {
    Plan plan;
    const auto kept = store_->write([&](store::Transaction& tx) -> base::Result<void> {
      plan = {};
      Slots slots(free_slots);
      action(tx, slots, plan);
      return {};
    });
    EXPECT_TRUE(kept);
    return plan;
  }

  Plan fire(TaskId id, Instant now, Instant began_at = kNoon - hours{1}, std::int64_t free_slots = 100) {
    const auto due_at = task_of(id).next_due_at;
    return book([&](auto& tx, auto& slots,
                    auto& plan) { ledger_.fire(tx, id, due_at.value_or(now), now, began_at, slots, plan); },
                free_slots);
  }

  Plan end(const runner::AttemptKey& key, int exit_code, Instant now = kNoon + seconds{1},
           runner::EndCause cause = runner::EndCause::exited) {
    runner::Finished finished;
    finished.key = key;
    finished.cause = cause;
    finished.started_at = now - seconds{1};
    finished.finished_at = now;
    if (cause == runner::EndCause::exited) finished.exit_code = exit_code;
    return book([&](auto& tx, auto& slots, auto& plan) {
      ledger_.finished(tx, finished, {"out", "err"}, now, 0.5, slots, plan);
    });
  }
  Plan end_by_signal(const Plan& started, int signal, std::int64_t cpu_ms) {
    runner::Finished finished;
    finished.key = key_of(started);
    finished.cause = runner::EndCause::signaled;
    finished.finished_at = kNoon + seconds{1};
    finished.signal = signal;
    finished.cpu_ms = cpu_ms;
    return book([&](auto& tx, auto& slots, auto& plan) {
      ledger_.finished(tx, finished, {}, finished.finished_at, 0.5, slots, plan);
    });
  }
  Plan end(const Plan& started, int exit_code) { return end(key_of(started), exit_code); }

  static runner::AttemptKey key_of(const Plan& plan) {
    return {plan.starts.at(0).execution.id, plan.starts.at(0).execution.attempt.number};
  }

  Task task_of(TaskId id) {
    std::optional<Task> task;
    store_->read([&](store::Reader& reader) { task = reader.find_task(id); });
    return task.value();
  }

  std::vector<Execution> executions(TaskId id) {  // oldest first
    std::vector<Execution> items;
    store_->read([&](store::Reader& reader) {
      store::ExecutionQuery query;
      query.task_id = id;
      query.limit = 500;
      items = reader.list_executions(query).items;
    });
    std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return items;
  }

  Options options_;
  Schedules schedules_;
  Ledger ledger_;
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
};

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
    ledger_.fire(tx, id, due_at, kNoon, kNoon - hours{1}, slots, plan);
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
  end(second, 1);
  EXPECT_EQ(executions(id)[0].status, ExecutionStatus::failed);
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
  const auto plan = book([&](auto& tx, auto& slots, auto& p) { ledger_.promote(tx, slots, p); }, 1);
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
  const auto plan = book([&](auto& tx, auto& slots, auto& p) { ledger_.promote(tx, slots, p); });
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.task_id, b);
}

TEST_F(LedgerTest, AFullPoolsWaitersStandInNobodysWay) {
  options_.pools["db"] = 1;
  const auto id =
      make({.name = "in the pool", .overlap = task::OverlapPolicy::allow, .priority = 9, .pool = "db"});
  const auto first = fire(id, kNoon);
  for (int minute = 1; minute <= 300; ++minute) fire(id, kNoon + minutes{minute});
  const auto other = make({.name = "other"});
  EXPECT_TRUE(fire(other, kNoon, kNoon - hours{1}, 0).slot_waiters);
  const auto plan = book([&](auto& tx, auto& slots, auto& p) { ledger_.promote(tx, slots, p); });
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.task_id, other);
  EXPECT_FALSE(plan.slot_waiters);
  EXPECT_TRUE(end(first, 0).slot_waiters);
}

TEST_F(LedgerTest, AWaiterWhosePoolWasFilledMeanwhileStepsAside) {
  options_.pools["db"] = 1;
  const auto a = make({.name = "a", .pool = "db"});
  const auto b = make({.name = "b", .pool = "db"});
  EXPECT_TRUE(fire(a, kNoon, kNoon - hours{1}, 0).slot_waiters);
  EXPECT_EQ(fire(b, kNoon).starts.size(), 1u);
  const auto plan = book([&](auto& tx, auto& slots, auto& p) { ledger_.promote(tx, slots, p); });
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

TEST_F(LedgerTest, AChainStartsTheNextTaskAndNamesWhereItCameFrom) {
  const auto next = make({.name = "next", .cron = "0 0 1 1 *"});
  const auto first = make({.name = "first", .on_success = {next}});
  const auto started = fire(first, kNoon);
  const auto plan = end(started, 0);
  ASSERT_EQ(plan.starts.size(), 1u);
  EXPECT_EQ(plan.starts[0].execution.task_id, next);
  EXPECT_EQ(plan.starts[0].execution.trigger, Trigger::chain);
  EXPECT_EQ(plan.starts[0].execution.overrides.env.at("MINI_SCHEDULER_UPSTREAM_EXECUTION_ID"),
            base::to_string(key_of(started).execution));
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
    ledger_.fire(tx, id, due_at, kNoon, kNoon - hours{1}, slots, p);
  });
  EXPECT_TRUE(plan.starts.empty());
  EXPECT_TRUE(executions(id).empty());
}

}  // namespace
}  // namespace engine
