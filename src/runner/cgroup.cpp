#include "runner/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/id.h"

namespace runner {
namespace {

// "" or why it could not be written. The kernel takes each write as one word.
std::string write_to(const std::filesystem::path& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return path.string() + ": " + std::strerror(errno);
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int code = errno;
  close(file);
  return written ? std::string() : path.string() + ": " + std::strerror(code);
}

// The number behind a word at a line's beginning; 0 where there is none.
std::int64_t number_in(const std::filesystem::path& path, std::string_view word) {
  std::ifstream in(path);
  std::string name;
  for (std::int64_t value = 0; in >> name >> value;) {
    if (name == word) return value;
  }
  return 0;
}

// Where the cgroups of version 2 are mounted, and which part of their tree.
struct Mount {
  std::filesystem::path point;
  std::string root;
};

std::optional<Mount> mount_of_version_2() {
  std::ifstream in("/proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    const auto dash = line.find(" - cgroup2 ");
    if (dash == std::string::npos) continue;
    std::istringstream words(line);
    std::string skipped, root, point;
    words >> skipped >> skipped >> skipped >> root >> point;
    return Mount{point, root};
  }
  return std::nullopt;
}

std::string own_path() {
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return {};
}

constexpr std::string_view kControllers[] = {"memory", "pids"};
constexpr std::string_view kLeaf = "runner";

// systemd's mark on what Delegate= hands over.
bool is_delegated(const std::filesystem::path& cgroup) {
  char value = '0';
  return getxattr(cgroup.c_str(), "user.delegate", &value, 1) == 1 && value == '1';
}

bool is_main_process_of_a_unit() {
  const char* main_process = std::getenv("SYSTEMD_EXEC_PID");
  return main_process != nullptr && main_process == std::to_string(getpid());
}

// Where attempts' cgroups may stand. Controllers can be switched on only for the children of a cgroup in
// which no process lives itself. In a unit of the runner's own, handed over to it, whatever lives there moves
// to a leaf; a unit that it shares with the server stays as it is, for systemd could not put a restarted
// server into it again.
std::filesystem::path make_room_in(const std::filesystem::path& own) {
  if (own.filename() == kLeaf && is_delegated(own.parent_path())) return own.parent_path();
  if (!is_delegated(own) || !is_main_process_of_a_unit()) return own;
  const auto leaf = own / kLeaf;
  if (mkdir(leaf.c_str(), 0755) < 0 && errno != EEXIST) return own;
  std::ifstream in(own / "cgroup.procs");
  for (std::string pid; in >> pid;) write_to(leaf / "cgroup.procs", pid);
  for (const auto controller : kControllers)
    write_to(own / "cgroup.subtree_control", "+" + std::string(controller));
  return own;
}

}  // namespace

Cgroups::Cgroups(const std::string& name) {
  const auto mount = mount_of_version_2();
  auto own = own_path();
  if (!mount || own.empty()) {
    why_not_ = "no cgroups of version 2 are mounted";
    return;
  }
  if (mount->root != "/" && own.starts_with(mount->root)) own = own.substr(mount->root.size());
  settle(make_room_in(mount->point / std::filesystem::path(own).relative_path()), name);
}

Cgroups::Cgroups(const std::filesystem::path& parent, const std::string& name) {
  settle(parent, name);
}

Cgroups::~Cgroups() {
  if (!are_had()) return;
  remove_empty();
  rmdir(folder_.c_str());
}

void Cgroups::settle(const std::filesystem::path& parent, const std::string& name) {
  folder_ = parent / ("mini-scheduler-" + name);
  if (mkdir(folder_.c_str(), 0755) < 0 && errno != EEXIST) {
    why_not_ = folder_.string() + ": " + std::strerror(errno);
    return;
  }
  if (access((folder_ / "cgroup.kill").c_str(), W_OK) < 0) {
    why_not_ = (folder_ / "cgroup.kill").string() + ": " + std::strerror(errno);
    rmdir(folder_.c_str());
    return;
  }
  // only what its parent hands down: to ask for more there could lock processes out that are not ours
  std::ifstream in(folder_ / "cgroup.controllers");
  for (std::string controller; in >> controller;) {
    if (std::ranges::find(kControllers, controller) == std::end(kControllers)) continue;
    if (write_to(folder_ / "cgroup.subtree_control", "+" + controller).empty())
      controllers_.push_back(controller);
  }
  remove_empty();
}

std::string Cgroups::level() const {
  if (!are_had()) return "process tree: " + why_not_;
  std::string text = "cgroup";
  for (const auto& controller : controllers_)
    text += (controller == controllers_.front() ? " (" : ", ") + controller;
  return controllers_.empty() ? text : text + ")";
}

bool Cgroups::has(std::string_view controller) const {
  return std::find(controllers_.begin(), controllers_.end(), controller) != controllers_.end();
}

std::filesystem::path Cgroups::path_of(const AttemptKey& key) const {
  return folder_ / (base::to_string(key.execution) + "." + std::to_string(key.attempt));
}

int Cgroups::make(const AttemptKey& key, Limits& limits, std::string& why) const {
  if (!are_had()) return -1;
  const auto path = path_of(key);
  if (mkdir(path.c_str(), 0755) < 0 && errno != EEXIST) {
    why = path.string() + ": " + std::strerror(errno);
    return -1;
  }
  auto left = limits;
  if (limits.memory_bytes && has("memory")) {
    why = write_to(path / "memory.max", std::to_string(*limits.memory_bytes));
    // one piece of a job dead and the rest alive is what nobody wants
    if (why.empty()) why = write_to(path / "memory.oom.group", "1");
    left.memory_bytes.reset();
  }
  if (why.empty() && limits.processes && has("pids")) {
    why = write_to(path / "pids.max", std::to_string(*limits.processes));
    left.processes.reset();
  }
  const int procs = why.empty() ? open((path / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC) : -1;
  if (procs >= 0) {
    limits = left;
    return procs;
  }
  if (why.empty()) why = (path / "cgroup.procs").string() + ": " + std::strerror(errno);
  rmdir(path.c_str());
  return -1;
}

void Cgroups::kill(const AttemptKey& key) const {
  if (are_had()) write_to(path_of(key) / "cgroup.kill", "1");
}

bool Cgroups::ran_out_of_memory(const AttemptKey& key) const {
  return has("memory") && number_in(path_of(key) / "memory.events", "oom_kill") > 0;
}

Cgroups::Usage Cgroups::usage(const AttemptKey& key) const {
  Usage usage;
  if (!are_had()) return usage;
  constexpr std::int64_t kMicrosecondsPerMs = 1000;
  usage.cpu_ms = number_in(path_of(key) / "cpu.stat", "usage_usec") / kMicrosecondsPerMs;
  if (has("memory")) std::ifstream(path_of(key) / "memory.peak") >> usage.peak_bytes;
  return usage;
}

bool Cgroups::remove(const AttemptKey& key) const {
  return !are_had() || rmdir(path_of(key).c_str()) == 0 || errno == ENOENT;
}

void Cgroups::remove_empty() const {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
    if (entry.is_directory(ignored)) rmdir(entry.path().c_str());
  }
}

}  // namespace runner
