#include "virtual_store.h"

#include "store/sqlite/schema.h"

namespace simulator {

using base::Result;

namespace {

constexpr const char* kBeginGroup = "BEGIN";
constexpr const char* kCommitGroup = "COMMIT";
constexpr const char* kRollBackGroup = "ROLLBACK";
constexpr const char* kSavepoint = "SAVEPOINT work";
constexpr const char* kRelease = "RELEASE work";

}  // namespace

VirtualStore::VirtualStore(Simulation& simulation, double failing, double losing)
    : simulation_(simulation),
      failing_(failing),
      losing_(losing),
      connection_(":memory:", store::sqlite::Connection::Mode::writer),
      session_(connection_),
      open_(connection_.database()) {
  store::sqlite::migrate(connection_, ":memory:", "UTC");
}

void VirtualStore::read(const std::function<void(store::Reader&)>& ask) {
  ask(session_);
}

// Within a transaction, which is the work's own where it is alone.
Result<void> VirtualStore::run(const Work& work, bool alone) {
  const auto before = session_.change_count();
  if (!alone) connection_.run(kSavepoint);
  auto outcome = work(session_);
  if (!outcome) {
    session_.forget_changes_after(before);
    connection_.execute(alone ? kRollBackGroup : "ROLLBACK TO work");
    if (alone) connection_.run(kBeginGroup);
  }
  if (!alone) connection_.run(kRelease);
  return outcome;
}

Result<void> VirtualStore::write(Work work) {
  connection_.run(kBeginGroup);
  auto outcome = run(work, true);
  connection_.run(kCommitGroup);
  const auto changes = session_.take_changes();
  if (listener_ && !changes.empty()) listener_(changes);
  return outcome;
}

void VirtualStore::write(Work work, Done done) {
  waiting_.push_back({std::move(work), std::move(done)});
  if (waiting_.size() > 1) return;
  const auto latency = simulation_.chance(0.001) ? simulation_.delay(500, 8000) : simulation_.delay(0, 3);
  simulation_.in(latency, [this, server = server_] {
    if (server == server_) commit();
  });
}

void VirtualStore::commit() {
  auto group = std::make_shared<std::deque<Item>>(std::exchange(waiting_, {}));
  auto outcomes = std::make_shared<std::vector<Result<void>>>();
  if (simulation_.chance(failing_)) {
    outcomes->assign(group->size(), base::make_error(base::ErrorKind::unavailable, "the disk is full"));
    if (witness_) witness_(false);
  } else {
    connection_.run(kBeginGroup);
    for (const auto& item : *group) outcomes->push_back(run(item.work, group->size() == 1));
    connection_.run(simulation_.chance(losing_) ? kRollBackGroup : kCommitGroup);
    if (witness_) witness_(true);
  }
  auto changes = std::make_shared<std::vector<store::Change>>(session_.take_changes());
  simulation_.in(simulation_.delay(0, 1), [this, group, outcomes, changes, server = server_] {
    if (server != server_) return;
    if (listener_ && !changes->empty()) listener_(*changes);
    for (std::size_t i = 0; i < group->size(); ++i) {
      if ((*group)[i].done) (*group)[i].done(std::move((*outcomes)[i]));
    }
  });
}

Result<void> VirtualStore::backup(const std::string&) {
  return base::make_error(base::ErrorKind::unavailable, "there is no file");
}

const OpenExecutions& VirtualStore::open_executions() {
  open_.catch_up(session_);
  return open_;
}

void VirtualStore::server_was_killed() {
  open_executions().compare_with(session_);
  ++server_;
  listener_ = nullptr;
  waiting_.clear();
}

}  // namespace simulator
