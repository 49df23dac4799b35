// What must be found again, or given back, after a stop, a refusal of the database or a deletion.
#include "engine/batches.h"
#include "engine/engine_fixture.h"

namespace engine {
namespace {

using task::Waiting;

constexpr auto kLongAgo = std::chrono::hours{1};

// A store that refuses what is written while it is told to.
class RefusingStore : public store::Store {
 public:
  explicit RefusingStore(std::unique_ptr<store::Store> behind) : behind_(std::move(behind)) {}

  void refuse(bool refuses) { refuses_ = refuses; }
  void wait_for_refusals(int count) const {
    while (refused_ < count) std::this_thread::yield();
  }

  void read(const std::function<void(store::Reader&)>& ask) override { behind_->read(ask); }
  void write(Work work, Done done) override {
    behind_->write(
        [this, work = std::move(work)](store::Transaction& tx) -> base::Result<void> {
          if (auto outcome = work(tx); !outcome) return outcome;
          if (refuses_) {
            ++refused_;
            return base::make_error(base::ErrorKind::unavailable, "the disk is full");
          }
          return {};
        },
        std::move(done));
  }
  using store::Store::write;
  void set_listener(Listener listener) override { behind_->set_listener(std::move(listener)); }
  base::Result<void> backup(const std::string& path) override { return behind_->backup(path); }
  std::string description() const override { return behind_->description(); }

 private:
  std::unique_ptr<store::Store> behind_;
  std::atomic<bool> refuses_{false};
  std::atomic<int> refused_{0};
};

class EngineRestartTest : public EngineTest {
 protected:
  // As an earlier server left them: made long ago, and not yet begun unless `status` says so.
  std::vector<ExecutionId> left_behind(TaskId id, std::int64_t count, Waiting waiting,
                                       ExecutionStatus status = ExecutionStatus::pending) {
    std::vector<ExecutionId> ids;
    EXPECT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
      auto task = tx.find_task(id).value();
      for (std::int64_t i = 0; i < count; ++i) {
        Execution one;
        one.task_id = id;
        one.trigger = task::Trigger::manual;
        one.created_at = clock_.now() - kLongAgo;
        one.status = one.attempt.status = status;
        one.waiting = waiting;
        one.node = options_.node;
        if (status == ExecutionStatus::running) one.started_at = one.attempt.started_at = one.created_at;
        ids.push_back(tx.insert_execution(one).value());
        ++(waiting == Waiting::overlap ? task.queued : task.running);
      }
      tx.save_run_state(task);
      return {};
    }));
    return ids;
  }
  runner::Snapshot snapshot_of(const std::vector<ExecutionId>& running) const {
    runner::Snapshot snapshot;
    for (const auto id : running)
      snapshot.running.push_back({.key = {id, 1}, .pid = 7, .started_at = clock_.now() - kLongAgo});
    return snapshot;
  }
};

TEST_F(EngineRestartTest, BehindAThousandThatWaitARunIsAdoptedAllTheSame) {
  const auto queue = make({.name = "queue"});
  const auto before = left_behind(queue, 1, Waiting::none, ExecutionStatus::running);
  left_behind(queue, kRowsAtOnce + 5, Waiting::overlap);
  const auto last = left_behind(make({.name = "last"}), 1, Waiting::none, ExecutionStatus::running);
  start(false);
  engine_->on_connected(snapshot_of({before[0], last[0]}));
  report_ended({last[0], 1});
  EXPECT_EQ(runner_.wait_for_acknowledged(1).at(0), (runner::AttemptKey{last[0], 1}));
  EXPECT_EQ(execution(last[0]).status, ExecutionStatus::success);
  EXPECT_TRUE(runner_.cancels().empty());
}

TEST_F(EngineRestartTest, BehindAThousandThatWaitAStartDeadlineThatPassedMeanwhileIsSeen) {
  const auto patient = make({.name = "patient"});
  const auto before = left_behind(patient, 1, Waiting::none, ExecutionStatus::running);
  left_behind(patient, kRowsAtOnce + 5, Waiting::overlap);
  const auto hasty = make({.name = "hasty", .start_deadline_s = 60});
  const auto its_before = left_behind(hasty, 1, Waiting::none, ExecutionStatus::running);
  const auto late = left_behind(hasty, 1, Waiting::overlap);
  start(false);
  engine_->on_connected(snapshot_of({before[0], its_before[0]}));
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!is_final(execution(late[0]).status) && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(execution(late[0]).status, ExecutionStatus::skipped);
  EXPECT_TRUE(execution(late[0]).reason.starts_with("start deadline: ")) << execution(late[0]).reason;
}

