#include "engine/schedules.h"

#include "task/cursor.h"

namespace engine {

std::shared_ptr<const cron::Schedule> Schedules::of(const task::TaskDefinition& definition) {
  std::string key = definition.cron;
  key += '\n';
  key += definition.timezone.empty() ? default_timezone_ : definition.timezone;
  // only H looks at the name
  if (key.find_first_of("Hh") != std::string::npos) key += '\n' + definition.name;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(key); found != kept_.end()) return found->second;
  }
  auto parsed = task::schedule_of(definition, default_timezone_);
  if (!parsed) return nullptr;
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kMaxKept) kept_.clear();
  kept_.emplace(std::move(key), parsed);
  return parsed;
}

void Schedules::forget() {
  const std::lock_guard lock(mutex_);
  kept_.clear();
}

}  // namespace engine
