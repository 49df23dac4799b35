#include "virtual_runner.h"

#include <algorithm>
#include <stdexcept>

namespace simulator {

using runner::EndCause;
using runner::Finished;
using runner::Started;

namespace {

TaskId task_of(const runner::StartRequest& request) {
  constexpr std::string_view kName = "MINI_SCHEDULER_TASK_ID=";
  for (const auto& entry : request.env) {
    if (entry.starts_with(kName))
      return base::parse_id<TaskId>(std::string_view(entry).substr(kName.size())).value();
  }
  throw std::logic_error("a job without its task's id");
}

std::string_view body_of(const std::string& frame) {
  return std::string_view(frame).substr(4);
}

}  // namespace

VirtualRunner::VirtualRunner(Simulation& simulation, Behaviour behaviour)
    : simulation_(simulation), behaviour_(std::move(behaviour)) {}

void VirtualRunner::on_the_way(Milliseconds& last, std::function<void()> action) {
  last = std::max(last, simulation_.now() + simulation_.delay(0, 2));
  simulation_.in(last - simulation_.now(), [this, connection = connection_, action = std::move(action)] {
    if (connection == connection_) action();
  });
}

bool VirtualRunner::accept(VirtualConnection& client) {
  if (!up_) return false;
  client_ = &client;
  ++connection_;
  runner::Welcome answer;
  for (const auto& [key, job] : jobs_) {
    const auto& started = journal_.at(key).started;
    answer.snapshot.running.push_back(started ? *started : Started{key, 1, simulation_.wall()});
  }
  for (const auto& key : waiting_) answer.snapshot.running.push_back({key, 0, Instant{}});
  for (const auto& [key, entry] : journal_) {
    if (entry.finished) answer.snapshot.finished.push_back(*entry.finished);
  }
  send(answer);
  return true;
}

void VirtualRunner::hang_up() {
  ++connection_;
  client_ = nullptr;
}

std::vector<TaskId> VirtualRunner::running_tasks() const {
  std::vector<TaskId> tasks;
  for (const auto& [key, job] : jobs_) tasks.push_back(runs_[job.run].task_id);
  return tasks;
}

void VirtualRunner::break_socket() {
  auto* client = client_;
  hang_up();
  if (client != nullptr) client->lost();
}

void VirtualRunner::send(const runner::Report& report) {
  if (client_ == nullptr) return;
  std::string frame;
  runner::append_frame(frame, report);
  on_the_way(last_report_, [this, frame] { client_->deliver(frame); });
}

void VirtualRunner::receive(const std::string& frames) {
  runner::FrameBuffer buffer;
  buffer.add(frames);
  bool broken = false;
  while (const auto body = buffer.next(broken)) {
    on_the_way(last_order_, [this, order = runner::read_order(*body).value()] { obey(order); });
  }
}

void VirtualRunner::obey(const runner::Order& order) {
  if (const auto* wanted = std::get_if<runner::Start>(&order)) start(wanted->request);
  if (const auto* known = std::get_if<runner::Acknowledge>(&order)) {
    for (const auto& key : known->keys) journal_.erase(key);
  }
  if (const auto* unwanted = std::get_if<runner::Cancel>(&order)) {
    if (waiting_.erase(unwanted->key) > 0) {
      journal_[unwanted->key];
      book_end({.key = unwanted->key, .cause = EndCause::cancelled});
    } else {
      end_by(unwanted->key, EndCause::cancelled);
    }
  }
}

void VirtualRunner::start(const runner::StartRequest& request) {
  if (deafness_ > 0 && simulation_.chance(deafness_)) return;
  if (journal_.contains(request.key) || !waiting_.insert(request.key).second) return;
  const auto delay = simulation_.chance(0.002) ? simulation_.delay(100, 3000) : simulation_.delay(0, 5);
  simulation_.in(delay, [this, request, life = life_] {
    if (life == life_ && waiting_.erase(request.key) > 0) spawn(request);
  });
}

void VirtualRunner::spawn(const runner::StartRequest& request) {
  auto& entry = journal_[request.key];
  entry.task_id = task_of(request);
  if (simulation_.chance(0.001)) {
    book_end({.key = request.key, .cause = EndCause::spawn_failed, .error = "spawn failed: no such folder"});
    return;
  }
  const auto deed = behaviour_(entry.task_id);
  const auto process = ++processes_;
  runs_.push_back({.key = request.key, .task_id = entry.task_id, .began = simulation_.now()});
  if (deed.twice) runs_.push_back(runs_.back());
  if (deed.forgotten) runs_.back().key.execution.value += 1'000'000;
  jobs_[request.key] = {.run = runs_.size() - 1, .process = process, .kill_grace = request.kill_grace};
  entry.started = Started{request.key, static_cast<pid_t>(process), simulation_.wall()};
  send(*entry.started);
  const auto is_same = [this, key = request.key, process] {
    const auto found = jobs_.find(key);
    return found != jobs_.end() && found->second.process == process;
  };
  simulation_.in(deed.duration, [this, is_same, deed, key = request.key] {
    if (is_same()) process_ended(key, true, deed.exit_code);
  });
  if (request.timeout.count() == 0) return;
  simulation_.in(request.timeout, [this, is_same, key = request.key] {
    if (is_same()) end_by(key, EndCause::timeout);
  });
}

void VirtualRunner::end_by(const AttemptKey& key, EndCause cause) {
  const auto found = jobs_.find(key);
  if (found == jobs_.end() || found->second.ended_by_us) return;
  found->second.ended_by_us = cause;
  const auto reaction = simulation_.chance(0.2) ? found->second.kill_grace : simulation_.delay(0, 50);
  simulation_.in(reaction, [this, key, process = found->second.process] {
    const auto still = jobs_.find(key);
    if (still != jobs_.end() && still->second.process == process) process_ended(key, false, 0);
  });
}

void VirtualRunner::process_ended(const AttemptKey& key, bool by_itself, int exit_code) {
  const auto job = jobs_.extract(key).mapped();
  auto& run = runs_[job.run];
  run.ended = simulation_.now();
  run.by_itself = by_itself;
  run.exit_code = exit_code;
  if (!up_) return;  // nobody sees it
  Finished finished{.key = key, .started_at = journal_.at(key).started->started_at};
  if (job.orphan) {
    finished.cause = job.ended_by_us.value_or(EndCause::lost);
    if (finished.cause == EndCause::lost) finished.error = "lost";
  } else if (by_itself) {
    finished.exit_code = exit_code;
    finished.cause = job.ended_by_us.value_or(EndCause::exited);
  } else {
    finished.signal = 15;
    finished.cause = job.ended_by_us.value_or(EndCause::signaled);
  }
  book_end(std::move(finished));
}

void VirtualRunner::book_end(Finished finished) {
  finished.finished_at = simulation_.wall();
  journal_[finished.key].finished = finished;
  send(finished);
}

void VirtualRunner::kill(Milliseconds downtime, bool with_machine) {
  break_socket();
  up_ = false;
  ++life_;
  waiting_.clear();
  std::vector<AttemptKey> running;
  for (auto& [key, job] : jobs_) running.push_back(key);
  for (const auto& key : running) {
    if (with_machine || simulation_.chance(0.5))
      process_ended(key, false, 0);
    else
      jobs_.at(key).orphan = true;
  }
  simulation_.in(downtime, [this, life = life_] {
    if (life != life_) return;
    up_ = true;
    take_up_journal();
  });
}

void VirtualRunner::take_up_journal() {
  std::vector<AttemptKey> gone;
  for (const auto& [key, entry] : journal_) {
    if (!entry.finished && !jobs_.contains(key)) gone.push_back(key);
  }
  for (const auto& key : gone) {
    const auto& started = journal_.at(key).started;
    book_end({.key = key,
              .cause = EndCause::lost,
              .started_at = started ? started->started_at : Instant{},
              .error = "lost: the runner was killed"});
  }
}

VirtualConnection::~VirtualConnection() {
  *alive_ = false;
  if (connected_) runner_.hang_up();
}

void VirtualConnection::connect_soon() {
  simulation_.in(simulation_.delay(0, 200), [this, alive = alive_] {
    if (!*alive) return;
    connected_ = runner_.accept(*this);
    if (!connected_) connect_soon();
  });
}

void VirtualConnection::lost() {
  connected_ = false;
  listener_.on_disconnected("the runner hung up");
  connect_soon();
}

void VirtualConnection::deliver(const std::string& frame) {
  auto report = runner::read_report(body_of(frame)).value();
  if (auto* welcome = std::get_if<runner::Welcome>(&report)) {
    listener_.on_connected(std::move(welcome->snapshot));
    return;
  }
  const auto event = std::holds_alternative<Started>(report) ? runner::Event(std::get<Started>(report))
                                                             : runner::Event(std::get<Finished>(report));
  listener_.on_events(std::span(&event, 1));
}

void VirtualConnection::send(const runner::Order& order) {
  if (!connected_) return;
  std::string frame;
  runner::append_frame(frame, order);
  runner_.receive(frame);
}
void VirtualConnection::start(std::vector<runner::StartRequest> requests) {
  for (auto& request : requests) send(runner::Start{std::move(request)});
}
void VirtualConnection::cancel(AttemptKey key) {
  send(runner::Cancel{key});
}
void VirtualConnection::acknowledge(std::vector<AttemptKey> keys) {
  send(runner::Acknowledge{std::move(keys)});
}
void VirtualConnection::watch_output(AttemptKey key, bool watch) {
  send(runner::Watch{key, watch});
}

}  // namespace simulator
