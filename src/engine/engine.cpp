#include "engine/engine.h"

#include <future>

#include "base/kill_point.h"
#include "base/log.h"
#include "engine/dispatcher.h"
#include "engine/fire_booker.h"
#include "engine/reboot.h"
#include "engine/request_booker.h"
#include "engine/surroundings.h"
#include "engine/thread_loop.h"
#include "engine/timekeeper.h"

namespace engine {

namespace {

// What ended while nobody looked is known only to the runner: fires wait for its word, but no longer than
// this.
constexpr base::Milliseconds kRunnerPatience{2'000};

// Begins what gives its answer to a function, and waits for that. Throws std::future_error where the loop
// drops it, which it does after its stop.
template <class Value, class Begin>
Value answer_of(const Begin& begin) {
  auto promise = std::make_shared<std::promise<Value>>();
  auto answer = promise->get_future();
  begin([promise = std::move(promise)](Value value) { promise->set_value(std::move(value)); });
  return answer.get();
}

}  // namespace

std::filesystem::path output_path(const std::filesystem::path& data_dir, TaskId task_id,
                                  ExecutionId execution_id, int attempt) {
  return data_dir / "output" / base::to_string(task_id) /
         (base::to_string(execution_id) + "." + std::to_string(attempt) + ".log");
}

class Engine::Impl {
 public:
  Impl(store::Store& store, const base::Clock& clock, Options options, std::unique_ptr<Loop> loop)
      : options_(std::move(options)),
        store_(store),
        clock_(clock),
        schedules_(options_.default_timezone),
        ledger_(options_, schedules_),
        is_simulated_(loop != nullptr),
        loop_(loop ? std::move(loop) : std::make_unique<ThreadLoop>()),
        janitor_(store, clock, options_),
        dispatcher_({store, clock, options_, *loop_, planner_, timers_, janitor_, ledger_}),
        timekeeper_({store, clock, options_, timers_, schedules_, ledger_, dispatcher_, !is_simulated_}),
        fires_({clock, planner_, timers_, timekeeper_, ledger_, dispatcher_}),
        requests_({clock, janitor_, timekeeper_, ledger_, dispatcher_}) {}

  ~Impl() { stop(); }

  void start(runner::Runner& runner) {
    dispatcher_.use(runner);
    timekeeper_.begin();
    store_.read([this](store::Reader& reader) {
      reader.for_each_due([this](TaskId id, Instant due_at) { planner_.set(id, due_at); });
    });
    if (!is_simulated_) janitor_.start();
    loop_->start([this] { on_time(); }, [this] { before_sleep(); });
    loop_->post([this] {
      // what ran when the machine went down must have ended before
      when_settled([this] { dispatcher_.when_reports_are_booked([this] { run_reboot_tasks(); }); });
      timers_.add(clock_.now() + kRunnerPatience, [this] { settle(); });
      on_time();
    });
  }

  void stop() {
    if (std::exchange(stopped_, true)) return;
    loop_->stop();
    janitor_.stop();
    if (is_simulated_) return;
    // transactions under way call back into this object; wait until they have
    static_cast<void>(store_.write([](store::Transaction&) -> base::Result<void> { return {}; }));
  }

  void run(std::vector<RunRequest> requests, std::function<void(RunOutcomes)> then) {
    loop_->post([this, requests = std::move(requests), then = std::move(then)]() mutable {
      requests_.run(std::move(requests), std::move(then));
    });
  }

  void backfill(const BackfillRequest& request,
                std::function<void(base::Result<std::vector<ExecutionId>>)> then) {
    loop_->post([this, request, then = std::move(then)] { requests_.backfill(request, then); });
  }

  void cancel(const ExecutionRequest& request, std::function<void(base::Result<void>)> then) {
    loop_->post([this, request, then = std::move(then)] { requests_.cancel(request, then); });
  }

  void change(const std::vector<TaskId>& ids, Change work, std::function<void(base::Result<void>)> then) {
    loop_->post([this, ids, work = std::move(work), then = std::move(then)] {
      when_settled([this, ids, work, then] { requests_.change(ids, work, then); });
    });
  }

  void remove(const std::vector<TaskId>& ids, const Audit& audit, std::function<void(RemoveOutcomes)> then) {
    loop_->post([this, ids, audit, then = std::move(then)] { requests_.remove(ids, audit, then); });
  }

  // Read by the caller's thread, which spares the loop.
  void retry(const ExecutionRequest& asked, std::function<void(base::Result<ExecutionId>)> then) {
    auto request = again(asked);
    if (!request)
      loop_->post([error = request.error(), then = std::move(then)] { then(error); });
    else
      run({std::move(*request)},
          [then = std::move(then)](RunOutcomes outcomes) { then(std::move(outcomes.front())); });
  }

