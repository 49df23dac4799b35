// Parsed schedules, shared by all tasks with the same expression, zone and seed.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "cron/schedule.h"
#include "task/task.h"

namespace engine {

class Schedules {
 public:
  explicit Schedules(std::string default_timezone) : default_timezone_(std::move(default_timezone)) {}

  // The definition's schedule, parsed at most once while it stays in use; nullptr where it can't be parsed.
  // Any thread.
  std::shared_ptr<const cron::Schedule> of(const task::TaskDefinition& definition);
  // All are parsed anew, with the zones as they are then. Any thread.
  void forget();

 private:
  // Distinct schedules are few; beyond so many all are forgotten and parsed anew as needed (about 1 µs each).
  static constexpr std::size_t kMaxKept = 20'000;

  const std::string default_timezone_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const cron::Schedule>> kept_;
};

}  // namespace engine
