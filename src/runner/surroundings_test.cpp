// What a job runs in: its limits, its user, its cgroup. What needs another user than the test's own is tried
// in a child that becomes one.
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "runner/cgroup.h"
#include "runner/runner_fixture.h"
#include "runner/spawn.h"

namespace runner {
namespace {

constexpr uid_t kSomebody = 1;  // daemon, on every Debian
constexpr const char* kSomebodysName = "daemon";

class SurroundingsTest : public RunnerTest {};

TEST_F(SurroundingsTest, LimitsHoldInTheJob) {
  auto wanted = shell("ulimit -t; ulimit -n; nice; grep -c 'Max processes *77 ' /proc/self/limits");
  wanted.limits = {.cpu_s = 7, .open_files = 33, .processes = 77, .nice = 5};
  if (geteuid() == 0) wanted.run_as = kSomebodysName;
  const auto finished = run(wanted);
  EXPECT_EQ(finished.error, "");
  const bool by_cgroup = Cgroups("probe").level().find("pids") != std::string::npos;
  EXPECT_EQ(output(wanted), by_cgroup ? "7\n33\n5\n0\n" : "7\n33\n5\n1\n");
}

TEST_F(SurroundingsTest, ALimitOfProcessesThatNothingHoldsFailsTheStart) {
  if (geteuid() != 0) return;  // others are bound by the count
  StartRequest wanted = shell("true");
  wanted.limits.processes = 77;
  const auto spawned = spawn(wanted, wanted.limits, -1);
  ASSERT_TRUE(std::holds_alternative<SpawnFailure>(spawned));
  const auto& failure = std::get<SpawnFailure>(spawned);
  EXPECT_TRUE(failure.error.starts_with("spawn failed: limit processes of 77: the job's user is root"))
      << failure.error;
  EXPECT_FALSE(failure.passing);
}

TEST_F(SurroundingsTest, AJobThatWantsMoreMemoryThanItsLimitFails) {
  auto wanted = shell("head -c 300000000 /dev/zero | tail -c 300000000 | wc -c");
  EXPECT_EQ(run(wanted).exit_code, 0);
  EXPECT_EQ(output(wanted), "300000000\n");
  auto limited = shell("head -c 300000000 /dev/zero | tail -c 300000000 | wc -c");
  limited.limits.memory_bytes = 100 << 20;
  run(limited);
  EXPECT_NE(output(limited), "300000000\n");
}

TEST_F(SurroundingsTest, BeyondItsProcessorTimeAJobIsEndedByASignalOfItsOwn) {
  auto wanted = shell("while :; do :; done");
  wanted.limits.cpu_s = 1;
  const auto finished = run(wanted);
  EXPECT_EQ(finished.cause, EndCause::signaled);
  EXPECT_EQ(finished.signal, SIGXCPU);
}

TEST_F(SurroundingsTest, ALimitThatCantBeSetIsAFailureOfTheStart) {
  auto wanted = request({"true"});
  wanted.limits.open_files = 1'000'000'000;  // beyond fs.nr_open
  const auto finished = run(wanted);
  EXPECT_EQ(finished.cause, EndCause::spawn_failed);
  EXPECT_EQ(finished.error, "spawn failed: limit open_files of 1000000000: Operation not permitted");
}

// Runs `action` in a child that is somebody else, and gives what it says. Where the test is not root it is
// somebody else already.
std::string as_somebody(const std::function<std::string()>& action) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && (setgroups(0, nullptr) < 0 || setgid(kSomebody) < 0 || setuid(kSomebody) < 0))
      _exit(1);
    const auto said = action();
    _exit(write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string said;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
    said.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return said;
}

// What the job writes, or why it did not start.
std::string outcome_of(const StartRequest& wanted) {
  const auto outcome = spawn(wanted, wanted.limits, -1);
  if (const auto* failure = std::get_if<SpawnFailure>(&outcome)) return failure->error;
  const auto& spawned = std::get<Spawned>(outcome);
  int status = 0;
  waitpid(spawned.pid, &status, 0);
  char buffer[65536];
  const auto got = read(spawned.stdout_pipe, buffer, sizeof buffer);
  return {buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

StartRequest plain(const std::string& script) {
  StartRequest request;
  request.argv = {"/bin/sh", "-c", script};
  request.env = {"PATH=/usr/bin:/bin"};
  return request;
}

TEST(Surroundings, ANicenessThatTheRunnerMayNotGiveIsAFailureOfTheStart) {
  EXPECT_EQ(as_somebody([] {
              auto wanted = plain("true");
              wanted.limits.nice = -20;
              return outcome_of(wanted);
            }),
            "spawn failed: niceness -20: Permission denied");
}

TEST(Surroundings, ARunnerThatIsNotRootStartsNobodyElsesJobs) {
  EXPECT_EQ(as_somebody([] {
              auto wanted = plain("true");
              wanted.run_as = "root";
              return outcome_of(wanted);
            }),
            "spawn failed: groups of user 'root': Operation not permitted");
}

TEST(Surroundings, BeyondTheProcessesOfItsUserAJobIsNotStartedAndThatMayPass) {
  EXPECT_EQ(as_somebody([]() -> std::string {
              const rlimit none{0, 0};
              setrlimit(RLIMIT_NPROC, &none);
              const auto outcome = spawn(plain("true"), {}, -1);
              const auto* failure = std::get_if<SpawnFailure>(&outcome);
              if (failure == nullptr) return "started";
              return failure->error + (failure->passing ? " (passing)" : "");
            }),
            "spawn failed: new process: Resource temporarily unavailable (passing)");
}

std::string groups_of(const char* name, gid_t group) {
  std::vector<gid_t> groups(100);
  int count = 100;
  getgrouplist(name, group, groups.data(), &count);
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(groups[static_cast<std::size_t>(i)]) + ' ';
  return text;
}

TEST_F(SurroundingsTest, AJobOfAnotherUserIsWhollyThatUser) {
  auto wanted = shell(
      "id -ru; id -u; id -rg; id -g; echo $(id -G) ''; echo $HOME $USER $LOGNAME $SHELL; "
      "grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status | cut -f2 | sort -u; pwd; "
      "setpriv --reuid 0 true 2>/dev/null || echo no way back");
  wanted.run_as = kSomebodysName;
  wanted.working_dir.clear();
  const auto finished = run(wanted);
  if (geteuid() != 0) {
    EXPECT_EQ(finished.error, "spawn failed: groups of user 'daemon': Operation not permitted");
    return;
  }
  const auto& user = *getpwnam(kSomebodysName);
  const auto id = std::to_string(user.pw_uid), group = std::to_string(user.pw_gid);
  EXPECT_EQ(finished.error, "");
  EXPECT_EQ(output(wanted), id + '\n' + id + '\n' + group + '\n' + group + '\n' +
                                groups_of(kSomebodysName, user.pw_gid) + '\n' + user.pw_dir +
                                " daemon daemon " + user.pw_shell + "\n0000000000000000\n" + user.pw_dir +
                                "\nno way back\n");
}

TEST_F(SurroundingsTest, AUserWithoutAHomeStartsAtTheRoot) {
  if (geteuid() != 0) return;  // the user can't be switched; see above
  ASSERT_FALSE(std::filesystem::exists(getpwnam("nobody")->pw_dir));
  auto wanted = shell("pwd");
  wanted.run_as = "nobody";
  wanted.working_dir.clear();
  run(wanted);
  EXPECT_EQ(output(wanted), "/\n");
}

// A runner that may switch users without being root, as a service manager can arrange.
TEST(Surroundings, CapabilitiesOfTheRunnerDoNotReachAJob) {
  if (geteuid() != 0) return;  // the capabilities can't be had
  prctl(PR_SET_KEEPCAPS, 1);
  const auto said = as_somebody([]() -> std::string {
    constexpr unsigned kNeeded = 1u << CAP_SETUID | 1u << CAP_SETGID;
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const __user_cap_data_struct data[2] = {{kNeeded, kNeeded, kNeeded}, {0, 0, 0}};
    if (syscall(SYS_capset, &header, data) < 0) return "capset failed";
    for (const int capability : {CAP_SETUID, CAP_SETGID}) {
      if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0) return "not raised";
    }
    auto own = plain("grep CapEff /proc/self/status | cut -f2");
    auto others = plain("id -un; grep -E 'Cap(Prm|Eff|Amb)' /proc/self/status | cut -f2 | sort -u");
    others.run_as = "nobody";
    return outcome_of(own) + outcome_of(others);
  });
  prctl(PR_SET_KEEPCAPS, 0);
  EXPECT_EQ(said, "0000000000000000\nnobody\n0000000000000000\n");
}

TEST_F(SurroundingsTest, WhatTheEnvironmentSaysOfTheUserStands) {
  auto wanted = shell("echo $HOME $SHELL; pwd");
  wanted.env.push_back("HOME=/usr");
  wanted.working_dir.clear();
  run(wanted);
  EXPECT_EQ(output(wanted), "/usr " + std::string(getpwuid(geteuid())->pw_shell) + "\n/usr\n");
}

TEST_F(SurroundingsTest, TheRunnerSaysWhatHoldsAJobTogether) {
  const auto level = reconnect().kill_level;
  EXPECT_TRUE(level.starts_with("cgroup") || level.starts_with("process tree: ")) << level;
}

// Without cgroups, as on most machines that are no systemd unit of the runner's own.
class ProcessTreeTest : public RunnerTest {
 protected:
  ProcessTreeTest() {
    client_.reset();
    stop(SIGTERM);
    cgroup_parent_ = folder_;
    launch();
    EXPECT_TRUE(connect().kill_level.starts_with("process tree: ")) << connect().kill_level;
  }
  // Beside a job that ignores SIGTERM: a daemon that has left group, session and parent, and a child that has
  // left group and session and has no environment.
  StartRequest scattered() {
    return shell("trap '' TERM; setsid sh -c '(sh -c \"echo \\$\\$ >" + path("daemon") +
                 "; exec sleep 600\" &)'; env -i /usr/bin/setsid /bin/sh -c 'echo $$ >" + path("child") +
                 "; exec sleep 600' & wait; sleep 600");
  }
  void expect_all_gone() {
    for (const char* name : {"daemon", "child"}) {
      const auto pid = pid_in(name);
      const auto until = std::chrono::steady_clock::now() + kPatience;
      while (is_alive(pid) && std::chrono::steady_clock::now() < until) std::this_thread::yield();
      EXPECT_FALSE(is_alive(pid)) << name;
    }
  }
};

TEST_F(ProcessTreeTest, ATimeoutEndsWhatLeftGroupSessionAndParent) {
  auto wanted = scattered();
  wanted.timeout = Milliseconds{1'500};
  EXPECT_EQ(run(wanted).cause, EndCause::timeout);
  expect_all_gone();
}

TEST_F(ProcessTreeTest, SoDoesACancel) {
  const auto wanted = scattered();
  client_->start({wanted});
  for (const char* name : {"daemon", "child"}) pid_in(name);
  client_->cancel(wanted.key);
  EXPECT_EQ(reports_->finished(wanted.key).cause, EndCause::cancelled);
  expect_all_gone();
}

// Out of group and session, orphaned, without an environment: only a cgroup still holds it.
TEST_F(SurroundingsTest, InACgroupATimeoutEndsAlsoADaemonThatCoveredItsTracks) {
  auto wanted = shell("env -i /usr/bin/setsid /bin/sh -c '(echo $(exec sh -c \"echo \\$PPID\") >" +
                      path("daemon") + "; exec sleep 600) &'; exec sleep 600");
  wanted.timeout = Milliseconds{1'500};
  EXPECT_EQ(run(wanted).cause, EndCause::timeout);
  const auto daemon = pid_in("daemon");
  if (reconnect().kill_level.starts_with("cgroup")) {
    wait_until_gone(daemon);
  } else {
    EXPECT_TRUE(is_alive(daemon)) << "the process tree reaches further than the documents say";
    kill(daemon, SIGKILL);
  }
}

TEST_F(SurroundingsTest, ACgroupGoesWithItsJobAndAnOrphansIsKilledByTheNextRunner) {
  const auto wanted = shell("env -i /usr/bin/setsid /bin/sh -c 'echo $$ >" + path("daemon") +
                            "; exec sleep 600' & echo $$ >" + path("pid") + "; exec sleep 600");
  client_->start({wanted});
  const auto daemon = pid_in("daemon");
  reports_->started(wanted.key);
  if (!reports_->connected().kill_level.starts_with("cgroup")) {
    kill(daemon, SIGKILL);
    return;
  }
  client_.reset();
  stop(SIGKILL);
  launch();
  connect();
  client_->cancel(wanted.key);
  EXPECT_EQ(reports_->finished(wanted.key).cause, EndCause::cancelled);
  wait_until_gone(daemon);
}

// As a container's filter does.
void refuse_clone3() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{std::size(program), program};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

// What a job was killed in must not kill the next.
TEST_F(SurroundingsTest, ACgroupServesOneAttemptAfterAnother) {
  if (!reports_->connected().kill_level.starts_with("cgroup")) return;
  for (const bool is_killed : {false, true, false, true, false}) {
    auto wanted = shell(is_killed ? "exec sleep 600" : "exit 3");
    if (is_killed) wanted.timeout = Milliseconds{10};
    const auto finished = run(wanted);
    EXPECT_EQ(finished.cause, is_killed ? EndCause::timeout : EndCause::exited);
  }
}

TEST(SpawnIntoCgroup, AJobJoinsByItselfWhereItCantBeBornThere) {
  Cgroups cgroups("test-of-joining");
  if (!cgroups.are_had()) return;
  Limits none;
  std::string why;
  const AttemptKey key{ExecutionId{5}, 2};
  const int cgroup = cgroups.enter(key, none, why);
  ASSERT_GE(cgroup, 0) << why;
  StartRequest request;
  request.argv = {"/bin/sh", "-c", "exec grep -q mini-scheduler-test-of-joining/ /proc/self/cgroup"};
  const pid_t filtered = fork();
  if (filtered == 0) {
    refuse_clone3();
    const auto outcome = spawn(request, none, cgroup);
    const auto* spawned = std::get_if<Spawned>(&outcome);
    int status = -1;
    if (spawned != nullptr) waitpid(spawned->pid, &status, 0);
    _exit(status == 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(filtered, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(cgroups.leave(key));
}

class FakeCgroups : public testing::Test {
 protected:
  FakeCgroups() {
    std::string pattern = testing::TempDir() + "cgroups_XXXXXX";
    parent_ = mkdtemp(pattern.data());
    for (const char* file : {"cgroup.kill", "cgroup.subtree_control"}) write("", file, "");
    write("", "cgroup.controllers", "cpuset cpu memory pids\n");
    for (const char* file : {"memory.max", "memory.oom.group", "pids.max", "cgroup.procs", "cgroup.kill"})
      write("5.2", file, "");
  }
  ~FakeCgroups() override { std::filesystem::remove_all(parent_); }

  std::filesystem::path path(const std::string& group, const std::string& file) const {
    return parent_ / "mini-scheduler-x" / group / file;
  }
  void write(const std::string& group, const std::string& file, const std::string& text) const {
    std::filesystem::create_directories(path(group, "").parent_path());
    std::ofstream(path(group, file)) << text;
  }
  std::string content(const std::string& file) const {
    std::ifstream in(path("5.2", file));
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::filesystem::path parent_;
  const AttemptKey key_{ExecutionId{5}, 2};
};

TEST_F(FakeCgroups, HoldTheLimitsThatTheirControllersCan) {
  Cgroups cgroups(parent_, "x");
  EXPECT_EQ(cgroups.level(), "cgroup (memory, pids)");
  Limits limits{1 << 20, 2, 3, 4, 5};
  std::string why;
  const int folder = cgroups.enter(key_, limits, why);
  ASSERT_GE(folder, 0) << why;
  EXPECT_EQ(limits, (Limits{std::nullopt, 2, 3, std::nullopt, 5}));
  EXPECT_EQ(content("memory.max"), "1048576");
  EXPECT_EQ(content("memory.oom.group"), "1");
  EXPECT_EQ(content("pids.max"), "4");
  cgroups.kill(key_);
  EXPECT_EQ(content("cgroup.kill"), "1");
}

TEST_F(FakeCgroups, TellWhatWasUsedAndWhetherMemoryRanOut) {
  Cgroups cgroups(parent_, "x");
  EXPECT_FALSE(cgroups.ran_out_of_memory(key_));
  write("5.2", "memory.events", "low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\n");
  write("5.2", "cpu.stat", "usage_usec 2500000\nuser_usec 1\n");
  write("5.2", "memory.peak", "77777\n");
  EXPECT_TRUE(cgroups.ran_out_of_memory(key_));
  EXPECT_EQ(cgroups.usage(key_).cpu_ms, 2500);
  EXPECT_EQ(cgroups.usage(key_).peak_bytes, 77777);
}

TEST_F(FakeCgroups, WhereALimitCantBeWrittenTheJobIsToHoldItItself) {
  Cgroups cgroups(parent_, "x");
  std::filesystem::remove(path("5.2", "pids.max"));
  Limits limits{.memory_bytes = 1 << 20, .processes = 4};
  std::string why;
  EXPECT_EQ(cgroups.enter(key_, limits, why), -1);
  EXPECT_TRUE(why.ends_with("pids.max: No such file or directory")) << why;
  EXPECT_EQ(limits.memory_bytes, 1 << 20);
  EXPECT_EQ(limits.processes, 4);
}

TEST(Cgroups, AFolderThatIsNoneSaysWhy) {
  const Cgroups cgroups(testing::TempDir(), "none");
  EXPECT_FALSE(cgroups.are_had());
  EXPECT_TRUE(cgroups.level().starts_with("process tree: ")) << cgroups.level();
  EXPECT_FALSE(std::filesystem::exists(testing::TempDir() + "/mini-scheduler-none")) << "it tidies up";
}

}  // namespace
}  // namespace runner
