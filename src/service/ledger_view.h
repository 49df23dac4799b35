// The ledger's answers: what became of a fire and why, what will fire, and how runs went.
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/clock.h"
#include "cron/explain.h"
#include "cron/zone.h"
#include "service/task_service.h"
#include "store/store.h"

namespace service {

// What GET /api/upcoming is asked for.
struct UpcomingQuery {
  // Fires in the list, and tasks where `fold` is given.
  std::size_t limit = 1000;
  // How many there are in each hour, and in each second that several share.
  bool counts = false;
  // By task too: fires no further apart than that are told as one band.
  std::optional<base::Milliseconds> fold;
  // Only of tasks that a list with that search and that tag shows.
  std::string search;
  std::string tag;
  // These are told and counted nowhere.
  std::unordered_set<std::int64_t> without;
};

class LedgerView {
 public:
  LedgerView(store::Store& store, const TaskService& tasks, const base::Clock& clock);

  // GET /tasks/{id}/why: what became of the fire at that time (of the latest one, where none is given), in a
  // sentence.
  base::Result<boost::json::object> why(TaskId id, std::optional<base::Instant> at,
                                        cron::Language language) const;
  // GET /api/upcoming: fires of active tasks in [from, to), soonest first; before them, where it is asked
  // from now on, those that wait out their jitter.
  boost::json::object upcoming(base::Instant from, base::Instant to, const UpcomingQuery& query = {}) const;
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
  static constexpr std::size_t kMaxWalked = 200'000;   // fires counted for bands; then only their times
  static constexpr std::size_t kMaxBands = 20'000;     // in one answer
  static constexpr std::int64_t kMaxFolds = 1000;      // as many folds fit into a window
  static constexpr std::int64_t kMaxDays = 90;
  static constexpr std::int64_t kMaxTaskDays = 371;  // 53 weeks
  static constexpr std::int64_t kMaxTaskOutcomes = 20'000;

 private:
  bool covers(const task::Execution& record, std::chrono::sys_seconds second, store::Reader& reader) const;

  store::Store& store_;
  const TaskService& tasks_;
  const base::Clock& clock_;
};

}  // namespace service
