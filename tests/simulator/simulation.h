// Virtual time, and what happens in it: events in the order of their time, ties in the order in which they
// were planned. One thread, one source of chance: a seed gives the same run each time.
#pragma once
#include <functional>
#include <map>
#include <random>

#include "base/clock.h"
#include "engine/loop.h"

namespace simulator {

using base::Instant;
using base::Milliseconds;

class Simulation {
 public:
  using Action = std::function<void()>;

  Simulation(std::uint64_t seed, Instant begin) : random_(seed), begin_(begin) {}

  Milliseconds now() const { return now_; }                 // since the begin; never jumps
  Instant wall() const { return begin_ + now_ + set_by_; }  // what the clock on the wall shows
  Milliseconds until(Instant wall_time) const { return std::max(wall_time - wall(), Milliseconds{0}); }

  void in(Milliseconds delay, Action action) { events_.emplace(now_ + delay, std::move(action)); }
  void run_until(Milliseconds end);
  // Calls `action` before the next event but `count`: a moment between any two things that happen.
  void after_events(std::uint64_t count, Action action);

  // The wall clock is set by so much; `on_set` is called.
  void set_clock_by(Milliseconds by);
  void on_clock_set(Action action) { clock_was_set_ = std::move(action); }

  std::int64_t between(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random_);
  }
  Milliseconds delay(std::int64_t least_ms, std::int64_t most_ms) {
    return Milliseconds{between(least_ms, most_ms)};
  }
  bool chance(double share) { return std::bernoulli_distribution(share)(random_); }
  std::uint64_t events() const { return count_; }

 private:
  std::mt19937_64 random_;
  const Instant begin_;
  Milliseconds now_{0};
  Milliseconds set_by_{0};
  std::multimap<Milliseconds, Action> events_;
  std::uint64_t count_ = 0;
  std::multimap<std::uint64_t, Action> by_count_;
  Action clock_was_set_ = [] {};
};

class VirtualClock : public base::Clock {
 public:
  explicit VirtualClock(const Simulation& simulation) : simulation_(simulation) {}
  Instant now() const override { return simulation_.wall(); }

 private:
  const Simulation& simulation_;
};

// The engine's loop as events. What was planned before its end does nothing after it.
class VirtualLoop : public engine::Loop {
 public:
  explicit VirtualLoop(Simulation& simulation) : simulation_(simulation) {}
  ~VirtualLoop() override { *alive_ = false; }

  void start(Task on_time, Task after) override;
  void stop() override { *alive_ = false; }
  void post(Task task) override;
  void wake_at(std::optional<Instant> at) override;
  void clock_was_set();

 private:
  void pump();
  void plan(Milliseconds delay, Task task);

  Simulation& simulation_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Task on_time_ = [] {};
  Task after_ = [] {};
  std::vector<Task> posted_;
  std::optional<Instant> armed_;
  std::uint64_t alarm_ = 0;  // the one that counts
};

}  // namespace simulator
