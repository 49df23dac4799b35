#include "runner/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/log.h"
#include "runner/process_tree.h"

namespace runner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A burst is paced: so many processes younger than kYouth at once, since more only take the processor from
// each other. A job that lives longer holds up nobody.
constexpr std::size_t kYoungAtOnce = 8;
constexpr milliseconds kYouth{50};
constexpr std::size_t kDescriptorsPerJob = 5;  // two pipes, pidfd, log and its tail
constexpr std::size_t kDescriptorsReserved = 64;
constexpr int kSpawnTries = 8;  // of a start that met a passing shortage
constexpr milliseconds kFirstRetry{50};
constexpr seconds kReapPause{1};         // orphans that ended are waited for at most so often
constexpr milliseconds kSpillAfter{50};  // its output is in a file while a job runs on, at most so late
constexpr std::size_t kMaxErrorBytes = 1000;
constexpr std::size_t kPipeReads = 16;  // of one pipe before others get their turn

enum Kind { kPidfd = 0, kOutput = 1, kErrors = 2 };

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

Supervisor::Supervisor(const RunnerOptions& options, int epoll)
    : options_(options),
      epoll_(epoll),
      mark_(runner_mark(options.data_dir)),
      journal_((options.data_dir / "runner.journal").string(), boot_id()),
      max_jobs_(raise_descriptor_limit()) {
  for (const auto& [key, entry] : std::map(journal_.entries())) take_up(entry);
}

Supervisor::~Supervisor() {
  jobs_.for_each([](Job& job) {
    for (const int descriptor : {job.pidfd, job.pipes[0], job.pipes[1]}) {
      if (descriptor >= 0) close(descriptor);
    }
  });
}

// An attempt of an earlier runner. While its process lives it is watched; its exit status is gone with its
// parent.
void Supervisor::take_up(const Journal::Entry& entry) {
  if (entry.finished) {
    unacknowledged_[entry.key] = *entry.finished;
    return;
  }
  if (adopt(entry)) return;
  if (journal_.same_boot() && entry.kill_leftovers) kill_what_is_left(marks_of(entry.key));
  Finished finished;
  finished.key = entry.key;
  finished.cause = EndCause::lost;
  finished.started_at = entry.started ? entry.started->started_at : Instant{};
  finished.finished_at = clock_.now();
  finished.error = !journal_.same_boot() ? "lost: the machine was restarted while it ran"
                   : entry.started
                       ? "lost: the runner was killed, and its process ended before another could see how"
                       : "lost: the runner was killed while it started it";
  report_end(std::move(finished));
}

std::optional<pid_t> Supervisor::surviving_process(const Journal::Entry& entry) const {
  if (!journal_.same_boot()) return std::nullopt;
  if (!entry.started) return find_leader(marks_of(entry.key));
  return is_born_in(entry.started->pid, entry.born) ? std::optional{entry.started->pid} : std::nullopt;
}

bool Supervisor::adopt(const Journal::Entry& entry) {
  const auto pid = surviving_process(entry);
  if (!pid) return false;
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, *pid, 0));
  // asked again, since the number may have been given anew before the descriptor was opened
  if (pidfd < 0 || surviving_process(entry) != pid) {
    if (pidfd >= 0) close(pidfd);
    return false;
  }
  auto made = std::make_unique<Job>();
  made->key = entry.key;
  made->kill_leftovers = entry.kill_leftovers;
  made->kill_grace = entry.kill_grace;
  made->log_path = entry.log_path;
  made->pid = *pid;
  made->started_at = entry.started ? entry.started->started_at : clock_.now();
  made->pidfd = pidfd;
  made->orphan = true;
  if (entry.timeout.count() > 0) {
    const auto left = std::clamp<Milliseconds>(made->started_at + entry.timeout - clock_.now(),
                                               Milliseconds{0}, entry.timeout);
    made->timeout_at = std::chrono::steady_clock::now() + left;
  }
  Slot slot = 0;
  const auto& job = jobs_.add(std::move(made), slot);
  if (job.timeout_at) deadlines_.add(*job.timeout_at, slot, job.key);
  add_to_epoll(pidfd, slot, kPidfd);
  return true;
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
}

template <class Visit>
void Supervisor::for_each_waiting(const Visit& visit) {
  for (auto& waiting : waiting_) visit(waiting);
  for (auto& [at, waiting] : delayed_) visit(waiting);
}

