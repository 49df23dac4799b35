// A scheduler with its tasks, users and misfortunes, for a span of virtual time.
#pragma once
#include <array>
#include <optional>

#include "engine/engine.h"
#include "virtual_runner.h"
#include "virtual_store.h"

namespace simulator {

// A schedule that needs no calendar: fires at each minute since 1970 that leaves `phase` when divided by
// `period`. What the oracle knows of time.
struct Beat {
  std::int64_t period = 60;
  std::int64_t phase = 0;
  std::string cron;
};

struct PlannedTask {
  TaskId id;
  Beat beat;
  task::TaskDefinition definition;
  Instant created;
  std::vector<std::pair<Instant, Instant>> paused;  // from, to
  double failing = 0;
  Milliseconds longest{1000};
};

struct Misfortunes {  // how many of each in a day, on average
  double server_kills = 2;
  double runner_kills = 0.5;
  double machine_losses = 0.1;
  double broken_sockets = 1;
  double clock_jumps = 0.2;
  double commits_that_fail = 0.0005;  // share of commits
};

// What a scheduler must never do, done on purpose: an oracle that does not see it is worth nothing.
enum class Planted { nothing, lost_commits, double_starts, forgotten_runs };

struct WorldOptions {
  std::uint64_t seed = 1;
  int tasks = 50;
  std::chrono::days span{10};
  Misfortunes misfortunes;
  Planted planted = Planted::nothing;
};

class World {
 public:
  explicit World(const WorldOptions& options);
  ~World();

  // Lives through the span, then until all that was begun has ended.
  void run();

  struct Counts {
    std::uint64_t events = 0;
    std::int64_t server_kills = 0, runner_kills = 0, machine_losses = 0, broken_sockets = 0, clock_jumps = 0;
    std::int64_t manual_runs = 0, cancels = 0, pauses = 0;
  };
  const Counts& counts() const { return counts_; }
  const std::vector<PlannedTask>& tasks() const { return tasks_; }
  const std::vector<Run>& runs() const { return runner_.runs(); }
  const std::vector<ExecutionId>& acknowledged() const { return acknowledged_; }
  Instant begin() const { return begin_; }
  Instant end() const { return end_; }
  store::Store& store() { return store_; }
  engine::Engine& engine() { return *engine_; }
  const base::Clock& clock() const { return clock_; }
  bool is_quiet() const { return runner_.is_idle(); }

 private:
  void make_tasks();
  PlannedTask random_task(int number);
  void start_server();
  void kill_server(Milliseconds downtime);
  void plan_misfortunes();
  void each(double per_day, std::function<void()> deed);
  void at_a_random_moment(std::function<void()> deed);
  void visit_user();
  void pause(PlannedTask& task);
  void set_paused(PlannedTask& task, bool paused);
  PlannedTask& any_task();

  const WorldOptions options_;
  const Instant begin_;
  Instant end_;
  Simulation simulation_;
  VirtualClock clock_;
  VirtualStore store_;
  VirtualRunner runner_;
  engine::Options engine_options_;
  VirtualLoop* loop_ = nullptr;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<VirtualConnection> connection_;
  Milliseconds up_since_{0};
  bool calm_ = false;
  std::vector<PlannedTask> tasks_;
  std::vector<ExecutionId> acknowledged_;
  Counts counts_;
};

}  // namespace simulator
