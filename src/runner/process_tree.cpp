#include "runner/process_tree.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <vector>

#include "base/id.h"

namespace runner {
namespace {

// A clock of the kernel's and one of ours may fall into neighbouring ticks.
constexpr std::uint64_t kTickTolerance = 1;

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  bool zombie = false;
};

// /proc/PID/stat behind the name, which may hold anything.
std::string stat_of(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string stat;
  std::getline(in, stat);
  const auto end_of_name = stat.rfind(')');
  return end_of_name == std::string::npos ? std::string() : stat.substr(end_of_name + 1);
}

std::vector<Process> all_processes() {
  std::vector<Process> processes;
  DIR* folder = opendir("/proc");
  if (folder == nullptr) return processes;
  while (const dirent* entry = readdir(folder)) {
    const auto pid = base::parse_decimal(entry->d_name);
    if (!pid) continue;
    const auto stat = stat_of(static_cast<pid_t>(*pid));
    if (stat.empty()) continue;
    Process process{.pid = static_cast<pid_t>(*pid)};
    char state = ' ';
    std::istringstream(stat) >> state >> process.parent >> process.group >> process.session;
    process.zombie = state == 'Z';
    processes.push_back(process);
  }
  closedir(folder);
  return processes;
}

// What the environment of a job and of all that descends from it says, unless they clear it.
class Marks {
 public:
  explicit Marks(const AttemptKey& key)
      : execution_(mark("MINI_SCHEDULER_EXECUTION_ID=" + base::to_string(key.execution))),
        attempt_(mark("MINI_SCHEDULER_ATTEMPT=" + std::to_string(key.attempt))) {}

  bool are_on(pid_t pid) const {
    std::ifstream in("/proc/" + std::to_string(pid) + "/environ", std::ios::binary);
    const std::string environment = '\0' + std::string{std::istreambuf_iterator<char>(in), {}};
    return environment.find(execution_) != std::string::npos &&
           environment.find(attempt_) != std::string::npos;
  }

 private:
  static std::string mark(const std::string& entry) { return '\0' + entry + '\0'; }
  const std::string execution_, attempt_;
};

}  // namespace

std::uint64_t ticks_since_boot() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  const auto per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  return static_cast<std::uint64_t>(now.tv_sec) * per_second +
         static_cast<std::uint64_t>(now.tv_nsec) / (1'000'000'000 / per_second);
}

bool is_born_in(pid_t pid, const BirthWindow& window) {
  constexpr int kFieldsBeforeStart = 19;  // behind the name
  std::istringstream in(stat_of(pid));
  std::string skipped;
  for (int i = 0; i < kFieldsBeforeStart; ++i) in >> skipped;
  std::uint64_t born = 0;
  return in >> born && born + kTickTolerance >= window.from_ticks && born <= window.to_ticks + kTickTolerance;
}

std::optional<pid_t> find_leader(const AttemptKey& key) {
  const Marks marks(key);
  for (const auto& process : all_processes()) {
    if (process.pid == process.session && !process.zombie && marks.are_on(process.pid)) return process.pid;
  }
  return std::nullopt;
}

void kill_everything(pid_t leader, const AttemptKey& key) {
  constexpr int kRounds = 10;  // a fork bomb may outrun more; the timeout of the next run will meet it again
  const Marks marks(key);
  const pid_t self = getpid();
  std::set<pid_t> killed;
  kill(-leader, SIGKILL);
  for (int round = 0; round < kRounds; ++round) {
    bool found_new = false;
    const auto processes = all_processes();
    std::set<pid_t> tree{leader};
    for (std::size_t size = 0; size != tree.size();) {
      size = tree.size();
      for (const auto& process : processes) {
        if (tree.contains(process.parent) || process.group == leader || process.session == leader)
          tree.insert(process.pid);
      }
    }
    for (const auto& process : processes) {
      if (process.pid == self || process.pid == leader || process.zombie) continue;
      if (!tree.contains(process.pid) && !marks.are_on(process.pid)) continue;
      if (kill(process.pid, SIGKILL) == 0) found_new |= killed.insert(process.pid).second;
    }
    if (!found_new) return;
  }
}

void reap_orphans(const std::function<bool(pid_t)>& is_ours) {
  std::ifstream in("/proc/self/task/" + std::to_string(getpid()) + "/children");
  for (pid_t pid = 0; in >> pid;) {
    if (!is_ours(pid)) waitpid(pid, nullptr, WNOHANG);
  }
}

}  // namespace runner