TEST_F(EngineRestartTest, AStartDeadlineThatIsStillToComeHoldsOverARestart) {
  const auto id = make({.name = "hasty", .start_deadline_s = std::chrono::seconds(kLongAgo).count() + 1});
  const auto before = left_behind(id, 1, Waiting::none, ExecutionStatus::running);
  const auto waits = left_behind(id, 1, Waiting::overlap);
  start(false);
  engine_->on_connected(snapshot_of({before[0]}));
  EXPECT_EQ(execution(waits[0]).status, ExecutionStatus::pending);
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!is_final(execution(waits[0]).status) && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(execution(waits[0]).status, ExecutionStatus::skipped);
}

TEST_F(EngineRestartTest, WhatIsSkippedBecauseItWasNeverStartedInTimeLeavesItsSlotToOthers) {
  options_.max_running = 1;
  left_behind(make({.name = "hasty", .start_deadline_s = 60}), 1, Waiting::none);
  start(false);
  const auto next = run(make({.name = "next"}));
  engine_->on_connected({});
  EXPECT_EQ(runner_.wait_for_starts(1).at(0).key.execution, next);
}

TEST_F(EngineRestartTest, SlotsLentToACommitThatFailedAreGivenBack) {
  options_.max_running = 2;
  auto owned = std::make_unique<RefusingStore>(std::move(store_));
  auto& refusing = *owned;
  store_ = std::move(owned);
  start();
  const auto id = make({});
  refusing.refuse(true);
  for (std::int64_t i = 0; i < options_.max_running; ++i)
    EXPECT_FALSE(engine_->run({{.task_id = id, .triggered_by = "ada"}}).at(0));
  refusing.refuse(false);
  const auto kept = run(id);
  const auto beside = run(make({.name = "other"}));
  const auto starts = runner_.wait_for_starts(2);
  ASSERT_EQ(starts.size(), 2u);
  EXPECT_EQ(starts[0].key.execution, kept);
  EXPECT_EQ(starts[1].key.execution, beside);
}

TEST_F(EngineRestartTest, AnEndWhoseCommitFailedIsBookedByTheNextOne) {
  options_.max_running = 1;
  auto owned = std::make_unique<RefusingStore>(std::move(store_));
  auto& refusing = *owned;
  store_ = std::move(owned);
  start();
  const auto first = run(make({.name = "first"}));
  const auto waits = run(make({.name = "waits"}));
  runner_.wait_for_starts(1);
  refusing.refuse(true);
  report_ended({first, 1});
  refusing.wait_for_refusals(2);  // the end, and the one that its slot is for
  refusing.refuse(false);
  EXPECT_EQ(runner_.wait_for_acknowledged(1).at(0), (runner::AttemptKey{first, 1}));
  EXPECT_EQ(execution(first).status, ExecutionStatus::success);
  EXPECT_EQ(runner_.wait_for_starts(2).at(1).key.execution, waits);
}

class DeletedInItsPool : public EngineRestartTest {
 protected:
  // One of a pool for one runs, another waits for it; then the first one's task is deleted.
  void delete_the_one_that_runs() {
    options_.pools["db"] = 1;
    start();
    const auto doomed = make({.name = "a", .pool = "db"});
    first_ = run(doomed);
    second_ = run(make({.name = "b", .pool = "db"}));
    runner_.wait_for_starts(1);
    engine_->remove({doomed}, [](const task::Task&) { return store::AuditEntry{.action = "task.delete"}; });
    EXPECT_EQ(runner_.wait_for_cancels(1).at(0), (runner::AttemptKey{first_, 1}));
  }
  void expect_the_second_to_wait() {
    // whatever the loop had to do before this request is done
    run(make({.name = "later"}));
    EXPECT_EQ(execution(second_).waiting, Waiting::pool);
  }
  void expect_the_second_to_start(std::size_t starts) {
    EXPECT_EQ(runner_.wait_for_starts(starts).back().key.execution, second_);
  }
  ExecutionId first_, second_;
};

TEST_F(DeletedInItsPool, ItHoldsItsPlaceUntilItsJobHasEnded) {
  delete_the_one_that_runs();
  expect_the_second_to_wait();
  report_ended({first_, 1}, 143);
  expect_the_second_to_start(3);
}

