#include "service/forecast_walk.h"

#include <algorithm>

#include "task/admission.h"
#include "task/cursor.h"
#include "task/start_deadline.h"

namespace service {

using task::Waiting;

void ForecastWalk::Room::want(std::int64_t how_many, Instant at) {
  if (how_many > told.most_at_once) {
    told.most_at_once = how_many;
    told.at = at;
  }
}

ForecastWalk::ForecastWalk(const std::vector<ForecastTask>& tasks, const ForecastLimits& limits)
    : tasks_(tasks), state_(tasks.size()) {
  slots_.limit = limits.max_running;
  probe_.trigger = task::Trigger::schedule;
  for (std::size_t task = 0; task < tasks.size(); ++task) {
    const auto& name = definition_of(task).pool;
    if (name.empty()) continue;
    auto& pool = pools_[name];
    if (const auto limit = limits.pools.find(name); limit != limits.pools.end()) pool.limit = limit->second;
    state_[task].pool = &pool;
  }
}

ForecastTrace ForecastWalk::walk(Instant until) {
  for (std::size_t task = 0; task < tasks_.size(); ++task) plan_fire(task, tasks_[task].first, until);
  while (!due_.empty()) {
    const auto due = due_.top();
    due_.pop();
    pass(due.due);
    fire(due);
    plan_fire(due.task,
              task::cursor_after(definition_of(due.task), *tasks_[due.task].schedule, due.at).next_run_at,
              until);
  }
  pass(std::nullopt);
  for (const auto& member : state_) {
    if (member.overlap.count > 0) trace_.overlaps.push_back(member.overlap);
  }
  for (const auto& [name, pool] : pools_) {
    if (pool.told.most_at_once > 0) trace_.pools[name] = pool.told;
  }
  trace_.node = slots_.told;
  return std::move(trace_);
}

void ForecastWalk::plan_fire(std::size_t task, std::optional<Instant> at, Instant until) {
  if (at && *at < until) due_.push({*at + task::jitter_of(definition_of(task)), *at, task});
}

// Through the gate by which the fires themselves will go.
void ForecastWalk::fire(const Due& due) {
  auto& member = state_[due.task];
  const auto number = trace_.fires.size();
  auto& fire = trace_.fires.emplace_back(ForecastFire{.at = due.at, .task = due.task, .start = {}});
  waits_.push_back(true);
  const auto admission = task::admit(definition_of(due.task).overlap, false,
                                     {member.running, static_cast<std::int64_t>(member.queue.size())});
  if (admission.verdict == task::Admission::Verdict::start) {
    claim(number, Turn::stands_in_line, due.due, true);
    return watch_deadline(number, due.due);
  }
  member.overlap.task = due.task;
  if (member.overlap.count++ == 0) member.overlap.first_at = due.at;
  fire.because = ForecastCause::overlap;
  if (admission.verdict == task::Admission::Verdict::refuse) {
    fire.outcome = ForecastOutcome::skipped;
    waits_[number] = false;
    return;
  }
  fire.outcome = admission.cancel_running ? ForecastOutcome::cancels : ForecastOutcome::waits;
  if (!admission.cancel_running) fire.waiting = Waiting::overlap;
  member.queue.push_back(number);
  if (admission.cancel_running) cancel(due.task, due.due);
  watch_deadline(number, due.due);
}

void ForecastWalk::watch_deadline(std::size_t fire, Instant due) {
  if (!waits_[fire]) return;
  probe_.due_at = due;
  if (const auto deadline = task::start_deadline(definition_of(trace_.fires[fire].task), probe_))
    deadlines_.push({*deadline, fire});
}

// All that happens by then; without an instant, until nothing goes on any more. What ends just when a
// deadline passes comes too late for who waits, and a fire of that instant comes after both, as with the
// engine.
void ForecastWalk::pass(std::optional<Instant> until) {
  while (true) {
    while (!deadlines_.empty() && !waits_[deadlines_.top().fire]) deadlines_.pop();
    const bool has_deadline = !deadlines_.empty(), has_end = !going_.empty();
    if (!has_deadline && !has_end) return;
    const bool is_deadline = has_deadline && (!has_end || deadlines_.top().at <= going_.top().end);
    if (until && (is_deadline ? deadlines_.top().at : going_.top().end) > *until) return;
    if (is_deadline) {
      const auto deadline = deadlines_.top();
      deadlines_.pop();
      give_up(deadline);
    } else {
      const auto going = going_.top();
      going_.pop();
      end(going);
    }
  }
}

void ForecastWalk::end(const Going& going) {
  const auto& run = trace_.runs[going.run];
  // one that was cancelled has ended before
  if (run.end != going.end) return;
  const auto task = trace_.fires[run.fire].task;
  auto& member = state_[task];
  if (member.run == going.run) member.run.reset();
  give_room_back(member);
  let_go_on(task, Turn::stands_in_line, going.end, going.is_known);
}

void ForecastWalk::give_room_back(Member& member) {
  --member.running;
  --slots_.taken;
  if (member.pool == nullptr) return;
  --member.pool->taken;
  --member.pool->wanted;
}

void ForecastWalk::give_up(const Deadline& deadline) {
  auto& fire = trace_.fires[deadline.fire];
  auto& member = state_[fire.task];
  fire.outcome = ForecastOutcome::skipped;
  fire.because = ForecastCause::start_deadline;
  if (const auto waited_for = leave_line(deadline.fire)) {
    fire.waiting = *waited_for;
  } else {
    // the oldest of a queue is the first to be too late
    fire.waiting = Waiting::overlap;
    member.queue.erase(std::find(member.queue.begin(), member.queue.end(), deadline.fire));
    waits_[deadline.fire] = false;
  }
  let_go_on(fire.task, Turn::stands_in_line, deadline.at, true);
}

void ForecastWalk::cancel(std::size_t task, Instant at) {
  auto& member = state_[task];
  if (member.in_line) {
    trace_.fires[*member.in_line].is_cancelled = true;
    leave_line(*member.in_line);
  }
  const auto turn = member.run ? Turn::has_come : Turn::stands_in_line;
  if (member.run) {
    auto& run = trace_.runs[*member.run];
    run.end = at;
    trace_.fires[run.fire].is_cancelled = true;
    member.run.reset();
    give_room_back(member);
  }
  let_go_on(task, turn, at, true);
}

std::tuple<std::int64_t, std::size_t> ForecastWalk::place_of(std::size_t fire) const {
  return {-definition_of(trace_.fires[fire].task).priority, fire};
}

std::optional<Waiting> ForecastWalk::leave_line(std::size_t fire) {
  auto& member = state_[trace_.fires[fire].task];
  auto waited_for = Waiting::slot;
  if (slots_.line.erase(place_of(fire)) == 0) {
    if (member.pool == nullptr || member.pool->line.erase(place_of(fire)) == 0) return std::nullopt;
    waited_for = Waiting::pool;
  }
  waits_[fire] = false;
  if (member.in_line == fire) member.in_line.reset();
  --member.running;
  if (member.pool != nullptr) --member.pool->wanted;
  return waited_for;
}

// In the order of Ledger::close: who waits for the pool may now wait for a slot, as does the task's own next
// unless it takes the place of the run that it ended, and then those go that wait.
void ForecastWalk::let_go_on(std::size_t task, Turn turn, Instant at, bool is_known) {
  auto& member = state_[task];
  if (member.pool != nullptr) let_into_pool(*member.pool);
  if (member.running == 0 && !member.queue.empty()) {
    const auto next = member.queue.front();
    member.queue.pop_front();
    claim(next, turn, at, is_known);
  }
  promote(at, is_known);
}

void ForecastWalk::claim(std::size_t fire, Turn turn, Instant at, bool is_known) {
  auto& member = state_[trace_.fires[fire].task];
  ++member.running;
  if (member.pool != nullptr) member.pool->want(++member.pool->wanted, at);
  if (member.pool != nullptr && member.pool->is_full())
    return stand_in_line(fire, *member.pool, ForecastCause::pool, Waiting::pool);
  slots_.want(slots_.taken + static_cast<std::int64_t>(slots_.line.size()) + 1, at);
  const bool another_goes_first =
      turn == Turn::stands_in_line && !slots_.line.empty() && *slots_.line.begin() < place_of(fire);
  if (slots_.is_full() || another_goes_first)
    return stand_in_line(fire, slots_, ForecastCause::slot, Waiting::slot);
  start(fire, at, is_known);
}

void ForecastWalk::stand_in_line(std::size_t number, Room& room, ForecastCause because, Waiting waiting) {
  auto& fire = trace_.fires[number];
  room.line.insert(place_of(number));
  ++room.told.waits;
  state_[fire.task].in_line = number;
  if (fire.outcome == ForecastOutcome::runs) fire.outcome = ForecastOutcome::waits;
  if (fire.because == ForecastCause::none) fire.because = because;
  if (fire.waiting == Waiting::none) fire.waiting = waiting;
}

void ForecastWalk::let_into_pool(Room& pool) {
  for (auto room = pool.limit - pool.taken; room > 0 && !pool.line.empty(); --room)
    slots_.line.insert(pool.line.extract(pool.line.begin()));
}

void ForecastWalk::promote(Instant at, bool is_known) {
  while (!slots_.is_full() && !slots_.line.empty()) {
    auto first = slots_.line.extract(slots_.line.begin());
    const auto fire = std::get<1>(first.value());
    auto& member = state_[trace_.fires[fire].task];
    if (member.pool != nullptr && member.pool->is_full()) {
      member.pool->line.insert(std::move(first));
      continue;
    }
    if (member.in_line == fire) member.in_line.reset();
    start(fire, at, is_known);
  }
}

void ForecastWalk::start(std::size_t number, Instant at, bool is_known) {
  auto& fire = trace_.fires[number];
  auto& member = state_[fire.task];
  const auto& expected = tasks_[fire.task].expected;
  const auto end = at + std::max(expected.value_or(kUnknownDuration), Milliseconds{1});
  if (is_known) fire.start = at;
  waits_[number] = false;
  member.run = trace_.runs.size();
  going_.push({end, trace_.runs.size(), is_known && expected.has_value()});
  trace_.runs.push_back({at, end, number});
  ++slots_.taken;
  if (member.pool != nullptr) ++member.pool->taken;
}

}  // namespace service
