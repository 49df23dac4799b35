// How jobs end: their exit, what is killed, what is told of it.
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/kill_point.h"
#include "base/log.h"
#include "runner/log_reader.h"
#include "runner/supervisor.h"

namespace runner {
namespace {

constexpr std::chrono::seconds kReapPause{1};  // orphans that ended are waited for at most so often
constexpr std::size_t kMaxErrorBytes = 1000;

}  // namespace

void Supervisor::begin_to_end(Slot slot, Job& job, EndCause cause) {
  if (job.ended_by_us) return;
  if (job.exited && cause != EndCause::cancelled) return;  // it ended in time
  job.ended_by_us = cause;
  if (job.exited) return cut_drain(slot, job);
  job.kill_at = std::chrono::steady_clock::now() + job.kill_grace;
  kill(-job.pid, SIGTERM);
  base::kill_point("job.told_to_end");
  deadlines_.add(*job.kill_at, slot, job.key);
}

void Supervisor::not_started(const AttemptKey& key, EndCause cause, std::string error) {
  Finished finished;
  finished.key = key;
  finished.cause = cause;
  finished.finished_at = clock_.now();
  finished.error = std::move(error);
  report_end(std::move(finished));
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

void Supervisor::cut_drain(Slot slot, Job& job) {
  job.pipes_cut = true;
  end(slot, job);
}

void Supervisor::end(Slot slot, Job& job) {
  Finished finished;
  finished.key = job.key;
  finished.started_at = job.started_at;
  finished.finished_at = clock_.now();
  finished.pipes_cut = job.pipes_cut;
  // a leader of ours is not waited for yet, so its number can't belong to anybody else; an orphan's may
  if (job.ended_by_us || (job.orphan && job.kill_leftovers))
    kill_all(job);
  else if (job.kill_leftovers && !job.orphan)
    kill(-job.pid, SIGKILL);
  if (job.orphan) {
    finished.cause = job.ended_by_us.value_or(EndCause::lost);
    if (finished.cause == EndCause::lost)
      finished.error = "lost: the runner that started it was killed, and with it went its exit status";
    finished.output_bytes = LogReader(job.log_path).size(Selection::both);  // what it wrote until then
  } else {
    account(finished, job);
  }
  if (job.confined && !cgroups_.leave(job.key)) cgroups_are_left_ = true;
  close_pipe(job, 0);
  close_pipe(job, 1);
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
  close(job.pidfd);
  grow_old(job);
  deadlines_.drop_all(job, slot);
  jobs_.remove(slot);
  if (!reap_at_) reap_at_ = std::chrono::steady_clock::now() + kReapPause;
  report_end(std::move(finished));
}

void Supervisor::kill_all(const Job& job) {
  if (job.confined) cgroups_.kill(job.key);
  // also what another runner started outside of any cgroup; a leader that is an orphan may be gone, and its
  // number another's
  if (job.orphan && job.exited)
    kill_what_is_left(marks_of(job.key));
  else
    kill_everything(job.pid, marks_of(job.key));
}

// How it ended and what it took.
void Supervisor::account(Finished& finished, const Job& job) const {
  base::kill_point("job.exited");
  int status = 0;
  rusage usage{};
  wait4(job.pid, &status, 0, &usage);
  base::kill_point("job.waited_for");
  finished.cpu_ms = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
                    (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
  finished.max_rss_bytes = usage.ru_maxrss * 1024;
  // the cgroup also counts those that nobody waited for
  const auto whole = job.confined ? cgroups_.usage(job.key) : Cgroups::Usage{};
  finished.cpu_ms = std::max<std::int64_t>(finished.cpu_ms, whole.cpu_ms);
  finished.max_rss_bytes = std::max<std::int64_t>(finished.max_rss_bytes, whole.peak_bytes);
  if (WIFEXITED(status))
    finished.exit_code = WEXITSTATUS(status);
  else
    finished.signal = WTERMSIG(status);
  finished.cause = job.ended_by_us.value_or(WIFEXITED(status) ? EndCause::exited : EndCause::signaled);
  if (!job.ended_by_us && job.confined && cgroups_.ran_out_of_memory(job.key))
    finished.error = "over its limit of memory_bytes: ended by the kernel";
}

void Supervisor::report_end(Finished finished) {
  finished.error.resize(std::min(finished.error.size(), kMaxErrorBytes));
  journal_.finished(finished);
  report(finished);
  unacknowledged_[finished.key] = std::move(finished);
}
}  // namespace runner
