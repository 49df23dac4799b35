#include "task/run_length.h"

#include <algorithm>

#include "task/backoff.h"

namespace task {

base::Milliseconds bounded_length(const TaskDefinition& definition, std::int64_t default_timeout_s,
                                  base::Milliseconds wanted) {
  constexpr double kLongestJitter = 1;
  const auto timeout_s = definition.timeout_s.value_or(default_timeout_s);
  if (timeout_s <= 0) return wanted;
  const base::Milliseconds of_one = std::chrono::seconds{timeout_s + definition.kill_grace_s};
  auto longest = of_one;
  for (int ended = 1; ended < definition.retry.max_attempts && longest < wanted; ++ended)
    longest += backoff_after(definition.retry, ended, kLongestJitter) + of_one;
  return std::min(wanted, longest);
}

}  // namespace task