TEST_F(DeletedInItsPool, ItHoldsItsPlaceOverARestartWhileTheRunnerKnowsIt) {
  delete_the_one_that_runs();
  stop();
  start(false);
  engine_->on_connected(snapshot_of({first_}));
  expect_the_second_to_wait();
  report_ended({first_, 1}, 143);
  expect_the_second_to_start(3);
}

TEST_F(DeletedInItsPool, WhatTheRunnerKnowsNothingOfHoldsNoPlaceAfterARestart) {
  delete_the_one_that_runs();
  stop();
  start();
  expect_the_second_to_start(2);
}

TEST_F(EngineRestartTest, WhatIsLeftOfADeletedTaskHasItsSlotAfterARestartToo) {
  options_.max_running = 1;
  start();
  const auto doomed = make({.name = "a"});
  const auto first = run(doomed);
  runner_.wait_for_starts(1);
  engine_->remove({doomed}, [](const task::Task&) { return store::AuditEntry{.action = "task.delete"}; });
  stop();
  start(false);
  engine_->on_connected(snapshot_of({first}));
  EXPECT_EQ(runner_.wait_for_cancels(2).at(1), (runner::AttemptKey{first, 1})) << "and is told again to end";
  const auto second = run(make({.name = "b"}));
  for (const char* name : {"c", "d"}) run(make({.name = name}));  // whatever was to be promoted is by then
  EXPECT_EQ(execution(second).waiting, Waiting::slot);
  report_ended({first, 1}, 143);
  EXPECT_EQ(runner_.wait_for_starts(2).at(1).key.execution, second);
}

// A place that has become free lets one of the pool in, which may still wait for a slot; the others wait on.
TEST_F(EngineRestartTest, TheDeletionOfATaskLetsTheNextIntoThePoolThatItsRunWasLetInto) {
  options_.pools["db"] = 1;
  options_.max_running = 1;
  start();
  const auto holder = run(make({.name = "holder", .pool = "db"}));
  runner_.wait_for_starts(1);
  const auto doomed = make({.name = "doomed", .pool = "db"});
  const auto let_in = run(doomed);
  const auto next = run(make({.name = "next", .pool = "db"}));
  const auto urgent = run(make({.name = "urgent", .priority = 9}));
  report_ended({holder, 1});
  EXPECT_EQ(runner_.wait_for_starts(2).at(1).key.execution, urgent);
  EXPECT_EQ(execution(let_in).waiting, Waiting::slot);
  EXPECT_EQ(execution(next).waiting, Waiting::pool);
  engine_->remove({doomed}, [](const task::Task&) { return store::AuditEntry{.action = "task.delete"}; });
  report_ended({urgent, 1});
  EXPECT_EQ(runner_.wait_for_starts(3).at(2).key.execution, next);
}

TEST_F(EngineRestartTest, WhoWaitedForADeletedTaskGoesOnWithoutIt) {
  start();
  const auto done = make({.name = "done"}), doomed = make({.name = "doomed"});
  const auto next = make({.name = "next", .after = {.tasks = {done, doomed}}});
  report_ended({run(done), 1});
  runner_.wait_for_acknowledged(1);
  engine_->remove({doomed}, [](const task::Task&) { return store::AuditEntry{.action = "task.delete"}; });
  EXPECT_EQ(execution(runner_.wait_for_starts(2).at(1).key.execution).task_id, next);
}

TEST_F(EngineRestartTest, EachOfSeveralDeletedTasksHoldsItsPlace) {
  options_.pools["db"] = 2;
  start();
  std::vector<ExecutionId> running;
  for (const char* name : {"a", "b"}) {
    const auto id = make({.name = name, .pool = "db"});
    running.push_back(run(id));
    runner_.wait_for_starts(running.size());
  }
  for (const auto id : running)
    engine_->remove({execution(id).task_id},
                    [](const task::Task&) { return store::AuditEntry{.action = "task.delete"}; });
  const auto next = run(make({.name = "next", .pool = "db"}));
  EXPECT_EQ(execution(next).waiting, Waiting::pool);
  report_ended({running[1], 1});
  EXPECT_EQ(runner_.wait_for_starts(3).back().key.execution, next);
}

TEST_F(EngineRestartTest, WhatWaitsForItsSpawnInTheRunnerHasNotBegun) {
  const auto id = left_behind(make({}), 1, Waiting::none).front();
  start(false);
  engine_->on_connected({.running = {{.key = {id, 1}, .pid = 0, .started_at = {}}}, .finished = {}});
  run(make({.name = "later"}));  // whatever the loop had to do before is done
  EXPECT_EQ(execution(id).status, ExecutionStatus::pending);
  EXPECT_FALSE(execution(id).started_at);
}

