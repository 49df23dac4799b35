#include "service/execution_service.h"

#include "service/run_audit.h"
#include "service/waiting.h"

namespace service {
namespace {

bool never_ran(task::ExecutionStatus status) {
  return status == task::ExecutionStatus::missed || status == task::ExecutionStatus::skipped;
}

base::Error no_execution(std::string_view id) {
  return base::make_error(base::ErrorKind::not_found, "there is no execution " + std::string(id));
}

}  // namespace

ExecutionService::ExecutionService(store::Store& store, engine::Engine& engine, const base::Clock& clock)
    : store_(store), engine_(engine), clock_(clock) {}

base::Result<ExecutionId> ExecutionService::resolve(std::string_view id) const {
  if (const auto number = base::parse_id<ExecutionId>(id)) return *number;
  std::optional<ExecutionId> found;
  store_.read([&](store::Reader& reader) { found = reader.find_execution_by_legacy_id(id); });
  if (found) return *found;
  return no_execution("'" + std::string(id) + "'");
}

store::ExecutionPage ExecutionService::list(const store::ExecutionQuery& query) const {
  store::ExecutionPage page;
  store_.read([&](store::Reader& reader) { page = reader.list_executions(query); });
  for (auto& execution : page.items) explain_waiting(execution, engine_);
  return page;
}

FoundExecutions ExecutionService::search(const store::ExecutionQuery& query, std::string_view text) const {
  FoundExecutions found;
  store_.read([&](store::Reader& reader) { found = search_outputs(reader, query, text); });
  return found;
}

base::Result<task::Execution> ExecutionService::find(ExecutionId id) const {
  std::optional<task::Execution> found;
  store_.read([&](store::Reader& reader) { found = reader.find_execution(id); });
  if (!found) return no_execution(base::to_string(id));
  explain_waiting(*found, engine_);
  return std::move(*found);
}

base::Result<ExecutionDetail> ExecutionService::detail(ExecutionId id) const {
  std::optional<ExecutionDetail> found;
  store_.read([&](store::Reader& reader) {
    auto execution = reader.find_execution(id);
    if (!execution) return;
    found.emplace();
    found->attempts = reader.earlier_attempts(id);
    if (!never_ran(execution->status)) found->attempts.push_back(execution->attempt);
    if (is_final(execution->status)) found->output = reader.find_output(id);
    found->execution = std::move(*execution);
  });
  if (!found) return no_execution(base::to_string(id));
  explain_waiting(found->execution, engine_);
  if (found->output.stdout_text.empty() && found->output.stderr_text.empty()) {
    auto ends = log(found->execution, std::nullopt).ends(kOutputEndBytes);
    found->output = {std::move(ends.stdout_text), std::move(ends.stderr_text)};
  }
  return std::move(*found);
}

runner::LogReader ExecutionService::log(const task::Execution& execution, std::optional<int> attempt) const {
  const int number = attempt.value_or(execution.attempt.number);
  std::optional<std::string> frames;
  store_.read([&](store::Reader& reader) { frames = reader.find_log(execution.id, number); });
  if (frames) return runner::LogReader::of_frames(std::move(*frames));
  return runner::LogReader(
      engine::output_path(engine_.options().data_dir, execution.task_id, execution.id, number).string());
}

std::shared_ptr<runner::LineIndex> ExecutionService::lines(const task::Execution& execution,
                                                           int attempt) const {
  return line_indexes_.of(log(execution, attempt));
}

std::shared_ptr<void> ExecutionService::follow(ExecutionId id, std::function<void()> grown) const {
  return engine_.follow_output(id, std::move(grown));
}

base::Result<void> ExecutionService::cancel(const rights::Actor& actor, ExecutionId id) {
  return engine_.cancel({id, actor.name, audit_of_run(clock_, actor, "task.cancel")});
}

base::Result<ExecutionId> ExecutionService::retry(const rights::Actor& actor, ExecutionId id) {
  return engine_.retry({id, actor.name, audit_of_run(clock_, actor, "task.retry", id)});
}

}  // namespace service
