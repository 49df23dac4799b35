#include "runner/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/kill_point.h"
#include "base/log.h"

namespace runner {
namespace {

using std::chrono::milliseconds;

// A burst is paced: so many processes younger than kYouth at once, since more only take the processor from
// each other. A job that lives longer holds up nobody.
constexpr std::size_t kYoungAtOnce = 8;
constexpr milliseconds kYouth{50};
constexpr std::size_t kDescriptorsPerJob = 8;      // two pipes, pidfd, log and its tail, three of its cgroup
constexpr std::size_t kDescriptorsReserved = 256;  // among them those of spare cgroups
constexpr int kSpawnTries = 8;                     // of a start that met a passing shortage
constexpr milliseconds kFirstRetry{50};
constexpr milliseconds kSpillAfter{50};  // its output is in a file while a job runs on, at most so late
constexpr std::size_t kPipeReads = 16;   // of one pipe before others get their turn

std::uint64_t name_of(JobTable::Slot slot, int kind) {
  return std::uint64_t{slot} << 2 | static_cast<std::uint64_t>(kind);
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  const auto descriptors = static_cast<std::size_t>(limit.rlim_cur);
  return descriptors > 2 * kDescriptorsReserved ? (descriptors - kDescriptorsReserved) / kDescriptorsPerJob
                                                : 8;
}

}  // namespace

template <class Visit>
void Supervisor::for_each_waiting(const Visit& visit) {
  for (auto& waiting : waiting_) visit(waiting);
  for (auto& [at, waiting] : delayed_) visit(waiting);
}

Supervisor::Supervisor(const RunnerOptions& options, int epoll, std::optional<Handover> handover)
    : options_(options),
      epoll_(epoll),
      mark_(runner_mark(options.data_dir)),
      cgroups_(options.cgroup_parent ? Cgroups(*options.cgroup_parent, mark_.substr(mark_.find('=') + 1))
                                     : Cgroups(mark_.substr(mark_.find('=') + 1))),
      journal_((options.data_dir / "runner.journal").string(), boot_id()),
      max_jobs_(raise_descriptor_limit()) {
  if (handover) {
    for (auto& job : handover->jobs) go_on_with(std::move(job));
    for (auto& waiting : handover->waiting)
      waiting_.push_back({std::move(waiting.request), waiting.tries, waiting.watched});
  }
  for (const auto& [key, entry] : std::map(journal_.entries())) {
    bool waits = false;
    for_each_waiting([&, &known = key](const Waiting& waiting) { waits |= waiting.request.key == known; });
    if (!jobs_.find(key) && !waits) take_up(entry);
  }
}

Supervisor::~Supervisor() {
  jobs_.for_each([](Job& job) {
    for (const int descriptor : {job.pidfd, job.pipes[0], job.pipes[1]}) {
      if (descriptor >= 0) close(descriptor);
    }
  });
}

void Supervisor::obey(const Order& order) {
  if (std::holds_alternative<Hello>(order))
    welcome();
  else if (const auto* wanted = std::get_if<Start>(&order))
    start(wanted->request);
  else if (const auto* unwanted = std::get_if<Cancel>(&order))
    cancel(unwanted->key);
  else if (const auto* known = std::get_if<Acknowledge>(&order))
    acknowledge(known->keys);
  else if (const auto* watched = std::get_if<Watch>(&order))
    watch(watched->key, watched->on);
  else if (std::holds_alternative<Ping>(order))
    report(Pong{});
}

void Supervisor::welcome() {
  Welcome answer;
  answer.snapshot.kill_level = cgroups_.level();
  jobs_.for_each([&](Job& job) { answer.snapshot.running.push_back({job.key, job.pid, job.started_at}); });
  for_each_waiting([&](const Waiting& waiting) {
    answer.snapshot.running.push_back({waiting.request.key, 0, Instant{}});
  });
  for (const auto& [key, finished] : unacknowledged_) answer.snapshot.finished.push_back(finished);
  connected_ = true;
  reports_.clear();
  report(answer);
}

void Supervisor::disconnected() {
  connected_ = false;
  reports_.clear();
  jobs_.for_each([](Job& job) { job.watched = false; });
}

void Supervisor::start(StartRequest request) {
  // told before: what became of it was or will be reported
  if (journal_.knows(request.key)) return;
  bool waits = false;
  for_each_waiting([&](const Waiting& waiting) { waits |= waiting.request.key == request.key; });
  if (!waits) waiting_.push_back({.request = std::move(request)});
}

std::size_t Supervisor::startable(SteadyTime now) {
  while (!young_.empty() && (young_.front().until <= now || young_count_ == 0)) {
    const auto& eldest = young_.front();
    if (auto* job = jobs_.at(eldest.slot); job != nullptr && job->key == eldest.key) grow_old(*job);
    young_.pop_front();
  }
  return std::min({waiting_.size(), kYoungAtOnce - std::min(kYoungAtOnce, young_count_),
                   max_jobs_ - std::min(max_jobs_, jobs_.size())});
}

void Supervisor::grow_old(Job& job) {
  if (!std::exchange(job.young, false)) return;
  --young_count_;
}

void Supervisor::start_waiting(SteadyTime now) {
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    waiting_.push_front(std::move(delayed_.extract(delayed_.begin()).mapped()));
  }
  while (const auto count = startable(now)) {
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Waiting> group(std::move_iterator(waiting_.begin()), std::move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    for (const auto& waiting : group) {
      if (waiting.tries == 0) journal_.intend(waiting.request);
    }
    base::kill_point("job.before_intent");
    const bool intended = journal_.flush();
    base::kill_point("job.intended");
    for (auto& waiting : group) {
      if (intended)
        launch(waiting, now);
      else
        not_started(waiting.request.key, EndCause::spawn_failed,
                    "spawn failed: the runner's journal can't be written: is the disk full?");
    }
  }
}

void Supervisor::launch(Waiting& waiting, SteadyTime now) {
  auto& request = waiting.request;
  if (waiting.tries == 0) request.env.push_back(mark_);
  bool confined = false;
  auto outcome = spawn_in_cgroup(request, confined);
  if (auto* failure = std::get_if<SpawnFailure>(&outcome)) {
    cgroups_.leave(request.key);
    if (failure->passing && ++waiting.tries < kSpawnTries) {
      const auto again = now + kFirstRetry * (1 << waiting.tries);
      delayed_.emplace(again, std::move(waiting));
      return;
    }
    not_started(request.key, EndCause::spawn_failed, std::move(failure->error));
    return;
  }
  const auto& spawned = std::get<Spawned>(outcome);
  base::kill_point("job.spawned");
  auto made = std::make_unique<Job>();
  made->key = request.key;
  made->kill_leftovers = request.kill_leftovers;
  made->kill_grace = request.kill_grace;
  made->log_path = request.log_path;
  made->pid = spawned.pid;
  made->pidfd = spawned.pidfd;
  made->pipes[0] = spawned.stdout_pipe;
  made->pipes[1] = spawned.stderr_pipe;
  made->started_at = clock_.now();
  // `now` is that of the whole group, whose last start may come much later
  const auto began = std::chrono::steady_clock::now();
  made->log = std::make_unique<LogWriter>(request.log_path, request.max_output_bytes);
  if (has_maskable(request.masked)) {
    for (auto& masker : made->maskers) masker = std::make_unique<Masker>(request.masked);
  }
  made->confined = confined;
  made->young = true;
  made->watched = waiting.watched;
  if (request.timeout.count() > 0) made->timeout_at = began + request.timeout;
  Slot slot = 0;
  auto& job = jobs_.add(std::move(made), slot);
  ++young_count_;
  young_.push_back({began + kYouth, slot, job.key});
  deadlines_.add_all(job, slot);
  add_to_epoll(job.pidfd, slot, kPidfd);
  add_to_epoll(job.pipes[0], slot, kOutput);
  add_to_epoll(job.pipes[1], slot, kErrors);
  const Started started{job.key, job.pid, job.started_at};
  journal_.started(started, spawned.born);
  report(started);
}

// Where it can't be made the job runs without: it is killed by its tree, and holds its limits itself.
std::variant<Spawned, SpawnFailure> Supervisor::spawn_in_cgroup(const StartRequest& request, bool& confined) {
  auto limits = request.limits;
  std::string why;
  const int cgroup = cgroups_.enter(request.key, limits, why);
  if (!why.empty()) base::log::warning("runner.no_cgroup", {{"why", why}});
  auto outcome = spawn(request, limits, cgroup);
  confined = cgroup >= 0;
  return outcome;
}

void Supervisor::add_to_epoll(int descriptor, Slot slot, int kind) const {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = name_of(slot, kind);
  epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
}

bool Supervisor::stop_waiting(const AttemptKey& key) {
  return std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.request.key == key; }) +
             std::erase_if(delayed_, [&](const auto& entry) { return entry.second.request.key == key; }) >
         0;
}

