// The thread that does every write and every checkpoint. SQLite 3.40 can corrupt a WAL when two connections
// write and checkpoint at once; one that alone does both avoids it.
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "store/audit_chain.h"
#include "store/sqlite/session.h"
#include "store/store.h"

namespace store::sqlite {

class Writer {
 public:
  // `audit_key` and `audit_head` as in OpenOptions.
  Writer(std::unique_ptr<Connection> connection, std::string audit_key, std::filesystem::path audit_head);
  ~Writer();

  // Finishes what waits. Nothing may be added from then on.
  void stop();

  void add(Store::Work work, Store::Done done);
  void set_listener(Store::Listener listener);
  std::chrono::milliseconds oldest_wait() const;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Item {
    Store::Work work;
    Store::Done done;
    SteadyTime asked_at;
  };
  using Outcomes = std::vector<base::Result<void>>;

  void run();
  void rehearse();
  std::deque<Item> take_group();
  void begin_with(std::optional<SteadyTime> oldest);
  void write_group(std::deque<Item>& waiting);
  base::Result<void> run_one(const Item& item, bool alone);
  void roll_back();
  void checkpoint_when_worth_it();
  void note_audit_head();

  int wal_pages_ = 0;  // in the log after the last commit
  std::unique_ptr<Connection> connection_;
  Session session_;
  AuditHeadFile audit_head_;
  std::int64_t noted_audit_ = 0;  // the id that the head file names
  Store::Listener listener_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> waiting_;
  std::optional<SteadyTime> in_hand_;  // since when the oldest has waited that was taken and is not done
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace store::sqlite
