#include "world.h"

#include <algorithm>
#include <set>

#include "task/cursor.h"

namespace simulator {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr Milliseconds kDay = days{1};
const Instant kBegin = base::from_unix_ms(1'767'225'600'000);  // 2026-01-01

}  // namespace

World::World(const WorldOptions& options)
    : options_(options),
      begin_(kBegin),
      simulation_(options.seed, kBegin),
      clock_(simulation_),
      store_(simulation_, options.misfortunes.commits_that_fail,
             options.planted == Planted::lost_commits ? 0.01 : 0),
      witness_([this](TaskId id) { return by_id_.at(id)->definition.priority; },
               [this](const task::Execution& execution) {
                 return execution.trigger == task::Trigger::backfill ||
                        by_id_.at(execution.task_id)->definition.overlap ==
                            task::OverlapPolicy::cancel_running;
               }),
      promptness_(*this),
      runner_(simulation_, [this](TaskId id) -> Deed {
        const auto& task = *by_id_.at(id);
        return {.duration = simulation_.delay(1, task.longest.count()),
                .exit_code = simulation_.chance(task.failing) ? 1 : 0,
                .twice = options_.planted == Planted::double_starts && simulation_.chance(0.01),
                .forgotten = options_.planted == Planted::forgotten_runs && simulation_.chance(0.01)};
      }) {
  // in half of the worlds what is due has to wait for a free slot now and then
  const bool is_wide = simulation_.chance(0.5);
  max_running_ = is_wide ? 40 : simulation_.between(3, 6);
  max_running_ *= std::max(1, options.tasks / 50);
  if (options.planted == Planted::wide_node || options.planted == Planted::upside_down) max_running_ = 3;
  engine_options_.max_running = max_running_ + (options.planted == Planted::wide_node ? 1 : 0);
  for (int number = 1; number <= std::max(1, options.tasks / 50); ++number)
    pools_["narrow " + std::to_string(number)] = 2;
  engine_options_.pools = pools_;
  if (options.planted == Planted::wide_pools) ++engine_options_.pools["narrow 1"];
  engine_options_.random_seed = options.seed;
  if (options.planted == Planted::deaf_runner) runner_.be_deaf(0.01);
  clock_settings_.emplace_back(simulation_.now(), simulation_.wall());
  store_.set_witness([this](bool kept) {
    if (!kept) return trouble({});
    const auto& open = store_.open_executions();
    witness_.look(open.all());
    promptness_.look(open);
  });
  simulation_.on_clock_set([this] {
    if (loop_ != nullptr) loop_->clock_was_set();
  });
}

World::~World() = default;

