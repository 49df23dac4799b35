#include "service/forecast_walk.h"

#include <algorithm>

#include "task/admission.h"
#include "task/cursor.h"

namespace service {

ForecastWalk::ForecastWalk(const std::vector<ForecastTask>& tasks, const std::vector<std::size_t>& members,
                           std::int64_t limit, ForecastTrace& trace)
    : tasks_(tasks), members_(members), limit_(limit), trace_(trace), state_(members.size()) {}

ForecastPool ForecastWalk::walk(Instant until) {
  for (std::size_t member = 0; member < members_.size(); ++member)
    plan_fire(member, task_of(member).first, until);
  while (!due_.empty()) {
    const auto due = due_.top();
    due_.pop();
    end_runs(due.due);
    fire(due);
    const auto& task = task_of(due.member);
    plan_fire(due.member, task::cursor_after(*task.definition, *task.schedule, due.at).next_run_at, until);
  }
  end_runs(Instant::max());
  for (const auto& member : state_) {
    if (member.overlap.count > 0) trace_.overlaps.push_back(member.overlap);
  }
  return pool_;
}

void ForecastWalk::plan_fire(std::size_t member, std::optional<Instant> at, Instant until) {
  if (at && *at < until) due_.push({*at + task::jitter_of(*task_of(member).definition), *at, member});
}

// Through the gate by which the fires themselves will go.
void ForecastWalk::fire(const Due& due) {
  auto& member = state_[due.member];
  const auto number = trace_.fires.size();
  auto& fire =
      trace_.fires.emplace_back(ForecastFire{.at = due.at, .task = members_[due.member], .start = {}});
  const auto admission = task::admit(task_of(due.member).definition->overlap, false,
                                     {member.running, static_cast<std::int64_t>(member.queue.size())});
  if (admission.verdict == task::Admission::Verdict::start)
    return want_to_start(due.member, number, due.due, true);
  member.overlap.task = members_[due.member];
  if (member.overlap.count++ == 0) member.overlap.first_at = due.at;
  if (admission.verdict == task::Admission::Verdict::refuse) {
    fire.outcome = ForecastOutcome::skipped;
    return;
  }
  fire.outcome = admission.cancel_running ? ForecastOutcome::cancels : ForecastOutcome::waits;
  if (!admission.cancel_running) fire.waiting = task::Waiting::overlap;
  member.queue.push_back(number);
  if (admission.cancel_running) cancel(due.member, due.due);
}

void ForecastWalk::end_runs(Instant until) {
  while (!going_.empty() && going_.top().end <= until) {
    const auto ended = going_.top();
    going_.pop();
    // one that was cancelled has ended before
    if (trace_.runs[ended.run].end != ended.end) continue;
    auto& member = state_[ended.member];
    if (member.run == ended.run) member.run.reset();
    --member.running;
    --in_pool_;
    let_go_on(ended.member, ended.end, ended.is_known);
  }
}

void ForecastWalk::cancel(std::size_t number, Instant at) {
  auto& member = state_[number];
  if (member.in_line) {
    line_.erase({-task_of(number).definition->priority, *member.in_line, number});
    member.in_line.reset();
    --member.running;
  }
  if (member.run) {
    trace_.runs[*member.run].end = at;
    member.run.reset();
    --member.running;
    --in_pool_;
  }
  let_go_on(number, at, true);
}

void ForecastWalk::let_go_on(std::size_t number, Instant at, bool is_known) {
  auto& member = state_[number];
  if (member.running == 0 && !member.queue.empty()) {
    const auto next = member.queue.front();
    member.queue.pop_front();
    want_to_start(number, next, at, is_known);
  }
  let_in(at, is_known);
}

void ForecastWalk::want_to_start(std::size_t number, std::size_t fire, Instant at, bool is_known) {
  auto& member = state_[number];
  ++member.running;
  const auto wanted = in_pool_ + static_cast<std::int64_t>(line_.size()) + 1;
  if (wanted > pool_.most_at_once) pool_ = {wanted, at, pool_.waits};
  if (wanted <= limit_) return start(number, fire, at, is_known);
  line_.emplace(-task_of(number).definition->priority, fire, number);
  member.in_line = fire;
  let_in(at, is_known);
  auto& told = trace_.fires[fire];
  if (member.in_line != fire) return;
  ++pool_.waits;
  if (told.outcome == ForecastOutcome::runs) told.outcome = ForecastOutcome::waits;
  if (told.waiting == task::Waiting::none) told.waiting = task::Waiting::pool;
}

void ForecastWalk::let_in(Instant at, bool is_known) {
  while (in_pool_ < limit_ && !line_.empty()) {
    const auto [priority, fire, number] = *line_.begin();
    line_.erase(line_.begin());
    state_[number].in_line.reset();
    start(number, fire, at, is_known);
  }
}

void ForecastWalk::start(std::size_t number, std::size_t fire, Instant at, bool is_known) {
  const auto& expected = task_of(number).expected;
  const auto end = at + std::max(expected.value_or(kUnknownDuration), Milliseconds{1});
  if (is_known) trace_.fires[fire].start = at;
  state_[number].run = trace_.runs.size();
  going_.push({end, trace_.runs.size(), number, is_known && expected.has_value()});
  trace_.runs.push_back({at, end});
  ++in_pool_;
}

}  // namespace service
