#include "runner/spawn.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <vector>

#include "base/descriptor.h"
#include "runner/clone_into_cgroup.h"
#include "runner/identity.h"

namespace runner {

using base::Descriptor;

namespace {

constexpr rlim_t kCpuGraceSeconds = 5;  // from SIGXCPU to SIGKILL

// What the child runs before it executes: it never returns, and would leave the sanitizers' notes about its
// stack in the memory that it shares with its parent.
#define RUNS_IN_CHILD __attribute__((no_sanitize("address", "thread", "undefined")))

bool is_passing(int code) {
  return code == EAGAIN || code == ENOMEM || code == EMFILE || code == ENFILE || code == ETXTBSY;
}

SpawnFailure failure(const std::string& what, int code) {
  return {"spawn failed: " + what + ": " + std::strerror(code), is_passing(code)};
}

std::optional<std::string> find_value(const std::vector<std::string>& env, std::string_view name) {
  for (const auto& entry : env) {
    if (entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name)) {
      return entry.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

// What execve is tried with, in order: the word itself, or each folder of PATH with it.
std::vector<std::string> candidates(const std::string& word, const std::vector<std::string>& env) {
  if (word.find('/') != std::string::npos) return {word};
  std::vector<std::string> paths;
  std::string_view path;
  const std::string value = find_value(env, "PATH").value_or(std::string());
  path = value;
  while (true) {
    const auto colon = std::min(path.find(':'), path.size());
    const auto folder = path.substr(0, colon);
    paths.push_back((folder.empty() ? std::string(".") : std::string(folder)) + '/' + word);
    if (colon == path.size()) return paths;
    path.remove_prefix(colon + 1);
  }
}

// A file in memory that holds the text, read from its beginning. -1 and errno where there is no room.
int file_in_memory(const char* name, std::string_view text) {
  const int memory = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (memory < 0) return -1;
  while (!text.empty()) {
    const auto written = write(memory, text.data(), text.size());
    if (written < 0) {
      close(memory);
      return -1;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  lseek(memory, 0, SEEK_SET);
  return memory;
}

// Opened once for all jobs: it holds nothing that one could change for another. -1 and errno where it can't
// be had.
int nothing_to_read() {
  static Descriptor null;
  if (null.get() < 0) null.reset(open("/dev/null", O_RDONLY | O_CLOEXEC));
  return null.get();
}

// Above the numbers that the job has them under, so that none is overwritten before it has its place. Nobody
// can change it; any user may read it, since who can reach the job's descriptors can read its memory.
int file_for_job(const std::string& content) {
  const Descriptor low(file_in_memory("secret", content));
  if (low.get() < 0) return -1;
  if (fchmod(low.get(), 0444) < 0) return -1;
  if (fcntl(low.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0) return -1;
  return fcntl(low.get(), F_DUPFD_CLOEXEC, kFirstFile + static_cast<int>(kMaxFiles));
}

// The kernel's own form, since the library's refuses the signals that it keeps for itself, and those may have
// been inherited as ignored.
struct KernelAction {
  void (*handler)(int) = SIG_DFL;
  unsigned long flags = 0;
  void (*restorer)() = nullptr;
  std::uint64_t mask = 0;
};

RUNS_IN_CHILD long kernel_action(int signal, const KernelAction* fresh, KernelAction* old) {
  return syscall(SYS_rt_sigaction, signal, fresh, old, sizeof(KernelAction::mask));
}

RUNS_IN_CHILD void set_default(int signal) {
  const KernelAction plain;
  kernel_action(signal, &plain, nullptr);
}

// What this process ignores, asked once: only that outlives an exec, and it is set before the first job.
const std::vector<int>& ignored_signals() {
  static const auto ignored = [] {
    std::vector<int> found;
    for (int signal = 1; signal < NSIG; ++signal) {
      KernelAction action;
      if (kernel_action(signal, nullptr, &action) == 0 && action.handler == SIG_IGN) found.push_back(signal);
    }
    return found;
  }();
  return ignored;
}

constexpr std::size_t kStackBytes = 256 * 1024;

// One is enough: the parent waits until its child has executed. Of it only what is used takes memory.
std::span<char> child_stack() {
  static const auto stack = std::make_unique_for_overwrite<char[]>(kStackBytes);
  return {stack.get(), kStackBytes};
}

enum class Step { none, cgroup, session, limit, nice, groups, group, user, folder, privileges, execute };

struct ResourceLimit {
  int resource;
  const char* name;
  rlimit value;
};

std::vector<ResourceLimit> to_resource_limits(const Limits& limits) {
  std::vector<ResourceLimit> made;
  const auto add = [&](int resource, const char* name, const std::optional<std::int64_t>& limit,
                       rlim_t grace) {
    if (!limit) return;
    const auto soft = static_cast<rlim_t>(*limit);
    made.push_back({resource, name, {soft, soft + grace}});
  };
  add(RLIMIT_AS, "memory_bytes", limits.memory_bytes, 0);
  add(RLIMIT_CPU, "cpu_s", limits.cpu_s, kCpuGraceSeconds);
  add(RLIMIT_NOFILE, "open_files", limits.open_files, 0);
  add(RLIMIT_NPROC, "processes", limits.processes, 0);
  return made;
}

// All that the child needs, made before it: it shares the parent's memory and may only make system calls.
struct Child {
  int input, output, errors;
  const std::vector<int>* files;
  const Identity* identity;
  const char* folder;
  bool folder_was_asked_for;
  int cgroup;  // to be joined by itself; -1: it is where it should be
  const std::vector<ResourceLimit>* limits;
  const std::optional<std::int64_t>* nice;
  std::vector<const char*> paths;
  std::vector<char*> argv;
  std::vector<char*> script_argv;  // for the shell that reads a script without `#!`; [1] is its path
  std::vector<char*> env;
  sigset_t no_signals;
  const std::vector<int>* ignored;
  bool no_new_privs = false;
  volatile Step failed_step = Step::none;
  volatile int failed_code = 0;
  volatile std::size_t failed_limit = 0;
};

// Root is bound by no count of its processes, and a limit that holds nothing must not look like one.
std::optional<std::string> unbound_limit(const Limits& limits, const Identity& user) {
  if (!limits.processes || (user.switches ? user.uid : geteuid()) != 0) return std::nullopt;
  return "limit processes of " + std::to_string(*limits.processes) +
         ": the job's user is root, whom only a cgroup with the pids controller binds: give the task a "
         "run_as, or "
         "the runner such a cgroup";
}

[[noreturn]] RUNS_IN_CHILD void give_up(Child& child, Step step, int code) {
  child.failed_step = step;
  child.failed_code = code;
  _exit(127);
}

RUNS_IN_CHILD void join(Child& child) {
  const int processes = openat(child.cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
  if (processes < 0 || write(processes, "0", 1) < 0) give_up(child, Step::cgroup, errno);
}

RUNS_IN_CHILD void limit(Child& child) {
  for (std::size_t i = 0; i < child.limits->size(); ++i) {
    const auto& each = (*child.limits)[i];
    child.failed_limit = i;
    if (syscall(SYS_prlimit64, 0, each.resource, &each.value, nullptr) < 0)
      give_up(child, Step::limit, errno);
  }
  if (*child.nice && setpriority(PRIO_PROCESS, 0, static_cast<int>(**child.nice)) < 0)
    give_up(child, Step::nice, errno);
}

// Each step is checked, and in the end that there is no way back.
RUNS_IN_CHILD void become(Child& child, const Identity& user) {
  // the raw calls: glibc's would switch every thread of the parent, whose memory this is
  if (syscall(SYS_setgroups, user.groups.size(), user.groups.data()) < 0) give_up(child, Step::groups, errno);
  if (syscall(SYS_setresgid, user.gid, user.gid, user.gid) < 0) give_up(child, Step::group, errno);
  if (syscall(SYS_setresuid, user.uid, user.uid, user.uid) < 0) give_up(child, Step::user, errno);
  if (user.uid == 0) return;
  // a runner that is not root but may switch users has capabilities that would outlive the switch
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capset, &header, none) < 0) give_up(child, Step::user, errno);
  if (syscall(SYS_setresuid, -1, 0, -1) == 0) give_up(child, Step::user, EPERM);
  if (user.gid != 0 && syscall(SYS_setresgid, -1, 0, -1) == 0) give_up(child, Step::group, EPERM);
  if (syscall(SYS_setgroups, user.groups.size(), user.groups.data()) == 0)
    give_up(child, Step::groups, EPERM);
}

// A script that does not name its interpreter; what has a zero byte at its begin is a program of another
// machine.
RUNS_IN_CHILD bool is_text(const char* path) {
  char begin[128];
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  const auto length = file < 0 ? -1 : read(file, begin, sizeof begin);
  if (file >= 0) close(file);
  for (ssize_t i = 0; i < length; ++i)
    if (begin[i] == '\0') return false;
  return length >= 0;
}

[[noreturn]] RUNS_IN_CHILD void run_child(Child& child) {
  if (child.cgroup >= 0) join(child);
  if (setsid() < 0) give_up(child, Step::session, errno);
  for (const int signal : *child.ignored) set_default(signal);
  dup2(child.input, STDIN_FILENO);
  dup2(child.output, STDOUT_FILENO);
  dup2(child.errors, STDERR_FILENO);
  int next = kFirstFile;
  for (const int file : *child.files) dup2(file, next++);
  close_range(static_cast<unsigned>(next), ~0U, 0);
  umask(022);
  limit(child);
  if (child.identity->switches) become(child, *child.identity);
  if (chdir(child.folder) < 0) {
    const int code = errno;
    // a user may have no home
    if (child.folder_was_asked_for || chdir("/") < 0) give_up(child, Step::folder, code);
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (child.no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    give_up(child, Step::privileges, errno);
  sigprocmask(SIG_SETMASK, &child.no_signals, nullptr);
  int code = ENOENT;
  for (const char* path : child.paths) {
    execve(path, child.argv.data(), child.env.data());
    const int failed = errno;
    // as a shell, and so cron, does it
    if (failed == ENOEXEC && is_text(path)) {
      child.script_argv[1] = const_cast<char*>(path);
      execve("/bin/sh", child.script_argv.data(), child.env.data());
    }
    if (failed != ENOENT && failed != ENOTDIR) code = failed;
    if (failed != ENOENT && failed != ENOTDIR && failed != EACCES) break;
  }
  give_up(child, Step::execute, code);
}

RUNS_IN_CHILD int run_child_of(void* argument) {
  run_child(*static_cast<Child*>(argument));
}

pid_t start(Child& child, int cgroup, int& pidfd) {
  const auto stack = child_stack();
  if (cgroup >= 0) {
    const pid_t pid = clone_into_cgroup(cgroup, run_child_of, &child, stack, &pidfd);
    if (pid >= 0 || errno != ENOSYS) return pid;
    child.cgroup = cgroup;
  }
  return clone(run_child_of, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD,
               &child, &pidfd);
}

std::string describe(Step step, const StartRequest& request, const std::string& folder,
                     const ResourceLimit* limit) {
  switch (step) {
    case Step::cgroup:
      return "cgroup";
    case Step::session:
      return "new session";
    case Step::limit:
      return "limit " + std::string(limit->name) + " of " + std::to_string(limit->value.rlim_cur);
    case Step::nice:
      return "niceness " + std::to_string(request.limits.nice.value_or(0));
    case Step::groups:
      return "groups of user '" + request.run_as + "'";
    case Step::group:
      return "switch to the group of user '" + request.run_as + "'";
    case Step::user:
      return "switch to user '" + request.run_as + "'";
    case Step::folder:
      return "working directory '" + folder + "'";
    case Step::privileges:
      return "no_new_privs";
    case Step::execute:
    case Step::none:
      return "program '" + request.argv.front() + "'";
  }
  return {};
}

}  // namespace

void prepare_to_spawn() {
  static_cast<void>(identity_of({}));
  ignored_signals();
  child_stack();
}

std::variant<Spawned, SpawnFailure> spawn(const StartRequest& request, const Limits& limits, int cgroup) {
  if (request.argv.empty() || request.argv.front().empty())
    return SpawnFailure{"spawn failed: the command is empty", false};
  const auto identity = identity_of(request.run_as);
  if (!identity) return SpawnFailure{"spawn failed: " + identity.error().message, false};
  const auto& user = *identity;
  if (const auto why = unbound_limit(limits, user)) return SpawnFailure{"spawn failed: " + *why, false};

  Descriptor out_read, out_write, err_read, err_write;
  for (auto [read_end, write_end] : {std::pair{&out_read, &out_write}, std::pair{&err_read, &err_write}}) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return failure("pipe", errno);
    read_end->reset(ends[0]);
    write_end->reset(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  const Descriptor text(request.stdin_text.empty() ? -1 : file_in_memory("stdin", request.stdin_text));
  const int input = request.stdin_text.empty() ? nothing_to_read() : text.get();
  if (input < 0) return failure("standard input", errno);
  std::deque<Descriptor> kept_files;
  std::vector<int> files;
  for (const auto& content : request.files) {
    if (files.size() == kMaxFiles) return SpawnFailure{"spawn failed: more files than a job can have", false};
    files.push_back(kept_files.emplace_back(file_for_job(content)).get());
    if (files.back() < 0) return failure("secret file", errno);
  }

  std::string folder = request.working_dir;
  if (folder.empty()) folder = find_value(request.env, "HOME").value_or(user.home);
  if (folder.empty()) folder = "/";
  const auto paths = candidates(request.argv.front(), request.env);
  const auto resource_limits = to_resource_limits(limits);
  std::vector<std::string> of_the_user;
  for (const auto& [name, value] : {std::pair{"HOME", &user.home},
                                    {"USER", &user.name},
                                    {"LOGNAME", &user.name},
                                    {"SHELL", &user.shell}}) {
    if (!value->empty() && !find_value(request.env, name)) of_the_user.push_back(name + ('=' + *value));
  }
  Child child{.input = input,
              .output = out_write.get(),
              .errors = err_write.get(),
              .files = &files,
              .identity = &user,
              .folder = folder.c_str(),
              .folder_was_asked_for = !request.working_dir.empty(),
              .cgroup = -1,
              .limits = &resource_limits,
              .nice = &limits.nice,
              .paths = {},
              .argv = {},
              .script_argv = {},
              .env = {},
              .no_signals = {},
              .ignored = &ignored_signals(),
              .no_new_privs = request.no_new_privs};
  for (const auto& path : paths) child.paths.push_back(path.c_str());
  for (const auto& word : request.argv) child.argv.push_back(const_cast<char*>(word.c_str()));
  child.argv.push_back(nullptr);
  child.script_argv = {const_cast<char*>("/bin/sh"), nullptr};
  child.script_argv.insert(child.script_argv.end(), child.argv.begin() + 1, child.argv.end());
  for (const auto& entry : request.env) child.env.push_back(const_cast<char*>(entry.c_str()));
  for (const auto& entry : of_the_user) child.env.push_back(const_cast<char*>(entry.c_str()));
  child.env.push_back(nullptr);
  sigemptyset(&child.no_signals);

  // no signal handler of the parent may run in the child while they share memory
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  int pidfd = -1;
  BirthWindow born;
  born.from_ticks = ticks_since_boot();
  const pid_t pid = start(child, cgroup, pidfd);
  const int code = errno;
  born.to_ticks = ticks_since_boot();
  sigprocmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return failure("new process", code);
  if (child.failed_step != Step::none) {
    close(pidfd);
    waitpid(pid, nullptr, 0);
    const auto* wrong = child.failed_step == Step::limit ? &resource_limits[child.failed_limit] : nullptr;
    return failure(describe(child.failed_step, request, folder, wrong), child.failed_code);
  }
  return Spawned{pid, pidfd, out_read.release(), err_read.release(), born};
}

}  // namespace runner
