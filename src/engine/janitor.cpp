#include "engine/janitor.h"

#include "base/kill_point.h"
#include "base/log.h"
#include "runner/log_frame.h"

namespace engine {
namespace {

using base::ExecutionId;
using base::TaskId;

constexpr std::int64_t kDeletedAtOnce = 200;      // rows of one transaction: fires wait for no more
constexpr std::int64_t kDeletedWithTasks = 1000;  // executions that may go in the transaction of their tasks
constexpr std::chrono::seconds kGather{5};        // marks are gathered so long before a round
constexpr std::chrono::minutes kOldRound{60};     // how often retention.days is looked at
constexpr std::string_view kAbandoned = "abandoned_output";  // a setting: ids, each with a comma behind it

std::set<TaskId> read_abandoned(store::Reader& reader) {
  std::set<TaskId> ids;
  const auto text = reader.find_setting(kAbandoned).value_or(std::string());
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    if (const auto id = base::parse_id<TaskId>(rest.substr(0, comma))) ids.insert(*id);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return ids;
}

void write_abandoned(store::Transaction& tx, const std::set<TaskId>& ids) {
  std::string text;
  for (const auto id : ids) text += base::to_string(id) + ',';
  tx.set_setting(kAbandoned, text);
}

}  // namespace

void note_abandoned_output(store::Transaction& tx, const std::vector<TaskId>& ids) {
  if (ids.empty()) return;
  auto abandoned = read_abandoned(tx);
  abandoned.insert(ids.begin(), ids.end());
  write_abandoned(tx, abandoned);
}

void remove_attempt_outputs(const std::filesystem::path& data_dir, const task::Execution& execution) {
  std::error_code ignored;
  for (int attempt = 1; attempt <= execution.attempt.number; ++attempt) {
    const auto path = output_path(data_dir, execution.task_id, execution.id, attempt).string();
    // the tails are left where the runner was killed while it kept much output
    for (const auto& file : {path, runner::tail_path(path, 0), runner::tail_path(path, 1)})
      std::filesystem::remove(file, ignored);
  }
}

Janitor::Janitor(store::Store& store, const base::Clock& clock, const Options& options)
    : store_(store), clock_(clock), options_(options) {}

Janitor::~Janitor() {
  stop();
}

void Janitor::start() {
  thread_ = std::thread([this] { run(); });
}

void Janitor::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Janitor::mark(TaskId id) {
  const std::lock_guard lock(mutex_);
  if (marked_.insert(id).second && marked_.size() == 1) wake_.notify_one();
}

void Janitor::remove_output(TaskId id, bool for_good) {
  const std::lock_guard lock(mutex_);
  doomed_[id] |= for_good;
  wake_.notify_one();
}

void Janitor::forget_abandoned() {
  const std::lock_guard lock(mutex_);
  may_forget_abandoned_ = true;
  for (const auto id : abandoned_) doomed_[id] = true;
  abandoned_.clear();
  wake_.notify_one();
}

void Janitor::take_up_doomed() {
  std::set<TaskId> abandoned;
  store_.read([&](store::Reader& reader) { abandoned = read_abandoned(reader); });
  const std::lock_guard lock(mutex_);
  for (const auto id : abandoned) doomed_[id] |= may_forget_abandoned_;
  if (!may_forget_abandoned_) abandoned_ = std::move(abandoned);
}

void Janitor::remove_doomed() {
  std::map<TaskId, bool> doomed;
  {
    const std::lock_guard lock(mutex_);
    doomed.swap(doomed_);
  }
  for (const auto& [id, for_good] : doomed) {
    const auto path = output_path(options_.data_dir, id, ExecutionId{1}, 1).parent_path();
    std::error_code failure;
    std::filesystem::remove_all(path, failure);
    if (failure)
      base::log::warning("janitor.output_kept", {{"path", path.string()}, {"why", failure.message()}});
  }
  const auto is_for_good = [&](TaskId id) {
    const auto found = doomed.find(id);
    return found != doomed.end() && found->second;
  };
  if (std::none_of(doomed.begin(), doomed.end(), [](const auto& one) { return one.second; })) return;
  base::kill_point("deletion.output_removed");
  static_cast<void>(store_.write([&](store::Transaction& tx) -> base::Result<void> {
    auto abandoned = read_abandoned(tx);
    std::erase_if(abandoned, is_for_good);
    write_abandoned(tx, abandoned);
    return {};
  }));
}

void Janitor::run() {
  try {
    take_up_doomed();
  } catch (const store::DatabaseFailure& failure) {
    base::log::warning("janitor.failed", {{"why", failure.what()}});
  }
  auto next_old_round = std::chrono::steady_clock::now() + kGather;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto has_work = [this] { return stopping_ || !marked_.empty() || !doomed_.empty(); };
    if (options_.retention_days > 0)
      wake_.wait_until(lock, next_old_round, has_work);
    else
      wake_.wait(lock, has_work);
    const auto gather_until = std::chrono::steady_clock::now() + kGather;
    while (!stopping_ && doomed_.empty() && wake_.wait_until(lock, gather_until) != std::cv_status::timeout) {
    }
    if (stopping_) break;
    lock.unlock();
    try {
      sweep();
      if (options_.retention_days > 0 && std::chrono::steady_clock::now() >= next_old_round) {
        sweep_old();
        next_old_round = std::chrono::steady_clock::now() + kOldRound;
      }
    } catch (const store::DatabaseFailure& failure) {
      base::log::warning("janitor.failed", {{"why", failure.what()}});
    }
    lock.lock();
  }
}

