#include "runner/process_tree.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
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

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  bool zombie = false;
};

std::vector<Process> all_processes() {
  std::vector<Process> processes;
  DIR* folder = opendir("/proc");
  if (folder == nullptr) return processes;
  while (const dirent* entry = readdir(folder)) {
    const auto pid = base::parse_decimal(entry->d_name);
    if (!pid) continue;
    std::ifstream in("/proc/" + std::string(entry->d_name) + "/stat");
    std::string stat;
    std::getline(in, stat);
    const auto end_of_name = stat.rfind(')');
    if (end_of_name == std::string::npos) continue;
    Process process{.pid = static_cast<pid_t>(*pid)};
    char state = ' ';
    std::istringstream(stat.substr(end_of_name + 1)) >> state >> process.parent >> process.group >>
        process.session;
    process.zombie = state == 'Z';
    processes.push_back(process);
  }
  closedir(folder);
  return processes;
}

bool carries(pid_t pid, const std::string& execution, const std::string& attempt) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/environ", std::ios::binary);
  const std::string environment = '\0' + std::string{std::istreambuf_iterator<char>(in), {}};
  return environment.find(execution) != std::string::npos && environment.find(attempt) != std::string::npos;
}

}  // namespace

void kill_everything(pid_t leader, const AttemptKey& key) {
  constexpr int kRounds = 10;  // a fork bomb may outrun more; the timeout of the next run will meet it again
  const std::string execution =
      std::string(1, '\0') + "MINI_SCHEDULER_EXECUTION_ID=" + base::to_string(key.execution) + '\0';
  const std::string attempt =
      std::string(1, '\0') + "MINI_SCHEDULER_ATTEMPT=" + std::to_string(key.attempt) + '\0';
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
      if (!tree.contains(process.pid) && !carries(process.pid, execution, attempt)) continue;
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
