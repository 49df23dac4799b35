// The jobs by key and by slot, and the deadline that comes first. No system calls.
#pragma once
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "runner/job.h"

namespace runner {

class JobTable {
 public:
  using Slot = std::uint32_t;

  Job& add(std::unique_ptr<Job> job, Slot& slot) {
    if (free_.empty()) {
      slots_.emplace_back();
      free_.push_back(static_cast<Slot>(slots_.size() - 1));
    }
    slot = free_.back();
    free_.pop_back();
    by_key_[job->key] = slot;
    slots_[slot] = std::move(job);
    return *slots_[slot];
  }
  void remove(Slot slot) {
    by_key_.erase(slots_[slot]->key);
    slots_[slot].reset();
    free_.push_back(slot);
  }
  Job* at(Slot slot) { return slot < slots_.size() ? slots_[slot].get() : nullptr; }
  std::optional<Slot> find(const AttemptKey& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? std::nullopt : std::optional{found->second};
  }
  std::size_t size() const { return by_key_.size(); }
  template <class Visit>
  void for_each(const Visit& visit) {
    for (const auto& [key, slot] : by_key_) visit(*slots_[slot]);
  }

 private:
  std::vector<std::unique_ptr<Job>> slots_;
  std::vector<Slot> free_;
  std::unordered_map<AttemptKey, Slot> by_key_;
};

// Deadlines of jobs; one that is no longer meant is found out by whoever takes it. Those of a job that has
// ended are dropped: a timeout may be hours away while thousands end in a second.
class Deadlines {
 public:
  void add(SteadyTime at, JobTable::Slot slot, const AttemptKey& key) { entries_.insert({at, slot, key}); }
  void add_all(const Job& job, JobTable::Slot slot) {
    for (const auto* at : job.deadlines()) {
      if (*at) add(**at, slot, job.key);
    }
  }
  void drop_all(const Job& job, JobTable::Slot slot) {
    for (const auto* at : job.deadlines()) {
      if (*at) entries_.erase({**at, slot, job.key});
    }
  }
  std::optional<SteadyTime> next() const {
    return entries_.empty() ? std::nullopt : std::optional{entries_.begin()->at};
  }
  struct Entry {
    SteadyTime at;
    JobTable::Slot slot;
    AttemptKey key;
    auto operator<=>(const Entry&) const = default;
  };
  std::optional<Entry> take_due(SteadyTime now) {
    if (entries_.empty() || entries_.begin()->at > now) return std::nullopt;
    return entries_.extract(entries_.begin()).value();
  }

 private:
  std::set<Entry> entries_;
};

}  // namespace runner
