#include "engine/engine_fixture.h"

#include <fstream>

#include "engine/janitor.h"
#include "task/cursor.h"

namespace engine {
namespace {

TEST_F(EngineTest, AManualRunReachesTheRunnerAndItsEndIsBookedBeforeItIsAcknowledged) {
  start();
  const auto id = run(make({.command = "echo $A", .env = {{"A", "1"}}}));
  const auto request = runner_.wait_for_starts(1).at(0);
  EXPECT_EQ(request.key, (runner::AttemptKey{id, 1}));
  EXPECT_EQ(request.argv, (std::vector<std::string>{"/bin/sh", "-c", "echo $A"}));
  EXPECT_NE(std::find(request.env.begin(), request.env.end(), "A=1"), request.env.end());
  EXPECT_NE(
      std::find(request.env.begin(), request.env.end(), "MINI_SCHEDULER_EXECUTION_ID=" + base::to_string(id)),
      request.env.end());
  EXPECT_EQ(request.timeout, seconds{60});
  report_started(request.key);
  report_ended(request.key, 4);
  EXPECT_EQ(runner_.wait_for_acknowledged(1).at(0), request.key);
  EXPECT_EQ(execution(id).status, ExecutionStatus::failed);
  EXPECT_EQ(execution(id).attempt.exit_code, 4);
}

TEST_F(EngineTest, ARunIsOrderedWithTheKillModeOfItsTask) {
  start();
  run(make({.name = "group", .kill_mode = task::KillMode::group}));
  run(make({.name = "main", .kill_mode = task::KillMode::main}));
  const auto requests = runner_.wait_for_starts(2);
  EXPECT_TRUE(requests.at(0).kill_leftovers);
  EXPECT_FALSE(requests.at(1).kill_leftovers);
}

TEST_F(EngineTest, ADueTaskIsStartedAndATaskMadeWhileItSleepsWakesIt) {
  start();
  const auto soon = std::chrono::ceil<seconds>(clock_.now() + base::Milliseconds{50});
  const auto id = make({.cron = "* * * * * *"}, soon);
  const auto request = runner_.wait_for_starts(1).at(0);
  EXPECT_EQ(execution(request.key.execution).task_id, id);
  EXPECT_EQ(execution(request.key.execution).scheduled_at, soon);
  EXPECT_GE(clock_.now(), soon);
}

TEST_F(EngineTest, BeyondMaxRunningExecutionsWaitForASlotAndAreStartedWhenOneIsFree) {
  options_.max_running = 1;
  start();
  const auto first = run(make({.name = "a"}));
  const auto second = run(make({.name = "b"}));
  EXPECT_EQ(runner_.wait_for_starts(1).at(0).key.execution, first);
  EXPECT_EQ(execution(second).waiting, task::Waiting::slot);
  report_ended({first, 1});
  const auto starts = runner_.wait_for_starts(2);
  ASSERT_EQ(starts.size(), 2u);
  EXPECT_EQ(starts[1].key.execution, second);
}

TEST_F(EngineTest, WhatAFullPoolHoldsBackStartsWhenAnotherOfThePoolEnds) {
  options_.pools["db"] = 1;
  start();
  const auto first = run(make({.name = "a", .pool = "db"}));
  const auto second = run(make({.name = "b", .pool = "db"}));
  runner_.wait_for_starts(1);
  report_ended({first, 1});
  EXPECT_EQ(runner_.wait_for_starts(2).at(1).key.execution, second);
}

TEST_F(EngineTest, WithoutARunnerRunsWaitAndStartWhenItIsThere) {
  start(false);
  const auto id = run(make({}));
  EXPECT_EQ(execution(id).status, ExecutionStatus::pending);
  EXPECT_FALSE(engine_->state().runner_connected);
  engine_->on_connected({});
  EXPECT_EQ(runner_.wait_for_starts(1).at(0).key.execution, id);
}

TEST_F(EngineTest, AfterARestartEachClaimIsHeldAgainstWhatTheRunnerKnows) {
  start();
  const auto never_sent = run(make({.name = "never sent"}));
  const auto adopted = run(make({.name = "adopted"}));
  const auto ended = run(make({.name = "ended"}));
  const auto lost = run(make({.name = "lost"}));
  runner_.wait_for_starts(4);
  report_started({lost, 1});
  while (execution(lost).status != ExecutionStatus::running) std::this_thread::yield();
  stop();

  start(false);
  runner::Finished finished;
  finished.key = {ended, 1};
  finished.started_at = finished.finished_at = clock_.now();
  finished.exit_code = 0;
  engine_->on_connected(
      {.running = {{.key = {adopted, 1}, .pid = 7, .started_at = clock_.now()}}, .finished = {finished}});
  EXPECT_EQ(runner_.wait_for_starts(5).back().key.execution, never_sent);
  runner_.wait_for_acknowledged(2);
  EXPECT_EQ(execution(ended).status, ExecutionStatus::success);
  EXPECT_EQ(execution(lost).status, ExecutionStatus::lost);
  EXPECT_EQ(execution(adopted).status, ExecutionStatus::running);
  report_ended({adopted, 1});
  runner_.wait_for_acknowledged(3);
  EXPECT_EQ(execution(adopted).status, ExecutionStatus::success);
}

TEST_F(EngineTest, AMissedFireIsNotSkippedForARunThatEndedWhileNobodyLooked) {
  start();
  const auto task_id = make({});
  const auto id = run(task_id);
  runner_.wait_for_starts(1);
  stop();
  const auto missed = std::chrono::floor<seconds>(clock_.now()) - std::chrono::hours{1};
  ASSERT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
    auto task = tx.find_task(task_id).value();
    task.next_run_at = task.next_due_at = missed;
    tx.save_task_state(task);
    return {};
  }));

  start(false);
  runner::Finished finished;
  finished.key = {id, 1};
  finished.started_at = finished.finished_at = clock_.now();
  finished.exit_code = 0;
  engine_->on_connected({.running = {}, .finished = {finished}});
  const auto made_up = execution(runner_.wait_for_starts(2).back().key.execution);
  EXPECT_EQ(made_up.trigger, task::Trigger::misfire);
}

