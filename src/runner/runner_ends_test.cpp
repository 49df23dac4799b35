// How jobs are ended: timeouts, cancels, and what they leave behind.
#include <signal.h>

#include "runner/runner_fixture.h"

namespace runner {
namespace {

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

}  // namespace
}  // namespace runner
