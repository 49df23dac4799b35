#include "runner/runner.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "runner/journal.h"
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

TEST_F(RunnerTest, KeepsBothStreamsInOrderAndApart) {
  // two pipes have no order of their own: each piece comes when the one before it has been taken
  const auto when = [&](const char* name) {
    return "until [ -e " + path(name) + " ]; do sleep 0.01; done; ";
  };
  const auto wanted =
      shell("echo one; " + when("first") + "echo two >&2; " + when("second") + "printf 'three\\000\\377'");
  client_->start({wanted});
  client_->watch_output(wanted.key, true);
  reports_->grown(1);
  std::ofstream(path("first")).flush();
  reports_->grown(2);
  std::ofstream(path("second")).flush();
  const auto finished = reports_->finished(wanted.key);
  EXPECT_EQ(output(wanted), std::string("one\ntwo\nthree\0\xff", 15));
  EXPECT_EQ(output(wanted, Selection::standard_error), "two\n");
  EXPECT_EQ(finished.output_bytes, 15u);
  const auto ends = log(wanted).ends(4);
  EXPECT_EQ(ends.stderr_text, "two\n");
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

TEST_F(RunnerTest, ATimeoutEndsAWholeTreeThatIgnoresTerm) {
  auto wanted =
      shell("trap '' TERM; (trap '' TERM; echo $$ >" + path("outer") + "; sh -c 'trap \"\" TERM; echo $$ >" +
            path("inner") + "; sleep 600') & wait; sleep 600");
  wanted.timeout = Milliseconds{300};
  const auto finished = run(wanted);
  EXPECT_EQ(finished.cause, EndCause::timeout);
  EXPECT_EQ(finished.signal, SIGKILL);
  wait_until_gone(pid_in("inner"));
}

TEST_F(RunnerTest, OfManyThatStartTogetherEachHasItsOwnTimeout) {
  std::vector<StartRequest> wanted;
  for (int i = 0; i < 60; ++i) {
    wanted.push_back(shell("exec sleep 600"));
    wanted.back().timeout = Milliseconds{400};
  }
  client_->start(wanted);
  for (const auto& request : wanted) {
    const auto finished = reports_->finished(request.key);
    EXPECT_EQ(finished.cause, EndCause::timeout);
    EXPECT_GE(finished.finished_at - finished.started_at, request.timeout);
  }
}

TEST_F(RunnerTest, ATimeoutFindsWhatLeftTheGroupAndTheSession) {
  auto wanted = shell("setsid sh -c 'setsid sh -c \"echo \\$\\$ >" + path("far") +
                      "; sleep 600\" & sleep 600' & sleep 600");
  wanted.timeout = Milliseconds{500};
  EXPECT_EQ(run(wanted).cause, EndCause::timeout);
  wait_until_gone(pid_in("far"));
}

TEST_F(RunnerTest, CancelGivesTheJobItsGraceToEndWell) {
  auto wanted = shell("trap 'echo bye; exit 0' TERM; echo $$ >" + path("pid") + "; while :; do :; done");
  wanted.kill_grace = kPatience;
  client_->start({wanted});
  pid_in("pid");
  client_->cancel(wanted.key);
  EXPECT_EQ(reports_->finished(wanted.key).cause, EndCause::cancelled);
  EXPECT_EQ(output(wanted), "bye\n");
}

TEST_F(RunnerTest, CancelTellsTheWholeGroupToEndWell) {
  auto wanted = shell("trap : TERM; sh -c 'trap \"echo bye; exit 0\" TERM; echo $$ >" + path("pid") +
                      "; while :; do :; done' & wait; wait");
  wanted.kill_grace = kPatience;
  client_->start({wanted});
  pid_in("pid");
  client_->cancel(wanted.key);
  EXPECT_EQ(reports_->finished(wanted.key).cause, EndCause::cancelled);
  EXPECT_EQ(output(wanted), "bye\n");
}

TEST_F(RunnerTest, ARunEndsWithItsProcessThoughAGrandchildHoldsThePipe) {
  auto wanted = shell("setsid sh -c 'echo $$ >" + path("pid") + "; sleep 600' & echo done; exit 0");
  const auto finished = run(wanted);
  EXPECT_TRUE(finished.pipes_cut);
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_TRUE(output(wanted).starts_with("done\n"));
  EXPECT_NE(output(wanted).find("a process that it left behind held its output open"), std::string::npos);
  kill(pid_in("pid"), SIGKILL);
}

TEST_F(RunnerTest, CancelEndsThePatienceWithAGrandchildAndTheGrandchildWhateverTheKillMode) {
  client_.reset();
  stop(SIGTERM);
  drain_ = kPatience;
  launch();
  connect();
  auto wanted = shell("echo $$ >" + path("main") + "; setsid sh -c 'echo $$ >" + path("pid") +
                      "; sleep 600' & while ! [ -s " + path("pid") + " ]; do :; done; exit 0");
  wanted.kill_leftovers = false;
  client_->start({wanted});
  wait_until_gone(pid_in("main"));
  client_->cancel(wanted.key);
  const auto finished = reports_->finished(wanted.key);
  EXPECT_EQ(finished.cause, EndCause::cancelled);
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_TRUE(finished.pipes_cut);
  wait_until_gone(pid_in("pid"));
}

TEST_F(RunnerTest, KillModeSaysWhatBecomesOfLeftovers) {
  for (const bool kill_leftovers : {true, false}) {
    const auto name = kill_leftovers ? "killed" : "kept";
    auto wanted = shell("(echo $(exec sh -c 'echo $PPID') >" + path(name) +
                        "; exec sleep 600) >/dev/null 2>&1 & while ! [ -s " + path(name) + " ]; do :; done");
    wanted.kill_leftovers = kill_leftovers;
    EXPECT_EQ(run(wanted).exit_code, 0);
    const auto pid = pid_in(name);
    if (kill_leftovers) {
      wait_until_gone(pid);
    } else {
      EXPECT_TRUE(is_alive(pid));
      kill(pid, SIGKILL);
    }
  }
}

TEST_F(RunnerTest, BeyondTheLimitTheMiddleIsDroppedWithAMarkAndTheJobGoesOn) {
  auto wanted = shell("seq 1 200000");
  wanted.max_output_bytes = 100'000;
  const auto finished = run(wanted);
  EXPECT_EQ(finished.exit_code, 0);
  std::string whole;
  for (int i = 1; i <= 200'000; ++i) whole += std::to_string(i) + "\n";
  EXPECT_EQ(finished.output_bytes, whole.size());
  const auto kept = output(wanted);
  EXPECT_LE(kept.size(), 100'000u + 200);
  EXPECT_GE(kept.size(), 70'000u);
  const auto mark =
      kept.find("\n[... " + std::to_string(finished.output_dropped_bytes) + " bytes of output dropped");
  ASSERT_NE(mark, std::string::npos);
  EXPECT_EQ(kept.substr(0, mark), whole.substr(0, mark));
  const auto tail = kept.substr(kept.find("...]\n", mark) + 5);
  EXPECT_EQ(tail, whole.substr(whole.size() - tail.size()));
  EXPECT_EQ(mark + tail.size() + finished.output_dropped_bytes, whole.size());
  EXPECT_FALSE(std::filesystem::exists(wanted.log_path + ".tail0"));
}

TEST_F(RunnerTest, OutputIsThereWhileTheJobRuns) {
  auto wanted = shell("echo early; echo $$ >" + path("pid") + "; sleep 600");
  client_->start({wanted});
  client_->watch_output(wanted.key, true);
  reports_->grown(1);
  while (output(wanted) != "early\n") std::this_thread::yield();
  client_->cancel(wanted.key);
  EXPECT_EQ(reports_->finished(wanted.key).cause, EndCause::cancelled);
}

TEST_F(RunnerTest, LittleOutputTravelsWithTheReportAndMakesNoFile) {
  const auto little = shell("echo out; echo err >&2");
  EXPECT_FALSE(run(little).log.empty());
  EXPECT_EQ(output(little, Selection::standard_error), "err\n");
  EXPECT_FALSE(std::filesystem::exists(little.log_path));
  const auto much = shell("seq 1 2000");
  EXPECT_TRUE(run(much).log.empty());
  EXPECT_TRUE(output(much).ends_with("\n2000\n"));
  EXPECT_TRUE(std::filesystem::exists(much.log_path));
}

TEST_F(RunnerTest, LittleOutputOfAJobThatRunsOnGoesToItsFile) {
  const auto wanted = shell("echo early; exec sleep 600");
  client_->start({wanted});
  while (output(wanted) != "early\n") std::this_thread::yield();
  client_->cancel(wanted.key);
  EXPECT_TRUE(reports_->finished(wanted.key).log.empty());
}

TEST_F(RunnerTest, APlaceGoesOnWhereTheLastReadEnded) {
  const auto wanted = shell("i=0; while [ $i -lt 300 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done");
  run(wanted);
  for (const auto selection : {Selection::both, Selection::standard_output, Selection::standard_error}) {
    const auto whole = output(wanted, selection);
    for (const std::size_t step : {1u, 7u, 64u, 5000u}) {
      LogPlace place;
      std::string text;
      while (text.size() < whole.size()) text += log(wanted).read(selection, text.size(), step, &place);
      EXPECT_EQ(text, whole);
      EXPECT_EQ(log(wanted).read(selection, 3, 10, &place), whole.substr(3, 10))
          << "an offset before the place";
    }
  }
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

TEST_F(RunnerTest, FiftyJobsThatWriteNoticeNothingOfAServerThatGoesAndComes) {
  std::vector<StartRequest> jobs;
  for (int n = 0; n < 50; ++n) {
    jobs.push_back(shell("i=0; while [ ! -e " + path("gate") + " ]; do echo " + std::to_string(n) +
                         " $i; i=$((i+1)); sleep 0.02; done; seq 1 3000; echo $i >" + path("lines") +
                         std::to_string(n)));
  }
  client_->start(jobs);
  std::map<AttemptKey, pid_t> pids;
  for (const auto& job : jobs) pids[job.key] = reports_->started(job.key).pid;
  const auto snapshot = reconnect();
  ASSERT_EQ(snapshot.running.size(), 50u);
  for (const auto& running : snapshot.running) EXPECT_EQ(running.pid, pids[running.key]);
  client_.reset();
  std::ofstream(path("gate")) << "open";
  connect();
  for (int n = 0; n < 50; ++n) {
    const auto& job = jobs[static_cast<std::size_t>(n)];
    // it may have ended before the connection, and is in the snapshot then
    const auto known = reports_->connected();
    const auto ended = std::find_if(known.finished.begin(), known.finished.end(),
                                    [&](const Finished& finished) { return finished.key == job.key; });
    const auto finished = ended != known.finished.end() ? *ended : reports_->finished(job.key);
    EXPECT_EQ(finished.exit_code, 0);
    std::string expected;
    const int lines = std::stoi(content("lines" + std::to_string(n)));
    for (int i = 0; i < lines; ++i) expected += std::to_string(n) + " " + std::to_string(i) + "\n";
    for (int i = 1; i <= 3000; ++i) expected += std::to_string(i) + "\n";
    EXPECT_EQ(output(job), expected);
  }
}

TEST_F(RunnerTest, AnEndIsHandedOverUntilItIsAcknowledgedAlsoByTheNextRunner) {
  const auto wanted = shell("exit 7");
  run(wanted);
  ASSERT_EQ(reconnect().finished.size(), 1u);
  client_.reset();
  stop(SIGTERM);
  launch();
  const auto snapshot = connect();
  ASSERT_EQ(snapshot.finished.size(), 1u);
  EXPECT_EQ(snapshot.finished[0].exit_code, 7);
  client_->acknowledge({wanted.key});
  run(shell("true"));  // orders are obeyed in turn
  EXPECT_EQ(reconnect().finished.size(), 1u);
  client_.reset();
  stop(SIGTERM);
  launch();
  EXPECT_EQ(connect().finished.size(), 1u)
      << "what was acknowledged is not told again by the next runner either";
}

TEST_F(RunnerTest, AKilledRunnersJobIsWatchedWhileItLivesAndLostWhenItIsGone) {
  const auto living = shell("echo $$ >" + path("living") + "; exec sleep 600");
  const auto gone = shell("echo $$ >" + path("gone") + "; exec sleep 600");
  client_->start({living, gone});
  const auto living_pid = pid_in("living");
  const auto gone_pid = pid_in("gone");
  reports_->started(living.key);
  reports_->started(gone.key);
  client_.reset();
  stop(SIGKILL);
  kill(gone_pid, SIGKILL);
  wait_until_gone(gone_pid);
  launch();
  const auto snapshot = connect();
  ASSERT_EQ(snapshot.running.size(), 1u);
  EXPECT_EQ(snapshot.running[0].key, living.key);
  ASSERT_EQ(snapshot.finished.size(), 1u);
  EXPECT_EQ(snapshot.finished[0].cause, EndCause::lost);
  EXPECT_TRUE(snapshot.finished[0].error.starts_with("lost: "));
  kill(living_pid, SIGKILL);
  EXPECT_EQ(reports_->finished(living.key).cause, EndCause::lost);
}

TEST_F(RunnerTest, AnOrphanCanStillBeCancelledAndItsOutputSoFarIsKept) {
  const auto wanted = shell("echo early; echo $$ >" + path("pid") + "; exec sleep 600");
  client_->start({wanted});
  const auto pid = pid_in("pid");
  reports_->started(wanted.key);
  while (output(wanted) != "early\n") std::this_thread::yield();
  client_.reset();
  stop(SIGKILL);
  launch();
  connect();
  client_->cancel(wanted.key);
  EXPECT_EQ(reports_->finished(wanted.key).cause, EndCause::cancelled);
  EXPECT_EQ(reports_->finished(wanted.key).error, "");
  EXPECT_EQ(reports_->finished(wanted.key).output_bytes, 6u);
  EXPECT_FALSE(is_alive(pid));
}

TEST_F(RunnerTest, AnOrphansTimeoutHolds) {
  auto wanted = shell("echo $$ >" + path("pid") + "; exec sleep 600");
  wanted.timeout = Milliseconds{500};
  client_->start({wanted});
  const auto pid = pid_in("pid");
  client_.reset();
  stop(SIGKILL);
  launch();
  const auto known = connect();
  const auto end = known.finished.empty() ? reports_->finished(wanted.key) : known.finished.front();
  EXPECT_EQ(end.cause, EndCause::timeout);
  EXPECT_FALSE(is_alive(pid));
}

TEST_F(RunnerTest, AJobWhosePidWasNotWrittenDownIsFoundAgain) {
  client_.reset();
  stop(SIGTERM);
  const auto wanted = shell("exec sleep 600");
  {
    Journal journal((folder_ / "runner.journal").string(), boot_id());
    journal.intend(wanted);
  }
  const pid_t job = fork();
  if (job == 0) {
    setsid();
    std::vector<char*> env;
    const auto mark = runner_mark(folder_);
    env.push_back(const_cast<char*>(mark.c_str()));
    for (const auto& entry : wanted.env) env.push_back(const_cast<char*>(entry.c_str()));
    env.push_back(nullptr);
    execle("/bin/sh", "sh", "-c", ("echo $$ >" + path("pid") + "; exec sleep 600").c_str(), nullptr,
           env.data());
    _exit(127);
  }
  EXPECT_EQ(pid_in("pid"), job);
  launch();
  const auto snapshot = connect();
  ASSERT_EQ(snapshot.running.size(), 1u);
  EXPECT_EQ(snapshot.running[0].pid, job);
  client_->cancel(wanted.key);
  waitpid(job, nullptr, 0);
  EXPECT_EQ(reports_->finished(wanted.key).cause, EndCause::cancelled);
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