void Supervisor::cancel(const AttemptKey& key) {
  if (stop_waiting(key)) {
    not_started(key, EndCause::cancelled, {});
    return;
  }
  const auto slot = jobs_.find(key);
  if (slot) begin_to_end(*slot, *jobs_.at(*slot), EndCause::cancelled);
}

void Supervisor::acknowledge(const std::vector<AttemptKey>& keys) {
  base::kill_point("job.acknowledged");
  for (const auto& key : keys) unacknowledged_.erase(key);
  journal_.forget(keys);
}

void Supervisor::watch(const AttemptKey& key, bool on) {
  for_each_waiting([&](Waiting& waiting) {
    if (waiting.request.key == key) waiting.watched = on;
  });
  const auto slot = jobs_.find(key);
  if (!slot) return;
  auto& job = *jobs_.at(*slot);
  job.watched = on;
  if (!on || !job.log) return;
  job.log->spill();
  report(OutputGrew{key, job.log->total_bytes()});
}

void Supervisor::on_descriptor(std::uint64_t name) {
  const auto slot = static_cast<Slot>(name >> 2);
  auto* job = jobs_.at(slot);
  if (job == nullptr) return;
  const auto kind = static_cast<int>(name & 3);
  if (kind == kPidfd) {
    on_exit(slot, *job);
    return;
  }
  read_pipe(*job, kind - kOutput);
  if (!job->exited) spill_in_time(slot, *job);
  end_when_done(slot, *job);
}

