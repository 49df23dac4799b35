// How long to wait before the next attempt (spec 4, retry).
#pragma once
#include "base/time.h"
#include "task/task.h"

namespace task {

// The delay after attempt `ended` (from 1): initial x factor^(ended-1), at most max_delay_s, then spread by
// the jitter's share in both directions. `random` is uniform in [0, 1).
base::Milliseconds backoff_after(const RetryPolicy& policy, int ended, double random);

}  // namespace task
