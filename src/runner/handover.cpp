#include "runner/handover.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runner/protocol.h"
#include "runner/wire.h"

namespace runner {
namespace {

// What a request of version 1 lacks at its end: an empty list.
constexpr std::string_view kNoFiles("\0\0\0\0\0\0\0\0", 8);

constexpr int kAnswerTimeoutMs = 5'000;

// The steady clock is the machine's, and so the next program's too.
void put(Writer& out, const std::optional<SteadyTime>& at) {
  out.u8(at ? 1 : 0);
  out.i64(at ? at->time_since_epoch().count() : 0);
}

std::optional<SteadyTime> read_time(Reader& in) {
  const bool present = in.flag();
  const SteadyTime at{SteadyTime::duration{in.i64()}};
  return present ? std::optional{at} : std::nullopt;
}

void put(Writer& out, const Job& job) {
  out.i64(job.key.execution.value);
  out.i64(job.key.attempt);
  out.i64(job.kill_grace.count());
  out.text(job.log_path);
  out.i64(job.pid);
  out.i64(base::to_unix_ms(job.started_at));
  for (const int descriptor : {job.pidfd, job.pipes[0], job.pipes[1]}) out.i64(descriptor);
  out.text(job.log ? job.log->hand_over() : std::string());
  for (const auto& masker : job.maskers) {
    out.list(masker ? masker->values() : std::vector<std::string>(),
             [&](const std::string& value) { out.text(value); });
    out.text(masker ? masker->held() : std::string());
  }
  for (const bool flag :
       {job.kill_leftovers, job.orphan, job.exited, job.watched, job.pipes_cut, job.confined})
    out.u8(flag ? 1 : 0);
  out.u8(job.ended_by_us ? 1 : 0);
  out.u8(static_cast<std::uint8_t>(job.ended_by_us.value_or(EndCause::exited)));
  for (const auto* at : job.deadlines()) put(out, *at);
}

std::unique_ptr<Job> read_job(Reader& in, std::int64_t version) {
  auto job = std::make_unique<Job>();
  job->key.execution.value = in.i64();
  job->key.attempt = static_cast<int>(in.i64());
  job->kill_grace = Milliseconds{in.i64()};
  job->log_path = in.text();
  job->pid = static_cast<pid_t>(in.i64());
  job->started_at = base::from_unix_ms(in.i64());
  for (int* descriptor : {&job->pidfd, &job->pipes[0], &job->pipes[1]})
    *descriptor = static_cast<int>(in.i64());
  if (const auto log = in.text(); !log.empty()) job->log = LogWriter::take_over(log);
  for (auto& masker : job->maskers) {
    const auto values = in.list<std::string>([&] { return in.text(); });
    auto held = in.text();
    if (!values.empty()) masker = std::make_unique<Masker>(values, std::move(held));
  }
  for (bool* flag :
       {&job->kill_leftovers, &job->orphan, &job->exited, &job->watched, &job->pipes_cut, &job->confined})
    *flag = in.flag();
  const bool ended = in.flag();
  const auto cause = static_cast<EndCause>(in.u8());
  if (ended) job->ended_by_us = cause;
  for (auto* at : job->deadlines()) *at = read_time(in);
  if (version < 3) read_time(in);  // when it was to enter its cgroup
  return job;
}

}  // namespace

std::string to_bytes(const Handover& handover, const std::vector<const Job*>& jobs) {
  std::string bytes;
  Writer out(bytes);
  out.i64(kHandoverVersion);
  out.i64(handover.lock);
  out.i64(handover.listener);
  out.text(handover.program);
  out.list(jobs, [&](const Job* job) { put(out, *job); });
  out.list(handover.waiting, [&](const Handover::Waiting& waiting) {
    std::string request;
    append_request(request, waiting.request);
    out.text(request);
    out.i64(waiting.tries);
    out.u8(waiting.watched ? 1 : 0);
  });
  return bytes;
}

std::optional<Handover> read_handover(std::string_view bytes) {
  Reader in(bytes);
  const auto version = in.i64();
  if (!can_read_handover(version)) return std::nullopt;
  Handover handover;
  handover.lock = static_cast<int>(in.i64());
  handover.listener = static_cast<int>(in.i64());
  handover.program = in.text();
  handover.jobs = in.list<std::unique_ptr<Job>>([&] { return read_job(in, version); });
  bool readable = true;
  handover.waiting = in.list<Handover::Waiting>([&] {
    Handover::Waiting waiting;
    auto body = in.text();
    if (version == 1) body.append(kNoFiles);
    auto request = read_request(body);
    readable = readable && request.has_value();
    if (request) waiting.request = std::move(*request);
    waiting.tries = static_cast<int>(in.i64());
    waiting.watched = in.flag();
    return waiting;
  });
  if (!in.done() || !readable) return std::nullopt;
  return handover;
}

std::string identity_of_program(const std::string& path) {
  struct stat seen {};
  if (stat(path.c_str(), &seen) < 0) return {};
  std::string identity;
  for (const auto number :
       {static_cast<std::int64_t>(seen.st_dev), static_cast<std::int64_t>(seen.st_ino),
        static_cast<std::int64_t>(seen.st_size), static_cast<std::int64_t>(seen.st_mtim.tv_sec),
        static_cast<std::int64_t>(seen.st_mtim.tv_nsec)})
    identity += std::to_string(number) + '.';
  return identity;
}

bool accepts_handover(const std::string& program) {
  const auto version = std::to_string(kHandoverVersion);
  const char* argv[] = {"mini-scheduler", "runner", "--accepts-handover", version.c_str(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
  pid_t pid = -1;
  const int code = posix_spawn(&pid, program.c_str(), &actions, nullptr, const_cast<char**>(argv), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0) return false;
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  pollfd waited{pidfd, POLLIN, 0};
  if (pidfd < 0 || poll(&waited, 1, kAnswerTimeoutMs) <= 0) kill(pid, SIGKILL);
  if (pidfd >= 0) close(pidfd);
  int status = 0;
  return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string execute(const std::string& program, const std::string& data_dir, const std::string& bytes,
                    const std::vector<int>& descriptors) {
  const int memory = memfd_create("handover", 0);
  if (memory < 0) return std::strerror(errno);
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const auto written = ::write(memory, rest.data(), rest.size());
    if (written < 0) {
      const int code = errno;
      close(memory);
      return std::strerror(code);
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  lseek(memory, 0, SEEK_SET);
  for (const int descriptor : descriptors) fcntl(descriptor, F_SETFD, 0);
  const auto number = std::to_string(memory);
  const char* argv[] = {"mini-scheduler", "runner",       "--data-dir", data_dir.c_str(),
                        "--handover-fd",  number.c_str(), nullptr};
  execv(program.c_str(), const_cast<char**>(argv));
  const int code = errno;
  for (const int descriptor : descriptors) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  close(memory);
  return std::strerror(code);
}

std::string read_all(int descriptor) {
  std::string bytes;
  char buffer[65536];
  for (ssize_t got = 0; (got = read(descriptor, buffer, sizeof buffer)) > 0;)
    bytes.append(buffer, static_cast<std::size_t>(got));
  close(descriptor);
  return bytes;
}

}  // namespace runner
