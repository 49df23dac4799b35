#include "store/sqlite/execution_rows.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace store::sqlite {
namespace {

task::RunOverrides overrides_from(const std::string& text) {
  task::RunOverrides overrides;
  if (text.empty()) return overrides;
  boost::system::error_code failure;
  const auto value = boost::json::parse(text, failure);
  if (!value.is_object()) return overrides;
  if (const auto* env = value.get_object().if_contains("env"); env != nullptr && env->is_object()) {
    for (const auto& [name, item] : env->get_object()) {
      if (item.is_string()) overrides.env[std::string(name)] = std::string(item.get_string());
    }
  }
  if (const auto* args = value.get_object().if_contains("args"); args != nullptr && args->is_array()) {
    for (const auto& item : args->get_array()) {
      if (item.is_string()) overrides.args.emplace_back(item.get_string());
    }
  }
  return overrides;
}

}  // namespace

task::Execution read_execution(Row& row) {
  task::Execution execution;
  execution.id = row.id<ExecutionId>();
  execution.task_id = row.id<TaskId>();
  execution.task_name = row.text();
  execution.task_revision = row.integer();
  execution.status = task::parse_execution_status(row.text()).value_or(task::ExecutionStatus::failed);
  execution.waiting = task::parse_waiting(row.text()).value_or(task::Waiting::none);
  execution.trigger = task::parse_trigger(row.text()).value_or(task::Trigger::manual);
  execution.triggered_by = row.text();
  execution.scheduled_at = row.optional_instant();
  execution.due_at = row.optional_instant();
  execution.created_at = row.instant();
  execution.started_at = row.optional_instant();
  execution.finished_at = row.optional_instant();
  execution.late_ms = row.optional_integer();
  execution.priority = static_cast<int>(row.integer());
  execution.pool = row.text();
  execution.attempt.number = static_cast<int>(row.integer());
  execution.attempt.status = task::parse_execution_status(row.text()).value_or(execution.status);
  execution.attempt.started_at = row.optional_instant();
  execution.attempt.finished_at = row.optional_instant();
  execution.attempt.exit_code = row.optional_int();
  execution.attempt.signal = row.optional_int();
  execution.attempt.error = row.text();
  execution.attempt.output_bytes = row.integer();
  execution.attempt.output_dropped_bytes = row.integer();
  execution.attempt.cpu_ms = row.integer();
  execution.attempt.max_rss_bytes = row.integer();
  execution.reason = row.text();
  execution.node = row.text();
  execution.count = row.integer();
  execution.scheduled_until = row.optional_instant();
  execution.overrides = overrides_from(row.text());
  execution.cancel_asked = row.flag();
  return execution;
}

}  // namespace store::sqlite
