#include "engine/surroundings.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <cstdlib>

#include "task/command_line.h"

namespace engine {
namespace {

constexpr std::string_view kInherited[] = {"PATH", "HOME",     "USER", "LOGNAME", "SHELL",
                                           "LANG", "LANGUAGE", "TZ",   "TMPDIR"};
constexpr std::string_view kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// The hidden command that performs a task's HTTP call reads this on its standard input.
std::string call_as_json(const task::HttpCall& call) {
  boost::json::object headers;
  for (const auto& [name, value] : call.headers) headers[name] = value;
  return boost::json::serialize(
      boost::json::object{{"method", call.method},
                          {"url", call.url},
                          {"headers", std::move(headers)},
                          {"body", call.body},
                          {"expect_status", boost::json::value_from(call.expect_status)}});
}

}  // namespace

std::map<std::string, std::string> inherited_environment() {
  std::map<std::string, std::string> inherited;
  for (const auto name : kInherited) {
    if (const char* value = std::getenv(std::string(name).c_str())) inherited.emplace(name, value);
  }
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (text.starts_with("LC_") && equals != std::string_view::npos) {
      inherited.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  inherited.emplace("PATH", kDefaultPath);
  return inherited;
}

runner::StartRequest start_request(const StartOrder& order, const Options& options,
                                   const std::map<std::string, std::string>& inherited) {
  const auto& [execution, definition] = order;
  runner::StartRequest request;
  request.key = {execution.id, execution.attempt.number};
  if (definition.http) {
    request.argv = {options.program, "http-call"};
    request.stdin_text = call_as_json(*definition.http);
  } else {
    request.argv = task::to_argv(definition.command, definition.shell, execution.overrides.args);
    request.stdin_text = definition.stdin_text;
  }
  auto environment = inherited;
  if (!definition.run_as.empty()) {
    // these belong to the server's own user
    for (const char* name : {"HOME", "USER", "LOGNAME", "SHELL"}) environment.erase(name);
  }
  for (const auto& [name, value] : definition.env) environment.insert_or_assign(name, value);
  for (const auto& [name, value] : execution.overrides.env) environment.insert_or_assign(name, value);
  environment.insert_or_assign("MINI_SCHEDULER_TASK_ID", base::to_string(execution.task_id));
  environment.insert_or_assign("MINI_SCHEDULER_TASK_NAME", execution.task_name);
  environment.insert_or_assign("MINI_SCHEDULER_EXECUTION_ID", base::to_string(execution.id));
  environment.insert_or_assign("MINI_SCHEDULER_ATTEMPT", std::to_string(execution.attempt.number));
  environment.insert_or_assign("MINI_SCHEDULER_SCHEDULED_AT", execution.scheduled_at
                                                                  ? base::to_iso(*execution.scheduled_at)
                                                                  : std::string());
  for (const auto& [name, value] : environment) request.env.push_back(name + '=' + value);
  request.working_dir = definition.working_dir;
  request.run_as = definition.run_as;
  request.timeout = std::chrono::seconds{definition.timeout_s.value_or(options.default_timeout_s)};
  request.kill_grace = std::chrono::seconds{definition.kill_grace_s};
  request.max_output_bytes = options.max_output_bytes;
  request.kill_leftovers = definition.kill_mode == task::KillMode::group;
  const auto& limits = definition.limits;
  request.limits = {limits.memory_bytes, limits.cpu_s, limits.open_files, limits.processes, limits.nice};
  request.log_path =
      output_path(options.data_dir, execution.task_id, execution.id, execution.attempt.number).string();
  return request;
}

}  // namespace engine
