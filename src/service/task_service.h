// What users do to tasks. Every change writes its audit row in the same transaction.
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "rights/actor.h"
#include "store/store.h"

namespace service {

using base::ExecutionId;
using base::TaskId;

// What one id of a bulk request came to.
struct BulkOutcome {
  TaskId id;
  std::optional<base::Error> error;
  std::optional<ExecutionId> execution_id;  // of force_run
};

// What a task is called; one that does not exist by the last name that it had, where that is known.
struct TaskName {
  TaskId id;
  std::optional<std::string> name;
  bool exists = false;
};

enum class BulkAction { remove, pause, resume, force_run };

class TaskService {
 public:
  TaskService(store::Store& store, engine::Engine& engine, const base::Clock& clock);

  // A path's {id}: a number, or the id that the task had in a taken-over database.
  base::Result<TaskId> resolve(std::string_view id) const;

  base::Result<task::Task> find(TaskId id) const;
  store::TaskPage list(const store::TaskQuery& query) const;
  // In the order of `ids`.
  std::vector<TaskName> names_of(const std::vector<TaskId>& ids) const;

  // `body` holds the fields of a definition, and `status` ("ACTIVE" or "PAUSED") where wanted.
  base::Result<task::Task> create(const rights::Actor& actor, const boost::json::object& body);
  // What `create` would refuse of that definition and in whose name; nothing is written.
  base::Result<void> check(const rights::Actor& actor, const task::TaskDefinition& definition) const;
  // A task of that name with the same expression and command: what a second import would double.
  std::optional<TaskId> find_twin(const task::TaskDefinition& definition) const;
  // `replace`: absent fields get their defaults; else they stay as they are, and null gives the default back.
  // `revision`: what the caller saw; precondition_failed where the task has changed since.
  base::Result<task::Task> change(const rights::Actor& actor, TaskId id, const boost::json::object& body,
                                  bool replace, std::optional<std::int64_t> revision);
  base::Result<task::Task> set_paused(const rights::Actor& actor, TaskId id, bool paused);
  base::Result<task::Task> toggle(const rights::Actor& actor, TaskId id);
  // `revision` as for `change`.
  base::Result<void> remove(const rights::Actor& actor, TaskId id,
                            std::optional<std::int64_t> revision = std::nullopt);

  // `also` is done in the transaction that books the run.
  base::Result<ExecutionId> run(const rights::Actor& actor, TaskId id, task::RunOverrides overrides,
                                bool force, const engine::Also& also = nullptr);
  base::Result<std::vector<ExecutionId>> backfill(const rights::Actor& actor,
                                                  engine::BackfillRequest request);
  // Deletes ended executions: all but the newest `keep`, or those older than that; gives how many. What is
  // asked is in the audit before the first is deleted.
  base::Result<std::int64_t> cleanup(const rights::Actor& actor, TaskId id, std::optional<std::int64_t> keep,
                                     std::optional<std::int64_t> older_than_days);

  std::vector<BulkOutcome> bulk(const rights::Actor& actor, BulkAction action,
                                const std::vector<TaskId>& ids);
  std::vector<TaskId> ids_of(const store::TaskQuery& query) const;

  base::Result<std::vector<store::Revision>> revisions(TaskId id) const;
  base::Result<task::Task> restore(const rights::Actor& actor, TaskId id, std::int64_t number);

  // The next fires of a task from that instant on, paused or not.
  std::vector<base::Instant> next_fires(const task::Task& task, base::Instant after, std::size_t count) const;

  const std::string& default_timezone() const { return engine_.options().default_timezone; }
  std::int64_t default_timeout_s() const { return engine_.options().default_timeout_s; }
  base::Instant now() const { return clock_.now(); }
  const engine::Engine& engine() const { return engine_; }

  static constexpr std::int64_t kMaxBulk = 100'000;
  static constexpr std::int64_t kMaxRevisions = 200;

 private:
  base::Result<void> check_rights(const rights::Actor& actor, const task::TaskDefinition& before,
                                  const task::TaskDefinition& after) const;
  base::Result<void> check_secrets(store::Reader& reader, const task::TaskDefinition& definition) const;
  // What `before` names and was deleted since may stay named.
  base::Result<void> check_chain(store::Reader& reader, TaskId id, const task::TaskDefinition& definition,
                                 const task::TaskDefinition& before) const;
  void warn_of_pool(const task::Task& task, const std::string& pool_before) const;
  store::ExecutionPage list_executions(const store::ExecutionQuery& query) const;
  void place_cursor(task::Task& task, base::Instant now) const;
  base::Result<task::Task> save(const rights::Actor& actor, store::Transaction& tx, base::Instant now,
                                task::Task before, task::TaskDefinition definition, bool paused,
                                std::string_view action);
  store::AuditEntry audit(const rights::Actor& actor, std::string action, TaskId id, const task::Task* before,
                          const task::Task* after) const;
  base::Result<void> pause_in(store::Transaction& tx, base::Instant now, const rights::Actor& actor,
                              TaskId id, std::optional<bool> paused, std::optional<task::Task>& changed);

  store::Store& store_;
  engine::Engine& engine_;
  const base::Clock& clock_;
};

}  // namespace service
