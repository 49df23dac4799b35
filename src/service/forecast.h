// GET and POST /api/simulate: what would fire, with the tasks as they are or with one changed, before it is
// saved.
#pragma once
#include <boost/json/object.hpp>
#include <optional>

#include "base/clock.h"
#include "service/forecast_runs.h"
#include "service/task_service.h"
#include "store/store.h"

namespace service {

struct ForecastRequest {
  std::int64_t days = 30;  // 1 to kMaxForecastDays
  std::size_t items = 200;
  // A change of that task, or (without an id) a new one: fields as POST and PATCH take them.
  std::optional<base::TaskId> task_id;
  std::optional<boost::json::object> draft;
};

class Forecast {
 public:
  Forecast(store::Store& store, const TaskService& tasks, const base::Clock& clock, ForecastLimits limits)
      : store_(store), tasks_(tasks), clock_(clock), limits_(std::move(limits)) {}

  // Reads first and computes then, with no view of the database held. not_found and invalid are those of the
  // draft.
  base::Result<boost::json::object> of(const ForecastRequest& request) const;

  static constexpr std::int64_t kMaxForecastDays = 366;
  static constexpr std::int64_t kMaxTasks = 100'000;
  static constexpr std::size_t kMaxItems = 1000;

 private:
  struct Draft {
    task::Task task;
    bool paused = false;
  };
  base::Result<std::optional<Draft>> read_draft(const ForecastRequest& request) const;

  store::Store& store_;
  const TaskService& tasks_;
  const base::Clock& clock_;
  const ForecastLimits limits_;
};

}  // namespace service
