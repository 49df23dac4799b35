#include "task/definition_json.h"

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>

namespace task {
namespace {

namespace json = boost::json;

template <class Values>
json::array to_array(const Values& values) {
  json::array array;
  for (const auto& value : values) array.emplace_back(value);
  return array;
}

json::array ids_to_array(const std::vector<TaskId>& ids) {
  json::array array;
  for (const auto id : ids) array.emplace_back(id.value);
  return array;
}

json::object to_object(const std::map<std::string, std::string>& map) {
  json::object object;
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

json::value instant_or_null(const std::optional<Instant>& at) {
  return at ? json::value(base::to_iso(*at)) : json::value(nullptr);
}

json::value http_or_null(const std::optional<HttpCall>& call) {
  if (!call) return nullptr;
  return json::object{{"method", call->method},
                      {"url", call->url},
                      {"headers", to_object(call->headers)},
                      {"body", call->body},
                      {"expect_status", to_array(call->expect_status)}};
}

// 10 rather than the 1E1 that a serialised double is.
json::value plain(double number) {
  const auto whole = static_cast<std::int64_t>(number);
  return static_cast<double>(whole) == number ? json::value(whole) : json::value(number);
}

json::object to_object(const RetryPolicy& retry) {
  return {{"max_attempts", retry.max_attempts},
          {"initial_delay_s", plain(retry.initial_delay_s)},
          {"factor", plain(retry.factor)},
          {"max_delay_s", plain(retry.max_delay_s)},
          {"jitter", plain(retry.jitter)}};
}

json::value number_or_null(const std::optional<std::int64_t>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::object to_object(const Limits& limits) {
  return {{"memory_bytes", number_or_null(limits.memory_bytes)},
          {"cpu_s", number_or_null(limits.cpu_s)},
          {"open_files", number_or_null(limits.open_files)},
          {"processes", number_or_null(limits.processes)},
          {"nice", number_or_null(limits.nice)}};
}

json::object to_object(const After& after) {
  return {{"tasks", ids_to_array(after.tasks)}, {"need", to_string(after.need)}, {"on", to_string(after.on)}};
}

}  // namespace

json::object to_json(const TaskDefinition& definition) {
  return {{"name", definition.name},
          {"cron", definition.cron},
          {"timezone", definition.timezone},
          {"command", definition.command},
          {"http", http_or_null(definition.http)},
          {"description", definition.description},
          {"tags", to_array(definition.tags)},
          {"env", to_object(definition.env)},
          {"secrets", to_object(definition.secrets)},
          {"secret_files", to_object(definition.secret_files)},
          {"working_dir", definition.working_dir},
          {"run_as", definition.run_as},
          {"shell", definition.shell},
          {"stdin", definition.stdin_text},
          {"timeout_s", definition.timeout_s ? json::value(*definition.timeout_s) : json::value(nullptr)},
          {"kill_grace_s", definition.kill_grace_s},
          {"limits", to_object(definition.limits)},
          {"success_exit_codes", to_array(definition.success_exit_codes)},
          {"retry", to_object(definition.retry)},
          {"overlap", to_string(definition.overlap)},
          {"misfire",
           {{"policy", to_string(definition.misfire.policy)}, {"window_s", definition.misfire.window_s}}},
          {"jitter_s", definition.jitter_s},
          {"start_deadline_s", definition.start_deadline_s},
          {"starts_at", instant_or_null(definition.starts_at)},
          {"ends_at", instant_or_null(definition.ends_at)},
          {"priority", definition.priority},
          {"pool", definition.pool},
          {"node_labels", to_object(definition.node_labels)},
          {"kill_mode", to_string(definition.kill_mode)},
          {"rerun_lost", definition.rerun_lost},
          {"keep_executions", definition.keep_executions},
          {"keep_failed", definition.keep_failed},
          {"on_success", ids_to_array(definition.on_success)},
          {"on_failure", ids_to_array(definition.on_failure)},
          {"after", to_object(definition.after)},
          {"notify", to_array(definition.notify)}};
}

json::object to_compact_json(const TaskDefinition& definition) {
  static const json::object defaults = to_json(TaskDefinition{});
  json::object compact;
  for (const auto& [key, value] : to_json(definition)) {
    if (value != defaults.at(key)) compact.emplace(key, value);
  }
  return compact;
}

}  // namespace task
