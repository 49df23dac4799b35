// What the runner does with orders, descriptors and time: everything but the sockets.
#pragma once
#include <deque>
#include <string>

#include "base/clock.h"
#include "runner/cgroup.h"
#include "runner/handover.h"
#include "runner/job_table.h"
#include "runner/journal.h"
#include "runner/process_tree.h"
#include "runner/protocol.h"
#include "runner/server.h"
#include "runner/spawn.h"

namespace runner {

class Supervisor {
 public:
  // Reads the journal and takes up what an earlier runner left, and goes on with the jobs of the one that
  // this program was executed by. Jobs' descriptors are added to that epoll.
  Supervisor(const RunnerOptions& options, int epoll, std::optional<Handover> handover = std::nullopt);
  ~Supervisor();

  void obey(const Order& order);
  void on_descriptor(std::uint64_t name);  // readable, or at its end
  void on_time(SteadyTime now);
  std::optional<SteadyTime> next_deadline() const;

  // Frames for the server; whoever sends them takes them off, once keep() has written down what they tell.
  // Nothing is added while none is connected.
  std::string& reports() { return reports_; }
  void keep() { journal_.flush(); }
  // Adds all that a program in this one's place must know; gives the descriptors that it must find open.
  std::vector<int> hand_over(Handover& handover, std::string& bytes);
  // Whether enough starts wait that reports may be gathered: each one sent takes time from the next start.
  bool has_backlog() const { return waiting_.size() >= kBacklog; }
  void disconnected();
  bool is_empty() const {
    return jobs_.size() == 0 && waiting_.empty() && delayed_.empty() && unacknowledged_.empty();
  }

 private:
  using Slot = JobTable::Slot;
  enum Kind { kPidfd = 0, kOutput = 1, kErrors = 2 };  // descriptors of a job
  static constexpr std::size_t kBacklog = 64;
  struct Waiting {
    StartRequest request;
    int tries = 0;
    bool watched = false;
  };

  void welcome();
  void start(StartRequest request);
  void cancel(const AttemptKey& key);
  void acknowledge(const std::vector<AttemptKey>& keys);
  void watch(const AttemptKey& key, bool on);

  void start_waiting(SteadyTime now);
  std::size_t startable(SteadyTime now);
  void launch(Waiting& waiting, SteadyTime now);
  std::variant<Spawned, SpawnFailure> spawn_in_cgroup(const StartRequest& request, bool& confined);
  void kill_all(const Job& job);
  void account(Finished& finished, const Job& job) const;
  void take_up(const Journal::Entry& entry);
  void go_on_with(std::unique_ptr<Job> job);
  bool adopt(const Journal::Entry& entry);
  std::optional<pid_t> surviving_process(const Journal::Entry& entry) const;
  Marks marks_of(const AttemptKey& key) const { return {key, mark_}; }
  template <class Visit>
  void for_each_waiting(const Visit& visit);
  bool stop_waiting(const AttemptKey& key);

  void on_exit(Slot slot, Job& job);
  void read_pipe(Job& job, int which);
  void close_pipe(Job& job, int which);
  void spill_in_time(Slot slot, Job& job);
  void end_when_done(Slot slot, Job& job);
  void end(Slot slot, Job& job);
  void begin_to_end(Slot slot, Job& job, EndCause cause);
  void cut_drain(Slot slot, Job& job);
  void not_started(const AttemptKey& key, EndCause cause, std::string error);
  void report(const Report& report);
  void report_end(Finished finished);
  void add_to_epoll(int descriptor, Slot slot, int kind) const;
  void grow_old(Job& job);

  const RunnerOptions& options_;
  const int epoll_;
  const std::string mark_;  // in the environment of each job
  Cgroups cgroups_;
  base::SystemClock clock_;
  Journal journal_;
  JobTable jobs_;
  Deadlines deadlines_;
  std::deque<Waiting> waiting_;
  std::multimap<SteadyTime, Waiting> delayed_;  // tried again then
  std::map<AttemptKey, Finished> unacknowledged_;
  std::string reports_;
  bool connected_ = false;

  struct Young {
    SteadyTime until;
    Slot slot;
    AttemptKey key;
  };
  std::deque<Young> young_;
  std::size_t young_count_ = 0;
  std::size_t max_jobs_ = 0;
  std::optional<SteadyTime> reap_at_;
  bool cgroups_are_left_ = true;  // something may live in one whose job has ended
};

}  // namespace runner