// Half of the edges are those of a fire, to the millisecond.
Window World::random_window(const Beat& beat) {
  const auto span = std::chrono::duration_cast<minutes>(options_.span).count();
  const auto edge = [&](std::int64_t least, std::int64_t most) {
    auto at = std::chrono::floor<minutes>(simulation_.wall()) + minutes{simulation_.between(least, most)};
    const auto minute = at.time_since_epoch().count();
    const auto fires = beat.fires(minute, minute + minutes{days{7}}.count());
    if (fires.empty() || simulation_.chance(0.5)) return Instant{at};
    return base::from_unix_ms(fires.front() * 60'000 + simulation_.between(-1, 1));
  };
  Window window;
  if (simulation_.chance(0.1)) window.starts_at = edge(-minutes{days{1}}.count(), span / 3);
  if (simulation_.chance(0.1)) window.ends_at = edge(span / 3, span);
  return window;
}

void World::define(task::TaskDefinition& definition, const PlannedTask::Chapter& chapter) const {
  definition.cron = chapter.beat.cron;
  definition.timezone = chapter.beat.timezone;
  if (options_.planted == Planted::no_windows) return;
  definition.starts_at = chapter.window.starts_at;
  definition.ends_at = chapter.window.ends_at;
}

PlannedTask World::random_task(int number) {
  PlannedTask task;
  task.created = simulation_.wall();
  auto beat = random_beat(simulation_);
  if ((options_.crowded || options_.restless) && simulation_.chance(0.7)) beat = hourly_beat(simulation_);
  task.chapters.push_back({task.created, beat, random_window(beat)});
  task.failing = simulation_.chance(0.2) ? 0.5 : 0.02;
  task.longest =
      simulation_.chance(0.1) ? Milliseconds{simulation_.between(1, 180) * 60'000} : Milliseconds{20'000};
  auto& definition = task.definition;
  definition.name = "task " + std::to_string(number);
  define(definition, task.chapters.front());
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
  if (options_.restless && simulation_.chance(0.8)) {
    task.failing = 0.6;
    definition.retry = {.max_attempts = static_cast<int>(simulation_.between(2, 6)),
                        .initial_delay_s = static_cast<double>(simulation_.between(0, 3)),
                        .max_delay_s = 10};
  }
  definition.rerun_lost = simulation_.chance(0.3);
  if (simulation_.chance(options_.crowded ? 0.7 : 0.2)) {
    definition.pool =
        "narrow " + std::to_string(simulation_.between(1, static_cast<std::int64_t>(pools_.size())));
    if (simulation_.chance(0.6)) task.longest = Milliseconds{simulation_.between(1, 120) * 60'000};
    if (simulation_.chance(0.5))
      definition.start_deadline_s = simulation_.between(1, options_.crowded ? 3600 : 600);
  }
  // else more might become due than could ever run
  const bool keeps_all = definition.overlap == task::OverlapPolicy::queue_all ||
                         definition.overlap == task::OverlapPolicy::allow;
  if (keeps_all) task.longest = std::min<Milliseconds>(task.longest, minutes{5});
  definition.priority = static_cast<int>(simulation_.between(-2, 2));
  if (simulation_.chance(0.1)) definition.jitter_s = simulation_.between(1, 50);
  if (number <= 1 || number > options_.tasks) return task;
  // each fifth runs after others and leads nowhere, so that no chain is a loop
  const auto other = [&] {
    const auto id = simulation_.between(1, number - 1);
    return TaskId{id % 5 == 0 ? id - 1 : id};
  };
  if (number % 5 != 0) {
    if (simulation_.chance(0.1)) definition.on_success = {other()};
  } else if (simulation_.chance(0.5)) {
    std::set<TaskId> upstreams;
    while (upstreams.size() < 2) upstreams.insert(other());
    definition.after.tasks.assign(upstreams.begin(), upstreams.end());
    definition.after.need = simulation_.chance(0.5) ? task::ChainNeed::all : task::ChainNeed::any;
    constexpr task::ChainOn kOns[] = {task::ChainOn::success, task::ChainOn::failure, task::ChainOn::any};
    definition.after.on = kOns[simulation_.between(0, 2)];
  }
  return task;
}

void World::place_cursor(task::Task& task, Instant now) {
  const auto cursor = task.paused ? task::Cursor{} : task::cursor_after(task.definition, "UTC", now);
  task.next_run_at = cursor.next_run_at;
  task.next_due_at = cursor.next_due_at;
}

void World::make_tasks() {
  static_cast<void>(store_.write([this](store::Transaction& tx) -> base::Result<void> {
    for (int number = 1; number <= options_.tasks; ++number) {
      auto planned = random_task(number);
      task::Task task;
      task.definition = planned.definition;
      if (options_.planted == Planted::upside_down) task.definition.priority *= -1;
      task.created_at = task.updated_at = planned.created;
      place_cursor(task, planned.created);
      planned.id = tx.insert_task(task);
      tasks_.push_back(std::move(planned));
      by_id_[tasks_.back().id] = &tasks_.back();
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
  disturbances_.emplace_back(simulation_.now(), Disturbance::began);
}

void World::kill_server(Milliseconds downtime) {
  if (!engine_) return;
  disturbances_.emplace_back(simulation_.now(), Disturbance::killed);
  connection_.reset();
  store_.server_was_killed();
  loop_ = nullptr;
  engine_.reset();
  trouble(downtime);
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
  each(rates.server_kills, [this, &rates] {
    at_a_random_moment([this, &rates] {
      ++counts_.server_kills;
      kill_server(simulation_.chance(rates.long_outages) ? Milliseconds{simulation_.between(1, 2000) * 60'000}
                                                         : simulation_.delay(50, 20'000));
    });
  });
  each(rates.runner_kills, [this] {
    at_a_random_moment([this] {
      ++counts_.runner_kills;
      const auto downtime = simulation_.delay(0, 5000);
      runner_.kill(downtime, false);
      trouble(downtime);
    });
  });
  each(rates.machine_losses, [this] {
    at_a_random_moment([this] {
      ++counts_.machine_losses;
      const auto downtime = Milliseconds{simulation_.between(1, 600) * 60'000};
      runner_.kill(downtime, true);
      kill_server(downtime);
      trouble(downtime);
    });
  });
  each(rates.broken_sockets, [this] {
    at_a_random_moment([this] {
      ++counts_.broken_sockets;
      runner_.break_socket();
      trouble({});
    });
  });
  each(rates.clock_jumps, [this] {
    ++counts_.clock_jumps;
    set_clock_by(Milliseconds{simulation_.between(1, 300) * 60'000 + simulation_.between(0, 59'999)});
  });
  each(rates.set_backs, [this] {
    ++counts_.set_backs;
    const bool is_correction = simulation_.chance(0.5);
    set_clock_by(-Milliseconds{is_correction
                                   ? simulation_.between(1, 5000)
                                   : simulation_.between(1, 200) * 60'000 + simulation_.between(0, 59'999)});
  });
  if (rates.set_backs > 0) plan_set_backs_behind_windows();
  each(options_.crowded ? 100 : 25, [this] { visit_user(); });
}

// Of some windows, so that one that is over lies ahead again.
void World::plan_set_backs_behind_windows() {
  for (const auto& task : tasks_) {
    const auto& ends_at = task.chapters.front().window.ends_at;
    if (!ends_at || !simulation_.chance(0.3)) continue;
    const auto soon_after = simulation_.until(*ends_at) + minutes{simulation_.between(1, 90)};
    simulation_.in(soon_after, [this] {
      if (calm_) return;
      ++counts_.set_backs;
      set_clock_by(-Milliseconds{simulation_.between(30, 200) * 60'000 + simulation_.between(0, 59'999)});
    });
  }
}

void World::set_clock_by(Milliseconds by) {
  const auto before = simulation_.wall();
  simulation_.set_clock_by(by);
  disturbances_.emplace_back(simulation_.now(), Disturbance::clock_set);
  clock_settings_.emplace_back(simulation_.now(), simulation_.wall());
  trouble({});
  if (by < Milliseconds{0}) set_backs_.push_back({simulation_.now(), before, simulation_.wall()});
}

void World::trouble(Milliseconds length) {
  promptness_.trouble(simulation_.now() + length, store_.open_executions());
}

Milliseconds World::first_time_of(Instant shown, Milliseconds since) const {
  for (auto one = clock_settings_.begin(); one != clock_settings_.end(); ++one) {
    const auto at = std::max(one->first + std::max(shown - one->second, Milliseconds{0}), since);
    if (std::next(one) == clock_settings_.end() || at < std::next(one)->first) return at;
  }
  return {};
}

// Counted from when its fire was due, or from when it was asked for; of the first attempt alone.
std::optional<Instant> World::start_deadline_of(const task::Execution& execution) const {
  const auto& definition = by_id_.at(execution.task_id)->definition;
  if (definition.start_deadline_s == 0 || execution.attempt.number > 1) return std::nullopt;
  const bool is_fire = execution.scheduled_at && (execution.trigger == task::Trigger::schedule ||
                                                  execution.trigger == task::Trigger::misfire);
  const auto since = is_fire ? *execution.scheduled_at + jitter_of(definition.name, definition.jitter_s)
                             : execution.created_at;
  return since + seconds{definition.start_deadline_s};
}

std::vector<std::string> World::left_of_deleted_tasks() const {
  std::vector<std::string> pools;
  for (const auto id : runner_.running_tasks()) {
    const auto& task = *by_id_.at(id);
    if (task.deleted) pools.push_back(task.definition.pool);
  }
  return pools;
}

bool World::was_undisturbed(Milliseconds from, Milliseconds to) const {
  bool up = false;
  for (const auto& [at, what] : disturbances_) {
    if (at > to) break;
    if (at > from) return false;
    if (what != Disturbance::clock_set) up = what == Disturbance::began;
  }
  return up;
}

void World::run() {
  make_tasks();
  start_server();
  plan_misfortunes();
  const Milliseconds span = options_.span;
  simulation_.run_until(span);
  calm_ = true;
  store_.recover();
  // whatever is down comes back, and no new fire disturbs the end
  simulation_.run_until(span + days{3});
  end_ = simulation_.wall();
  for (auto& task : tasks_) {
    set_paused(task, true);
  }
  simulation_.run_until(span + days{40});
  promptness_.finish();
  counts_.events = simulation_.events();
}

}  // namespace simulator
