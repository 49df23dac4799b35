#include "world.h"

#include "task/cursor.h"

namespace simulator {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr Milliseconds kDay = days{1};
const Instant kBegin = base::from_unix_ms(1'767'225'600'000);  // 2026-01-01

Beat random_beat(Simulation& simulation) {
  const auto minute = simulation.between(0, 59);
  const auto hour = simulation.between(0, 23);
  const auto weekday = simulation.between(0, 6);
  const auto minute_text = std::to_string(minute);
  const auto time_text = minute_text + ' ' + std::to_string(hour);
  constexpr std::int64_t kDayMinutes = 1440;
  constexpr std::int64_t kThursday = 4;  // 1970-01-01
  switch (simulation.between(0, 99)) {
    case 0:
      return {10, 0, "*/10 * * * *"};
    case 1:
    case 2:
    case 3:
      return {60, minute, minute_text + " * * * *"};
    default:
      if (simulation.chance(0.4)) return {kDayMinutes, hour * 60 + minute, time_text + " * * *"};
      return {7 * kDayMinutes, ((weekday - kThursday + 7) % 7) * kDayMinutes + hour * 60 + minute,
              time_text + " * * " + std::to_string(weekday)};
  }
}

}  // namespace

World::World(const WorldOptions& options)
    : options_(options),
      begin_(kBegin),
      simulation_(options.seed, kBegin),
      clock_(simulation_),
      store_(simulation_, options.misfortunes.commits_that_fail,
             options.planted == Planted::lost_commits ? 0.01 : 0),
      runner_(simulation_, [this](TaskId id) -> Deed {
        const auto& task = tasks_.at(static_cast<std::size_t>(id.value - 1));
        return {.duration = simulation_.delay(1, task.longest.count()),
                .exit_code = simulation_.chance(task.failing) ? 1 : 0,
                .twice = options_.planted == Planted::double_starts && simulation_.chance(0.01),
                .forgotten = options_.planted == Planted::forgotten_runs && simulation_.chance(0.01)};
      }) {
  engine_options_.max_running = 40;
  engine_options_.pools = {{"narrow", 2}};
  engine_options_.random_seed = options.seed;
  simulation_.on_clock_set([this] {
    if (loop_ != nullptr) loop_->clock_was_set();
  });
}

World::~World() = default;

PlannedTask World::random_task(int number) {
  PlannedTask task;
  task.beat = random_beat(simulation_);
  task.created = simulation_.wall();
  task.failing = simulation_.chance(0.2) ? 0.5 : 0.02;
  task.longest =
      simulation_.chance(0.1) ? Milliseconds{simulation_.between(1, 180) * 60'000} : Milliseconds{20'000};
  auto& definition = task.definition;
  definition.name = "task " + std::to_string(number);
  definition.cron = task.beat.cron;
  definition.timezone = "UTC";
  definition.command = "true";
  definition.timeout_s = simulation_.chance(0.1) ? 60 : 0;
  constexpr task::OverlapPolicy kOverlaps[] = {
      task::OverlapPolicy::skip, task::OverlapPolicy::queue, task::OverlapPolicy::queue_all,
      task::OverlapPolicy::cancel_running, task::OverlapPolicy::allow};
  definition.overlap = kOverlaps[simulation_.chance(0.5) ? 0 : simulation_.between(0, 4)];
  constexpr task::MisfirePolicy kMisfires[] = {task::MisfirePolicy::fire_once, task::MisfirePolicy::fire_all,
                                               task::MisfirePolicy::skip};
  definition.misfire.policy = kMisfires[simulation_.between(0, 2)];
  if (simulation_.chance(0.3)) definition.retry.max_attempts = static_cast<int>(simulation_.between(2, 4));
  definition.rerun_lost = simulation_.chance(0.3);
  if (simulation_.chance(0.1)) definition.pool = "narrow";
  definition.priority = static_cast<int>(simulation_.between(-2, 2));
  if (simulation_.chance(0.1)) definition.jitter_s = simulation_.between(1, 50);
  if (number > 1 && simulation_.chance(0.1))
    definition.on_success = {TaskId{simulation_.between(1, number - 1)}};
  return task;
}

void World::make_tasks() {
  static_cast<void>(store_.write([this](store::Transaction& tx) -> base::Result<void> {
    for (int number = 1; number <= options_.tasks; ++number) {
      auto planned = random_task(number);
      task::Task task;
      task.definition = planned.definition;
      task.created_at = planned.created;
      const auto cursor = task::cursor_after(task.definition, "UTC", planned.created);
      task.next_run_at = cursor.next_run_at;
      task.next_due_at = cursor.next_due_at;
      planned.id = tx.insert_task(task);
      tasks_.push_back(std::move(planned));
    }
    return {};
  }));
}

void World::start_server() {
  auto loop = std::make_unique<VirtualLoop>(simulation_);
  loop_ = loop.get();
  engine_ = std::make_unique<engine::Engine>(store_, clock_, engine_options_, std::move(loop));
  store_.set_listener([this](std::span<const store::Change> changes) { engine_->on_changes(changes); });
  connection_ = std::make_unique<VirtualConnection>(simulation_, runner_, *engine_);
  engine_->start(*connection_);
  connection_->connect_soon();
  up_since_ = simulation_.now();
}

