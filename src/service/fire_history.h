// When a task fired, would have fired and will fire, by the schedules that it had one after another.
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "cron/schedule.h"
#include "store/store.h"
#include "task/task.h"

namespace service {

// Whether that second is a fire of the schedule. `anchor`: any fire of it, since @every has no calendar that
// would tell its fires, but they are whole steps apart; without one no second is a fire of @every.
bool fires_at(const cron::Schedule& schedule, std::optional<base::Instant> anchor,
              std::chrono::sys_seconds second);

// Good for one read of the store: it keeps the reader and the task by reference.
class FireHistory {
 public:
  FireHistory(store::Reader& reader, const task::Task& task, std::string_view default_timezone);

  // The nearest fire before or after that second, by the definition that stood at the fire's own time and
  // within its starts_at and ends_at; never before the task's creation. nullopt where there is none, or where
  // it lies more than kMaxRevisions changes away.
  std::optional<base::Instant> before(std::chrono::sys_seconds second);
  std::optional<base::Instant> after(std::chrono::sys_seconds second);

  // Whether that second is a fire by that definition of the task's, wherever its starts_at and ends_at lie.
  bool fires(const task::TaskDefinition& definition, std::chrono::sys_seconds second);

  static constexpr int kMaxRevisions = 200;

 private:
  store::Revision revision_at(std::chrono::sys_seconds second);
  std::optional<base::Instant> anchor_of(const task::TaskDefinition& definition,
                                         std::chrono::sys_seconds second);

  store::Reader& reader_;
  const task::Task& task_;
  const std::string_view default_timezone_;
};

}  // namespace service
