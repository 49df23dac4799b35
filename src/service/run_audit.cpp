#include "service/run_audit.h"

#include <boost/json/object.hpp>

#include "base/json_text.h"

namespace service {

engine::Also audit_of_run(const base::Clock& clock, const rights::Actor& actor, std::string action,
                          std::optional<base::ExecutionId> retried) {
  return [&clock, name = actor.name, address = actor.address, action = std::move(action), retried](
             store::Transaction& tx, const task::Task& task, base::ExecutionId id) {
    boost::json::object after{{"name", task.definition.name}, {"execution_id", id.value}};
    if (retried) after["retry_of"] = retried->value;
    tx.append_audit({.at = clock.now(),
                     .actor = name,
                     .address = address,
                     .action = action,
                     .object = "task:" + base::to_string(task.id),
                     .before = {},
                     .after = base::to_json_text(after)});
  };
}

}  // namespace service
