// What users ask of executions and do to them.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "rights/actor.h"
#include "runner/log_reader.h"
#include "service/execution_search.h"
#include "service/line_indexes.h"
#include "store/store.h"

namespace service {

using base::ExecutionId;

// One execution with all that belongs to it.
struct ExecutionDetail {
  task::Execution execution;
  std::vector<task::Attempt> attempts;  // all, the current one last; none of what never ran
  store::Output output;                 // head and tail of the current attempt's
};

class ExecutionService {
 public:
  ExecutionService(store::Store& store, engine::Engine& engine, const base::Clock& clock);

  base::Result<ExecutionId> resolve(std::string_view id) const;
  store::ExecutionPage list(const store::ExecutionQuery& query) const;
  // Those in whose kept output the text stands; see search_outputs.
  FoundExecutions search(const store::ExecutionQuery& query, std::string_view text) const;
  base::Result<task::Execution> find(ExecutionId id) const;
  base::Result<ExecutionDetail> detail(ExecutionId id) const;

  // That attempt's output, or the current one's.
  runner::LogReader log(const task::Execution& execution, std::optional<int> attempt) const;
  // Its lines by number.
  std::shared_ptr<runner::LineIndex> lines(const task::Execution& execution, int attempt) const;
  // Calls `grown` when its output grows or it ends; see engine::Engine::follow_output.
  std::shared_ptr<void> follow(ExecutionId id, std::function<void()> grown) const;

  base::Result<void> cancel(const rights::Actor& actor, ExecutionId id);
  base::Result<ExecutionId> retry(const rights::Actor& actor, ExecutionId id);

 private:
  store::Store& store_;
  engine::Engine& engine_;
  const base::Clock& clock_;
  mutable LineIndexes line_indexes_;
};

}  // namespace service
