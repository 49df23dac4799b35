#include "engine/ledger_fixture.h"

namespace engine {
namespace {

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

TEST_F(LedgerTest, ARunThatAChainCouldNotStartIsARecordWithoutAdvice) {
  const auto next = make({.name = "next"});
  const auto running = fire(next, kNoon).starts.at(0).execution.id;
  const auto first = make({.name = "first", .on_success = {next}});
  EXPECT_TRUE(end(fire(first, kNoon), 0).starts.empty());
  const auto found = executions(next);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].status, ExecutionStatus::skipped);
  EXPECT_EQ(found[1].reason, "task 'next' is running already (execution " + base::to_string(running) +
                                 ") and its overlap policy 'skip': the run before it has not ended");
}

TEST_F(LedgerTest, AfterAllWaitsForEachAndNamesTheEndsThatStartedIt) {
  const auto a = make({.name = "a"}), b = make({.name = "b"});
  const auto next = make({.name = "next", .cron = "0 0 1 1 *", .after = {.tasks = {a, b}}});
  EXPECT_TRUE(end(fire(a, kNoon), 0).starts.empty());
  EXPECT_TRUE(end(fire(a, kNoon + minutes{1}), 0).starts.empty()) << "twice the same is not both";
  const auto plan = end(fire(b, kNoon), 0);
  ASSERT_EQ(plan.starts.size(), 1u);
  const auto& started = plan.starts[0].execution;
  EXPECT_EQ(started.task_id, next);
  EXPECT_EQ(started.trigger, Trigger::chain);
  EXPECT_EQ(started.overrides.env.at("MINI_SCHEDULER_UPSTREAM_EXECUTION_ID"),
            base::to_string(executions(b)[0].id));
  EXPECT_EQ(started.overrides.env.at("MINI_SCHEDULER_UPSTREAM_EXECUTION_IDS"),
            base::to_string(executions(a)[1].id) + "," + base::to_string(executions(b)[0].id));
  end(plan, 0);
  EXPECT_TRUE(end(fire(b, kNoon + minutes{1}), 0).starts.empty()) << "what was used up counts no more";
}

TEST_F(LedgerTest, OfEachUpstreamTheLatestEndCounts) {
  const auto a = make({.name = "a"}), b = make({.name = "b"});
  make({.name = "next", .cron = "0 0 1 1 *", .after = {.tasks = {a, b}}});
  end(fire(a, kNoon), 0);
  end(fire(a, kNoon + minutes{1}), 1);
  EXPECT_TRUE(end(fire(b, kNoon), 0).starts.empty()) << "its failure took the success back";
  EXPECT_EQ(end(fire(a, kNoon + minutes{2}), 0).starts.size(), 1u);
}

TEST_F(LedgerTest, AfterAnyStartsWithEachEndThatCounts) {
  const auto a = make({.name = "a"}), b = make({.name = "b"});
  for (const auto on : {task::ChainOn::success, task::ChainOn::failure, task::ChainOn::any}) {
    make({.name = std::string(to_string(on)),
          .cron = "0 0 1 1 *",
          .overlap = task::OverlapPolicy::allow,
          .after = {.tasks = {a, b}, .need = task::ChainNeed::any, .on = on}});
  }
  const auto names = [](const Plan& plan) {
    std::vector<std::string> started;
    for (const auto& order : plan.starts) started.push_back(order.execution.task_name);
    return started;
  };
  EXPECT_EQ(names(end(fire(a, kNoon), 0)), (std::vector<std::string>{"success", "any"}));
  EXPECT_EQ(names(end(fire(b, kNoon), 1)), (std::vector<std::string>{"failure", "any"}));
  EXPECT_TRUE(end(key_of(fire(a, kNoon + minutes{1})), 0, kNoon + minutes{1}, runner::EndCause::cancelled)
                  .starts.empty());
}

TEST_F(LedgerTest, AnEditOfWhatItWaitsForStartsNothingUntilTheNextEndThatCounts) {
  const auto a = make({.name = "a"}), b = make({.name = "b"}), c = make({.name = "c"});
  const auto next = make({.name = "next", .cron = "0 0 1 1 *", .after = {.tasks = {a, b, c}}});
  const auto wait_for = [&](std::vector<TaskId> tasks) {
    return book([&](auto& tx, auto&, auto&) {
      auto task = *tx.find_task(next);
      task.definition.after.tasks = std::move(tasks);
      ++task.revision;
      tx.save_definition(task, "ada");
    });
  };
  end(fire(a, kNoon), 0);
  EXPECT_TRUE(wait_for({a, c}).starts.empty());
  end(fire(c, kNoon), 1);
  EXPECT_TRUE(wait_for({a}).starts.empty()) << "saving runs nothing, though all that is left has come";
  EXPECT_TRUE(executions(next).empty());
  EXPECT_TRUE(end(fire(b, kNoon), 0).starts.empty()) << "what is named no more says nothing";
  EXPECT_TRUE(wait_for({a, b}).starts.empty());
  const auto plan = end(fire(b, kNoon + minutes{1}), 0);
  ASSERT_EQ(plan.starts.size(), 1u) << "what stayed named all the time keeps what had come of it";
  EXPECT_EQ(plan.starts[0].execution.overrides.env.at("MINI_SCHEDULER_UPSTREAM_EXECUTION_IDS"),
            base::to_string(executions(a)[0].id) + "," + base::to_string(executions(b)[1].id));
}

TEST_F(LedgerTest, AnUpstreamThatIsDeletedIsNotWaitedFor) {
  const auto a = make({.name = "a"}), b = make({.name = "b"});
  make({.name = "next", .cron = "0 0 1 1 *", .after = {.tasks = {a, b}}});
  book([&](auto& tx, auto&, auto&) { tx.delete_task(b); });
  EXPECT_EQ(end(fire(a, kNoon), 0).starts.size(), 1u);
}

TEST_F(LedgerTest, WhatWaitedForADeletedTaskAloneStartsWithTheDeletion) {
  const auto a = make({.name = "a"}), b = make({.name = "b"}), c = make({.name = "c"});
  const auto next = make({.name = "next", .cron = "0 0 1 1 *", .after = {.tasks = {a, b}}});
  const auto more = make({.name = "more", .cron = "0 0 1 1 *", .after = {.tasks = {a, b, c}}});
  end(fire(a, kNoon), 0);
  const auto plan = book([&](auto& tx, auto& slots, auto& after) {
    tx.delete_task(b);
    ledger_.go_on_without_deleted(tx, {next, more}, kNoon, slots, after);
  });
  ASSERT_EQ(plan.starts.size(), 1u) << "the other waits for one that is there";
  const auto& started = plan.starts[0].execution;
  EXPECT_EQ(started.task_id, next);
  EXPECT_EQ(started.trigger, Trigger::chain);
  EXPECT_EQ(started.triggered_by, "task " + base::to_string(a));
  EXPECT_EQ(started.overrides.env.at("MINI_SCHEDULER_UPSTREAM_EXECUTION_IDS"),
            base::to_string(executions(a)[0].id));
  end(plan, 0);
  const auto rest = book([&](auto& tx, auto& slots, auto& after) {
    tx.delete_task(a);
    ledger_.go_on_without_deleted(tx, {next}, kNoon, slots, after);
  });
  EXPECT_TRUE(rest.starts.empty()) << "what was used up counts no more, and nothing is nobody's end";
}

}  // namespace
}  // namespace engine
