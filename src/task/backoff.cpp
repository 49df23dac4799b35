#include "task/backoff.h"

#include <cmath>

namespace task {

base::Milliseconds backoff_after(const RetryPolicy& policy, int ended, double random) {
  double delay_s = policy.initial_delay_s * std::pow(policy.factor, ended - 1);
  // pow may overflow to infinity, or to NaN from a zero delay
  if (!(delay_s < policy.max_delay_s)) delay_s = policy.max_delay_s;
  delay_s *= 1 + policy.jitter * (2 * random - 1);
  return base::Milliseconds{static_cast<std::int64_t>(std::llround(delay_s * 1000))};
}

}  // namespace task
