// What the forecast says of random tasks is what the engine's ledger books when their jobs last as long as
// they are taken to: the rules have one home, and their order is the same in both.
#include <random>

#include "engine/ledger_fixture.h"
#include "service/forecast_runs.h"

namespace service {
namespace {

using base::ExecutionId;
using base::TaskId;
using engine::kNoon;
using std::chrono::seconds;

constexpr seconds kWindow{12};

// Does with the ledger what the dispatcher does, at instants of its own choosing and with jobs that end when
// their time is over, or at once where they are cancelled.
class ForecastLedgerTest : public engine::LedgerTest {
 protected:
  struct Job {
    runner::AttemptKey key;
    Instant started_at;
    Instant end;
  };

  void make_tasks(std::mt19937& random) {
    const auto one_of = [&](auto... values) {
      const std::array options{values...};
      return options[random() % options.size()];
    };
    options_.pools = {{"p", 1}, {"q", 2}};
    options_.max_running = one_of(1, 2, 3, 100);
    const auto count = 2 + random() % 4;
    for (std::size_t i = 0; i < count; ++i) {
      using enum task::OverlapPolicy;
      const auto id = make({.name = "t" + std::to_string(i),
                            .cron = one_of("* * * * * *", "*/2 * * * * *", "*/3 * * * * *", "4 * * * * *"),
                            .retry = {.max_attempts = 1},
                            .overlap = one_of(skip, queue, queue_all, cancel_running, allow),
                            .start_deadline_s = one_of(0, 1, 2, 3),
                            .priority = one_of(0, 0, 1, 2),
                            .pool = one_of("", "p", "q")});
      // quarters of a second, so that ends, deadlines and fires often fall on one instant
      lengths_[id] = Milliseconds{250 * (1 + static_cast<int>(random() % 14))};
    }
  }

  ForecastRuns foretell() {
    tasks_.clear();
    std::vector<ForecastTask> seen;
    for (const auto& [id, length] : lengths_) tasks_.push_back(task_of(id));
    for (const auto& task : tasks_) {
      seen.push_back({.id = task.id,
                      .definition = &task.definition,
                      .schedule = task::schedule_of(task.definition, "UTC"),
                      .first = task.next_run_at,
                      .expected = lengths_.at(task.id)});
    }
    const ForecastLimits limits{options_.pools, options_.max_running, 0};
    return forecast_runs(seen, kNoon, kNoon + kWindow, 1000, limits);
  }

  void live_through() {
    while (true) {
      const auto fire = next_fire();
      const auto job = std::ranges::min_element(jobs_, {}, &Job::end);
      const auto deadline = deadlines_.begin();
      const auto job_at = job == jobs_.end() ? Instant::max() : job->end;
      const auto deadline_at = deadline == deadlines_.end() ? Instant::max() : deadline->first;
      const auto at = std::min({fire.first, job_at, deadline_at});
      if (at == Instant::max()) return;
      // the engine's timers are looked at before its fires
      if (deadline_at == at) {
        const auto id = deadline->second;
        deadlines_.erase(deadline);
        step(0, at,
             [&](auto& tx, auto& slots, auto& plan) { ledger_.give_up_waiting(tx, id, at, slots, plan); });
      } else if (job_at == at) {
        end(*job, at, runner::EndCause::exited);
      } else {
        step(1, at, [&](auto& tx, auto& slots, auto& plan) {
          ledger_.fire(tx, fire.second, at, at, {kNoon - std::chrono::hours{1}, {}}, slots, plan);
        });
      }
    }
  }

  std::vector<task::Task> tasks_;
  std::map<TaskId, Milliseconds> lengths_;

 private:
  std::pair<Instant, TaskId> next_fire() {
    std::pair<Instant, TaskId> soonest{Instant::max(), {}};
    for (const auto& [id, length] : lengths_) {
      const auto due_at = task_of(id).next_due_at;
      if (due_at && *due_at < kNoon + kWindow) soonest = std::min(soonest, {*due_at, id});
    }
    return soonest;
  }

  std::int64_t free_slots() const { return options_.max_running - static_cast<std::int64_t>(jobs_.size()); }

  template <class Action>
  void step(std::int64_t wanted, Instant at, const Action& action) {
    carry_out(book(action, std::min(wanted, free_slots())), at);
  }

