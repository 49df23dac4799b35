// A database that lives as long as the simulation: SQLite in memory behind the store's interface, with a
// writer that takes its time, fails now and then, and forgets what was not committed when the server is
// killed.
#pragma once
#include <deque>

#include "open_executions.h"
#include "simulation.h"
#include "store/sqlite/session.h"
#include "store/store.h"

namespace simulator {

class VirtualStore : public store::Store {
 public:
  // `failing` and `losing`: shares of the commits that fail, and that say they did not.
  VirtualStore(Simulation& simulation, double failing, double losing);

  void read(const std::function<void(store::Reader&)>& ask) override;
  void write(Work work, Done done) override;
  // At once: for the simulation's own doings, and for what the server does before it serves.
  base::Result<void> write(Work work) override;
  void set_listener(Listener listener) override { listener_ = std::move(listener); }
  // After each commit, whoever is killed, and after each that failed (`kept` is false).
  using Witness = std::function<void(bool kept)>;
  void set_witness(Witness witness) { witness_ = std::move(witness); }
  // As it is now, for whoever judges in between.
  const OpenExecutions& open_executions();
  base::Result<void> backup(const std::string& path) override;
  std::string description() const override { return "virtual"; }

  // From now on each commit is kept.
  void recover() { failing_ = 0; }
  // What waits is not written, what was written is told to nobody.
  void server_was_killed();

 private:
  struct Item {
    Work work;
    Done done;
  };
  base::Result<void> run(const Work& work, bool alone);
  void commit();

  Simulation& simulation_;
  double failing_;
  const double losing_;
  store::sqlite::Connection connection_;
  store::sqlite::Session session_;
  OpenExecutions open_;
  Listener listener_;
  Witness witness_;
  std::deque<Item> waiting_;
  std::uint64_t server_ = 0;  // which of its lives
};

}  // namespace simulator
