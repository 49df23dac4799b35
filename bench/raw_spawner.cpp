// raw_spawner N [--outstanding 8] -- CMD ARG...: what the machine itself can do, with which bench/run.py
// compares the server. Starts CMD N times with posix_spawn, at most so many at once, reads stdout and stderr
// of each through an own pipe until their end and awaits its exit, all in one epoll; keeps nothing, decides
// nothing, logs nothing.
#include <fcntl.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int kMaxCount = 10'000'000;
constexpr int kMaxOutstanding = 256;  // three descriptors each; 1,024 are allowed

struct Usage {
  int count = 0;
  int outstanding = 8;
  char* const* command = nullptr;
};

std::optional<int> parse_count(std::string_view text, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > most) return {};
  return number;
}

std::optional<Usage> parse_usage(int argc, char** argv) {
  Usage usage;
  bool counted = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") {
      usage.command = argv + i + 1;
      break;
    }
    const bool outstanding = word == "--outstanding";
    if ((outstanding && ++i == argc) || (!outstanding && counted)) return {};
    const auto number = parse_count(argv[i], outstanding ? kMaxOutstanding : kMaxCount);
    if (!number) return {};
    (outstanding ? usage.outstanding : usage.count) = *number;
    counted = counted || !outstanding;
  }
  if (!counted || usage.command == nullptr || *usage.command == nullptr) return {};
  return usage;
}

double own_cpu_ms() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return ms(used.ru_utime) + ms(used.ru_stime);
}

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "raw_spawner: %s\n", what.c_str());
  std::exit(1);
}

void check(bool done, const char* call) {
  if (!done) fail(std::string(call) + ": " + std::strerror(errno));
}

class Spawner {
 public:
  explicit Spawner(const Usage& usage)
      : usage_(usage),
        jobs_(static_cast<std::size_t>(usage.outstanding)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    check(epoll_ >= 0, "epoll_create1");
    for (std::size_t i = 0; i < jobs_.size(); ++i) free_.push_back(i);
  }

  void run() {
    std::array<epoll_event, 64> events{};
    for (int ended = 0; ended < usage_.count; ended += collect(events)) {
      while (started_ < usage_.count && !free_.empty()) {
        start(free_.back());
        free_.pop_back();
        ++started_;
      }
    }
  }

 private:
  enum Source : std::uint64_t { kOut, kErr, kExit, kSources };
  struct Job {
    std::array<int, kSources> descriptors{};
    int open = 0;
  };

  void watch(std::size_t slot, Source source, int descriptor) {
    auto& job = jobs_[slot];
    job.descriptors[source] = descriptor;
    ++job.open;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = slot * kSources + source;
    check(epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0, "epoll_ctl");
  }

  void start(std::size_t slot) {
    int out[2];
    int err[2];
    check(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0, "pipe2");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    pid_t pid = 0;
    const int error = posix_spawn(&pid, usage_.command[0], &actions, nullptr, usage_.command, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) fail(std::string("cannot start ") + usage_.command[0] + ": " + std::strerror(error));
    close(out[1]);
    close(err[1]);
    const auto pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    check(pidfd >= 0, "pidfd_open");
    watch(slot, kOut, out[0]);
    watch(slot, kErr, err[0]);
    watch(slot, kExit, pidfd);
  }

  // Waits for what comes next; gives how many jobs it ended.
  int collect(std::array<epoll_event, 64>& events) {
    const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    check(ready >= 0 || errno == EINTR, "epoll_wait");
    int ended = 0;
    for (int i = 0; i < ready; ++i) {
      const auto key = events[static_cast<std::size_t>(i)].data.u64;
      auto& job = jobs_[key / kSources];
      const int descriptor = job.descriptors[key % kSources];
      if (key % kSources == kExit) {
        reap(descriptor);
      } else {
        const auto got = read(descriptor, buffer_.data(), buffer_.size());
        check(got >= 0, "read");
        if (got > 0) continue;
      }
      // a child on its way to exec may still hold a copy, and close alone would then leave it in the epoll
      check(epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr) == 0, "epoll_ctl");
      close(descriptor);
      if (--job.open > 0) continue;
      free_.push_back(key / kSources);
      ++ended;
    }
    return ended;
  }

  void reap(int pidfd) const {
    siginfo_t info{};
    check(waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd), &info, WEXITED) == 0, "waitid");
    if (info.si_code == CLD_EXITED && info.si_status == 0) return;
    fail(std::string(usage_.command[0]) +
         (info.si_code == CLD_EXITED ? " exited with " : " was ended by signal ") +
         std::to_string(info.si_status));
  }

  const Usage usage_;
  std::vector<Job> jobs_;
  std::vector<std::size_t> free_;
  int started_ = 0;
  const int epoll_;
  std::array<char, 65536> buffer_{};
};

}  // namespace

int main(int argc, char** argv) {
  const auto usage = parse_usage(argc, argv);
  if (!usage) {
    std::fprintf(stderr, "usage: raw_spawner N [--outstanding 1-%d] -- CMD ARG...\n", kMaxOutstanding);
    return 2;
  }
  Spawner spawner(*usage);
  const double cpu_before = own_cpu_ms();
  const auto began = std::chrono::steady_clock::now();
  spawner.run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("rate %.1f per second\nown %.3f ms CPU per execution\n", usage->count / took.count(),
              (own_cpu_ms() - cpu_before) / usage->count);
}
