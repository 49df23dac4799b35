// What changes of a task in the middle of its runs leave as it was.
#include "engine/ledger_fixture.h"

namespace engine {
namespace {

class LedgerChangeTest : public LedgerTest {
 protected:
  template <class Change>
  void edit(TaskId id, const Change& change) {
    book([&](auto& tx, auto&, auto&) {
      auto task = tx.find_task(id).value();
      change(task.definition);
      ++task.revision;
      tx.save_definition(task, "ada");
    });
  }
  static std::vector<std::string> started(const Plan& plan) {
    std::vector<std::string> names;
    for (const auto& order : plan.starts) names.push_back(order.execution.task_name);
    return names;
  }
};

TEST_F(LedgerChangeTest, ARunStartsWhatItsTaskNamedWhenItBegan) {
  const auto yearly = [&](const char* name) { return make({.name = name, .cron = "0 0 1 1 *"}); };
  const auto then = yearly("then"), now = yearly("now");
  const auto id = make({.name = "first", .on_success = {then}});
  const auto running = fire(id, kNoon);
  edit(id, [&](TaskDefinition& definition) { definition.on_success = {now}; });
  EXPECT_EQ(started(end(running, 0)), std::vector<std::string>{"then"});
  EXPECT_EQ(started(end(fire(id, kNoon + minutes{1}), 0)), std::vector<std::string>{"now"});
}

TEST_F(LedgerChangeTest, OneEndStartsATaskOnceHoweverOftenItIsNamed) {
  const auto first = make({.name = "first"});
  const auto next = make({.name = "next",
                          .cron = "0 0 1 1 *",
                          .overlap = task::OverlapPolicy::allow,
                          .after = {.tasks = {first}}});
  edit(first, [&](TaskDefinition& definition) { definition.on_success = {next, next}; });
  EXPECT_EQ(started(end(fire(first, kNoon), 0)), std::vector<std::string>{"next"});
  EXPECT_EQ(started(end(fire(first, kNoon + minutes{1}), 0)), std::vector<std::string>{"next"})
      << "the arrival was used up";
}

TEST_F(LedgerChangeTest, ALateStartIsMeasuredFromTheFireAfterARetryToo) {
  const auto id = make({.retry = {.max_attempts = 2, .initial_delay_s = 5, .jitter = 0}});
  const auto first = key_of(fire(id, kNoon));
  auto waiting = end(first, 0, kNoon, runner::EndCause::spawn_failed);
  ASSERT_EQ(waiting.backoffs.size(), 1u);
  EXPECT_EQ(executions(id)[0].due_at, kNoon + seconds{5}) << "while it waits, its next attempt's";
  const auto again = book([&](auto& tx, auto& slots, auto& plan) {
    ledger_.end_backoff(tx, first.execution, kNoon + seconds{5}, slots, plan);
  });
  book([&](auto& tx, auto&, auto&) {
    ledger_.started(tx, {.key = key_of(again), .pid = 1, .started_at = kNoon + seconds{6}});
  });
  EXPECT_EQ(executions(id)[0].due_at, kNoon);
  EXPECT_EQ(executions(id)[0].late_ms, 6'000);
}

TEST_F(LedgerChangeTest, FireAllMakesUpOneMissedFireBesideARunAsItDoesSeveral) {
  for (const int missed : {1, 2}) {
    const auto id = make({.name = "missed " + std::to_string(missed),
                          .overlap = task::OverlapPolicy::skip,
                          .misfire = {.policy = task::MisfirePolicy::fire_all}});
    fire(id, kNoon);
    fire(id, kNoon + minutes{missed} + seconds{30}, kNoon + minutes{missed} + seconds{20});
    const auto all = executions(id);
    ASSERT_EQ(all.size(), 1u + static_cast<std::size_t>(missed));
    for (std::size_t i = 1; i < all.size(); ++i) {
      EXPECT_EQ(all[i].status, ExecutionStatus::pending) << missed;
      EXPECT_EQ(all[i].trigger, Trigger::misfire);
    }
  }
}

TEST_F(LedgerChangeTest, ABackfillOfEveryKeepsToTheTasksBeat) {
  const auto id = make({.cron = "@every 10s"}, kNoon + seconds{2});
  for (const int offset : {3, 4, 12}) {
    const auto kept = book([&](auto& tx, auto& slots, auto& plan) {
      ASSERT_TRUE(ledger_.backfill(tx,
                                   {.task_id = id,
                                    .from = kNoon - minutes{1} + seconds{offset},
                                    .to = kNoon - seconds{20},
                                    .overlap = task::OverlapPolicy::allow},
                                   kNoon, slots, plan));
    });
    for (const auto& execution : executions(id)) {
      const auto second =
          std::chrono::floor<seconds>(*execution.scheduled_at).time_since_epoch() % seconds{10};
      EXPECT_EQ(second, seconds{2}) << offset;
    }
  }
  EXPECT_EQ(executions(id).front().scheduled_at, kNoon - seconds{48});
}

}  // namespace
}  // namespace engine
