#include "simulation.h"

namespace simulator {

void Simulation::run_until(Milliseconds end) {
  while (!events_.empty() && events_.begin()->first <= end) {
    while (!by_count_.empty() && by_count_.begin()->first <= count_) {
      auto action = std::move(by_count_.extract(by_count_.begin()).mapped());
      action();
    }
    auto event = events_.extract(events_.begin());
    now_ = std::max(now_, event.key());
    ++count_;
    event.mapped()();
  }
  now_ = end;
}

void Simulation::after_events(std::uint64_t count, Action action) {
  by_count_.emplace(count_ + count, std::move(action));
}

void Simulation::set_clock_by(Milliseconds by) {
  set_by_ += by;
  clock_was_set_();
}

void VirtualLoop::plan(Milliseconds delay, Task task) {
  simulation_.in(delay, [alive = alive_, task = std::move(task)] {
    if (*alive) task();
  });
}

void VirtualLoop::start(Task on_time, Task after) {
  on_time_ = std::move(on_time);
  after_ = std::move(after);
}

void VirtualLoop::post(Task task) {
  if (!*alive_) return;
  posted_.push_back(std::move(task));
  if (posted_.size() == 1) plan(simulation_.delay(0, 1), [this] { pump(); });
}

void VirtualLoop::pump() {
  for (auto& task : std::exchange(posted_, {})) task();
  after_();
}

void VirtualLoop::wake_at(std::optional<Instant> at) {
  if (at == armed_) return;
  armed_ = at;
  ++alarm_;
  if (!at) return;
  plan(simulation_.until(*at), [this, alarm = alarm_] {
    if (alarm != alarm_) return;
    armed_.reset();
    on_time_();
    after_();
  });
}

void VirtualLoop::clock_was_set() {
  armed_.reset();
  ++alarm_;
  plan(Milliseconds{0}, [this] {
    on_time_();
    after_();
  });
}

}  // namespace simulator