  void carry_out(const engine::Plan& plan, Instant at) {
    slot_waiters_ |= plan.slot_waiters;
    for (const auto& deadline : plan.deadlines) deadlines_.emplace(deadline.due_at, deadline.id);
    for (const auto& order : plan.starts) {
      const auto& execution = order.execution;
      jobs_.push_back({{execution.id, execution.attempt.number}, at, at + lengths_.at(execution.task_id)});
      book([&](auto& tx, auto&, auto&) { ledger_.started(tx, {.key = jobs_.back().key, .started_at = at}); });
    }
    if (slot_waiters_ && free_slots() > 0) {
      slot_waiters_ = false;
      step(256, at, [&](auto& tx, auto& slots, auto& after) { ledger_.promote(tx, at, slots, after); });
    }
    for (const auto& key : plan.cancels) {
      const auto job =
          std::ranges::find(jobs_, key.execution, [](const Job& one) { return one.key.execution; });
      if (job != jobs_.end()) end(*job, at, runner::EndCause::cancelled);
    }
  }

  void end(const Job& job, Instant at, runner::EndCause cause) {
    runner::Finished finished;
    finished.key = job.key;
    finished.cause = cause;
    finished.started_at = job.started_at;
    finished.finished_at = at;
    if (cause == runner::EndCause::exited) finished.exit_code = 0;
    std::erase_if(jobs_, [&](const Job& one) { return one.key.execution == finished.key.execution; });
    step(1, at, [&](auto& tx, auto& slots, auto& plan) {
      ledger_.finished(tx, finished, {}, at, 0.5, slots, plan);
    });
  }

  std::vector<Job> jobs_;  // in the order of their starts
  std::set<std::pair<Instant, ExecutionId>> deadlines_;
  bool slot_waiters_ = false;
};

// "12:00:03 skipped start_deadline", "12:00:04 begins 12:00:04.250 cancelled".
std::string words(Instant fire, std::optional<Instant> start, bool is_cancelled, std::string_view skipped) {
  auto text = base::to_iso(fire) + ' ';
  if (!skipped.empty()) return text + "skipped " + std::string(skipped);
  text += start ? "begins " + base::to_iso(*start) : "never begins";
  return is_cancelled ? text + " cancelled" : text;
}

std::string words(const ForecastFire& fire) {
  const bool is_skipped = fire.outcome == ForecastOutcome::skipped;
  return words(fire.at, fire.start, fire.is_cancelled, is_skipped ? to_string(fire.because) : "");
}

std::string words(const task::Execution& record, Instant fire) {
  const bool is_skipped = record.status == task::ExecutionStatus::skipped;
  const bool is_late = record.reason.starts_with("start deadline");
  return words(fire, record.started_at, record.status == task::ExecutionStatus::cancelled,
               !is_skipped ? ""
               : is_late   ? "start_deadline"
                           : "overlap");
}

TEST_F(ForecastLedgerTest, TheLedgerBooksWhatWasForetold) {
  std::map<std::string, int> seen;  // so that a test which meets nothing of interest is no success
  for (unsigned seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    std::mt19937 random(seed);
    lengths_.clear();
    make_tasks(random);
    const auto told = foretell();
    live_through();
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      std::vector<std::string> foretold, booked;
      for (const auto& fire : told.soonest) {
        if (fire.task != i) continue;
        foretold.push_back(words(fire));
        ++seen[std::string(to_string(fire.outcome)) + ' ' + std::string(to_string(fire.because))];
        if (fire.is_cancelled) ++seen[fire.start ? "cancelled" : "cancelled unbegun"];
      }
      const auto& definition = tasks_[i].definition;
      for (const auto& record : executions(tasks_[i].id)) {
        auto at = record.scheduled_at;
        for (std::int64_t n = 0; n < record.count; ++n) {
          booked.push_back(words(record, *at));
          at = task::cursor_after(definition, "UTC", *at).next_run_at;
        }
      }
      std::ranges::sort(booked);
      EXPECT_EQ(foretold, booked) << "seed " << seed << ", max_running " << options_.max_running << ", "
                                  << definition.name << ": " << definition.cron << ", overlap "
                                  << to_string(definition.overlap) << ", pool '" << definition.pool
                                  << "', lasts " << lengths_.at(tasks_[i].id).count() << " ms";
    }
  }
  for (const char* outcome : {"runs none", "waits overlap", "waits pool", "waits slot", "skipped overlap",
                              "skipped start_deadline", "cancels overlap", "cancelled", "cancelled unbegun"})
    EXPECT_GT(seen[outcome], 10) << outcome;
}

}  // namespace
}  // namespace service
