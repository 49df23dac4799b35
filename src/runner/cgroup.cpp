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
std::int64_t number_in(std::string_view text, std::string_view word) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    if (line.starts_with(word) && line.substr(word.size()).starts_with(' '))
      return base::parse_decimal(line.substr(word.size() + 1)).value_or(0);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return 0;
}

std::int64_t number_in(int file, std::string_view word) {
  char text[2048];
  const auto size = pread(file, text, sizeof text, 0);
  return size <= 0 ? 0 : number_in(std::string_view(text, static_cast<std::size_t>(size)), word);
}

std::int64_t number_in(const std::filesystem::path& path, std::string_view word) {
  const base::Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return number_in(file.get(), word);
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
constexpr std::string_view kUnlimited = "unlimited";  // the folder of those without controllers
constexpr const char* kOccupant = "user.attempt";     // by which the next runner knows whose it is
constexpr std::size_t kMostSpare = 64;

std::string name_of(const AttemptKey& key) {
  return base::to_string(key.execution) + "." + std::to_string(key.attempt);
}

std::optional<AttemptKey> attempt_of(std::string_view name) {
  const auto dot = name.find('.');
  if (dot == name.npos) return std::nullopt;
  const auto execution = base::parse_decimal(name.substr(0, dot)),
             attempt = base::parse_decimal(name.substr(dot + 1));
  if (!execution || !attempt) return std::nullopt;
  return AttemptKey{base::ExecutionId{*execution}, static_cast<int>(*attempt)};
}

std::string occupant_of(const std::filesystem::path& cgroup) {
  char name[64];
  const auto size = getxattr(cgroup.c_str(), kOccupant, name, sizeof name);
  return size > 0 ? std::string(name, static_cast<std::size_t>(size)) : cgroup.filename().string();
}

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
  for (const auto& place : spare_) rmdir(place.path.c_str());
  for (const auto& [key, place] : places_) rmdir(place.path.c_str());
  remove_left();
  rmdir((folder_ / kUnlimited).c_str());
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
  mkdir((folder_ / kUnlimited).c_str(), 0755);
  find_occupied();
}

void Cgroups::find_occupied() {
  for (const auto& parent : {folder_, folder_ / kUnlimited}) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(parent, ignored)) {
      const auto& path = entry.path();
      if (!entry.is_directory(ignored) || path.filename() == kUnlimited || rmdir(path.c_str()) == 0) continue;
      if (const auto key = attempt_of(occupant_of(path)))
        places_[*key].path = path;
      else
        left_.push_back(path);
    }
  }
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

const Cgroups::Place* Cgroups::find(const AttemptKey& key) const {
  const auto found = places_.find(key);
  return found == places_.end() ? nullptr : &found->second;
}

int Cgroups::enter(const AttemptKey& key, Limits& limits, std::string& why) {
  if (!are_had()) return -1;
  if (limits.memory_bytes || limits.processes) return enter_limited(key, limits, why);
  if (spare_.empty() && !make_spare(why)) return -1;
  auto& place = places_[key] = std::move(spare_.back());
  spare_.pop_back();
  const auto name = name_of(key);
  if (fsetxattr(place.folder.get(), kOccupant, name.data(), name.size(), 0) < 0) {
    why = place.path.string() + ": " + std::strerror(errno);
    leave(key);
    return -1;
  }
  return place.folder.get();
}

int Cgroups::enter_limited(const AttemptKey& key, Limits& limits, std::string& why) {
  const auto path = folder_ / name_of(key);
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
  base::Descriptor folder(why.empty() ? open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1);
  if (folder.get() < 0) {
    if (why.empty()) why = path.string() + ": " + std::strerror(errno);
    rmdir(path.c_str());
    return -1;
  }
  limits = left;
  auto& place = places_[key];
  place.path = path;
  place.folder = std::move(folder);
  return place.folder.get();
}

bool Cgroups::make_spare(std::string& why) {
  Place place;
  int made = -1;
  while (made < 0) {
    place.path = folder_ / kUnlimited / std::to_string(++made_);
    made = mkdir(place.path.c_str(), 0755);
    if (made < 0 && errno != EEXIST) break;
  }
  const auto open_in = [&](const char* file, int flags) {
    return base::Descriptor(open((place.path / file).c_str(), flags | O_CLOEXEC));
  };
  if (made == 0) place.folder = open_in(".", O_RDONLY | O_DIRECTORY);
  if (made == 0) place.events = open_in("cgroup.events", O_RDONLY);
  if (made == 0) place.cpu = open_in("cpu.stat", O_RDONLY);
  if (place.folder.get() < 0 || place.events.get() < 0 || place.cpu.get() < 0) {
    why = place.path.string() + ": " + std::strerror(errno);
    if (made == 0) rmdir(place.path.c_str());
    return false;
  }
  place.reusable = true;
  spare_.push_back(std::move(place));
  return true;
}

void Cgroups::kill(const AttemptKey& key) {
  const auto found = places_.find(key);
  if (found == places_.end()) return;
  write_to(found->second.path / "cgroup.kill", "1");
  found->second.killed = true;
}

bool Cgroups::ran_out_of_memory(const AttemptKey& key) const {
  const auto* place = find(key);
  return place != nullptr && has("memory") && number_in(place->path / "memory.events", "oom_kill") > 0;
}

Cgroups::Usage Cgroups::usage(const AttemptKey& key) const {
  Usage usage;
  const auto* place = find(key);
  if (place == nullptr) return usage;
  constexpr std::int64_t kMicrosecondsPerMs = 1000;
  const auto cpu_us = place->reusable ? number_in(place->cpu.get(), "usage_usec")
                                      : number_in(place->path / "cpu.stat", "usage_usec");
  usage.cpu_ms = (cpu_us - place->cpu_before_us) / kMicrosecondsPerMs;
  if (!place->reusable && has("memory")) std::ifstream(place->path / "memory.peak") >> usage.peak_bytes;
  return usage;
}

bool Cgroups::leave(const AttemptKey& key) {
  const auto found = places_.find(key);
  if (found == places_.end()) return true;
  auto place = std::move(found->second);
  places_.erase(found);
  // Linux 6 kills what is born into a cgroup that was killed once
  const bool may_serve_again = place.reusable && !place.killed && spare_.size() < kMostSpare;
  if (may_serve_again && number_in(place.events.get(), "populated") == 0) {
    place.cpu_before_us = number_in(place.cpu.get(), "usage_usec");
    spare_.push_back(std::move(place));
    return true;
  }
  if (rmdir(place.path.c_str()) == 0 || errno == ENOENT) return true;
  left_.push_back(std::move(place.path));
  return false;
}

void Cgroups::remove_left() {
  const auto is_removed = [](const auto& path) { return rmdir(path.c_str()) == 0 || errno == ENOENT; };
  std::erase_if(left_, is_removed);
  const auto is_of_earlier_runner = [](const Place& place) { return place.folder.get() < 0; };
  std::erase_if(places_, [&](const auto& entry) {
    return is_of_earlier_runner(entry.second) && is_removed(entry.second.path);
  });
}

}  // namespace runner
