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
  std::int64_t executions = 0;
  std::int64_t runs = 0;
  std::int64_t folded = 0;  // fires that share a record
  static constexpr std::size_t kMaxFaults = 20;
};

Verdict judge(World& world);

}  // namespace simulator