TEST_F(EngineTest, AFailedAttemptIsTriedAgainAfterItsBackoff) {
  start();
  task::TaskDefinition definition;
  definition.retry = {.max_attempts = 2, .initial_delay_s = 0.05, .factor = 1, .max_delay_s = 1, .jitter = 0};
  const auto id = run(make(definition));
  report_ended({id, 1}, 1);
  const auto starts = runner_.wait_for_starts(2);
  EXPECT_EQ(starts.back().key, (runner::AttemptKey{id, 2}));
  report_ended({id, 2}, 0);
  runner_.wait_for_acknowledged(2);
  EXPECT_EQ(execution(id).status, ExecutionStatus::success);
}

TEST_F(EngineTest, ARetryByHandIsToldTheNominalTimeOfTheRunThatItRepeats) {
  start();
  const auto fire_at = std::chrono::floor<seconds>(clock_.now());
  make({.cron = "* * * * *"}, fire_at);
  engine_->on_changes({});
  const auto told = [](const runner::StartRequest& request) {
    for (const auto& entry : request.env)
      if (entry.starts_with("MINI_SCHEDULER_SCHEDULED_AT=")) return entry.substr(entry.find('=') + 1);
    return std::string("nothing");
  };
  auto last = runner_.wait_for_starts(1).back();
  for (std::size_t count = 2; count <= 3; ++count) {
    report_ended(last.key, 1);
    runner_.wait_for_acknowledged(count - 1);
    const auto again = engine_->retry({last.key.execution, "ada"});
    ASSERT_TRUE(again);
    EXPECT_FALSE(execution(*again).scheduled_at);
    last = runner_.wait_for_starts(count).back();
    EXPECT_EQ(told(last), base::to_iso(fire_at)) << "try " << count;
  }
}

TEST_F(EngineTest, ABackoffSurvivesARestart) {
  start();
  task::TaskDefinition definition;
  definition.retry = {.max_attempts = 2, .initial_delay_s = 0.2, .factor = 1, .max_delay_s = 1, .jitter = 0};
  const auto id = run(make(definition));
  report_ended({id, 1}, 1);
  runner_.wait_for_acknowledged(1);
  stop();
  start();
  EXPECT_EQ(runner_.wait_for_starts(2).back().key, (runner::AttemptKey{id, 2}));
}

