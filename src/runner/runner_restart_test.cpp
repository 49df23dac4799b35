// Servers and runners that go and come while jobs run.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "runner/journal.h"
#include "runner/runner_fixture.h"

namespace runner {
namespace {

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

}  // namespace
}  // namespace runner
