#include "engine/dispatcher.h"

#include "base/kill_point.h"
#include "base/log.h"
#include "engine/batches.h"
#include "engine/surroundings.h"
#include "runner/log_reader.h"

namespace engine {
namespace {

constexpr std::size_t kReportsAtOnce = 256;  // of one transaction
constexpr std::int64_t kPromotedAtOnce = 256;
constexpr std::size_t kOutputEndBytes =
    32 * 1024;                                  // head and tail of each stream that the row keeps (spec 4)
constexpr base::Milliseconds kTryAgain{1'000};  // after the database failed

}  // namespace

Dispatcher::Dispatcher(Parts parts)
    : parts_(parts),
      inherited_(inherited_environment()),
      random_(parts.options.random_seed ? *parts.options.random_seed : std::random_device{}()) {}

std::int64_t Dispatcher::free_slots() const {
  if (!connected_) return 0;
  return std::max<std::int64_t>(0, parts_.options.max_running - running() - reserved_);
}

void Dispatcher::book(std::int64_t wanted, Booking booking, Then then) {
  const auto lent = std::min(wanted, free_slots());
  reserved_ += lent;
  auto plan = std::make_shared<Plan>();
  parts_.store.write(
      [booking = std::move(booking), plan, lent](store::Transaction& tx) {
        *plan = {};
        Slots slots(lent);
        return booking(tx, slots, *plan);
      },
      [this, plan, lent, then = std::move(then)](base::Result<void> kept) {
        parts_.loop.post([this, plan, lent, then, kept = std::move(kept)] {
          reserved_ -= lent;
          if (kept) carry_out(*plan);
          if (then) then(kept);
          pump();
        });
      });
}

void Dispatcher::book_surely(Booking booking, std::function<bool()> wanted) {
  auto again = [this, booking, wanted](const base::Result<void>& kept) {
    if (kept) return;
    parts_.timers.add(parts_.clock.now() + kTryAgain, [this, booking, wanted] {
      if (wanted()) book_surely(booking, wanted);
    });
  };
  book(0, std::move(booking), std::move(again));
}

void Dispatcher::carry_out(Plan& plan) {
  for (const auto& [id, due_at] : plan.due_times) parts_.planner.set(id, due_at);
  for (const auto id : plan.ended) parts_.janitor.mark(id);
  for (const auto& backoff : plan.backoffs) wait_for(backoff.id, backoff.due_at);
  for (const auto& deadline : plan.deadlines) give_up(deadline.id, deadline.due_at);
  for (const auto id : plan.unstarted) active_.erase(id);
  slot_waiters_ |= plan.slot_waiters;
  if (!plan.starts.empty()) {
    std::vector<runner::StartRequest> requests;
    requests.reserve(plan.starts.size());
    for (const auto& order : plan.starts) {
      active_[order.execution.id] = {order.execution.task_id, order.execution.attempt.number};
      auto request = start_request(order, parts_.options, inherited_);
      if (request)
        requests.push_back(std::move(*request));
      else
        end_unbegun({order.execution.id, order.execution.attempt.number}, runner::EndCause::spawn_failed,
                    "spawn failed: " + request.error().message);
    }
    base::kill_point("start.committed");
    runner_->start(std::move(requests));
    base::kill_point("start.ordered");
    for (const auto& order : plan.starts) {
      if (!followers_.contains(order.execution.id)) continue;
      runner_->watch_output({order.execution.id, order.execution.attempt.number}, true);
    }
  }
  for (const auto& key : plan.cancels) runner_->cancel(key);
  for (const auto& key : plan.unwanted) end_unbegun(key, runner::EndCause::cancelled, {});
}

// An attempt that never gets as far as the runner ends as one that the runner did not start.
void Dispatcher::end_unbegun(const runner::AttemptKey& key, runner::EndCause cause, std::string error) {
  runner::Finished finished;
  finished.key = key;
  finished.cause = cause;
  finished.finished_at = parts_.clock.now();
  finished.error = std::move(error);
  on_event(finished);
}

void Dispatcher::pump() {
  if (!booking_reports_ && (!started_.empty() || !ends_.empty())) book_reports();
  if (!booking_reports_) {
    for (const auto& action : std::exchange(until_booked_, {})) action();
  }
  promote_waiting();
}

void Dispatcher::when_reports_are_booked(std::function<void()> action) {
  until_booked_.push_back(std::move(action));
  pump();
}

void Dispatcher::promote_waiting() {
  if (!slot_waiters_ || promoting_ || free_slots() == 0) return;
  promoting_ = true;
  slot_waiters_ = false;
  book(
      kPromotedAtOnce,
      [this, now = parts_.clock.now()](store::Transaction& tx, Slots& slots,
                                       Plan& plan) -> base::Result<void> {
        parts_.ledger.promote(tx, now, slots, plan);
        return {};
      },
      [this](const base::Result<void>& kept) {
        promoting_ = false;
        if (!kept)
          parts_.timers.add(parts_.clock.now() + kTryAgain, [this] {
            slot_waiters_ = true;
            pump();
          });
      });
}

void Dispatcher::wait_for(ExecutionId id, Instant due_at) {
  parts_.timers.add(due_at, [this, id] {
    const auto now = parts_.clock.now();
    book(
        1,
        [this, id, now](store::Transaction& tx, Slots& slots, Plan& plan) -> base::Result<void> {
          parts_.ledger.end_backoff(tx, id, now, slots, plan);
          base::kill_point("retry.booked");
          return {};
        },
        [this, id, now](const base::Result<void>& kept) {
          if (!kept) wait_for(id, now + kTryAgain);
        });
  });
}

void Dispatcher::give_up(ExecutionId id, Instant deadline) {
  parts_.timers.add(deadline, [this, id] {
    const auto now = parts_.clock.now();
    book(
        0,
        [this, id, now](store::Transaction& tx, Slots& slots, Plan& plan) -> base::Result<void> {
          parts_.ledger.give_up_waiting(tx, id, now, slots, plan);
          return {};
        },
        [this, id, now](const base::Result<void>& kept) {
          if (!kept) give_up(id, now + kTryAgain);
        });
  });
}

// Before anything that waits is let go: what has waited too long while nobody was there must not begin.
void Dispatcher::load_deadlines() {
  const auto now = parts_.clock.now();
  std::vector<ExecutionId> overdue;
  parts_.store.read([&](store::Reader& reader) {
    ExecutionId after;
    while (true) {
      const auto open = reader.open_executions_after(after, kRowsAtOnce);
      for (const auto& execution : open) {
        const auto deadline = parts_.ledger.start_deadline(reader, execution);
        if (!deadline) continue;
        if (*deadline <= now)
          overdue.push_back(execution.id);
        else
          give_up(execution.id, *deadline);
      }
      if (static_cast<std::int64_t>(open.size()) < kRowsAtOnce) return;
      after = open.back().id;
    }
  });
  if (overdue.empty()) return;
  book_surely([this, overdue, now](store::Transaction& tx, Slots& slots, Plan& plan) -> base::Result<void> {
    for (const auto id : overdue) parts_.ledger.give_up_waiting(tx, id, now, slots, plan);
    return {};
  });
}

void Dispatcher::load_backoffs() {
  parts_.store.read([this](store::Reader& reader) {
    for (const auto& execution : reader.in_backoff(std::numeric_limits<std::int64_t>::max())) {
      wait_for(execution.id, execution.due_at.value_or(parts_.clock.now()));
    }
  });
}

void Dispatcher::on_event(const runner::Event& event) {
  if (const auto* started = std::get_if<runner::Started>(&event)) {
    ++started_count_;
    started_.push_back(*started);
  } else if (const auto* finished = std::get_if<runner::Finished>(&event)) {
    ++finished_count_;
    ends_.push_back({*finished, task_of(finished->key.execution)});
    // not the next attempt: the end of the one before may be told again
    const auto found = active_.find(finished->key.execution);
    if (found != active_.end() && found->second.attempt == finished->key.attempt) active_.erase(found);
  } else if (const auto* grew = std::get_if<runner::OutputGrew>(&event)) {
    tell_followers(grew->key.execution);
  }
}

TaskId Dispatcher::task_of(ExecutionId id) const {
  if (const auto found = active_.find(id); found != active_.end()) return found->second.task_id;
  TaskId task_id;
  parts_.store.read([&](store::Reader& reader) {
    if (const auto execution = reader.find_execution(id)) task_id = execution->task_id;
  });
  return task_id;
}

store::Output Dispatcher::read_output(const End& end) const {
  if (end.finished.output_bytes == 0 || !end.finished.log.empty() || !end.task_id) return {};
  const auto& key = end.finished.key;
  const auto path = output_path(parts_.options.data_dir, end.task_id, key.execution, key.attempt);
  auto ends = runner::LogReader(path.string()).ends(kOutputEndBytes);
  return {std::move(ends.stdout_text), std::move(ends.stderr_text)};
}

struct Dispatcher::Reports {
  std::vector<runner::Started> started;
  std::vector<End> ends;
  std::vector<store::Output> outputs;  // of the ends
  std::vector<double> randoms;         // of the ends
  Instant now;
};

// Reports that come while others are being booked are booked together, and a start whose end is known already
// needs no booking of its own: under load most executions cost one write less.
std::shared_ptr<Dispatcher::Reports> Dispatcher::take_reports() {
  auto reports = std::make_shared<Reports>();
  reports->now = parts_.clock.now();
  std::unordered_set<runner::AttemptKey> ended;
  for (const auto& end : ends_) ended.insert(end.finished.key);
  reports->started = std::exchange(started_, {});
  std::erase_if(reports->started, [&](const auto& started) { return ended.contains(started.key); });

  const auto count = static_cast<std::ptrdiff_t>(std::min(ends_.size(), kReportsAtOnce));
  reports->ends.assign(std::make_move_iterator(ends_.begin()),
                       std::make_move_iterator(ends_.begin() + count));
  ends_.erase(ends_.begin(), ends_.begin() + count);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (const auto& end : reports->ends) {
    reports->outputs.push_back(read_output(end));
    reports->randoms.push_back(uniform(random_));
  }
  return reports;
}

void Dispatcher::book_reports() {
  booking_reports_ = true;
  const auto reports = take_reports();
  base::kill_point("report.taken");
  book(
      static_cast<std::int64_t>(reports->ends.size()),
      [this, reports](store::Transaction& tx, Slots& slots, Plan& plan) -> base::Result<void> {
        for (const auto& started : reports->started) parts_.ledger.started(tx, started);
        for (std::size_t i = 0; i < reports->ends.size(); ++i) {
          parts_.ledger.finished(tx, reports->ends[i].finished, reports->outputs[i], reports->now,
                                 reports->randoms[i], slots, plan);
        }
        base::kill_point(reports->ends.empty() ? "started.booked" : "end.booked");
        return {};
      },
      [this, reports](const base::Result<void>& kept) {
        if (kept) {
          booking_reports_ = false;
          settle(reports->ends);
          return;
        }
        base::log::error("engine.booking_failed", {{"why", kept.error().message}});
        started_.insert(started_.begin(), reports->started.begin(), reports->started.end());
        ends_.insert(ends_.begin(), reports->ends.begin(), reports->ends.end());
        parts_.timers.add(parts_.clock.now() + kTryAgain, [this] {
          booking_reports_ = false;
          pump();
        });
      });
}

void Dispatcher::settle(const std::vector<End>& ends) {
  std::vector<runner::AttemptKey> keys;
  for (const auto& end : ends) {
    const auto& key = end.finished.key;
    keys.push_back(key);
    tell_followers(key.execution);
    writes_no_more(key);
  }
  if (keys.empty()) return;
  base::kill_point("end.committed");
  runner_->acknowledge(std::move(keys));
  base::kill_point("end.acknowledged");
}

// The job of a deleted task may have made its output anew until then.
void Dispatcher::writes_no_more(const runner::AttemptKey& key) {
  if (strangers_.erase(key) > 0 && strangers_.empty()) parts_.janitor.forget_abandoned();
  const auto doomed = doomed_.extract(key);
  if (!doomed) return;
  const auto id = doomed.mapped();
  const bool is_last =
      std::none_of(doomed_.begin(), doomed_.end(), [&](const auto& other) { return other.second == id; });
  parts_.janitor.remove_output(id, is_last);
}

void Dispatcher::disconnected(const std::string& why) {
  if (connected_) base::log::warning("runner.disconnected", {{"why", why}});
  connected_ = false;
}

void Dispatcher::follow(ExecutionId id, std::weak_ptr<std::function<void()>> grown) {
  // those of executions that have ended are told nothing more, and so are looked at here
  std::erase_if(followers_, [](const auto& entry) {
    return std::all_of(entry.second.begin(), entry.second.end(),
                       [](const auto& follower) { return follower.expired(); });
  });
  followers_[id].push_back(std::move(grown));
  if (runner_ == nullptr || !active_.contains(id)) return;
  parts_.store.read([&](store::Reader& reader) {
    if (const auto execution = reader.find_execution(id))
      runner_->watch_output({id, execution->attempt.number}, true);
  });
}

void Dispatcher::tell_followers(ExecutionId id) {
  const auto found = followers_.find(id);
  if (found == followers_.end()) return;
  for (const auto& follower : found->second) {
    if (const auto grown = follower.lock()) (*grown)();
  }
  std::erase_if(found->second, [](const auto& follower) { return follower.expired(); });
  if (found->second.empty()) followers_.erase(found);
}

}  // namespace engine
