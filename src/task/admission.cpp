#include "task/admission.h"

namespace task {

Admission admit(OverlapPolicy policy, bool forced, const Occupancy& now) {
  using enum Admission::Verdict;
  if (forced || (now.running == 0 && now.queued == 0)) return {.verdict = start};
  switch (policy) {
    case OverlapPolicy::allow:
      return {.verdict = start};
    case OverlapPolicy::skip:
      return {.verdict = refuse,
              .reason = now.has_begun ? "overlap policy 'skip': the run before it has not ended"
                                      : "overlap policy 'skip': the run before it has not begun"};
    case OverlapPolicy::queue:
      if (now.queued == 0)
        return {.verdict = wait, .reason = "overlap policy 'queue': waits for the run before it"};
      return {.verdict = refuse, .reason = "overlap policy 'queue': one run waits already"};
    case OverlapPolicy::queue_all:
      return {.verdict = wait, .reason = "overlap policy 'queue_all': waits for the runs before it"};
    case OverlapPolicy::cancel_running:
      return {.verdict = wait,
              .cancel_running = true,
              .replace_waiting = now.queued > 0,
              .reason = "overlap policy 'cancel_running': starts when the run before it has been ended"};
  }
  return {.verdict = refuse, .reason = "unknown overlap policy"};
}

bool is_of_admission(std::string_view reason) {
  return reason.starts_with("overlap policy '");
}

}  // namespace task
