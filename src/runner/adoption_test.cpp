// What a runner makes of the journal of one that was killed.
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
  Snapshot take_over(const StartRequest& wanted, pid_t pid, base::Instant started_at, BirthWindow born) {
    client_.reset();
    stop(SIGTERM);
    {
      Journal journal((folder_ / "runner.journal").string(), boot_id());
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

}  // namespace
}  // namespace runner
