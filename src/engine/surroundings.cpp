#include "engine/surroundings.h"

#include <pwd.h>
#include <unistd.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include <algorithm>
#include <cstdlib>

#include "task/command_line.h"
#include "task/definition_json.h"

namespace engine {
namespace {

constexpr std::string_view kInherited[] = {"PATH", "HOME",     "USER", "LOGNAME", "SHELL",
                                           "LANG", "LANGUAGE", "TZ",   "TMPDIR"};
constexpr std::string_view kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

using Secrets = std::map<std::string, std::string>;  // variable to value
static_assert(task::kMaxSecretFiles <= runner::kMaxFiles);

// The text with each {{NAME}} replaced by the secret of that variable.
std::string filled(const std::string& text, const Secrets& secrets) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = std::min(text.find("{{", at), text.size());
    out.append(text, at, begin - at);
    if (begin == text.size()) break;
    const auto end = text.find("}}", begin);
    const auto found =
        end == std::string::npos ? secrets.end() : secrets.find(text.substr(begin + 2, end - begin - 2));
    out += found == secrets.end() ? "{{" : found->second;
    at = found == secrets.end() ? begin + 2 : end + 2;
  }
  return out;
}

// The hidden command that performs a task's HTTP call reads this on its standard input.
std::string call_as_json(const task::HttpCall& call, const Secrets& secrets) {
  boost::json::object headers;
  for (const auto& [name, value] : call.headers) headers[name] = filled(value, secrets);
  return boost::json::serialize(
      boost::json::object{{"method", call.method},
                          {"url", filled(call.url, secrets)},
                          {"headers", std::move(headers)},
                          {"body", filled(call.body, secrets)},
                          {"expect_status", boost::json::value_from(call.expect_status)}});
}

base::Result<Secrets> values_of(const std::map<std::string, std::string>& names, const Options& options) {
  Secrets secrets;
  for (const auto& [variable, name] : names) {
    if (!options.secret_value)
      return base::make_error(base::ErrorKind::not_found, "there is no secret '" + name + "'");
    auto value = options.secret_value(name);
    if (!value) return std::move(value).error();
    secrets.emplace(variable, std::move(*value));
  }
  return secrets;
}

std::string own_user_name() {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16'384);
  getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::string() : std::string(entry.pw_name);
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

base::Result<void> check_run_as(const std::string& user, const Options& options) {
  if (user.empty()) return {};
  static const auto own = own_user_name();
  const auto& allowed = options.run_as_allowed;
  if (user == own || std::find(allowed.begin(), allowed.end(), user) != allowed.end()) return {};
  std::string names;
  for (const auto& name : allowed) names += (names.empty() ? "" : ", ") + name;
  return base::make_error(base::ErrorKind::forbidden, "tasks may not run as user '" + user +
                                                          "': scheduler.run_as_allowed names " +
                                                          (names.empty() ? "no user" : "only " + names) +
                                                          "; add the user there and restart the server");
}

base::Result<runner::StartRequest> start_request(const StartOrder& order, const Options& options,
                                                 const std::map<std::string, std::string>& inherited) {
  const auto& [execution, definition] = order;
  if (auto allowed = check_run_as(definition.run_as, options); !allowed) return std::move(allowed).error();
  const auto secrets = values_of(definition.secrets, options);
  if (!secrets) return secrets.error();
  auto secret_files = values_of(definition.secret_files, options);
  if (!secret_files) return secret_files.error();
  runner::StartRequest request;
  request.key = {execution.id, execution.attempt.number};
  if (definition.http) {
    request.argv = {options.program, "http-call"};
    request.stdin_text = call_as_json(*definition.http, *secrets);
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
  for (const auto& [name, value] : *secrets) {
    environment.insert_or_assign(name, value);
    request.masked.push_back(value);
  }
  for (auto& [name, value] : *secret_files) {
    const auto descriptor = runner::kFirstFile + static_cast<int>(request.files.size());
    environment.insert_or_assign(name, "/dev/fd/" + std::to_string(descriptor));
    request.masked.push_back(value);
    request.files.push_back(std::move(value));
  }
  for (const auto& [name, value] : execution.overrides.env) environment.insert_or_assign(name, value);
  environment.insert_or_assign("MINI_SCHEDULER_TASK_ID", base::to_string(execution.task_id));
  environment.insert_or_assign("MINI_SCHEDULER_TASK_NAME", execution.task_name);
  environment.insert_or_assign("MINI_SCHEDULER_EXECUTION_ID", base::to_string(execution.id));
  environment.insert_or_assign("MINI_SCHEDULER_ATTEMPT", std::to_string(execution.attempt.number));
  if (execution.scheduled_at)
    environment.insert_or_assign(kScheduledAt, base::to_iso(*execution.scheduled_at));
  else
    environment.emplace(kScheduledAt, "");
  for (const auto& [name, value] : environment) request.env.emplace_back(name).append("=").append(value);
  request.working_dir = definition.working_dir;
  request.run_as = definition.run_as;
  request.no_new_privs = options.no_new_privs;
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
