#include "store/sqlite/writer.h"

#include <sqlite3.h>

#include "base/kill_point.h"
#include "base/log.h"
#include "store/sqlite/rehearsal.h"

namespace store::sqlite {
namespace {

constexpr std::size_t kGroupWorks = 512;             // works of one commit; the rest wait for the next
constexpr std::chrono::milliseconds kGroupTime{20};  // a commit is not put off for longer
constexpr int kCheckpointPages = 2000;               // 8 MB of log
constexpr const char* kBegin = "BEGIN IMMEDIATE";
constexpr const char* kCommit = "COMMIT";
constexpr const char* kSavepoint = "SAVEPOINT work";
constexpr const char* kRelease = "RELEASE work";

base::Error unavailable(const char* why) {
  return base::make_error(base::ErrorKind::unavailable, std::string("the database can't be written: ") + why);
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, std::string audit_key,
               std::filesystem::path audit_head)
    : connection_(std::move(connection)),
      session_(*connection_, std::move(audit_key)),
      audit_head_(std::move(audit_head)) {
  note_audit_head();
  // checkpoints are made between groups, not in the middle of a commit that somebody waits for
  const auto note_pages = [](void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_->database().getHandle(), note_pages, &wal_pages_);
  thread_ = std::thread([this] { run(); });
}

void Writer::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Writer::~Writer() {
  stop();
  // a foreign reader does not hold up the stop; what it keeps in the log is taken over the next time
  sqlite3_busy_timeout(connection_->database().getHandle(), 0);
  sqlite3_wal_checkpoint_v2(connection_->database().getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                            nullptr);
}

void Writer::add(Store::Work work, Store::Done done) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = waiting_.empty();
    waiting_.push_back({std::move(work), std::move(done), std::chrono::steady_clock::now()});
  }
  if (first) wake_.notify_one();
}

void Writer::set_listener(Store::Listener listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

std::chrono::milliseconds Writer::oldest_wait() const {
  const std::lock_guard lock(mutex_);
  auto oldest = in_hand_;
  if (!oldest && !waiting_.empty()) oldest = waiting_.front().asked_at;
  if (!oldest) return {};
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - *oldest);
}

// Not at the cost of anybody: a busy database is left alone, and what fails here is told to who asks for it.
void Writer::rehearse() {
  sqlite3* const handle = connection_->database().getHandle();
  sqlite3_busy_timeout(handle, 0);
  try {
    connection_->run(kBegin);
    rehearse_a_run(session_);
  } catch (const std::exception& failure) {
    base::log::debug("store.not_rehearsed", {{"why", failure.what()}});
  }
  roll_back();
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
}

std::deque<Writer::Item> Writer::take_group() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  if (!waiting_.empty()) in_hand_ = waiting_.front().asked_at;
  return std::exchange(waiting_, {});
}

void Writer::begin_with(std::optional<SteadyTime> oldest) {
  const std::lock_guard lock(mutex_);
  in_hand_ = oldest;
}

void Writer::run() {
  rehearse();
  while (true) {
    auto waiting = take_group();
    if (waiting.empty()) return;
    while (!waiting.empty()) {
      begin_with(waiting.front().asked_at);
      write_group(waiting);
    }
    begin_with(std::nullopt);
    checkpoint_when_worth_it();
  }
}

// Takes from the front what one commit carries.
void Writer::write_group(std::deque<Item>& waiting) {
  std::deque<Item> group;
  Outcomes outcomes;
  try {
    connection_->run(kBegin);
    const auto until = std::chrono::steady_clock::now() + kGroupTime;
    const bool alone = waiting.size() == 1;
    while (!waiting.empty() && group.size() < kGroupWorks && std::chrono::steady_clock::now() < until) {
      group.push_back(std::move(waiting.front()));
      waiting.pop_front();
      outcomes.push_back(run_one(group.back(), alone));
    }
    base::kill_point("store.before_commit");
    connection_->run(kCommit);
    base::kill_point("store.committed");
    note_audit_head();
  } catch (const std::exception& failure) {
    roll_back();
    base::log::error("store.write_failed", {{"why", failure.what()}, {"works", group.size()}});
    if (group.empty()) {
      group.push_back(std::move(waiting.front()));
      waiting.pop_front();
    }
    outcomes.assign(group.size(), base::Result<void>(unavailable(failure.what())));
  }
  const auto changes = session_.take_changes();
  if (listener_ && !changes.empty()) listener_(changes);
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group[i].done) group[i].done(std::move(outcomes[i]));
  }
}

// A work that fails alone is undone alone; a database that fails fails the whole group.
base::Result<void> Writer::run_one(const Item& item, bool alone) {
  const auto changes_before = session_.change_count();
  if (!alone) connection_->run(kSavepoint);
  base::Result<void> outcome;
  try {
    outcome = item.work(session_);
  } catch (const SQLite::Exception& failure) {
    const int code = failure.getErrorCode();
    if (code != SQLITE_CONSTRAINT && code != SQLITE_TOOBIG && code != SQLITE_MISMATCH) throw;
    outcome = base::make_error(base::ErrorKind::internal, failure.what());
  } catch (const std::exception& failure) {
    outcome = base::make_error(base::ErrorKind::internal, failure.what());
  }
  if (!outcome) {
    session_.forget_changes_after(changes_before);
    connection_->execute(alone ? "ROLLBACK" : "ROLLBACK TO work");
    if (alone) connection_->run(kBegin);
  }
  if (!alone) connection_->run(kRelease);
  return outcome;
}

void Writer::roll_back() {
  session_.take_changes();
  try {
    if (sqlite3_get_autocommit(connection_->database().getHandle()) == 0) connection_->execute("ROLLBACK");
  } catch (const SQLite::Exception& failure) {
    base::log::error("store.rollback_failed", {{"why", failure.what()}});
  }
}

// After the commit: a file that runs behind is put right by the next one, one that ran ahead would be a false
// alarm.
void Writer::note_audit_head() {
  if (!audit_head_) return;
  const auto head = session_.audit_head();
  if (!head || head->id == noted_audit_) return;
  if (audit_head_.write(*head)) noted_audit_ = head->id;
}

void Writer::checkpoint_when_worth_it() {
  if (wal_pages_ < kCheckpointPages) return;
  base::kill_point("store.before_checkpoint");
  // passive: waits for no reader, and goes on with the rest the next time
  sqlite3_wal_checkpoint_v2(connection_->database().getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                            nullptr);
}

}  // namespace store::sqlite
