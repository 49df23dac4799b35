// The one gate: whatever wants to run (fire, manual run, retry, chain, backfill) is judged here.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "task/execution.h"
#include "task/task.h"

namespace task {

// What the task has going on, as the transaction that admits sees it.
struct Occupancy {
  std::int64_t running = 0;  // admitted and not final; a retry delay counts
  std::int64_t queued = 0;   // waiting for the overlap policy
  bool has_begun = true;     // the oldest of those that run; else it was admitted, and no more
};

struct Admission {
  enum class Verdict { start, wait, refuse };
  Verdict verdict = Verdict::start;
  bool cancel_running = false;   // end what runs; this one starts when that has ended
  bool replace_waiting = false;  // what waited gives way to this one
  std::string reason;            // for wait and refuse
};

// Whether that is a reason that admit() gave, and not the run's own (whose retry it is, after what it runs).
bool is_of_admission(std::string_view reason);

// Pure: policy and state in, what to do out. `forced` passes the overlap policy, never a slot limit.
Admission admit(OverlapPolicy policy, bool forced, const Occupancy& now);

}  // namespace task
