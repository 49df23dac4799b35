// What a judge may know of the world while it goes on.
#pragma once
#include <optional>

#include "simulation.h"
#include "store/store.h"

namespace simulator {

using base::ExecutionId;
using base::TaskId;

class WorldView {
 public:
  virtual ~WorldView() = default;
  virtual Milliseconds now() const = 0;  // since the begin; never jumps
  virtual Instant wall() const = 0;
  // By when it is to have begun, or to be given up.
  virtual std::optional<Instant> start_deadline_of(const task::Execution& execution) const = 0;
  virtual std::int64_t limit_of_pool(const std::string& pool) const = 0;
  virtual std::int64_t limit_of_node() const = 0;
  // Runs that are on their way out: the pool of each.
  virtual std::vector<std::string> left_of_deleted_tasks() const = 0;
};

}  // namespace simulator
