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
