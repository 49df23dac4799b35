// Where a task's schedule stands: the nominal time of its next fire, and when that is due.
#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "cron/schedule.h"
#include "task/task.h"

namespace task {

struct Cursor {
  std::optional<Instant> next_run_at;
  std::optional<Instant> next_due_at;  // next_run_at and the task's jitter
};

// The schedule of a definition, parsed with its zone (or the default one) and its name as the seed of H.
// nullptr where the expression is wrong, which a checked definition never is.
std::shared_ptr<const cron::Schedule> schedule_of(const TaskDefinition& definition,
                                                  std::string_view default_timezone);

// The first fire strictly after that instant and within starts_at and ends_at; empty when there is none.
Cursor cursor_after(const TaskDefinition& definition, const cron::Schedule& schedule, Instant after);
Cursor cursor_after(const TaskDefinition& definition, std::string_view default_timezone, Instant after);

// Whether the task fires at that instant at all: not before starts_at, not after ends_at.
bool is_within_window(const TaskDefinition& definition, Instant at);

// Whether both fire at the same times, each as late as the other: then a cursor of the one stands for the
// other.
bool have_same_times(const TaskDefinition& one, const TaskDefinition& other);

// The task's own delay, the same for all of its fires: 0 up to and without jitter_s, from a hash of its name.
base::Milliseconds jitter_of(const TaskDefinition& definition);

}  // namespace task
