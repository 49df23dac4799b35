#include "service/task_service.h"

#include "base/json_text.h"
#include "service/field_error.h"
#include "service/run_audit.h"
#include "service/task_json.h"
#include "task/cursor.h"
#include "task/definition_json.h"

namespace service {
namespace {

namespace json = boost::json;
using base::ErrorKind;
using base::make_error;

constexpr std::int64_t kDeletedAtOnce = 500;

// Refuses what would be done to a task that is not any more as the caller saw it.
base::Result<void> check_revision(const task::Task& task, std::optional<std::int64_t> seen) {
  if (!seen || *seen == task.revision) return {};
  return make_error(ErrorKind::precondition_failed,
                    "task " + base::to_string(task.id) + " has been changed since (it is at revision " +
                        std::to_string(task.revision) + ", you saw " + std::to_string(*seen) +
                        "): read it again and repeat your change");
}

base::Error no_task(TaskId id) {
  return make_error(ErrorKind::not_found, "there is no task " + base::to_string(id));
}

// Of a task that was deleted: nothing but the audit still knows it.
std::optional<std::string> last_name_of(store::Reader& reader, TaskId id) {
  const auto deletions =
      reader.list_audit({.action = "task.delete", .object = "task:" + base::to_string(id), .limit = 1});
  if (deletions.items.empty()) return std::nullopt;
  boost::system::error_code broken;
  const auto before = json::parse(deletions.items.front().before, broken);
  const auto* task = broken ? nullptr : before.if_object();
  const auto* name = task == nullptr ? nullptr : task->if_contains("name");
  if (name == nullptr || !name->is_string()) return std::nullopt;
  return std::string(name->get_string());
}

// Takes `status` out of a body, for it is no part of the definition.
base::Result<std::optional<bool>> take_paused(json::object& body) {
  const auto* status = body.if_contains("status");
  if (status == nullptr) return std::optional<bool>{};
  const auto text = status->is_string() ? std::string_view(status->get_string()) : std::string_view();
  if (text != "ACTIVE" && text != "PAUSED") {
    return field_error("status", ErrorKind::invalid,
                       "can be set to ACTIVE or PAUSED; everything else the scheduler sets");
  }
  const bool paused = text == "PAUSED";
  body.erase("status");
  return std::optional<bool>{paused};
}

// Of the ends that it waits for, those that have come by another rule and count by the new one no more.
void drop_arrivals(store::Transaction& tx, const task::Task& before, const task::Task& after) {
  const auto &was = before.definition.after, &is = after.definition.after;
  // while any was enough, nothing was used up
  if (was.need != is.need) return tx.forget_arrivals(after.id);
  if (was.on == is.on || is.on == task::ChainOn::any) return;
  for (const auto& upstream : tx.upstreams_of(after.id)) {
    if (!upstream.arrived) continue;
    const auto end = tx.find_execution(*upstream.arrived);
    if (!end || !task::counts(is, end->status == task::ExecutionStatus::success))
      tx.set_arrival(after.id, upstream.task_id, std::nullopt);
  }
}

}  // namespace

TaskService::TaskService(store::Store& store, engine::Engine& engine, const base::Clock& clock)
    : store_(store), engine_(engine), clock_(clock) {}

base::Result<TaskId> TaskService::resolve(std::string_view id) const {
  if (const auto number = base::parse_id<TaskId>(id)) return *number;
  std::optional<TaskId> found;
  store_.read([&](store::Reader& reader) { found = reader.find_task_by_legacy_id(id); });
  if (found) return *found;
  return make_error(ErrorKind::not_found, "there is no task '" + std::string(id) + "'");
}

base::Result<task::Task> TaskService::find(TaskId id) const {
  std::optional<task::Task> found;
  store_.read([&](store::Reader& reader) { found = reader.find_task(id); });
  if (found) return std::move(*found);
  return no_task(id);
}

store::TaskPage TaskService::list(const store::TaskQuery& query) const {
  store::TaskPage page;
  store_.read([&](store::Reader& reader) { page = reader.list_tasks(query); });
  return page;
}

std::vector<TaskName> TaskService::names_of(const std::vector<TaskId>& ids) const {
  std::vector<TaskName> names;
  store_.read([&](store::Reader& reader) {
    for (const auto id : ids) {
      if (const auto task = reader.find_task(id)) {
        names.push_back({id, task->definition.name, true});
      } else {
        names.push_back({id, last_name_of(reader, id), false});
      }
    }
  });
  return names;
}

store::ExecutionPage TaskService::list_executions(const store::ExecutionQuery& query) const {
  store::ExecutionPage page;
  store_.read([&](store::Reader& reader) { page = reader.list_executions(query); });
  return page;
}

std::vector<TaskId> TaskService::ids_of(const store::TaskQuery& query) const {
  std::vector<TaskId> ids;
  store_.read([&](store::Reader& reader) { ids = reader.list_task_ids(query, kMaxBulk); });
  return ids;
}

void TaskService::place_cursor(task::Task& task, base::Instant now) const {
  const auto cursor =
      task.paused ? task::Cursor{} : task::cursor_after(task.definition, default_timezone(), now);
  task.next_run_at = cursor.next_run_at;
  task.next_due_at = cursor.next_due_at;
}

store::AuditEntry TaskService::audit(const rights::Actor& actor, std::string action, TaskId id,
                                     const task::Task* before, const task::Task* after) const {
  store::AuditEntry entry;
  entry.at = clock_.now();
  entry.actor = actor.name;
  entry.address = actor.address;
  entry.action = std::move(action);
  entry.object = "task:" + base::to_string(id);
  // values of variables and headers are no business of the audit's readers
  const auto text = [](const task::Task& task) {
    auto object = task::to_compact_json(task.definition);
    hide_values(object);
    object["status"] = to_string(status_of(task));
    return base::to_json_text(object);
  };
  if (before != nullptr) entry.before = text(*before);
  if (after != nullptr) entry.after = text(*after);
  return entry;
}

base::Result<task::Task> TaskService::create(const rights::Actor& actor, const json::object& body) {
  auto fields = body;
  const auto paused = take_paused(fields);
  if (!paused) return paused.error();
  task::ReadOptions options;
  options.default_timezone = default_timezone();
  auto definition = task::read_definition(fields, options);
  if (!definition) return std::move(definition).error();
  if (auto allowed = check_rights(actor, {}, *definition); !allowed) return std::move(allowed).error();
  task::Task task;
  task.definition = std::move(*definition);
  task.paused = paused->value_or(false);
  task.created_at = task.updated_at = clock_.now();
  task.created_by = actor.name;
  place_cursor(task, task.created_at);
  const auto kept = store_.write([&](store::Transaction& tx) -> base::Result<void> {
    if (auto sound = check_chain(tx, {}, task.definition, {}); !sound) return sound;
    if (auto there = check_secrets(tx, task.definition); !there) return there;
    task.id = tx.insert_task(task);
    if (task.paused) tx.note_pause(task.id, task.created_at, true);
    tx.append_audit(audit(actor, "task.create", task.id, nullptr, &task));
    return {};
  });
  if (!kept) return kept.error();
  warn_of_pool(task, {});
  return task;
}

base::Result<task::Task> TaskService::save(const rights::Actor& actor, store::Transaction& tx,
                                           base::Instant now, task::Task before,
                                           task::TaskDefinition definition, bool paused,
                                           std::string_view action) {
  if (definition == before.definition && paused == before.paused) return before;
  auto after = before;
  after.definition = std::move(definition);
  after.paused = paused;
  after.updated_at = now;
  after.revision = before.revision + 1;
  // an edit that leaves the times alone does not move the cursor, so that a fire which is due is not lost
  const bool same_times =
      after.paused == before.paused && task::have_same_times(after.definition, before.definition);
  if (!same_times) place_cursor(after, now);
  tx.save_definition(after, actor.name);
  drop_arrivals(tx, before, after);
  if (after.paused != before.paused) tx.note_pause(after.id, after.updated_at, after.paused);
  tx.append_audit(audit(actor, std::string(action), after.id, &before, &after));
  return after;
}

base::Result<task::Task> TaskService::change(const rights::Actor& actor, TaskId id, const json::object& body,
                                             bool replace, std::optional<std::int64_t> revision) {
  auto fields = body;
  const auto paused = take_paused(fields);
  if (!paused) return paused.error();
  std::optional<base::Result<task::Task>> outcome;
  std::string pool_before;
  const auto kept =
      engine_.change({id}, [&](store::Transaction& tx, base::Instant now) -> base::Result<void> {
        outcome.reset();
        auto before = tx.find_task(id);
        if (!before) return no_task(id);
        if (auto same = check_revision(*before, revision); !same) return same;
        task::ReadOptions options;
        options.default_timezone = default_timezone();
        if (!replace) options.base = before->definition;
        auto definition = task::read_definition(fields, options);
        if (!definition) return std::move(definition).error();
        if (auto allowed = check_rights(actor, before->definition, *definition); !allowed) return allowed;
        if (auto sound = check_chain(tx, id, *definition, before->definition); !sound) return sound;
        if (auto there = check_secrets(tx, *definition); !there) return there;
        const bool now_paused = paused->value_or(before->paused);
        pool_before = before->definition.pool;
        outcome = save(actor, tx, now, std::move(*before), std::move(*definition), now_paused, "task.update");
        return {};
      });
  if (!kept) return kept.error();
  if (*outcome) warn_of_pool(**outcome, pool_before);
  return std::move(*outcome);
}

base::Result<void> TaskService::pause_in(store::Transaction& tx, base::Instant now,
                                         const rights::Actor& actor, TaskId id, std::optional<bool> paused,
                                         std::optional<task::Task>& changed) {
  auto before = tx.find_task(id);
  if (!before) return no_task(id);
  auto after = *before;
  after.paused = paused.value_or(!before->paused);
  if (after.paused != before->paused) {
    place_cursor(after, now);
    tx.save_task_state(after);
    tx.note_pause(id, now, after.paused);
    tx.append_audit(audit(actor, after.paused ? "task.pause" : "task.resume", id, &*before, &after));
  }
  changed = std::move(after);
  return {};
}

base::Result<task::Task> TaskService::set_paused(const rights::Actor& actor, TaskId id, bool paused) {
  std::optional<task::Task> changed;
  const auto kept = engine_.change({id}, [&](store::Transaction& tx, base::Instant now) {
    return pause_in(tx, now, actor, id, paused, changed);
  });
  if (!kept) return kept.error();
  return std::move(*changed);
}

base::Result<task::Task> TaskService::toggle(const rights::Actor& actor, TaskId id) {
  std::optional<task::Task> changed;
  const auto kept = engine_.change({id}, [&](store::Transaction& tx, base::Instant now) {
    return pause_in(tx, now, actor, id, std::nullopt, changed);
  });
  if (!kept) return kept.error();
  return std::move(*changed);
}

base::Result<void> TaskService::remove(const rights::Actor& actor, TaskId id,
                                       std::optional<std::int64_t> revision) {
  // asked twice: a long history goes before the transaction that deletes the task
  if (const auto task = find(id); task) {
    if (auto same = check_revision(*task, revision); !same) return same;
  }
  auto outcomes = engine_.remove({id}, [&](const task::Task& task) -> base::Result<store::AuditEntry> {
    if (const auto same = check_revision(task, revision); !same) return same.error();
    return audit(actor, "task.delete", task.id, &task, nullptr);
  });
  return std::move(outcomes.front());
}

base::Result<ExecutionId> TaskService::run(const rights::Actor& actor, TaskId id,
                                           task::RunOverrides overrides, bool force,
                                           const engine::Also& also) {
  // variables and words of one's own choice are as good as another command
  if (!overrides.env.empty() || !overrides.args.empty()) {
    const char* field = overrides.env.empty() ? "args" : "env";
    if ((!overrides.env.empty() && !rights::may(actor, rights::Right::set_env)) ||
        (!overrides.args.empty() && !rights::may(actor, rights::Right::set_command)))
      return field_error(field, ErrorKind::forbidden, "may be given by an editor or admin only");
    const auto task = find(id);
    if (!task) return task.error();
    if (!task->definition.run_as.empty() && !rights::may(actor, rights::Right::set_user)) {
      return field_error(
          field, ErrorKind::forbidden,
          "may be given by an admin only, for the task runs as user '" + task->definition.run_as + "'");
    }
  }
  auto outcomes =
      engine_.run({{.task_id = id,
                    .trigger = task::Trigger::manual,
                    .triggered_by = actor.name,
                    .overrides = std::move(overrides),
                    .force = force,
                    .reason = {},
                    .also = [note = audit_of_run(clock_, actor, "task.run"), also](
                                store::Transaction& tx, const task::Task& task, ExecutionId made) {
                      note(tx, task, made);
                      if (also) also(tx, task, made);
                    }}});
  return std::move(outcomes.front());
}

base::Result<std::vector<ExecutionId>> TaskService::backfill(const rights::Actor& actor,
                                                             engine::BackfillRequest request) {
  request.triggered_by = actor.name;
  request.also = [this, actor, from = request.from, to = request.to](
                     store::Transaction& tx, const task::Task& task, const std::vector<ExecutionId>& made) {
    auto entry = audit(actor, "task.backfill", task.id, nullptr, nullptr);
    json::array ids;
    for (const auto id : made) ids.emplace_back(id.value);
    entry.after = base::to_json_text(json::object{{"name", task.definition.name},
                                                  {"from", base::to_iso(from)},
                                                  {"until", base::to_iso(to)},
                                                  {"execution_ids", std::move(ids)}});
    tx.append_audit(entry);
  };
  return engine_.backfill(request);
}

base::Result<std::int64_t> TaskService::cleanup(const rights::Actor& actor, TaskId id,
                                                std::optional<std::int64_t> keep,
                                                std::optional<std::int64_t> older_than_days) {
  if (auto task = find(id); !task) return std::move(task).error();
  // before the first of many transactions, so that nothing is ever gone without a row that says who asked
  const auto noted = store_.write([&](store::Transaction& tx) -> base::Result<void> {
    auto entry = audit(actor, "task.cleanup", id, nullptr, nullptr);
    entry.after = base::to_json_text(older_than_days ? json::object{{"older_than_days", *older_than_days}}
                                                     : json::object{{"keep", keep.value_or(0)}});
    tx.append_audit(entry);
    return {};
  });
  if (!noted) return noted.error();
  const auto older_than = clock_.now() - std::chrono::days{older_than_days.value_or(0)};
  std::int64_t deleted = 0;
  store::ExecutionQuery query;
  query.task_id = id;
  bool more = true;
  if (keep.value_or(0) > 0) {
    query.limit = *keep;
    query.before = list_executions(query).next_cursor;
    more = query.before.has_value();
  }
  query.limit = kDeletedAtOnce;
  while (more) {
    std::vector<ExecutionId> ids;
    if (older_than_days) {
      store_.read([&](store::Reader& reader) { ids = reader.final_before(id, older_than, kDeletedAtOnce); });
    } else {
      const auto page = list_executions(query);
      for (const auto& execution : page.items) {
        if (is_final(execution.status)) ids.push_back(execution.id);
      }
      query.before = page.next_cursor;
    }
    const auto removed = engine_.remove_executions(ids);
    deleted += removed;
    more = older_than_days ? removed > 0 : query.before.has_value();
  }
  return deleted;
}

std::vector<BulkOutcome> TaskService::bulk(const rights::Actor& actor, BulkAction action,
                                           const std::vector<TaskId>& ids) {
  std::vector<BulkOutcome> outcomes;
  switch (action) {
    case BulkAction::remove: {
      auto removed = engine_.remove(
          ids, [&](const task::Task& task) { return audit(actor, "task.delete", task.id, &task, nullptr); });
      for (std::size_t i = 0; i < ids.size(); ++i) {
        outcomes.push_back(
            {ids[i], removed[i] ? std::nullopt : std::optional{removed[i].error()}, std::nullopt});
      }
      return outcomes;
    }
    case BulkAction::force_run: {
      std::vector<engine::RunRequest> requests;
      requests.reserve(ids.size());
      for (const auto id : ids) {
        requests.push_back(
            {.task_id = id, .triggered_by = actor.name, .also = audit_of_run(clock_, actor, "task.run")});
      }
      auto started = engine_.run(std::move(requests));
      for (std::size_t i = 0; i < ids.size(); ++i) {
        if (started[i])
          outcomes.push_back({ids[i], std::nullopt, *started[i]});
        else
          outcomes.push_back({ids[i], started[i].error(), std::nullopt});
      }
      return outcomes;
    }
    case BulkAction::pause:
    case BulkAction::resume: {
      const auto kept =
          engine_.change(ids, [&](store::Transaction& tx, base::Instant now) -> base::Result<void> {
            outcomes.clear();
            for (const auto id : ids) {
              std::optional<task::Task> changed;
              auto done = pause_in(tx, now, actor, id, action == BulkAction::pause, changed);
              outcomes.push_back({id, done ? std::nullopt : std::optional{done.error()}, std::nullopt});
            }
            return {};
          });
      if (!kept) {
        for (auto& outcome : outcomes) outcome.error = kept.error();
      }
      return outcomes;
    }
  }
  return outcomes;
}

base::Result<std::vector<store::Revision>> TaskService::revisions(TaskId id) const {
  std::vector<store::Revision> found;
  bool exists = false;
  store_.read([&](store::Reader& reader) {
    exists = reader.find_task(id).has_value();
    if (exists) found = reader.list_revisions(id, kMaxRevisions);
  });
  if (!exists) return no_task(id);
  return found;
}

base::Result<task::Task> TaskService::restore(const rights::Actor& actor, TaskId id, std::int64_t number) {
  std::optional<base::Result<task::Task>> outcome;
  const auto kept =
      engine_.change({id}, [&](store::Transaction& tx, base::Instant now) -> base::Result<void> {
        outcome.reset();
        auto before = tx.find_task(id);
        if (!before) return no_task(id);
        auto revision = tx.find_revision(id, number);
        if (!revision) {
          return make_error(ErrorKind::not_found,
                            "task " + base::to_string(id) + " has no revision " + std::to_string(number));
        }
        if (auto allowed = check_rights(actor, before->definition, revision->definition); !allowed)
          return allowed;
        if (auto sound = check_chain(tx, id, revision->definition, revision->definition); !sound)
          return sound;
        if (auto there = check_secrets(tx, revision->definition); !there) return there;
        const bool paused = before->paused;
        outcome =
            save(actor, tx, now, std::move(*before), std::move(revision->definition), paused, "task.restore");
        return {};
      });
  if (!kept) return kept.error();
  return std::move(*outcome);
}

std::vector<base::Instant> TaskService::next_fires(const task::Task& task, base::Instant after,
                                                   std::size_t count) const {
  std::vector<base::Instant> fires;
  const auto schedule = task::schedule_of(task.definition, default_timezone());
  if (!schedule) return fires;
  // of a schedule, what follows says it; @every counts from its last fire, and one whose time has come may
  // wait out its jitter
  const bool is_to_come = task.next_due_at && *task.next_due_at > after;
  if (is_to_come && (schedule->is_every() || *task.next_run_at <= after)) {
    fires.push_back(*task.next_run_at);
    after = *task.next_run_at;
  }
  while (fires.size() < count) {
    const auto cursor = task::cursor_after(task.definition, *schedule, after);
    if (!cursor.next_run_at) break;
    fires.push_back(*cursor.next_run_at);
    after = *cursor.next_run_at;
  }
  return fires;
}

}  // namespace service