std::int64_t Janitor::sweep() {
  remove_doomed();
  std::set<TaskId> marked;
  {
    const std::lock_guard lock(mutex_);
    marked.swap(marked_);
  }
  std::int64_t deleted = 0;
  for (const auto id : marked) deleted += sweep_task(id);
  return deleted;
}

std::int64_t Janitor::sweep_task(TaskId id) {
  std::int64_t deleted = 0;
  while (true) {
    std::vector<ExecutionId> expired;
    store_.read([&](store::Reader& reader) {
      const auto task = reader.find_task(id);
      if (!task) return;
      expired = reader.beyond_retention(id, task->definition.keep_executions, task->definition.keep_failed,
                                        kDeletedAtOnce);
    });
    const auto removed = remove(expired);
    deleted += removed;
    if (removed == 0 || static_cast<std::int64_t>(expired.size()) < kDeletedAtOnce) return deleted;
  }
}

std::int64_t Janitor::sweep_old() {
  std::int64_t deleted = 0;
  const auto before = clock_.now() - std::chrono::days{options_.retention_days};
  while (true) {
    std::vector<ExecutionId> expired;
    store_.read(
        [&](store::Reader& reader) { expired = reader.final_before(std::nullopt, before, kDeletedAtOnce); });
    const auto removed = remove(expired);
    deleted += removed;
    if (removed == 0) return deleted;
  }
}

// The output goes first: what a death in between leaves is rows, and the next round finds those again.
std::int64_t Janitor::remove(const std::vector<ExecutionId>& ids) {
  if (ids.empty()) return 0;
  std::vector<ExecutionId> ended;
  store_.read([&](store::Reader& reader) {
    for (const auto id : ids) {
      const auto execution = reader.find_execution(id);
      if (!execution || !is_final(execution->status)) continue;
      ended.push_back(id);
      remove_attempt_outputs(options_.data_dir, *execution);
    }
  });
  base::kill_point("retention.output_removed");
  const auto kept = store_.write([&](store::Transaction& tx) -> base::Result<void> {
    tx.delete_executions(ended);
    base::kill_point("retention.booked");
    return {};
  });
  return kept ? static_cast<std::int64_t>(ended.size()) : 0;
}

void Janitor::shorten_history(const std::vector<TaskId>& ids) {
  std::int64_t left = 0;
  for (const auto id : ids) {
    while (true) {
      std::vector<ExecutionId> ended;
      store_.read(
          [&](store::Reader& reader) { ended = reader.final_before(id, Instant::max(), kDeletedAtOnce); });
      const auto found = static_cast<std::int64_t>(ended.size());
      const bool are_few = found < kDeletedAtOnce && left + found <= kDeletedWithTasks;
      if (are_few || remove(ended) == 0) {
        left += found;
        break;
      }
    }
  }
}

}  // namespace engine
