#include "runner/runner.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "runner/runner_fixture.h"

namespace runner {
namespace {

TEST_F(RunnerTest, ReportsExitCodesAndSignals) {
  struct Case {
    const char* script;
    EndCause cause;
    std::optional<int> exit_code, signal;
  };
  const Case cases[] = {{"exit 0", EndCause::exited, 0, {}},
                        {"exit 42", EndCause::exited, 42, {}},
                        {"exit 127", EndCause::exited, 127, {}},
                        {"kill -9 $$", EndCause::signaled, {}, 9},
                        {"kill -15 $$", EndCause::signaled, {}, 15}};
  for (const auto& c : cases) {
    const auto finished = run(shell(c.script));
    EXPECT_EQ(finished.cause, c.cause) << c.script;
    EXPECT_EQ(finished.exit_code, c.exit_code) << c.script;
    EXPECT_EQ(finished.signal, c.signal) << c.script;
    EXPECT_EQ(finished.error, "") << c.script;
  }
}

TEST_F(RunnerTest, AStoppedRunnerOwesAnAnswerFromTheFirstStartOnUntilItGoesOn) {
  ASSERT_EQ(kill(process_, SIGSTOP), 0);
  ASSERT_EQ(waitpid(process_, nullptr, WUNTRACED), process_);
  const auto wanted = shell("true");
  client_->start({wanted});
  const auto silent = client_->silent_for();
  EXPECT_GT(silent.count(), 0);
  EXPECT_GE(client_->silent_for(), silent);
  kill(process_, SIGCONT);
  EXPECT_EQ(reports_->finished(wanted.key).exit_code, 0);
  while (client_->silent_for().count() > 0) std::this_thread::yield();
}

TEST_F(RunnerTest, AStartThatFailsSaysWhyWithTheKernelsReason) {
  auto missing_folder = request({"true"});
  missing_folder.working_dir = "/no/such/folder";
  auto missing_user = request({"true"});
  missing_user.run_as = "no-such-user";
  const std::pair<StartRequest, const char*> cases[] = {
      {request({"no-such-program"}), "spawn failed: program 'no-such-program': No such file or directory"},
      {request({"/etc/passwd"}), "spawn failed: program '/etc/passwd': Permission denied"},
      {missing_folder, "spawn failed: working directory '/no/such/folder': No such file or directory"},
      {missing_user, "spawn failed: user 'no-such-user': no such user"},
      {request({}), "spawn failed: the command is empty"}};
  for (const auto& [wanted, error] : cases) {
    const auto finished = run(wanted);
    EXPECT_EQ(finished.cause, EndCause::spawn_failed) << error;
    EXPECT_EQ(finished.error, error);
    EXPECT_FALSE(finished.exit_code);
  }
}

TEST_F(RunnerTest, AScriptWithoutInterpreterIsReadByTheShellAndAProgramOfAnotherMachineIsNot) {
  const auto file = [&](const char* name, std::string_view content) {
    std::ofstream(path(name)) << content;
    std::filesystem::permissions(path(name), std::filesystem::perms::owner_all);
    return path(name);
  };
  EXPECT_EQ(run(request({file("script", "exit $(($1 + 1))\n"), "6"})).exit_code, 7);
  const auto foreign = file("foreign", std::string_view("\177ELF\0\0", 6));
  EXPECT_EQ(run(request({foreign})).error, "spawn failed: program '" + foreign + "': Exec format error");
}

TEST_F(RunnerTest, GivesAJobCleanSurroundings) {
  auto wanted = shell(
      "ls /proc/self/fd | wc -l; umask; grep -E 'Sig(Blk|Ign)' /proc/self/status | cut -f2; cat; "
      "test $(ps -o pgid= -p $$) = $$ && test $(ps -o sid= -p $$) = $$ && echo own group; env | grep -c .");
  wanted.stdin_text = "from stdin\n";
  run(wanted);
  // ls itself opens one descriptor beside the three; the shell adds PWD, the runner its mark and HOME, USER,
  // LOGNAME and SHELL
  EXPECT_EQ(output(wanted), "4\n0022\n0000000000000000\n0000000000000000\nfrom stdin\nown group\n9\n");
}

TEST_F(RunnerTest, GivesAJobItsFilesAsDescriptorsThatNobodyCanChange) {
  auto wanted = shell(
      "cat /dev/fd/3; cat <&4; cat /dev/fd/3; ls /proc/self/fd | wc -l; (echo x >/dev/fd/3) 2>/dev/null || "
      "echo sealed");
  wanted.files = {"one\n", "two\n"};
  run(wanted);
  // ls itself opens one descriptor beside the five
  EXPECT_EQ(output(wanted), "one\ntwo\none\n6\nsealed\n");
}

TEST_F(RunnerTest, RefusesMoreFilesThanAJobCanHave) {
  auto wanted = shell("true");
  wanted.files.assign(kMaxFiles + 1, "x");
  const auto finished = run(wanted);
  EXPECT_EQ(finished.cause, EndCause::spawn_failed);
  EXPECT_EQ(finished.error, "spawn failed: more files than a job can have");
}

TEST_F(RunnerTest, FiguresTellProcessorTimeAndMemory) {
  const auto finished = run(shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"));
  EXPECT_GT(finished.cpu_ms, 10);
  EXPECT_GT(finished.max_rss_bytes, 100'000);
  EXPECT_GE(finished.finished_at, finished.started_at);
}

TEST_F(RunnerTest, AnAttemptIsStartedAtMostOnce) {
  const auto wanted = shell("echo run >>" + path("runs"));
  client_->start({wanted, wanted});
  reports_->finished(wanted.key);
  client_->start({wanted});
  reconnect();
  client_->start({wanted});
  run(shell("true"));
  EXPECT_EQ(content("runs"), "run\n");
}

TEST_F(RunnerTest, AStartThatMustBeTriedAgainHoldsUpNoOther) {
  const auto program = path("busy");
  std::filesystem::copy_file("/bin/true", program);
  std::ofstream writer(program, std::ios::app);
  const auto busy = request({program});
  const auto free = request({"/bin/true"});
  client_->start({busy, free});
  EXPECT_EQ(reports_->finished(free.key).exit_code, 0);
  writer.close();
  EXPECT_EQ(reports_->finished(busy.key).exit_code, 0);
}

TEST_F(RunnerTest, WhatWaitsForItsSpawnIsKnownAndCanBeCancelled) {
  const auto program = path("busy");
  std::filesystem::copy_file("/bin/true", program);
  const std::ofstream writer(program, std::ios::app);
  const auto busy = request({program});
  client_->start({busy});
  run(shell("true"));  // orders are obeyed in turn
  const auto snapshot = reconnect();
  ASSERT_EQ(snapshot.running.size(), 1u);
  EXPECT_EQ(snapshot.running[0].key, busy.key);
  EXPECT_EQ(snapshot.running[0].pid, 0);
  client_->cancel(busy.key);
  const auto finished = reports_->finished(busy.key);
  EXPECT_EQ(finished.cause, EndCause::cancelled);
  EXPECT_EQ(finished.error, "");
}

TEST_F(RunnerTest, OnlyItsOwnUserReachesTheRunner) {
  EXPECT_EQ(std::filesystem::status(socket_path(folder_)).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(RunnerTest, ABurstOfStartsAllEnd) {
  std::vector<StartRequest> jobs;
  for (int n = 0; n < 300; ++n) jobs.push_back(request({"/bin/true"}));
  client_->start(jobs);
  for (const auto& job : jobs) EXPECT_EQ(reports_->finished(job.key).exit_code, 0);
}

TEST_F(RunnerTest, LongJobsNeverHoldUpTheNext) {
  std::vector<StartRequest> jobs;
  for (int n = 0; n < 40; ++n) jobs.push_back(request({"/bin/sleep", "600"}));
  client_->start(jobs);
  EXPECT_EQ(run(shell("exit 3")).exit_code, 3);
  for (const auto& job : jobs) client_->cancel(job.key);
  for (const auto& job : jobs) EXPECT_EQ(reports_->finished(job.key).cause, EndCause::cancelled);
}

TEST_F(RunnerTest, ASecondRunnerOfTheSameFolderIsRefused) {
  const pid_t second = fork();
  if (second == 0) {
    RunnerOptions options;
    options.data_dir = folder_;
    fclose(stderr);
    _exit(run_runner(options));
  }
  int status = 0;
  waitpid(second, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), kAlreadyServed);
}

TEST_F(RunnerTest, WithNothingToHoldItEndsByItself) {
  client_.reset();
  stop(SIGTERM);
  const pid_t lingering = fork();
  if (lingering == 0) {
    RunnerOptions options;
    options.data_dir = folder_;
    options.linger = Milliseconds{50};
    _exit(run_runner(options));
  }
  int status = 0;
  waitpid(lingering, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_FALSE(std::filesystem::exists(socket_path(folder_)));
}

}  // namespace
}  // namespace runner
