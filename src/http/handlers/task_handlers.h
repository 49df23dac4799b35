// The routes of spec 3.2 and the form posts of 3.3.
#pragma once
#include "http/route.h"
#include "service/event_hub.h"
#include "service/execution_service.h"
#include "service/forecast.h"
#include "service/ledger_view.h"
#include "service/task_service.h"
#include "store/store.h"

namespace http {

// What those handlers work with. All of it outlives the router.
struct TaskHandlerParts {
  service::TaskService& tasks;
  service::ExecutionService& executions;
  service::LedgerView& ledger;
  service::Forecast& forecast;
  service::EventHub& events;
  store::Store& store;
  const base::Clock& clock;
};

void add_task_routes(Router& router, TaskHandlerParts parts);
void add_task_action_routes(Router& router, TaskHandlerParts parts);
void add_bulk_routes(Router& router, TaskHandlerParts parts);
void add_execution_routes(Router& router, TaskHandlerParts parts);
void add_log_routes(Router& router, TaskHandlerParts parts);
void add_log_line_routes(Router& router, TaskHandlerParts parts);
void add_schedule_routes(Router& router, TaskHandlerParts parts);
void add_simulate_routes(Router& router, TaskHandlerParts parts);
void add_crontab_routes(Router& router, TaskHandlerParts parts);
void add_event_routes(Router& router, TaskHandlerParts parts);
void add_form_routes(Router& router, TaskHandlerParts parts);
void add_plain_routes(Router& router, TaskHandlerParts parts);
void add_task_schemas(Router& router);

inline void add_all_task_routes(Router& router, TaskHandlerParts parts) {
  add_task_schemas(router);
  add_task_routes(router, parts);
  add_task_action_routes(router, parts);
  add_bulk_routes(router, parts);
  add_execution_routes(router, parts);
  add_log_routes(router, parts);
  add_log_line_routes(router, parts);
  add_schedule_routes(router, parts);
  add_simulate_routes(router, parts);
  add_crontab_routes(router, parts);
  add_event_routes(router, parts);
  add_form_routes(router, parts);
  add_plain_routes(router, parts);
}

}  // namespace http
