#include "task/admission.h"

namespace task {
namespace {

using enum Admission::Verdict;
using enum OverlapPolicy;

TEST(Admission, FollowsTheTable) {
  struct Case {
    OverlapPolicy policy;
    std::int64_t running, queued;
    bool forced;
    Admission::Verdict verdict;
    bool cancels, replaces;
  };
  const Case cases[] = {
      {OverlapPolicy::skip, 0, 0, false, start, false, false},
      {OverlapPolicy::skip, 1, 0, false, refuse, false, false},
      {OverlapPolicy::skip, 1, 0, true, start, false, false},
      {OverlapPolicy::skip, 0, 1, false, refuse, false, false},
      {queue, 0, 0, false, start, false, false},
      {queue, 1, 0, false, wait, false, false},
      {queue, 1, 1, false, refuse, false, false},
      {queue, 0, 1, false, refuse, false, false},
      {queue, 1, 1, true, start, false, false},
      {queue_all, 1, 7, false, wait, false, false},
      {queue_all, 0, 1, false, wait, false, false},
      {cancel_running, 0, 0, false, start, false, false},
      {cancel_running, 1, 0, false, wait, true, false},
      {cancel_running, 1, 1, false, wait, true, true},
      {allow, 5, 0, false, start, false, false},
  };
  for (const auto& c : cases) {
    const auto plan = admit(c.policy, c.forced, {.running = c.running, .queued = c.queued});
    const auto label = std::string(to_string(c.policy)) + " running " + std::to_string(c.running) +
                       " queued " + std::to_string(c.queued);
    EXPECT_EQ(plan.verdict, c.verdict) << label;
    EXPECT_EQ(plan.cancel_running, c.cancels) << label;
    EXPECT_EQ(plan.replace_waiting, c.replaces) << label;
    EXPECT_EQ(plan.reason.empty(), c.verdict == start) << label;
  }
}

TEST(Admission, NeverLetsTwoRunUnderSkipQueueOrCancelUnlessForced) {
  for (const auto policy : {OverlapPolicy::skip, queue, queue_all, cancel_running}) {
    for (std::int64_t running = 1; running < 4; ++running) {
      for (std::int64_t queued = 0; queued < 4; ++queued) {
        EXPECT_NE(admit(policy, false, {running, queued}).verdict, start);
      }
    }
  }
}

}  // namespace
}  // namespace task