void Supervisor::welcome() {
  Welcome answer;
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
    const bool intended = journal_.flush();
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
  auto outcome = spawn(request);
  if (auto* failure = std::get_if<SpawnFailure>(&outcome)) {
    if (failure->passing && ++waiting.tries < kSpawnTries) {
      const auto again = now + kFirstRetry * (1 << waiting.tries);
      delayed_.emplace(again, std::move(waiting));
      return;
    }
    not_started(request.key, EndCause::spawn_failed, std::move(failure->error));
    return;
  }
  const auto& spawned = std::get<Spawned>(outcome);
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
  made->log = std::make_unique<LogWriter>(request.log_path, request.max_output_bytes);
  made->young = true;
  made->watched = waiting.watched;
  if (request.timeout.count() > 0) made->timeout_at = now + request.timeout;
  Slot slot = 0;
  auto& job = jobs_.add(std::move(made), slot);
  ++young_count_;
  young_.push_back({now + kYouth, slot, job.key});
  if (job.timeout_at) deadlines_.add(*job.timeout_at, slot, job.key);
  add_to_epoll(job.pidfd, slot, kPidfd);
  add_to_epoll(job.pipes[0], slot, kOutput);
  add_to_epoll(job.pipes[1], slot, kErrors);
  const Started started{job.key, job.pid, job.started_at};
  journal_.started(started, spawned.born);
  report(started);
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

void Supervisor::begin_to_end(Slot slot, Job& job, EndCause cause) {
  if (job.ended_by_us || job.exited) return;
  job.ended_by_us = cause;
  job.kill_at = std::chrono::steady_clock::now() + job.kill_grace;
  kill(-job.pid, SIGTERM);
  deadlines_.add(*job.kill_at, slot, job.key);
}

void Supervisor::acknowledge(const std::vector<AttemptKey>& keys) {
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

void Supervisor::not_started(const AttemptKey& key, EndCause cause, std::string error) {
  Finished finished;
  finished.key = key;
  finished.cause = cause;
  finished.finished_at = clock_.now();
  finished.error = std::move(error);
  report_end(std::move(finished));
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
      job.log->append(stream, {buffer, static_cast<std::size_t>(got)}, clock_.now());
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
}

void Supervisor::on_exit(Slot slot, Job& job) {
  if (job.exited) return;
  job.exited = true;
  grow_old(job);
  epoll_ctl(epoll_, EPOLL_CTL_DEL, job.pidfd, nullptr);
  read_pipe(job, 0);
  read_pipe(job, 1);
  if (job.pipes_open()) {
    job.drain_until = std::chrono::steady_clock::now() + options_.drain;
    deadlines_.add(*job.drain_until, slot, job.key);
  }
  end_when_done(slot, job);
}

void Supervisor::end_when_done(Slot slot, Job& job) {
  if (job.exited && !job.pipes_open()) end(slot, job);
}

void Supervisor::end(Slot slot, Job& job) {
  Finished finished;
  finished.key = job.key;
  finished.started_at = job.started_at;
  finished.finished_at = clock_.now();
  finished.pipes_cut = job.pipes_cut;
  // a leader of ours is not waited for yet, so its number can't belong to anybody else; an orphan's may
  if (job.orphan && (job.ended_by_us || job.kill_leftovers))
    kill_what_is_left(marks_of(job.key));
  else if (job.ended_by_us)
    kill_everything(job.pid, marks_of(job.key));
  else if (job.kill_leftovers && !job.orphan)
    kill(-job.pid, SIGKILL);
  if (job.orphan) {
    finished.cause = EndCause::lost;
    finished.error = "lost: the runner that started it was killed, and with it went its exit status";
  } else {
    int status = 0;
    rusage usage{};
    wait4(job.pid, &status, 0, &usage);
    finished.cpu_ms = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
                      (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
    finished.max_rss_bytes = usage.ru_maxrss * 1024;
    if (WIFEXITED(status))
      finished.exit_code = WEXITSTATUS(status);
    else
      finished.signal = WTERMSIG(status);
    finished.cause = job.ended_by_us.value_or(WIFEXITED(status) ? EndCause::exited : EndCause::signaled);
  }
  if (job.log) {
    if (job.pipes_cut) {
      job.log->append(
          Stream::mark,
          "\n[... a process that it left behind held its output open: not read any further ...]\n",
          finished.finished_at);
    }
    finished.log = job.log->finish(finished.finished_at);
    finished.output_bytes = job.log->total_bytes();
    finished.output_dropped_bytes = job.log->dropped_bytes();
    if (!job.log->problem().empty()) {
      base::log::warning("runner.output_not_kept",
                         {{"execution", job.key.execution.value}, {"why", job.log->problem()}});
    }
  }
  close_pipe(job, 0);
  close_pipe(job, 1);
  close(job.pidfd);
  grow_old(job);
  jobs_.remove(slot);
  if (!reap_at_) reap_at_ = std::chrono::steady_clock::now() + kReapPause;
  report_end(std::move(finished));
}

void Supervisor::report_end(Finished finished) {
  finished.error.resize(std::min(finished.error.size(), kMaxErrorBytes));
  journal_.finished(finished);
  report(finished);
  unacknowledged_[finished.key] = std::move(finished);
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
    if (job->kill_at && *job->kill_at == due->at)
      kill_everything(job->pid, marks_of(job->key)), kill(job->pid, SIGKILL);
    if (job->drain_until && *job->drain_until == due->at) {
      job->pipes_cut = true;
      end(due->slot, *job);
    }
  }
  if (reap_at_ && *reap_at_ <= now) {
    reap_at_.reset();
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