  // That execution's once more, for a new one.
  base::Result<RunRequest> again(const ExecutionRequest& asked) const {
    const auto id = asked.id;
    std::optional<task::Execution> execution;
    store_.read([&](store::Reader& reader) { execution = reader.find_execution(id); });
    if (!execution) {
      return base::make_error(base::ErrorKind::not_found, "there is no execution " + base::to_string(id));
    }
    if (!is_final(execution->status)) {
      return base::make_error(base::ErrorKind::conflict,
                              "execution " + base::to_string(id) + " has not ended; cancel it first");
    }
    auto overrides = std::move(execution->overrides);
    // a retry keeps the nominal time, though it has no fire of its own
    if (execution->scheduled_at) overrides.env[kScheduledAt] = base::to_iso(*execution->scheduled_at);
    return RunRequest{.task_id = execution->task_id,
                      .trigger = task::Trigger::manual,
                      .triggered_by = asked.by,
                      .overrides = std::move(overrides),
                      .force = false,
                      .reason = "retry of execution " + base::to_string(id),
                      .also = asked.also};
  }

  std::int64_t remove_executions(const std::vector<ExecutionId>& ids) { return janitor_.remove(ids); }

  void shorten_history(const std::vector<TaskId>& ids) { janitor_.shorten_history(ids); }

  std::shared_ptr<void> follow_output(ExecutionId id, std::function<void()> grown) {
    auto follower = std::make_shared<std::function<void()>>(std::move(grown));
    loop_->post([this, id, weak = std::weak_ptr(follower)] { dispatcher_.follow(id, weak); });
    return follower;
  }

  void on_changes(std::span<const store::Change> changes) {
    std::vector<std::pair<TaskId, std::optional<Instant>>> due_times;
    using Kind = store::Change::Kind;
    for (const auto& change : changes) {
      if (change.kind == Kind::task_deleted) due_times.emplace_back(change.task_id, std::nullopt);
      if (change.kind == Kind::task_created || change.kind == Kind::task_updated ||
          change.kind == Kind::task_state) {
        due_times.emplace_back(change.task_id, change.next_due_at);
      }
    }
    if (due_times.empty()) return;
    loop_->post([this, due_times = std::move(due_times)] {
      for (const auto& [id, due_at] : due_times) planner_.set(id, due_at);
      on_time();
    });
  }

  void on_connected(runner::Snapshot snapshot) {
    loop_->post([this, snapshot = std::move(snapshot)] {
      kill_level_ = snapshot.kill_level;
      base::log::info("runner.kill_level", {{"level", kill_level_}});
      dispatcher_.reconcile(snapshot);
      runner_problem_.clear();
      settle();
      on_time();
    });
  }

  void on_disconnected(std::string why) {
    loop_->post([this, why = std::move(why)] {
      dispatcher_.disconnected(why);
      runner_problem_ = why;
    });
  }

  void on_events(std::span<const runner::Event> events) {
    loop_->post([this, events = std::vector<runner::Event>(events.begin(), events.end())] {
      for (const auto& event : events) dispatcher_.on_event(event);
      dispatcher_.pump();
    });
  }

  void reread_zones() {
    loop_->post([this] { timekeeper_.look_at_zones(); });
  }

  State state() const {
    const std::lock_guard lock(state_mutex_);
    return state_;
  }

  const Options& options() const { return options_; }

 private:
  void on_time() {
    const auto now = clock_.now();
    timekeeper_.look(now);
    for (auto& action : timers_.take_due(now)) action();
    if (!settled_) return;
    fires_.book_due(now);
  }

  void when_settled(std::function<void()> action) {
    if (settled_)
      action();
    else
      until_settled_.push_back(std::move(action));
  }

  void settle() {
    settled_ = true;
    for (const auto& action : std::exchange(until_settled_, {})) action();
  }

  void before_sleep() {
    publish_state();
    auto next = settled_ ? planner_.next_due_at() : std::nullopt;
    if (const auto timer = timers_.next(); timer && (!next || *timer < *next)) next = timer;
    loop_->wake_at(next);
  }

  void run_reboot_tasks() {
    dispatcher_.book_surely([this, boot = current_boot(), now = clock_.now()](
                                store::Transaction& tx, Slots& slots, Plan& plan) -> base::Result<void> {
      for (const auto id : take_reboot_tasks(tx, boot, now)) {
        const RunRequest request{.task_id = id,
                                 .trigger = task::Trigger::schedule,
                                 .triggered_by = task::kReboot,
                                 .overrides = {},
                                 .force = false,
                                 .reason = "the machine was started"};
        ledger_.run_or_skip(tx, request, now, slots, plan);
      }
      return {};
    });
  }

