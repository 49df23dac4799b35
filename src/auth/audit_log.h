// What the audit says of those who were refused, and whether its chain is whole.
#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>

#include "base/clock.h"
#include "store/audit_chain.h"
#include "store/store.h"

namespace auth {

// A flood of refusals is a few rows a minute: of each address and action the first is written at once, the
// others as one row with their count when the minute is over; addresses beyond so many share one row.
inline constexpr std::size_t kMaxRefusedAddresses = 50;  // of a minute, for each action

struct Refused {
  std::string action;  // "auth.login_failed", "access.denied"
  std::string actor;   // empty: nobody knows
  std::string address;
  std::string object;  // "user:bob", "POST /tasks"
};

class AuditLog {
 public:
  // `key` and `head` as the store has them (OpenOptions).
  AuditLog(store::Store& store, const base::Clock& clock, std::string key, std::filesystem::path head);
  // Writes what was counted.
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  // Any thread; does not block. What was counted and not yet written is lost with a kill.
  void refused(const Refused& what);
  // Writes the counts of minutes that are over. It happens by itself, some seconds late.
  void settle();

  struct Report {
    std::int64_t rows = 0;
    std::optional<store::AuditCheck::Fault> fault;
  };
  // Checks the chain from that row on (1: whole). Reads it all.
  Report verify(std::int64_t from) const;

 private:
  struct Count {
    std::int64_t more = 0;  // beyond the one that was written
    Refused last;
  };
  using Key = std::tuple<std::int64_t, std::string, std::string>;  // minute, action, address

  void append(const Refused& what, std::int64_t count, base::Instant at);
  void write_counts_before(std::int64_t minute);
  void run();

  store::Store& store_;
  const base::Clock& clock_;
  const std::string key_;
  const std::filesystem::path head_;
  std::mutex mutex_;
  std::map<Key, Count> counts_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace auth
