// Books what people ask for: runs, backfills, cancels, changes and deletions of tasks. Lives on the engine's
// thread; nothing here may be called from another. Each `then` is called there, after the commit.
#pragma once
#include <functional>
#include <vector>

#include "base/clock.h"
#include "engine/dispatcher.h"
#include "engine/engine.h"
#include "engine/janitor.h"
#include "engine/ledger.h"
#include "engine/timekeeper.h"

namespace engine {

class RequestBooker {
 public:
  struct Parts {
    const base::Clock& clock;
    Janitor& janitor;
    const Timekeeper& timekeeper;
    const Ledger& ledger;
    Dispatcher& dispatcher;
  };
  explicit RequestBooker(Parts parts) : parts_(parts) {}

  // What each of them gives: Engine's function of that name.
  void run(std::vector<RunRequest> requests, std::function<void(Engine::RunOutcomes)> then);
  void backfill(const BackfillRequest& request,
                const std::function<void(base::Result<std::vector<ExecutionId>>)>& then);
  void cancel(const ExecutionRequest& request, std::function<void(base::Result<void>)> then);
  void change(const std::vector<TaskId>& ids, const Engine::Change& work,
              std::function<void(base::Result<void>)> then);
  void remove(const std::vector<TaskId>& ids, const Engine::Audit& audit,
              const std::function<void(Engine::RemoveOutcomes)>& then);

 private:
  Parts parts_;
};

}  // namespace engine
