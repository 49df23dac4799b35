#include "runner/process_tree.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
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

// Kills what carries the marks or is among `others`, anew until there is none.
void kill_until_none(const Marks& marks,
                     const std::function<std::set<pid_t>(const std::vector<Process>&)>& others) {
  constexpr int kRounds = 10;  // a fork bomb may outrun more; the timeout of the next run will meet it again
  const pid_t self = getpid();
  std::set<pid_t> killed;
  for (int round = 0; round < kRounds; ++round) {
    bool found_new = false;
    const auto processes = all_processes();
    const auto meant = others(processes);
    for (const auto& process : processes) {
      if (process.pid == self || process.zombie) continue;
      if (!meant.contains(process.pid) && !marks.are_on(process.pid)) continue;
      if (kill(process.pid, SIGKILL) == 0) found_new |= killed.insert(process.pid).second;
    }
    if (!found_new) return;
  }
}

// Adds all that descends from those in it, or is in the leader's group or session.
void grow(std::set<pid_t>& tree, pid_t leader, const std::vector<Process>& processes) {
  for (std::size_t size = 0; size != tree.size();) {
    size = tree.size();
    for (const auto& process : processes) {
      if (tree.contains(process.parent) || process.group == leader || process.session == leader)
        tree.insert(process.pid);
    }
  }
}

std::string surrounded(const std::string& entry) {
  return '\0' + entry + '\0';
}

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

Marks::Marks(const AttemptKey& key, const std::string& runner)
    : entries_{surrounded("MINI_SCHEDULER_EXECUTION_ID=" + base::to_string(key.execution)),
               surrounded("MINI_SCHEDULER_ATTEMPT=" + std::to_string(key.attempt)), surrounded(runner)} {}

bool Marks::are_on(pid_t pid) const {
  std::ifstream in("/proc/" + std::to_string(pid) + "/environ", std::ios::binary);
  const std::string environment = '\0' + std::string{std::istreambuf_iterator<char>(in), {}};
  return std::all_of(entries_.begin(), entries_.end(),
                     [&](const std::string& entry) { return environment.find(entry) != std::string::npos; });
}

std::string runner_mark(const std::filesystem::path& data_dir) {
  struct stat folder {};
  stat(data_dir.c_str(), &folder);
  return "MINI_SCHEDULER_RUNNER=" + std::to_string(folder.st_dev) + '-' + std::to_string(folder.st_ino);
}

std::optional<pid_t> find_leader(const Marks& marks) {
  for (const auto& process : all_processes()) {
    if (process.pid == process.session && !process.zombie && marks.are_on(process.pid)) return process.pid;
  }
  return std::nullopt;
}

void kill_everything(pid_t leader, const Marks& marks) {
  // before its death: with it its descendants lose the parent by which they are known
  std::set<pid_t> tree{leader};
  grow(tree, leader, all_processes());
  kill(-leader, SIGKILL);
  kill_until_none(marks, [&](const auto& processes) {
    grow(tree, leader, processes);
    auto others = tree;
    others.erase(leader);
    return others;
  });
}

void kill_what_is_left(const Marks& marks) {
  kill_until_none(marks, [](const auto&) { return std::set<pid_t>(); });
}

void reap_orphans(const std::function<bool(pid_t)>& is_ours) {
  std::ifstream in("/proc/self/task/" + std::to_string(getpid()) + "/children");
  for (pid_t pid = 0; in >> pid;) {
    if (!is_ours(pid)) waitpid(pid, nullptr, WNOHANG);
  }
}

}  // namespace runner
