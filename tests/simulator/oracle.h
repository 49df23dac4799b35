// What must be true of a world that has come to rest, found without the engine's code: from the beats of the
// tasks, from what really ran, and from what the store says.
#pragma once
#include <string>
#include <vector>

#include "world.h"

namespace simulator {

struct Verdict {
  std::vector<std::string> faults;  // at most kMaxFaults
  std::int64_t fires = 0;
  std::int64_t repeated = 0;  // of a clock that was set back
  std::int64_t executions = 0;
  std::int64_t runs = 0;
  std::int64_t folded = 0;     // fires that share a record
  std::int64_t explained = 0;  // fires that did not run, and the reason that was asked for
  std::int64_t chained = 0;
  std::int64_t backfilled = 0;
  std::int64_t outside = 0;  // fires outside of starts_at and ends_at
  std::int64_t chosen = 0;   // let go while others waited for the same
  std::int64_t prompt = 0;   // waits that had to end soon
  std::int64_t full = 0;     // times that a pool or the node came to its limit
  static constexpr std::size_t kMaxFaults = 20;

  void fault(std::string what) {
    if (faults.size() < kMaxFaults) faults.push_back(std::move(what));
  }
};

Verdict judge(World& world);

using Executions = std::map<TaskId, std::vector<task::Execution>>;
// oracle_chains.cpp: each end that counts started what runs after it, once.
void judge_chains(const World& world, const Executions& executions, Verdict& verdict);
// oracle_requests.cpp: what the user asked for was done, and done once, whether it was acknowledged or not.
void judge_requests(const World& world, const Executions& executions, Verdict& verdict);
// The number of the request that the record names.
std::optional<std::size_t> request_of(const task::Execution& execution);
// oracle_limits.cpp: no pool and no node ever runs more at once than its limit.
void judge_limits(const World& world, Verdict& verdict);
// oracle_promptness.cpp: each fire has its record soon, and none begins before it is due.
void judge_promptness(const World& world, const Executions& executions, Verdict& verdict);
bool is_fire(const task::Execution& execution);

}  // namespace simulator
