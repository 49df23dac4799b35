// The runner's side: processes that are numbers in a table, a journal that outlives the runner, and a socket
// that delays, and now and then breaks. What it is told and what it tells goes through the real protocol's
// bytes.
#pragma once
#include <map>
#include <set>

#include "runner/protocol.h"
#include "simulation.h"

namespace simulator {

using base::ExecutionId;
using base::TaskId;
using runner::AttemptKey;

// What a job does when it is started.
struct Deed {
  Milliseconds duration{0};
  int exit_code = 0;
  bool twice = false;  // planted faults
  bool forgotten = false;
};

// What really happened, seen from outside of everything that could be killed.
struct Run {
  AttemptKey key;
  TaskId task_id;
  Milliseconds began{0};
  std::optional<Milliseconds> ended;
  bool by_itself = false;  // with exit_code
  int exit_code = 0;
};

class VirtualConnection;

class VirtualRunner {
 public:
  using Behaviour = std::function<Deed(TaskId)>;
  VirtualRunner(Simulation& simulation, Behaviour behaviour);

  // A planted fault: the share of the orders to start that it does not hear.
  void be_deaf(double share) { deafness_ = share; }

  bool accept(VirtualConnection& client);  // false: it is not there
  void hang_up();                          // the server is gone
  void break_socket();
  void receive(const std::string& frames);  // on its way for a while

  // What runs dies with it or, unless the machine was lost too, goes on as an orphan. Another comes after
  // `downtime`.
  void kill(Milliseconds downtime, bool with_machine);
  const std::vector<Run>& runs() const { return runs_; }
  std::vector<TaskId> running_tasks() const;  // of each job that goes on
  bool is_idle() const { return jobs_.empty() && waiting_.empty(); }

 private:
  struct Entry {
    TaskId task_id;
    std::optional<runner::Started> started;
    std::optional<runner::Finished> finished;
  };
  struct Job {
    std::size_t run = 0;
    std::uint64_t process = 0;
    bool orphan = false;
    std::optional<runner::EndCause> ended_by_us;
    Milliseconds kill_grace{0};
  };
  void obey(const runner::Order& order);
  void start(const runner::StartRequest& request);
  void spawn(const runner::StartRequest& request);
  void end_by(const AttemptKey& key, runner::EndCause cause);
  void process_ended(const AttemptKey& key, bool by_itself, int exit_code);
  void book_end(runner::Finished finished);
  void take_up_journal();
  void welcome();
  void send(const runner::Report& report);
  // In order, however long each takes.
  void on_the_way(Milliseconds& last, std::function<void()> action);

  Simulation& simulation_;
  const Behaviour behaviour_;
  std::map<AttemptKey, Entry> journal_;
  std::map<AttemptKey, Job> jobs_;
  std::set<AttemptKey> waiting_;
  std::vector<Run> runs_;
  std::uint64_t processes_ = 0;
  std::uint64_t life_ = 0;  // of the runner
  bool up_ = true;
  double deafness_ = 0;
  VirtualConnection* client_ = nullptr;
  std::uint64_t connection_ = 0;
  Milliseconds last_order_{0}, last_report_{0};
};

// What the engine holds of it: connects, and connects again.
class VirtualConnection : public runner::Runner {
 public:
  VirtualConnection(Simulation& simulation, VirtualRunner& runner, runner::Listener& listener)
      : simulation_(simulation), runner_(runner), listener_(listener) {}
  ~VirtualConnection() override;

  void connect_soon();
  void lost();
  void deliver(const std::string& frame);

  void start(std::vector<runner::StartRequest> requests) override;
  void cancel(AttemptKey key) override;
  void acknowledge(std::vector<AttemptKey> keys) override;
  void watch_output(AttemptKey key, bool watch) override;

 private:
  void send(const runner::Order& order);

  Simulation& simulation_;
  VirtualRunner& runner_;
  runner::Listener& listener_;
  bool connected_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace simulator
