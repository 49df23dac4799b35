#include "cli/definition_options.h"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "cli/context.h"

namespace cli {
namespace {

namespace json = boost::json;

struct TextOption {
  const char* flag;
  const char* field;
  const char* help;
};
constexpr TextOption kTexts[] = {
    {"--name", "name", "Its name"},
    {"--cron", "cron", "When it runs: '*/5 * * * *', '@daily', '@every 90s', …"},
    {"--timezone", "timezone", "Zone of the schedule, as Asia/Shanghai"},
    {"--command", "command", "What it runs"},
    {"--description", "description", "For people"},
    {"--working-dir", "working_dir", "Folder that it runs in"},
    {"--run-as", "run_as", "User that it runs as"},
    {"--shell", "shell", "Shell that reads the command"},
    {"--stdin", "stdin", "What the command reads from its standard input"},
    {"--overlap", "overlap",
     "While the one before still runs: skip, queue, queue_all, cancel_running, allow"},
    {"--misfire", "misfire.policy", "For fires missed while the server was down: fire_once, fire_all, skip"},
    {"--after-need", "after.need", "Of --after: all of them, or any"},
    {"--after-on", "after.on", "Which ends of --after count: success, failure, any"},
    {"--pool", "pool", "Pool whose limit it shares"},
    {"--starts-at", "starts_at", "No fire before (ISO 8601)"},
    {"--ends-at", "ends_at", "No fire after (ISO 8601)"},
};
struct IntegerOption {
  const char* flag;
  const char* field;
  const char* help;
};
constexpr IntegerOption kIntegers[] = {
    {"--timeout", "timeout_s", "Seconds until it is ended; 0: never"},
    {"--kill-grace", "kill_grace_s", "Seconds from SIGTERM to SIGKILL"},
    {"--max-memory", "limits.memory_bytes", "Bytes of memory that a run may use"},
    {"--max-cpu", "limits.cpu_s", "Seconds of CPU time that a process of a run may use"},
    {"--max-open-files", "limits.open_files", "Files that a process of a run may hold open"},
    {"--max-processes", "limits.processes", "Processes that a run may have at once"},
    {"--nice", "limits.nice", "Niceness of a run: -20 first served, 19 last"},
    {"--retry", "retry.max_attempts", "Attempts in all; 1: no retry"},
    {"--retry-delay", "retry.initial_delay_s", "Seconds before the second attempt"},
    {"--jitter", "jitter_s", "Seconds over which its fires are spread"},
    {"--start-deadline", "start_deadline_s",
     "Seconds after which what still waits to begin is skipped; 0: never"},
    {"--priority", "priority", "Higher goes first among what waits"},
    {"--keep", "keep_executions", "How many executions are kept"},
    {"--keep-failed", "keep_failed", "How many failed ones are kept beside them"},
};

struct TasksOption {
  const char* flag;
  const char* field;
  const char* help;
};
constexpr TasksOption kTasks[] = {
    {"--on-success", "on_success", "Tasks that its success starts, by id, as 3,5"},
    {"--on-failure", "on_failure", "Tasks that its failure starts"},
    {"--after", "after.tasks", "Tasks whose end it runs after"},
};

base::Result<json::object> read_file(const std::string& path, std::istream& in) {
  const auto text = read_input(path, in);
  if (!text) return base::make_error(base::ErrorKind::invalid, "--file " + text.error().message);
  boost::system::error_code unreadable;
  auto value = json::parse(*text, unreadable);
  if (unreadable || !value.is_object())
    return base::make_error(base::ErrorKind::invalid, "--file " + path + " holds no JSON object");
  return std::move(value.get_object());
}

}  // namespace

void set_field(json::object& object, const std::string& path, json::value value) {
  const auto dot = path.find('.');
  if (dot == std::string::npos) {
    object[path] = std::move(value);
    return;
  }
  auto& inner = object[path.substr(0, dot)];
  if (!inner.is_object()) inner = json::object{};
  set_field(inner.get_object(), path.substr(dot + 1), std::move(value));
}

base::Result<json::object> pairs_of(const std::vector<std::string>& texts, const char* option) {
  json::object pairs;
  for (const auto& text : texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return base::make_error(base::ErrorKind::invalid,
                              std::string(option) + " '" + text + "': write NAME=VALUE");
    pairs[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return pairs;
}

void DefinitionOptions::add_to(CLI::App& command) {
  command.add_option("--file,-f", file_, "JSON object with the task's fields; - is standard input");
  for (const auto& option : kTexts) {
    command.add_option_function<std::string>(
        option.flag, [this, field = option.field](const std::string& value) { texts_[field] = value; },
        option.help);
  }
  for (const auto& option : kIntegers) {
    command.add_option_function<std::int64_t>(
        option.flag, [this, field = option.field](std::int64_t value) { integers_[field] = value; },
        option.help);
  }
  for (const auto& option : kTasks) {
    command.add_option(option.flag, tasks_[option.field], option.help)
        ->delimiter(',')
        ->allow_extra_args(false);
  }
  command.add_option("--tag", tags_, "A tag; may be given several times")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("--env", env_, "NAME=VALUE; may be given several times")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("--success-exit-codes", success_exit_codes_, "Exit codes that are a success, as 0,3")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_flag("--rerun-lost", rerun_lost_, "Retry also what was lost with its machine");
  command.add_flag("--paused", paused_, "Not scheduled until it is resumed");
  command
      .add_option("--set", settings_,
                  "FIELD=VALUE for any field of the API, as retry.jitter=0.5; JSON where it is some")
      ->take_all()
      ->allow_extra_args(false);
}

base::Result<json::object> DefinitionOptions::fields(std::istream& in) const {
  json::object fields;
  if (!file_.empty()) {
    auto read = read_file(file_, in);
    if (!read) return read;
    fields = std::move(*read);
  }
  for (const auto& [field, value] : texts_) set_field(fields, field, json::value(value));
  for (const auto& [field, value] : integers_) set_field(fields, field, value);
  for (const auto& [field, ids] : tasks_) {
    if (!ids.empty()) set_field(fields, field, json::array(ids.begin(), ids.end()));
  }
  if (!tags_.empty()) fields["tags"] = json::array(tags_.begin(), tags_.end());
  if (!env_.empty()) {
    auto env = pairs_of(env_, "--env");
    if (!env) return env;
    fields["env"] = std::move(*env);
  }
  if (!success_exit_codes_.empty())
    fields["success_exit_codes"] = json::array(success_exit_codes_.begin(), success_exit_codes_.end());
  if (rerun_lost_) fields["rerun_lost"] = true;
  if (paused_) fields["status"] = "PAUSED";
  auto settings = pairs_of(settings_, "--set");
  if (!settings) return settings;
  for (const auto& [field, text] : *settings) {
    boost::system::error_code plain;
    auto value = json::parse(text.get_string(), plain);
    set_field(fields, std::string(field), plain ? text : value);
  }
  return fields;
}

}  // namespace cli
