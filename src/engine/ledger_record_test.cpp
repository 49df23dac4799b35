// What a record says beside its status: times, reasons, figures, and whom its end is told to.
#include "engine/ledger_fixture.h"

namespace engine {
namespace {

class LedgerRecordTest : public LedgerTest {
 protected:
  template <class Ask>
  auto read(const Ask& ask) {
    decltype(ask(std::declval<store::Reader&>())) found;
    store_->read([&](store::Reader& reader) { found = ask(reader); });
    return found;
  }
  store::HourlyOutcome figures() {
    store::HourlyOutcome sum;
    sum.count = sum.duration_ms = 0;
    for (const auto& outcome : read([](store::Reader& reader) {
           return reader.hourly_outcomes(kNoon - hours{9}, kNoon + hours{9});
         })) {
      sum.count += outcome.count;
      sum.duration_ms += outcome.duration_ms;
    }
    return sum;
  }
  // An end as a runner tells it that could not do so at once.
  Plan end_told_late(const runner::AttemptKey& key, Instant began, Instant ended, Instant told,
                     const store::Output& output = {}) {
    runner::Finished finished;
    finished.key = key;
    finished.started_at = began;
    finished.finished_at = ended;
    finished.exit_code = 1;
    return book([&](auto& tx, auto& slots, auto& plan) {
      ledger_.finished(tx, finished, output, told, 0.5, slots, plan);
    });
  }
};

TEST_F(LedgerRecordTest, WhatGoesOnSaysNoMoreThatItWaits) {
  const auto id = make({.overlap = task::OverlapPolicy::queue});
  const auto first = fire(id, kNoon);
  fire(id, kNoon + minutes{1});
  EXPECT_NE(executions(id)[1].reason, "");
  end(first, 0);
  EXPECT_EQ(executions(id)[1].reason, "");
}

TEST_F(LedgerRecordTest, LateIsWhatBeginsAfterItsJitter) {
  const auto id = make({.cron = "0 * * * *", .jitter_s = 3000});
  const auto due = *task_of(id).next_due_at;
  ASSERT_GT(due, kNoon);
  const auto started = fire(id, due);
  book([&](auto& tx, auto&, auto&) {
    ledger_.started(tx, {.key = key_of(started), .pid = 1, .started_at = due + seconds{2}});
  });
  EXPECT_EQ(executions(id)[0].late_ms, 2'000);
}

TEST_F(LedgerRecordTest, AMissedFireThatIsMadeUpWasDueAfterItsJitter) {
  const auto id = make({.cron = "0 * * * *", .jitter_s = 3000});
  const auto due = *task_of(id).next_due_at;
  fire(id, due + minutes{1}, due + seconds{30});
  ASSERT_EQ(executions(id).size(), 1u);
  EXPECT_EQ(executions(id)[0].trigger, Trigger::misfire);
  EXPECT_EQ(executions(id)[0].due_at, due);
}

TEST_F(LedgerRecordTest, WhatWasDueJustBeforeTheEngineBeganIsAMisfire) {
  const auto id = make({});
  fire(id, kNoon + seconds{2}, kNoon + seconds{1});
  EXPECT_EQ(executions(id).at(0).trigger, Trigger::misfire);
}

TEST_F(LedgerRecordTest, AFireOfAnEarlierCursorTellsThePlannerOfTheOneThatStands) {
  const auto id = make({});
  const auto plan = book([&](auto& tx, auto& slots, auto& p) {
    ledger_.fire(tx, id, kNoon - minutes{1}, kNoon, {kNoon - hours{1}}, slots, p);
  });
  EXPECT_TRUE(plan.starts.empty());
  EXPECT_EQ(plan.due_times, (std::vector<std::pair<TaskId, std::optional<Instant>>>{{id, kNoon}}));
}

TEST_F(LedgerRecordTest, ASkipIsNoPartOfTheBackfillsRecordThatEndsJustBeforeIt) {
  const auto id = make({}, kNoon - minutes{1});
  fire(id, kNoon);
  book([&](auto& tx, auto& slots, auto& plan) {
    EXPECT_TRUE(ledger_.backfill(tx,
                                 {.task_id = id,
                                  .from = kNoon - minutes{2},
                                  .to = kNoon + minutes{1},
                                  .overlap = task::OverlapPolicy::skip},
                                 kNoon, slots, plan));
  });
  book([&](auto& tx, auto&, auto&) {  // so that both say that the run before has not ended
    ledger_.started(tx, {.key = {executions(id)[0].id, 1}, .pid = 1, .started_at = kNoon});
  });
  fire(id, kNoon + minutes{1});
  const auto found = executions(id);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[1].trigger, Trigger::backfill);
  EXPECT_EQ(found[1].count, 3);
  EXPECT_EQ(found[2].trigger, Trigger::schedule);
}

TEST_F(LedgerRecordTest, ABackfillHasAThousandFiresAtMost) {
  const auto id = make({.overlap = task::OverlapPolicy::allow});
  const auto backfill = [&](int fires) {
    bool done = false;
    book([&](auto& tx, auto& slots, auto& plan) {
      done = ledger_
                 .backfill(tx,
                           {.task_id = id,
                            .from = kNoon,
                            .to = kNoon + minutes{fires},
                            .overlap = task::OverlapPolicy::skip},
                           kNoon, slots, plan)
                 .has_value();
    });
    return done;
  };
  EXPECT_FALSE(backfill(1001));
  EXPECT_TRUE(backfill(1000));
}

TEST_F(LedgerRecordTest, ABackoffCountsFromTheEndAndNotFromItsReport) {
  const auto id = make({.retry = {.max_attempts = 2, .initial_delay_s = 60, .jitter = 0}});
  const auto plan = end_told_late(key_of(fire(id, kNoon)), kNoon, kNoon + seconds{10}, kNoon + seconds{50});
  EXPECT_EQ(plan.backoffs.at(0).due_at, kNoon + seconds{70});
}

TEST_F(LedgerRecordTest, ALaterAttemptWithoutOutputShowsNoneOfTheEarlierOnes) {
  const auto id = make({.retry = {.max_attempts = 2, .initial_delay_s = 0, .jitter = 0}});
  const auto first = key_of(fire(id, kNoon));
  end_told_late(first, kNoon, kNoon, kNoon, {"said by the first", ""});
  book([&](auto& tx, auto& slots, auto& plan) {
    ledger_.end_backoff(tx, first.execution, kNoon + seconds{1}, slots, plan);
  });
  end_told_late({first.execution, 2}, kNoon, kNoon, kNoon);
  EXPECT_EQ(read([&](store::Reader& reader) { return reader.find_output(first.execution).stdout_text; }), "");
}

TEST_F(LedgerRecordTest, ACancelledRunLeavesWhatTheLastOneSaysOfTheTask) {
  const auto id = make({});
  end(fire(id, kNoon), 1);
  const auto error = task_of(id).last_error;
  EXPECT_NE(error, "");
  end(key_of(fire(id, kNoon + minutes{1})), 0, kNoon + minutes{1}, runner::EndCause::cancelled);
  EXPECT_TRUE(task_of(id).last_failed);
  EXPECT_EQ(task_of(id).last_error, error);
}

TEST_F(LedgerRecordTest, FiguresHoldNoSkippedRunAndNoDurationBelowZero) {
  const auto late = make({.name = "late", .start_deadline_s = 5});
  const auto waits = fire(late, kNoon, kNoon - hours{1}, 0);
  book([&](auto& tx, auto& slots, auto& plan) {
    ledger_.give_up_waiting(tx, waits.deadlines.at(0).id, kNoon + seconds{5}, slots, plan);
  });
  EXPECT_EQ(figures().count, 0);
  end_told_late(key_of(fire(make({.name = "set back"}), kNoon)), kNoon, kNoon - hours{1}, kNoon);
  EXPECT_EQ(figures().count, 1);
  EXPECT_EQ(figures().duration_ms, 0);
}

TEST_F(LedgerRecordTest, OnlyARunByHandIsATry) {
  const auto id = make({.starts_at = kNoon + hours{1}});
  end(book([&](auto& tx, auto& slots, auto& plan) {
        EXPECT_TRUE(ledger_.run(tx, {.task_id = id, .trigger = Trigger::chain}, kNoon, slots, plan));
      }),
      0);
  EXPECT_EQ(figures().count, 1);
}

TEST_F(LedgerRecordTest, RetentionHearsOfEachFinalRecord) {
  const auto id = make({.overlap = task::OverlapPolicy::queue_all, .start_deadline_s = 90});
  const auto first = fire(id, kNoon);
  for (int minute = 1; minute <= 2; ++minute) fire(id, kNoon + minutes{minute});
  const std::vector<TaskId> thrice{id, id, id};
  EXPECT_EQ(end(key_of(first), 0, kNoon + minutes{9}).ended, thrice) << "one end, two that waited too long";
  const auto missed = make({.name = "m", .misfire = {.policy = task::MisfirePolicy::skip}}, kNoon - hours{1});
  EXPECT_EQ(fire(missed, kNoon, kNoon).ended, std::vector{missed});
}

TEST_F(LedgerRecordTest, AChangeInTheJitterSkipsNothingBehindEndsAt) {
  const auto id = make({.jitter_s = 86400, .ends_at = kNoon + minutes{1}});
  book([&](auto& tx, auto&, auto&) {
    ledger_.skip_in_jitter(tx, task_of(id), kNoon + minutes{9}, {kNoon - hours{1}}, "changed");
  });
  ASSERT_EQ(executions(id).size(), 1u);
  EXPECT_EQ(executions(id)[0].count, 2);
  EXPECT_EQ(executions(id)[0].scheduled_until, kNoon + minutes{1});
}

TEST_F(LedgerRecordTest, AChangeInTheJitterSkipsNoFixedFireThatTheClockShowedBefore) {
  const auto id = make({.cron = "0 12 * * *", .jitter_s = 86400});
  ASSERT_GT(*task_of(id).next_due_at, kNoon + minutes{9});
  const auto until = *task_of(id).next_due_at + hours{1};
  book([&](auto& tx, auto&, auto&) {
    ledger_.skip_in_jitter(tx, task_of(id), kNoon + minutes{9},
                           {kNoon - hours{1}, task::RepeatedTime{.until = until, .pass = 1}}, "changed");
  });
  EXPECT_TRUE(executions(id).empty());
}

TEST_F(LedgerRecordTest, BehindManyThatStepAsideOthersAreLookedAtToo) {
  options_.pools["db"] = 1;
  const auto id = make({.name = "many", .overlap = task::OverlapPolicy::allow, .pool = "db"});
  for (int minute = 0; minute < 300; ++minute) fire(id, kNoon + minutes{minute}, kNoon - hours{1}, 0);
  EXPECT_EQ(fire(make({.name = "first", .priority = 1, .pool = "db"}), kNoon).starts.size(), 1u);
  const auto plan = book([&](auto& tx, auto& slots, auto& p) { ledger_.promote(tx, kNoon, slots, p); });
  EXPECT_TRUE(plan.starts.empty());
  EXPECT_TRUE(plan.slot_waiters);
}

TEST_F(LedgerRecordTest, OneEndStartsAfterAnyOnceThoughItNamesItToo) {
  const auto first = make({.name = "first"});
  const auto next = make({.name = "next",
                          .cron = "0 0 1 1 *",
                          .overlap = task::OverlapPolicy::allow,
                          .after = {.tasks = {first}, .need = task::ChainNeed::any}});
  book([&](auto& tx, auto&, auto&) {
    auto task = *tx.find_task(first);
    task.definition.on_success = {next};
    ++task.revision;
    tx.save_definition(task, "ada");
  });
  EXPECT_EQ(end(fire(first, kNoon), 0).starts.size(), 1u);
}

}  // namespace
}  // namespace engine
