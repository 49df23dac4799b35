// A scheduler with its tasks, users and misfortunes, for a span of virtual time.
#pragma once
#include <deque>
#include <optional>

#include "beat.h"
#include "engine/engine.h"
#include "promptness.h"
#include "virtual_runner.h"
#include "virtual_store.h"
#include "witness.h"

namespace simulator {

// The task's starts_at and ends_at.
struct Window {
  std::optional<Instant> starts_at, ends_at;

  bool holds(Instant fire) const {
    return (!starts_at || fire >= *starts_at) && (!ends_at || fire <= *ends_at);
  }
};

struct PlannedTask {
  TaskId id;
  struct Chapter {
    Instant from;  // fires after this one follow the beat, within the window
    Beat beat;
    Window window = {};
  };
  std::vector<Chapter> chapters;
  task::TaskDefinition definition;
  Instant created;
  std::vector<std::pair<Instant, Instant>> paused;  // from, to
  std::optional<Instant> deleted;
  double failing = 0;
  Milliseconds longest{1000};

  const Beat& beat() const { return chapters.back().beat; }
};

// The clock was set back: by the clock from this instant to that one, when so much time had passed.
struct SetBack {
  Milliseconds at{0};
  Instant from, to;
};

// What the user asked of the engine, and what it said. Each request has a name of its own in the records.
struct Asked {
  enum class Kind { run, forced_run, retry, backfill };
  Kind kind = Kind::run;
  TaskId task_id;
  ExecutionId again = {};      // of a retry: the one before
  bool has_ended = true;       // that one
  Instant from = {}, to = {};  // of a backfill, as is its
  task::OverlapPolicy overlap = task::OverlapPolicy::queue_all;
  std::optional<std::vector<ExecutionId>> given = {};
  std::optional<base::ErrorKind> refused = {};

  static std::string name(std::size_t number) { return "ada " + std::to_string(number); }
  // May run beside what runs already.
  bool beside() const {
    return kind == Kind::forced_run || (kind == Kind::backfill && overlap == task::OverlapPolicy::allow);
  }
};

struct Misfortunes {  // how many of each in a day, on average
  double server_kills = 2;
  double long_outages = 0.04;  // share of those, up to more than a day
  double runner_kills = 0.5;
  double machine_losses = 0.1;
  double broken_sockets = 1;
  double clock_jumps = 0.2;           // forwards
  double set_backs = 0.1;             // half of them by no more than a time server's correction
  double commits_that_fail = 0.0005;  // share of commits
};

// What a scheduler must never do, done on purpose: an oracle that does not see it is worth nothing.
enum class Planted {
  nothing,
  lost_commits,
  double_starts,
  forgotten_runs,
  wide_pools,
  wide_node,
  no_windows,
  weak_force,
  wrong_retries,
  short_backfills,
  upside_down,
  deaf_runner,
};

struct WorldOptions {
  std::uint64_t seed = 1;
  int tasks = 50;
  std::chrono::days span{10};
  Misfortunes misfortunes;
  Planted planted = Planted::nothing;
  // Most tasks fire each hour and share a pool, users come often: something waits at almost any moment.
  bool crowded = false;
  // Most tasks fire each hour, fail, and are tried again at once, so that a kill often meets the end of one
  // attempt and the begin of the next.
  bool restless = false;
};

class World : private WorldView {
 public:
  explicit World(const WorldOptions& options);
  ~World() override;

  // Lives through the span, then until all that was begun has ended.
  void run();

  struct Counts {
    std::uint64_t events = 0;
    std::int64_t server_kills = 0, runner_kills = 0, machine_losses = 0, broken_sockets = 0, clock_jumps = 0,
                 set_backs = 0;
    std::int64_t manual_runs = 0, forced_runs = 0, retries = 0, backfills = 0, cancels = 0, pauses = 0,
                 edits = 0, made = 0, deleted = 0;
  };
  const Counts& counts() const { return counts_; }
  const std::deque<PlannedTask>& tasks() const { return tasks_; }
  const std::vector<SetBack>& set_backs() const { return set_backs_; }
  // Whether the server was there from one moment to another, and its clock was not set in between.
  bool was_undisturbed(Milliseconds from, Milliseconds to) const;
  const std::vector<Run>& runs() const { return runner_.runs(); }
  const std::deque<Asked>& asked() const { return asked_; }
  const Witness& witness() const { return witness_; }
  const Promptness& promptness() const { return promptness_; }
  // When the clock showed that time, or a later one, for the first time, or for the first time since then.
  Milliseconds first_time_of(Instant shown, Milliseconds since = Milliseconds{0}) const;
  Instant begin() const { return begin_; }
  Instant end() const { return end_; }
  store::Store& store() { return store_; }
  engine::Engine& engine() { return *engine_; }
  const base::Clock& clock() const { return clock_; }
  const std::map<std::string, std::int64_t>& pools() const { return pools_; }
  std::int64_t max_running() const { return max_running_; }
  bool is_quiet() const { return runner_.is_idle(); }

 private:
  Milliseconds now() const override { return simulation_.now(); }
  Instant wall() const override { return simulation_.wall(); }
  std::optional<Instant> start_deadline_of(const task::Execution& execution) const override;
  std::int64_t limit_of_pool(const std::string& pool) const override { return pools_.at(pool); }
  std::int64_t limit_of_node() const override { return max_running_; }
  std::vector<std::string> left_of_deleted_tasks() const override;

  void make_tasks();
  PlannedTask random_task(int number);
  Window random_window(const Beat& beat);
  void define(task::TaskDefinition& definition, const PlannedTask::Chapter& chapter) const;
  void start_server();
  void kill_server(Milliseconds downtime);
  void plan_misfortunes();
  void plan_set_backs_behind_windows();
  void each(double per_day, std::function<void()> deed);
  void at_a_random_moment(std::function<void()> deed);
  void visit_user();
  void run_by_hand(TaskId id, bool force);
  void run_again();
  void backfill(const PlannedTask& task);
  std::vector<task::Execution> open_executions();
  // Notes what is asked; gives its name and what notes the answer.
  template <class Answer>
  std::pair<std::string, std::function<void(Answer)>> ask(Asked asked);
  void set_clock_by(Milliseconds by);
  // Something goes wrong now, for so long.
  void trouble(Milliseconds length);
  void pause(PlannedTask& task);
  void set_paused(PlannedTask& task, bool paused);
  void edit(PlannedTask& task);
  void make_one_more();
  void remove(PlannedTask& task);
  static void place_cursor(task::Task& task, Instant now);
  PlannedTask* any_task();

  const WorldOptions options_;
  const Instant begin_;
  Instant end_;
  Simulation simulation_;
  VirtualClock clock_;
  VirtualStore store_;
  Witness witness_;
  Promptness promptness_;
  VirtualRunner runner_;
  std::map<std::string, std::int64_t> pools_;
  std::int64_t max_running_ = 0;
  engine::Options engine_options_;
  VirtualLoop* loop_ = nullptr;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<VirtualConnection> connection_;
  bool calm_ = false;
  std::deque<PlannedTask> tasks_;
  std::map<TaskId, PlannedTask*> by_id_;
  std::vector<SetBack> set_backs_;
  std::vector<std::pair<Milliseconds, Instant>> clock_settings_;  // from when on, and what it shows then
  enum class Disturbance { began, killed, clock_set };
  std::vector<std::pair<Milliseconds, Disturbance>> disturbances_;  // of the server
  std::deque<Asked> asked_;
  Counts counts_;
};

}  // namespace simulator
