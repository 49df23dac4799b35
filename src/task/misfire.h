// What to do with fires whose time passed while nobody could run them (spec 4, misfire).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "task/cursor.h"

namespace task {

// Consecutive fires in one record.
struct FoldedFires {
  Instant first;
  Instant last;
  std::int64_t count = 0;
  std::string reason;
};

struct MisfirePlan {
  std::vector<Instant> run;  // nominal times to make up, oldest first, one after another
  std::optional<FoldedFires> missed;
  Cursor next;  // strictly after now
};

// The fires from `first`, which is one, until that instant: counted, never walked. No reason.
FoldedFires fold_fires(const cron::Schedule& schedule, Instant first, Instant until);

// At most so many fires are made up by fire_all, whatever the window.
inline constexpr std::size_t kMaxMadeUp = 100;

// `first` is the earliest fire that passed (the task's cursor). Costs no more for a million missed fires than
// for one: they are counted by days, never walked.
MisfirePlan plan_misfire(const TaskDefinition& definition, const cron::Schedule& schedule, Instant first,
                         Instant now);

}  // namespace task
