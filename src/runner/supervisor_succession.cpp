// What one runner leaves to the next: to one that found it dead, by the journal, and to one that it executes
// in its own place.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/log_reader.h"
#include "runner/supervisor.h"

namespace runner {

// An attempt of an earlier runner. While its process lives it is watched; its exit status is gone with its
// parent.
void Supervisor::take_up(const Journal::Entry& entry) {
  if (entry.finished) {
    unacknowledged_[entry.key] = *entry.finished;
    return;
  }
  if (adopt(entry)) return;
  if (journal_.same_boot() && entry.kill_leftovers) {
    cgroups_.kill(entry.key);
    kill_what_is_left(marks_of(entry.key));
  }
  Finished finished;
  finished.key = entry.key;
  finished.cause = EndCause::lost;
  finished.started_at = entry.started ? entry.started->started_at : Instant{};
  finished.finished_at = clock_.now();
  finished.output_bytes = LogReader(entry.log_path).size(Selection::both);
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
  made->confined = true;  // it may be
  if (entry.timeout.count() > 0) {
    const auto left = std::clamp<Milliseconds>(made->started_at + entry.timeout - clock_.now(),
                                               Milliseconds{0}, entry.timeout);
    made->timeout_at = std::chrono::steady_clock::now() + left;
  }
  Slot slot = 0;
  const auto& job = jobs_.add(std::move(made), slot);
  deadlines_.add_all(job, slot);
  add_to_epoll(pidfd, slot, kPidfd);
  return true;
}

std::vector<int> Supervisor::hand_over(Handover& handover, std::string& bytes) {
  journal_.flush();
  std::vector<const Job*> jobs;
  std::vector<int> descriptors;
  jobs_.for_each([&](const Job& job) {
    jobs.push_back(&job);
    for (const int descriptor : {job.pidfd, job.pipes[0], job.pipes[1]}) {
      if (descriptor >= 0) descriptors.push_back(descriptor);
    }
  });
  for (const auto& waiting : waiting_)
    handover.waiting.push_back({waiting.request, waiting.tries, waiting.watched});
  for (const auto& [at, waiting] : delayed_)
    handover.waiting.push_back({waiting.request, waiting.tries, waiting.watched});
  bytes = to_bytes(handover, jobs);
  return descriptors;
}

void Supervisor::go_on_with(std::unique_ptr<Job> made) {
  for (const int descriptor : {made->pidfd, made->pipes[0], made->pipes[1]}) {
    if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
  Slot slot = 0;
  auto& job = jobs_.add(std::move(made), slot);
  deadlines_.add_all(job, slot);
  if (!job.exited) add_to_epoll(job.pidfd, slot, kPidfd);
  if (job.pipes[0] >= 0) add_to_epoll(job.pipes[0], slot, kOutput);
  if (job.pipes[1] >= 0) add_to_epoll(job.pipes[1], slot, kErrors);
}

}  // namespace runner
