// How a row of executions is read, for the files whose statements give some.
#pragma once
#include "store/sqlite/connection.h"
#include "task/execution.h"

#define EXECUTION_COLUMNS                                                                                 \
  "id, task_id, task_name, task_revision, status, waiting, trigger, triggered_by, scheduled_at, due_at, " \
  "created_at, "                                                                                          \
  "started_at, finished_at, late_ms, priority, pool, attempt, attempt_status, attempt_started_at, "       \
  "attempt_finished_at, "                                                                                 \
  "exit_code, signal, error, output_bytes, output_dropped_bytes, cpu_ms, max_rss_bytes, reason, node, "   \
  "count, "                                                                                               \
  "scheduled_until, overrides, cancel_asked"

namespace store::sqlite {

// Reads the EXECUTION_COLUMNS.
task::Execution read_execution(Row& row);

}  // namespace store::sqlite