void Supervisor::spill_in_time(Slot slot, Job& job) {
  if (!job.log->is_in_memory() || job.log->total_bytes() == 0) return;
  if (job.spill_at) return;
  job.spill_at = std::chrono::steady_clock::now() + kSpillAfter;
  deadlines_.add(*job.spill_at, slot, job.key);
}

void Supervisor::read_pipe(Job& job, int which) {
  static char buffer[64 * 1024];
  if (job.pipes[which] < 0) return;
  const auto stream = which == 0 ? Stream::standard_output : Stream::standard_error;
  for (std::size_t i = 0; i < kPipeReads; ++i) {
    const auto got = read(job.pipes[which], buffer, sizeof buffer);
    if (got > 0) {
      const std::string_view bytes(buffer, static_cast<std::size_t>(got));
      auto& masker = job.maskers[which];
      const auto masked = masker ? masker->feed(bytes) : std::string();
      if (!masker || !masked.empty()) job.log->append(stream, masker ? masked : bytes, clock_.now());
      if (job.watched) {
        job.log->spill();
        report(OutputGrew{job.key, job.log->total_bytes()});
      }
      if (static_cast<std::size_t>(got) < sizeof buffer / 16 && !job.exited) return;
      continue;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    close_pipe(job, which);
    return;
  }
}

void Supervisor::close_pipe(Job& job, int which) {
  if (job.pipes[which] < 0) return;
  close(job.pipes[which]);
  job.pipes[which] = -1;
  if (!job.maskers[which] || !job.log) return;
  const auto held = job.maskers[which]->finish();
  const auto stream = which == 0 ? Stream::standard_output : Stream::standard_error;
  if (!held.empty()) job.log->append(stream, held, clock_.now());
}

void Supervisor::report(const Report& report) {
  if (connected_) append_frame(reports_, report);
}

void Supervisor::on_time(SteadyTime now) {
  while (const auto due = deadlines_.take_due(now)) {
    auto* job = jobs_.at(due->slot);
    if (job == nullptr || job->key != due->key) continue;
    if (job->timeout_at && *job->timeout_at == due->at) begin_to_end(due->slot, *job, EndCause::timeout);
    if (job->spill_at && *job->spill_at == due->at) job->log->spill();
    if (job->kill_at && *job->kill_at == due->at) {
      kill_all(*job);
      kill(job->pid, SIGKILL);
    }
    if (job->drain_until && *job->drain_until == due->at) cut_drain(due->slot, *job);
  }
  if (reap_at_ && *reap_at_ <= now) {
    reap_at_.reset();
    if (std::exchange(cgroups_are_left_, false)) cgroups_.remove_left();
    reap_orphans([this](pid_t pid) {
      bool ours = false;
      jobs_.for_each([&](Job& job) { ours |= job.pid == pid; });
      return ours;
    });
  }
  start_waiting(now);
}

std::optional<SteadyTime> Supervisor::next_deadline() const {
  auto next = deadlines_.next();
  const auto consider = [&](SteadyTime at) { next = next ? std::min(*next, at) : at; };
  if (reap_at_) consider(*reap_at_);
  if (!delayed_.empty()) consider(delayed_.begin()->first);
  if (!waiting_.empty() && !young_.empty() && young_count_ >= kYoungAtOnce) consider(young_.front().until);
  return next;
}

}  // namespace runner
