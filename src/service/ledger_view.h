// The ledger's answers: what became of a fire and why, what will fire, and how runs went.
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "base/clock.h"
#include "cron/explain.h"
#include "cron/zone.h"
#include "service/task_service.h"
#include "store/store.h"

namespace service {

class LedgerView {
 public:
  LedgerView(store::Store& store, const TaskService& tasks, const base::Clock& clock);

  // GET /tasks/{id}/why: what became of the fire at that time (of the latest one, where none is given), in a
  // sentence.
  base::Result<boost::json::object> why(TaskId id, std::optional<base::Instant> at,
                                        cron::Language language) const;
  // GET /api/upcoming: fires of active tasks in [from, to), soonest first, at most `limit`. With `counts`
  // also how many there are in each hour and in each second that several share.
  boost::json::object upcoming(base::Instant from, base::Instant to, std::size_t limit = kMaxUpcoming,
                               bool counts = false) const;
  // GET /api/stats over the last `days`.
  boost::json::object statistics(std::int64_t days) const;
  // The same of one task, by the days of that zone's calendar; of its newest kMaxTaskOutcomes executions.
  base::Result<boost::json::object> task_statistics(TaskId id, std::int64_t days,
                                                    const cron::Zone& zone) const;
  // What GET /tasks/{id} adds: the next five fires, and figures of the last runs.
  boost::json::object figures(const task::Task& task) const;

  static constexpr std::size_t kMaxUpcoming = 1000;
  static constexpr std::int64_t kMaxUpcomingTasks = 20'000;
  static constexpr std::size_t kMaxCounted = 500'000;  // fires, those of tasks that fire together being one
  static constexpr std::int64_t kMaxDays = 90;
  static constexpr std::int64_t kMaxTaskDays = 371;  // 53 weeks
  static constexpr std::int64_t kMaxTaskOutcomes = 20'000;

 private:
  bool covers(const task::Execution& record, std::chrono::sys_seconds second, store::Reader& reader) const;
  std::optional<base::Instant> last_fire(TaskId id) const;  // that has its record

  store::Store& store_;
  const TaskService& tasks_;
  const base::Clock& clock_;
};

}  // namespace service
