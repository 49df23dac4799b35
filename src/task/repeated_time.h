// A clock that was set back shows a stretch of time once more. Which tasks fire in it, and how those fires
// are told from the first ones. engine/README.md says why it is so.
#pragma once
#include <optional>

#include "task/cursor.h"

namespace task {

// What the clock showed before it was set back.
struct RepeatedTime {
  Instant until;  // due times up to and with this one come once more
  int pass = 1;   // 1 to kMaxPass: how often the clock has been set back so far
  bool operator==(const RepeatedTime&) const = default;
};

// Fires are whole seconds; a repeated one is kept with its pass for milliseconds, so that it has a key of its
// own. After so many the count begins anew.
inline constexpr int kMaxPass = 999;

// A step back of no more than this is waited out: a time server's correction is no second pass.
inline constexpr base::Milliseconds kClockTolerance{5'000};

// A fixed schedule waits so long for the clock to catch up. Beyond that the clock was wrong, and it follows
// the new one: what never ran in the time that came too early runs now.
inline constexpr std::chrono::hours kLongestCatchUp{3};

// Fires each time that the clock shows its time, as `*` and @every do.
bool follows_the_clock(const cron::Schedule& schedule);

// Whether the clock has shown that due time before.
bool was_shown(const std::optional<RepeatedTime>& repeated, Instant due_at);

// The nominal time of a repeated fire as it is kept.
Instant in_pass(Instant nominal, const RepeatedTime& repeated);

// The pass of a nominal time; 0 for the first.
int pass_of(Instant nominal);

// Where the cursor goes when the clock shows `now` and stood at or behind the schedule's fire `last_fire`
// already, the one before the cursor or the last of all; nullopt where it stays. A step shorter than the
// schedule's own interval moves nothing: it fires no more often than it says.
std::optional<Cursor> cursor_set_back(const TaskDefinition& definition, const cron::Schedule& schedule,
                                      std::chrono::sys_seconds last_fire, Instant now);

}  // namespace task
