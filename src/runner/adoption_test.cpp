// What a runner makes of the journal of one that was killed.
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "runner/journal.h"
#include "runner/process_tree.h"
#include "runner/runner_fixture.h"

namespace runner {
namespace {

constexpr std::uint64_t kAMinute = 6000;  // in ticks; more than any machine is slow

class AdoptionTest : public RunnerTest {
 protected:
  // Writes the journal of a runner that started it at that time as process `pid`, and starts the next one.
  Snapshot take_over(const StartRequest& wanted, pid_t pid, base::Instant started_at, BirthWindow born,
                     const std::string& boot = boot_id()) {
    client_.reset();
    stop(SIGTERM);
    {
      Journal journal((folder_ / "runner.journal").string(), boot);
      journal.intend(wanted);
      journal.started({.key = wanted.key, .pid = pid, .started_at = started_at}, born);
    }
    launch();
    return connect();
  }
  static pid_t child_that_sleeps() {
    const pid_t child = fork();
    if (child == 0) {
      setsid();
      execl("/bin/sleep", "sleep", "600", nullptr);
      _exit(127);
    }
    return child;
  }
};

TEST_F(AdoptionTest, AnOrphansTimeoutCountsFromItsOwnStart) {
  auto wanted = shell("true");
  wanted.timeout = 2 * kPatience;
  const auto now = ticks_since_boot();
  const auto child = child_that_sleeps();
  const auto known = take_over(wanted, child, base::SystemClock().now() - wanted.timeout + Milliseconds{200},
                               {now > kAMinute ? now - kAMinute : 0, now + kAMinute});
  std::thread reaper([child] { waitpid(child, nullptr, 0); });
  const auto end = known.finished.empty() ? reports_->finished(wanted.key) : known.finished.front();
  EXPECT_EQ(end.cause, EndCause::timeout);
  kill(child, SIGKILL);
  reaper.join();
}

TEST_F(AdoptionTest, AnotherProcessThatGotTheNumberIsNotAdoptedNorKilled) {
  auto wanted = shell("true");
  wanted.timeout = Milliseconds{1};
  const auto child = child_that_sleeps();
  const auto known = take_over(wanted, child, base::SystemClock().now() - std::chrono::hours{1}, {1, 2});
  EXPECT_TRUE(known.running.empty());
  ASSERT_EQ(known.finished.size(), 1u);
  EXPECT_EQ(known.finished[0].cause, EndCause::lost);
  run(shell("true"));
  EXPECT_TRUE(is_alive(child));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(AdoptionTest, AfterARestartOfTheMachineNoProcessIsTakenForAnEarlierOne) {
  const auto wanted = shell("true");
  const auto now = ticks_since_boot();
  const auto child = child_that_sleeps();
  const auto known = take_over(wanted, child, base::SystemClock().now(),
                               {now > kAMinute ? now - kAMinute : 0, now + kAMinute}, "another boot");
  EXPECT_TRUE(known.running.empty());
  ASSERT_EQ(known.finished.size(), 1u);
  EXPECT_EQ(known.finished[0].error, "lost: the machine was restarted while it ran");
  EXPECT_TRUE(is_alive(child));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(AdoptionTest, WhatAnOrphanLeavesFollowsItsKillMode) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);  // init may leave a zombie, which is still there to be adopted
  for (const bool ends_while_nobody_watches : {true, false}) {
    for (const bool kill_leftovers : {true, false}) {
      const auto name = std::to_string(ends_while_nobody_watches) + std::to_string(kill_leftovers);
      auto wanted = shell("setsid sh -c 'echo $$ >" + path("left" + name) + "; exec sleep 600' & echo $$ >" +
                          path("leader" + name) + "; exec sleep 600");
      wanted.kill_leftovers = kill_leftovers;
      client_->start({wanted});
      reports_->started(wanted.key);
      const auto leader = pid_in("leader" + name), left = pid_in("left" + name);
      client_.reset();
      stop(SIGKILL);
      const auto end_leader = [&] {
        kill(leader, SIGKILL);
        waitpid(leader, nullptr, 0);
      };
      if (ends_while_nobody_watches) end_leader();
      launch();
      const auto known = connect();
      if (!ends_while_nobody_watches) {
        EXPECT_EQ(known.running.size(), 1u);
        end_leader();
        reports_->finished(wanted.key);
      }
      client_->acknowledge({wanted.key});
      run(shell("true"));
      if (kill_leftovers)
        wait_until_gone(left);
      else
        EXPECT_TRUE(is_alive(left)) << name;
      kill(left, SIGKILL);
      waitpid(left, nullptr, 0);
    }
  }
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_F(AdoptionTest, AnOrphanThatIsCancelledHasItsGrace) {
  auto wanted = shell("trap 'sleep 0.2; echo bye >" + path("said") + "; exit 0' TERM; echo $$ >" +
                      path("pid") + "; while :; do :; done");
  wanted.kill_grace = kPatience;
  client_->start({wanted});
  reports_->started(wanted.key);
  pid_in("pid");
  client_.reset();
  stop(SIGKILL);
  launch();
  connect();
  client_->cancel(wanted.key);
  EXPECT_EQ(reports_->finished(wanted.key).cause, EndCause::cancelled);
  EXPECT_EQ(content("said"), "bye\n");
}

}  // namespace
}  // namespace runner