TEST_F(EngineTest, ACancelThatTheRunnerMayNotHaveHeardHoldsOverARestart) {
  start();
  const auto running = run(make({.name = "running"}));
  const auto never_sent = run(make({.name = "never sent"}));
  runner_.wait_for_starts(2);
  for (const auto id : {running, never_sent}) EXPECT_TRUE(engine_->cancel({id, "ada"}));
  runner_.wait_for_cancels(2);
  stop();
  start(false);
  engine_->on_connected(
      {.running = {{.key = {running, 1}, .pid = 7, .started_at = clock_.now()}}, .finished = {}});
  EXPECT_EQ(runner_.wait_for_cancels(3).back(), (runner::AttemptKey{running, 1}));
  // told to start and at once to stop, a runner that reads in between would have begun it
  EXPECT_EQ(runner_.wait_for_acknowledged(1).back(), (runner::AttemptKey{never_sent, 1}));
  EXPECT_EQ(execution(never_sent).status, ExecutionStatus::cancelled);
  EXPECT_FALSE(execution(never_sent).started_at);
  EXPECT_EQ(runner_.wait_for_starts(2).size(), 2u);
}

TEST_F(EngineTest, DeletingATaskCancelsWhatRunsAndItsLateReportHarmsNothing) {
  start();
  const auto task_id = make({});
  const auto id = run(task_id);
  runner_.wait_for_starts(1);
  const auto outcomes = engine_->remove({task_id, TaskId{999}}, [](const task::Task& task) {
    return store::AuditEntry{.action = "task.delete", .object = "task:" + base::to_string(task.id)};
  });
  EXPECT_TRUE(outcomes.at(0));
  EXPECT_EQ(outcomes.at(1).error().kind, base::ErrorKind::not_found);
  EXPECT_EQ(runner_.wait_for_cancels(1).at(0), (runner::AttemptKey{id, 1}));
  report_ended({id, 1});
  runner_.wait_for_acknowledged(1);
  EXPECT_EQ(engine_->state().running, 0);
}

TEST_F(EngineTest, ALongHistoryIsDeletedInTransactionsThatNoFireWaitsLongFor) {
  start();
  constexpr int kOfEach = 700;
  const std::vector<TaskId> ids{make({.name = "a"}), make({.name = "b"}), make({.name = "c"})};
  ASSERT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
    for (int i = 0; i < kOfEach; ++i) {
      for (const auto id : ids) {
        Execution execution;
        execution.task_id = id;
        execution.created_at = clock_.now();
        execution.finished_at = clock_.now();
        execution.status = execution.attempt.status = ExecutionStatus::success;
        tx.insert_execution(execution);
      }
    }
    return {};
  }));
  std::size_t deleted_before = 0, most_at_once = 0;
  store_->set_listener([&](std::span<const store::Change> changes) {
    const auto deleted = static_cast<std::size_t>(
        std::ranges::count(changes, store::Change::Kind::executions_deleted, &store::Change::kind));
    deleted_before += deleted;
    most_at_once = std::max(most_at_once, deleted);
  });
  for (const auto& outcome : engine_->remove(ids, [](const task::Task&) { return store::AuditEntry{}; }))
    EXPECT_TRUE(outcome);
  EXPECT_GE(deleted_before, 3u * kOfEach - 1000u);
  EXPECT_LE(most_at_once, 200u);
  store_->read([&](store::Reader& reader) { EXPECT_TRUE(reader.list_executions({}).items.empty()); });
}

TEST_F(EngineTest, OutputThatADeletionLeftBehindGoesAtTheNextStart) {
  start();
  const auto stays = output_path(folder_, TaskId{998}, ExecutionId{1}, 1);
  const auto abandoned = output_path(folder_, TaskId{999}, ExecutionId{1}, 1);
  stop();
  for (const auto& path : {stays, abandoned}) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "output";
  }
  ASSERT_TRUE(store_->write([](store::Transaction& tx) -> base::Result<void> {
    note_abandoned_output(tx, {TaskId{999}});
    return {};
  }));
  start();
  while (std::filesystem::exists(abandoned.parent_path())) std::this_thread::yield();
  EXPECT_TRUE(std::filesystem::exists(stays));
}

TEST_F(EngineTest, AThousandRunsInOneRequestAreOneAnswerEach) {
  start();
  std::vector<RunRequest> requests;
  for (int i = 0; i < 1000; ++i) requests.push_back({.task_id = make({.name = "t" + std::to_string(i)})});
  requests.push_back({.task_id = TaskId{5000}});
  const auto outcomes = engine_->run(requests);
  ASSERT_EQ(outcomes.size(), 1001u);
  EXPECT_FALSE(outcomes.back());
  EXPECT_EQ(runner_.wait_for_starts(1000).size(), 1000u);
}

TEST_F(EngineTest, ACallAfterItsStopFailsInsteadOfWaiting) {
  start();
  const auto id = make({});
  engine_->stop();
  EXPECT_ANY_THROW(static_cast<void>(engine_->run({{.task_id = id}})));
}

}  // namespace
}  // namespace engine