  void publish_state() {
    State fresh;
    fresh.runner_connected = dispatcher_.connected();
    fresh.runner_problem = runner_problem_;
    fresh.kill_level = kill_level_;
    fresh.planned = static_cast<std::int64_t>(planner_.size());
    fresh.running = dispatcher_.running();
    fresh.next_due_at = planner_.next_due_at();
    fresh.fires = fires_.fires();
    fresh.started = dispatcher_.started_count();
    fresh.finished = dispatcher_.finished_count();
    const std::lock_guard lock(state_mutex_);
    state_ = std::move(fresh);
  }

  const Options options_;
  store::Store& store_;
  const base::Clock& clock_;
  Schedules schedules_;
  Ledger ledger_;
  const bool is_simulated_;
  const std::unique_ptr<Loop> loop_;
  Planner planner_;
  Timers timers_;
  Janitor janitor_;
  Dispatcher dispatcher_;
  Timekeeper timekeeper_;
  FireBooker fires_;
  RequestBooker requests_;
  bool stopped_ = false;
  bool settled_ = false;  // fires are booked
  std::vector<std::function<void()>> until_settled_;
  std::string runner_problem_ = "not connected yet";
  std::string kill_level_;
  mutable std::mutex state_mutex_;
  State state_;
};

Engine::Engine(store::Store& store, const base::Clock& clock, Options options, std::unique_ptr<Loop> loop)
    : impl_(std::make_unique<Impl>(store, clock, std::move(options), std::move(loop))) {}
Engine::~Engine() = default;
void Engine::start(runner::Runner& runner) {
  impl_->start(runner);
}
void Engine::stop() {
  impl_->stop();
}
Engine::RunOutcomes Engine::run(std::vector<RunRequest> requests) {
  return answer_of<RunOutcomes>([&](auto then) { run(std::move(requests), std::move(then)); });
}
void Engine::run(std::vector<RunRequest> requests, std::function<void(RunOutcomes)> then) {
  impl_->run(std::move(requests), std::move(then));
}
base::Result<std::vector<ExecutionId>> Engine::backfill(const BackfillRequest& request) {
  using Outcome = base::Result<std::vector<ExecutionId>>;
  return answer_of<Outcome>([&](auto then) { backfill(request, std::move(then)); });
}
void Engine::backfill(const BackfillRequest& request,
                      std::function<void(base::Result<std::vector<ExecutionId>>)> then) {
  impl_->backfill(request, std::move(then));
}
base::Result<void> Engine::cancel(const ExecutionRequest& request) {
  return answer_of<base::Result<void>>([&](auto then) { cancel(request, std::move(then)); });
}
void Engine::cancel(const ExecutionRequest& request, std::function<void(base::Result<void>)> then) {
  impl_->cancel(request, std::move(then));
}
base::Result<void> Engine::change(const std::vector<TaskId>& ids, Change work) {
  return answer_of<base::Result<void>>([&](auto then) { change(ids, std::move(work), std::move(then)); });
}
void Engine::change(const std::vector<TaskId>& ids, Change work,
                    std::function<void(base::Result<void>)> then) {
  impl_->change(ids, std::move(work), std::move(then));
}
base::Result<ExecutionId> Engine::retry(const ExecutionRequest& request) {
  return answer_of<base::Result<ExecutionId>>([&](auto then) { retry(request, std::move(then)); });
}
void Engine::retry(const ExecutionRequest& request, std::function<void(base::Result<ExecutionId>)> then) {
  impl_->retry(request, std::move(then));
}
Engine::RemoveOutcomes Engine::remove(const std::vector<TaskId>& ids, const Audit& audit) {
  impl_->shorten_history(ids);
  return answer_of<RemoveOutcomes>([&](auto then) { remove(ids, audit, std::move(then)); });
}
void Engine::remove(const std::vector<TaskId>& ids, const Audit& audit,
                    std::function<void(RemoveOutcomes)> then) {
  impl_->remove(ids, audit, std::move(then));
}
std::int64_t Engine::remove_executions(const std::vector<ExecutionId>& ids) {
  return impl_->remove_executions(ids);
}
std::shared_ptr<void> Engine::follow_output(ExecutionId id, std::function<void()> grown) {
  return impl_->follow_output(id, std::move(grown));
}
void Engine::on_changes(std::span<const store::Change> changes) {
  impl_->on_changes(changes);
}
void Engine::reread_zones() {
  impl_->reread_zones();
}
State Engine::state() const {
  return impl_->state();
}
const Options& Engine::options() const {
  return impl_->options();
}
void Engine::on_connected(runner::Snapshot snapshot) {
  impl_->on_connected(std::move(snapshot));
}
void Engine::on_disconnected(std::string why) {
  impl_->on_disconnected(std::move(why));
}
void Engine::on_events(std::span<const runner::Event> events) {
  impl_->on_events(events);
}

}  // namespace engine
