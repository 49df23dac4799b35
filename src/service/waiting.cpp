#include "service/waiting.h"

namespace service {
namespace {

std::string for_pool(const std::string& pool, const engine::Options& options) {
  const auto limit = options.pools.find(pool);
  return "waits for a place in pool '" + pool + "'" +
         (limit == options.pools.end() ? "" : " (limit " + std::to_string(limit->second) + ")");
}

std::string for_slot(const engine::State& state, const engine::Options& options) {
  if (!state.runner_connected) return "waits for the runner, which is not connected";
  return "waits for a slot: " + std::to_string(state.running) + " of " + std::to_string(options.max_running) +
         " are taken (scheduler.max_running)";
}

}  // namespace

void explain_waiting(task::Execution& execution, const engine::Engine& engine) {
  if (!waits_for_room(execution.waiting)) return;
  if (!execution.reason.empty()) execution.reason += "; ";
  execution.reason += execution.waiting == task::Waiting::pool ? for_pool(execution.pool, engine.options())
                                                               : for_slot(engine.state(), engine.options());
}

}  // namespace service