void World::kill_server(Milliseconds downtime) {
  if (!engine_) return;
  connection_.reset();
  store_.server_was_killed();
  loop_ = nullptr;
  engine_.reset();
  simulation_.in(downtime, [this] { start_server(); });
}

void World::each(double per_day, std::function<void()> deed) {
  if (per_day <= 0) return;
  const auto mean = static_cast<double>(kDay.count()) / per_day;
  const auto wait =
      static_cast<std::int64_t>(mean * 2 * static_cast<double>(simulation_.between(0, 1'000'000)) / 1e6);
  simulation_.in(Milliseconds{wait}, [this, per_day, deed = std::move(deed)] {
    if (calm_) return;
    deed();
    each(per_day, deed);
  });
}

// Between any two events that follow, so that no pair of deeds is safe from it.
void World::at_a_random_moment(std::function<void()> deed) {
  simulation_.after_events(static_cast<std::uint64_t>(simulation_.between(0, 400)),
                           [this, deed = std::move(deed)] {
                             if (!calm_) deed();
                           });
}

void World::plan_misfortunes() {
  const auto& rates = options_.misfortunes;
  each(rates.server_kills, [this] {
    at_a_random_moment([this] {
      ++counts_.server_kills;
      kill_server(simulation_.chance(0.04) ? Milliseconds{simulation_.between(1, 2000) * 60'000}
                                           : simulation_.delay(50, 20'000));
    });
  });
  each(rates.runner_kills, [this] {
    at_a_random_moment([this] {
      ++counts_.runner_kills;
      runner_.kill(simulation_.delay(0, 5000), false);
    });
  });
  each(rates.machine_losses, [this] {
    at_a_random_moment([this] {
      ++counts_.machine_losses;
      const auto downtime = Milliseconds{simulation_.between(1, 600) * 60'000};
      runner_.kill(downtime, true);
      kill_server(downtime);
    });
  });
  each(rates.broken_sockets, [this] {
    at_a_random_moment([this] {
      ++counts_.broken_sockets;
      runner_.break_socket();
    });
  });
  each(rates.clock_jumps, [this] {
    ++counts_.clock_jumps;
    simulation_.set_clock_by(
        Milliseconds{simulation_.between(1, 300) * 60'000 + simulation_.between(0, 59'999)});
  });
  each(20, [this] { visit_user(); });
}

PlannedTask& World::any_task() {
  return tasks_[static_cast<std::size_t>(
      simulation_.between(0, static_cast<std::int64_t>(tasks_.size()) - 1))];
}

void World::visit_user() {
  if (!engine_) return;
  switch (simulation_.between(0, 3)) {
    case 0:
      pause(any_task());
      return;
    case 1: {
      std::vector<task::Execution> open;
      store_.read([&](store::Reader& reader) { open = reader.open_executions_after({}, 5); });
      if (open.empty()) return;
      ++counts_.cancels;
      engine_->cancel(open.back().id, "ada", [](const base::Result<void>&) {});
      return;
    }
    default:
      ++counts_.manual_runs;
      engine_->run({{.task_id = any_task().id, .triggered_by = "ada"}},
                   [this](engine::Engine::RunOutcomes outcomes) {
                     if (outcomes.front()) acknowledged_.push_back(*outcomes.front());
                   });
  }
}

void World::pause(PlannedTask& task) {
  if (!task.paused.empty() && task.paused.back().second > simulation_.wall()) return;
  ++counts_.pauses;
  set_paused(task, true);
  simulation_.in(Milliseconds{simulation_.between(1, 3000) * 60'000},
                 [this, &task] { set_paused(task, false); });
}

// As the service does it; a resumed task goes on with the fires after now. Nothing, where the server is
// killed before it is done.
void World::set_paused(PlannedTask& planned, bool paused) {
  if (!engine_) return;
  const auto work = [this, &planned, paused](store::Transaction& tx) -> base::Result<void> {
    auto task = tx.find_task(planned.id).value();
    if (task.paused == paused) return {};
    task.paused = paused;
    const auto cursor =
        paused ? task::Cursor{} : task::cursor_after(task.definition, "UTC", simulation_.wall());
    task.next_run_at = cursor.next_run_at;
    task.next_due_at = cursor.next_due_at;
    tx.save_task_state(task);
    if (paused)
      planned.paused.emplace_back(simulation_.wall(), Instant::max());
    else
      planned.paused.back().second = simulation_.wall();
    return {};
  };
  engine_->change({planned.id}, work, [](const base::Result<void>&) {});
}

void World::run() {
  make_tasks();
  start_server();
  plan_misfortunes();
  const Milliseconds span = options_.span;
  simulation_.run_until(span);
  calm_ = true;
  // whatever is down comes back, and no new fire disturbs the end
  simulation_.run_until(span + days{3});
  end_ = simulation_.wall();
  for (auto& task : tasks_) {
    set_paused(task, true);
  }
  simulation_.run_until(span + days{40});
  counts_.events = simulation_.events();
}

}  // namespace simulator
