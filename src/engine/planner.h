// The next due time of each active task, in memory: what is due now, and when to wake next. Only the engine's
// thread uses it. 24 bytes a task; nothing is done per task but when its own time changes or comes.
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace engine {

class Planner {
 public:
  struct Due {
    base::Instant at;
    base::TaskId task_id;
  };

  // Sets, moves or (nullopt) takes away a task's due time.
  void set(base::TaskId task_id, std::optional<base::Instant> due_at);
  // Takes up to `limit` tasks whose time has come, soonest first; they have no due time until set again.
  std::vector<Due> take_due(base::Instant now, std::size_t limit);
  std::optional<base::Instant> next_due_at();
  std::size_t size() const { return planned_; }

 private:
  // Ids are nearly dense, so a page of plain slots costs less than any map.
  static constexpr std::int64_t kPageSize = 1024;
  using Page = std::array<std::int64_t, kPageSize>;  // due time in ms; 0: none

  std::int64_t& slot(base::TaskId task_id);
  bool is_current(const Due& entry);
  void drop_stale_front();
  void rebuild();

  std::unordered_map<std::int64_t, std::unique_ptr<Page>> pages_;
  std::vector<Due> heap_;  // soonest first; an entry that its slot contradicts is stale
  std::size_t planned_ = 0;
};

}  // namespace engine
