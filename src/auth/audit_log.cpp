#include "auth/audit_log.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <limits>

namespace auth {
namespace {

constexpr std::int64_t kPage = 1000;                 // rows that a check reads at once
constexpr std::chrono::seconds kSettleInterval{10};  // while there is something to settle
constexpr const char* kManyAddresses = "many";
constexpr std::size_t kMaxObjectBytes = 200;

std::int64_t minute_of(base::Instant at) {
  return base::to_unix_ms(at) / 60'000;
}

}  // namespace

AuditLog::AuditLog(store::Store& store, const base::Clock& clock, std::string key, std::filesystem::path head)
    : store_(store), clock_(clock), key_(std::move(key)), head_(std::move(head)) {
  thread_ = std::thread([this] { run(); });
}

AuditLog::~AuditLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  write_counts_before(std::numeric_limits<std::int64_t>::max());
}

void AuditLog::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait(lock, [this] { return stopping_ || !counts_.empty(); });
    wake_.wait_for(lock, kSettleInterval, [this] { return stopping_; });
    lock.unlock();
    settle();
    lock.lock();
  }
}

void AuditLog::refused(const Refused& what) {
  const auto now = clock_.now();
  {
    const std::lock_guard lock(mutex_);
    Key key{minute_of(now), what.action, what.address};
    auto found = counts_.find(key);
    if (found == counts_.end()) {
      const auto begin = counts_.lower_bound(Key{minute_of(now), what.action, ""});
      std::size_t addresses = 0;
      for (auto at = begin; at != counts_.end() && std::get<0>(at->first) == minute_of(now) &&
                            std::get<1>(at->first) == what.action;
           ++at) {
        ++addresses;
      }
      if (addresses < kMaxRefusedAddresses) {
        counts_.emplace(key, Count{});
        wake_.notify_one();
      } else {
        std::get<2>(key) = kManyAddresses;
        found = counts_.try_emplace(key).first;
      }
    }
    if (found != counts_.end()) {
      ++found->second.more;
      found->second.last = what;
      found->second.last.address = std::get<2>(key);
      return;
    }
  }
  append(what, 1, now);
}

void AuditLog::append(const Refused& what, std::int64_t count, base::Instant at) {
  store::AuditEntry entry;
  entry.at = at;
  entry.actor = what.actor;
  entry.address = what.address;
  entry.action = what.action;
  entry.object = what.object.substr(0, kMaxObjectBytes);
  if (count > 1) entry.after = boost::json::serialize(boost::json::object{{"more_in_this_minute", count}});
  store_.write(
      [entry](store::Transaction& transaction) -> base::Result<void> {
        transaction.append_audit(entry);
        return {};
      },
      [](const base::Result<void>&) {});
}

void AuditLog::settle() {
  write_counts_before(minute_of(clock_.now()));
}

void AuditLog::write_counts_before(std::int64_t minute) {
  std::map<Key, Count> over;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = counts_.begin(); at != counts_.end() && std::get<0>(at->first) < minute;) {
      over.insert(counts_.extract(at++));
    }
  }
  for (const auto& [key, count] : over) {
    if (count.more > 0) append(count.last, count.more + 1, clock_.now());
  }
}

AuditLog::Report AuditLog::verify(std::int64_t from) const {
  from = std::max<std::int64_t>(from, 1);
  // read before the rows: a row that is appended meanwhile is no fault
  const auto head = head_.empty() ? std::nullopt : store::AuditHeadFile(head_).read();
  std::optional<store::AuditCheck> check;
  std::int64_t after = from - 1;
  for (bool more = true; more;) {
    std::vector<store::AuditEntry> rows;
    std::optional<store::AuditHead> previous;
    store_.read([&](store::Reader& reader) {
      if (!check && from > 1) {
        const auto before = reader.audit_after(from - 2, 1);
        if (!before.empty()) previous = store::AuditHead{before[0].id, before[0].hash};
      }
      rows = reader.audit_after(after, kPage);
    });
    if (!check) check.emplace(key_, previous);
    more = std::ssize(rows) == kPage;
    for (const auto& row : rows) {
      if (!check->add(row)) return {check->rows(), check->fault()};
      after = row.id;
    }
  }
  check->finish(head);
  return {check->rows(), check->fault()};
}

}  // namespace auth