TEST_F(EngineRestartTest, WhatRanWhenTheMachineWentDownHasEndedBeforeItsTaskRunsAtTheReboot) {
  constexpr std::int64_t kMoreThanOneTransactionBooks = 300;
  left_behind(make({.name = "many"}), kMoreThanOneTransactionBooks, Waiting::none, ExecutionStatus::running);
  const auto id = make({.cron = "@reboot"});
  const auto before = left_behind(id, 1, Waiting::none, ExecutionStatus::running).front();
  ASSERT_TRUE(store_->write([](store::Transaction& tx) -> base::Result<void> {
    tx.set_setting("last_boot", "another");
    return {};
  }));
  start();
  EXPECT_EQ(execution(runner_.wait_for_starts(1).at(0).key.execution).task_id, id);
  EXPECT_EQ(execution(before).status, ExecutionStatus::lost);
}

TEST_F(EngineRestartTest, HowEverManyFiresWereMissedEachHasItsRecord) {
  const auto missed_at = std::chrono::floor<seconds>(clock_.now() - kLongAgo);
  std::vector<TaskId> ids;
  for (int i = 0; i < 300; ++i)
    ids.push_back(make({.name = std::to_string(i), .cron = "* * * * *"}, missed_at));
  start();
  EXPECT_EQ(runner_.wait_for_starts(ids.size()).size(), ids.size());
}

TEST_F(EngineRestartTest, APoolThatWasMadeWiderLetsInWhatWaitedForIt) {
  options_.pools["db"] = 1;
  start();
  const auto first = run(make({.name = "a", .pool = "db"}));
  const auto second = run(make({.name = "b", .pool = "db"}));
  runner_.wait_for_starts(1);
  stop();
  options_.pools["db"] = 2;
  start(false);
  engine_->on_connected(snapshot_of({first}));
  const auto starts = runner_.wait_for_starts(2);
  ASSERT_EQ(starts.size(), 2u);
  EXPECT_EQ(starts[1].key.execution, second);
}

TEST_F(EngineRestartTest, ALateReportOfAnEarlierAttemptDoesNotEndTheOneThatRuns) {
  start();
  task::TaskDefinition definition;
  definition.retry = {.max_attempts = 2, .initial_delay_s = 0, .factor = 1, .max_delay_s = 1, .jitter = 0};
  const auto id = run(make(definition));
  runner_.wait_for_starts(1);
  report_ended({id, 1}, 1);
  runner_.wait_for_starts(2);
  report_started({id, 2});
  while (execution(id).status != ExecutionStatus::running) std::this_thread::yield();
  report_ended({id, 1}, 1);  // told again, as after a broken connection
  runner_.wait_for_acknowledged(2);
  EXPECT_EQ(execution(id).status, ExecutionStatus::running);
  EXPECT_EQ(execution(id).attempt.number, 2);
  report_ended({id, 2}, 0);
  runner_.wait_for_acknowledged(3);
  EXPECT_EQ(execution(id).status, ExecutionStatus::success);
}

// The end was booked, and the server killed before it could say so to the runner.
TEST_F(EngineRestartTest, ABeginIsBookedBesideTheEndOfTheAttemptBeforeThatIsToldAgain) {
  task::TaskDefinition definition;
  definition.retry.max_attempts = 2;
  const auto id = left_behind(make(definition), 1, Waiting::none).front();
  ASSERT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
    auto execution = tx.find_execution(id).value();
    execution.attempt.number = 2;
    tx.save_execution(execution);
    return {};
  }));
  options_.max_running = 1;
  runner::Finished told_again;
  told_again.key = {id, 1};
  told_again.finished_at = clock_.now();
  told_again.exit_code = 1;
  start(false).on_connected(
      {.running = {{.key = {id, 2}, .pid = 7, .started_at = clock_.now()}}, .finished = {told_again}});
  EXPECT_EQ(runner_.wait_for_acknowledged(1).at(0), (runner::AttemptKey{id, 1}));
  EXPECT_EQ(execution(id).status, ExecutionStatus::running);
  // and it has its slot
  EXPECT_EQ(execution(run(make({.name = "another"}))).waiting, Waiting::slot);
}

}  // namespace
}  // namespace engine
