// Deletes what retention no longer keeps, and the output of what was deleted. Has a thread of its own, so
// that no fire ever waits for it; sleeps while there is nothing to do.
#pragma once
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "store/store.h"

namespace engine {

class Janitor {
 public:
  Janitor(store::Store& store, const base::Clock& clock, const Options& options);
  ~Janitor();

  void start();
  void stop();  // ends after the batch in hand

  // That task has new final executions. Any thread; never blocks.
  void mark(base::TaskId id);
  // That task was deleted: its output goes too, and `for_good`, where none of its jobs can write any more,
  // the note of it that outlives a kill. Any thread; never blocks.
  void remove_output(base::TaskId id, bool for_good);
  // No job is left of tasks that were deleted before the start: their output goes for good. Any thread.
  void forget_abandoned();

  // One round over the marked tasks and the output of deleted ones; gives the executions deleted. Called by
  // the thread; tests call it themselves, as they do the next.
  std::int64_t sweep();
  // Deletes what ended and was made longer ago than retention.days, of any task; gives how many.
  std::int64_t sweep_old();

  // Deletes those that are final, with their output; gives how many. Blocks until it is committed.
  std::int64_t remove(const std::vector<base::ExecutionId>& ids);
  // Before those tasks are deleted, which is one transaction: deletes what ended of them, until so little of
  // all together is left that no fire waits long for that one. Blocks until it is committed.
  void shorten_history(const std::vector<base::TaskId>& ids);

 private:
  void remove_doomed();
  void take_up_doomed();
  std::int64_t sweep_task(base::TaskId id);

  void run();

  store::Store& store_;
  const base::Clock& clock_;
  const Options& options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<base::TaskId> marked_;
  std::map<base::TaskId, bool> doomed_;  // whether for good
  std::set<base::TaskId> abandoned_;     // before the start
  bool may_forget_abandoned_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

// Notes, in the transaction that deletes them, that the output of those tasks is still to be removed, so that
// a stop before it is leaves nothing behind.
void note_abandoned_output(store::Transaction& tx, const std::vector<base::TaskId>& ids);

// Deletes the output of all attempts of an execution.
void remove_attempt_outputs(const std::filesystem::path& data_dir, const task::Execution& execution);

}  // namespace engine
