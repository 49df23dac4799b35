#include "cron/schedule.h"
#include "task/definition_json.h"
#include "task/field_reader.h"
#include "task/variable_name.h"

namespace task {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMaxAttempts = 1000;
constexpr std::int64_t kMaxKept = 1'000'000;
constexpr std::int64_t kMaxPriority = 1000;
constexpr std::size_t kMaxWordBytes = 100;  // a tag, a pool, a user, a channel
constexpr std::size_t kMaxPathBytes = 4096;
constexpr std::size_t kMaxUrlBytes = 8192;
constexpr std::int64_t kMinMemoryBytes = 1 << 20;  // less starts no program
constexpr std::int64_t kMaxMemoryBytes = std::int64_t{1} << 50;
constexpr std::int64_t kMinOpenFiles = 8;
constexpr std::int64_t kMaxOpenFiles = 1 << 20;
constexpr std::int64_t kMaxProcesses = 1 << 22;

const TaskDefinition kDefaults;

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// One pass over the fields of a definition, in the order of spec 3.2.
class DefinitionReader {
 public:
  DefinitionReader(const json::object& body, ReadOptions options)
      : options_(std::move(options)),
        definition_(options_.base),
        fields_(body, {std::string(options_.loc)}, errors_) {}

  TaskDefinition read_unchecked() {
    read_fields();
    return std::move(definition_);
  }

  base::Result<TaskDefinition> read() {
    read_fields();
    refuse_the_servers_fields();
    fields_.refuse_unknown();
    check_what();
    check_schedule();
    if (errors_.empty()) return std::move(definition_);
    const auto& first = errors_.front();
    std::string where;
    for (std::size_t i = 1; i < first.loc.size(); ++i) where += (i > 1 ? "." : "") + first.loc[i];
    auto message = where + ": " + first.msg;
    if (errors_.size() > 1) message += " (and " + std::to_string(errors_.size() - 1) + " more)";
    return base::Error{base::ErrorKind::invalid, std::move(message), std::move(errors_)};
  }

 private:
  void read_fields() {
    read_what();
    read_surroundings();
    read_policies();
    read_keeping();
  }

  template <class Value, class Parse>
  void choice(FieldReader& fields, std::string_view name, Value& to, Value reset, const Parse& parse,
              std::string_view allowed) {
    const auto* value = fields.take(name);
    if (value == nullptr) return;
    if (value->is_null()) {
      to = reset;
      return;
    }
    const auto parsed = value->is_string() ? parse(value->get_string()) : std::nullopt;
    if (parsed)
      to = *parsed;
    else
      fields.error(name, "must be one of " + std::string(allowed));
  }

  void read_what() {
    fields_.text("name", definition_.name, kMaxNameBytes);
    fields_.text("cron", definition_.cron, cron::Schedule::kMaxExpression);
    fields_.text("timezone", definition_.timezone, kMaxWordBytes);
    fields_.text("command", definition_.command, kMaxCommandBytes);
    read_http();
    fields_.text("description", definition_.description, kMaxTextBytes);
    fields_.texts("tags", definition_.tags, kMaxListItems, kMaxWordBytes);
  }

  void read_http() {
    bool is_null = false;
    const auto* object = fields_.object("http", is_null);
    if (is_null) definition_.http.reset();
    if (object == nullptr) return;
    auto call = definition_.http.value_or(HttpCall{});
    FieldReader fields(*object, fields_.loc_of("http"), errors_);
    fields.text("method", call.method, kMaxWordBytes, "GET");
    fields.text("url", call.url, kMaxUrlBytes);
    fields.text_map("headers", call.headers, kMaxListItems, kMaxTextBytes);
    fields.text("body", call.body, kMaxTextBytes);
    std::vector<std::int64_t> expected(call.expect_status.begin(), call.expect_status.end());
    fields.integers("expect_status", expected, kMaxListItems, 100, 599);
    call.expect_status.assign(expected.begin(), expected.end());
    fields.refuse_unknown();
    constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};
    if (std::find(std::begin(kMethods), std::end(kMethods), call.method) == std::end(kMethods)) {
      fields.error("method", "must be one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS");
    }
    if (!call.url.starts_with("http://") && !call.url.starts_with("https://")) {
      fields.error("url", "must begin with http:// or https://");
    } else if (has_control_character(call.url) || call.url.find(' ') != std::string::npos) {
      fields.error("url", "holds a space or a control character; write it percent-encoded");
    }
    for (const auto& [name, value] : call.headers) {
      if (name.empty() || has_control_character(name) || name.find_first_of(": ") != std::string::npos ||
          has_control_character(value)) {
        fields.error("headers",
                     "'" + name + "' is no header: names hold no blank or colon, values no line break");
      }
    }
    definition_.http = std::move(call);
  }

  void read_surroundings() {
    fields_.text_map("env", definition_.env, kMaxListItems, kMaxTextBytes);
    for (const auto& [name, value] : definition_.env) {
      if (const auto fault = fault_of_variable(name); !fault.empty()) fields_.error("env", fault);
    }
    read_secrets();
    fields_.text("working_dir", definition_.working_dir, kMaxPathBytes);
    if (!definition_.working_dir.empty() && definition_.working_dir.front() != '/') {
      fields_.error("working_dir", "must be an absolute path");
    }
    fields_.text("run_as", definition_.run_as, kMaxWordBytes);
    fields_.text("shell", definition_.shell, kMaxPathBytes);
    if (!definition_.shell.empty() && definition_.shell.front() != '/') {
      fields_.error("shell", "must be an absolute path, as in /bin/bash");
    }
    fields_.text("stdin", definition_.stdin_text, kMaxTextBytes);
    read_limits();
    std::vector<std::int64_t> codes(definition_.success_exit_codes.begin(),
                                    definition_.success_exit_codes.end());
    const bool given = fields_.take("success_exit_codes") != nullptr;
    fields_.integers("success_exit_codes", codes, 256, 0, 255);
    if (given && codes.empty()) codes = {0};
    definition_.success_exit_codes.assign(codes.begin(), codes.end());
  }

  void read_limits() {
    bool is_null = false;
    const auto* object = fields_.object("limits", is_null);
    if (is_null) definition_.limits = {};
    if (object == nullptr) return;
    auto& limits = definition_.limits;
    FieldReader fields(*object, fields_.loc_of("limits"), errors_);
    fields.optional_integer("memory_bytes", limits.memory_bytes, kMinMemoryBytes, kMaxMemoryBytes);
    fields.optional_integer("cpu_s", limits.cpu_s, 1, kMaxSeconds);
    fields.optional_integer("open_files", limits.open_files, kMinOpenFiles, kMaxOpenFiles);
    fields.optional_integer("processes", limits.processes, 1, kMaxProcesses);
    fields.optional_integer("nice", limits.nice, -20, 19);
    fields.refuse_unknown();
  }

  void read_secrets() {
    fields_.text_map("secrets", definition_.secrets, kMaxListItems, kMaxWordBytes);
    fields_.text_map("secret_files", definition_.secret_files, kMaxSecretFiles, kMaxWordBytes);
    for (const auto& [field, secrets] :
         {std::pair{"secrets", &definition_.secrets}, std::pair{"secret_files", &definition_.secret_files}}) {
      for (const auto& [name, secret] : *secrets) {
        if (!fault_of_variable(name).empty() || definition_.env.contains(name))
          fields_.error(field, "'" + name + "' is no variable name, is set by the scheduler, or is in env");
        if (secret.empty()) fields_.error(field, "'" + name + "' names no secret");
      }
    }
    for (const auto& [name, secret] : definition_.secret_files) {
      if (definition_.secrets.contains(name))
        fields_.error("secret_files", "'" + name + "' is in secrets too");
    }
  }

  void read_policies() {
    fields_.optional_integer("timeout_s", definition_.timeout_s, 0, kMaxSeconds);
    fields_.integer("kill_grace_s", definition_.kill_grace_s, 0, 3600, kDefaults.kill_grace_s);
    read_retry();
    choice(fields_, "overlap", definition_.overlap, kDefaults.overlap, parse_overlap,
           "skip, queue, queue_all, cancel_running, allow");
    read_misfire();
    fields_.integer("jitter_s", definition_.jitter_s, 0, 86400, 0);
    fields_.integer("start_deadline_s", definition_.start_deadline_s, 0, kMaxSeconds, 0);
    fields_.instant("starts_at", definition_.starts_at);
    fields_.instant("ends_at", definition_.ends_at);
    if (definition_.starts_at && definition_.ends_at && *definition_.ends_at < *definition_.starts_at) {
      fields_.error("ends_at", "lies before starts_at");
    }
    std::int64_t priority = definition_.priority;
    fields_.integer("priority", priority, -kMaxPriority, kMaxPriority, 0);
    definition_.priority = static_cast<int>(priority);
    fields_.text("pool", definition_.pool, kMaxWordBytes);
    fields_.text_map("node_labels", definition_.node_labels, kMaxListItems, kMaxWordBytes);
    choice(fields_, "kill_mode", definition_.kill_mode, kDefaults.kill_mode, parse_kill_mode, "group, main");
    fields_.flag("rerun_lost", definition_.rerun_lost, false);
  }

  void read_retry() {
    bool is_null = false;
    const auto* object = fields_.object("retry", is_null);
    if (is_null) definition_.retry = {};
    if (object == nullptr) return;
    auto& retry = definition_.retry;
    FieldReader fields(*object, fields_.loc_of("retry"), errors_);
    std::int64_t attempts = retry.max_attempts;
    fields.integer("max_attempts", attempts, 1, kMaxAttempts, 1);
    retry.max_attempts = static_cast<int>(attempts);
    fields.number("initial_delay_s", retry.initial_delay_s, 0, static_cast<double>(kMaxSeconds), 10);
    fields.number("factor", retry.factor, 1, 100, 2);
    fields.number("max_delay_s", retry.max_delay_s, 0, static_cast<double>(kMaxSeconds), 600);
    fields.number("jitter", retry.jitter, 0, 1, 0.2);
    fields.refuse_unknown();
  }

  void read_misfire() {
    bool is_null = false;
    const auto* object = fields_.object("misfire", is_null);
    if (is_null) definition_.misfire = {};
    if (object == nullptr) return;
    FieldReader fields(*object, fields_.loc_of("misfire"), errors_);
    choice(fields, "policy", definition_.misfire.policy, kDefaults.misfire.policy, parse_misfire,
           "fire_once, fire_all, skip");
    fields.integer("window_s", definition_.misfire.window_s, 0, kMaxSeconds, kDefaults.misfire.window_s);
    fields.refuse_unknown();
  }

  void read_keeping() {
    fields_.integer("keep_executions", definition_.keep_executions, 0, kMaxKept, kDefaults.keep_executions);
    fields_.integer("keep_failed", definition_.keep_failed, 0, kMaxKept, kDefaults.keep_failed);
    read_ids(fields_, "on_success", definition_.on_success);
    read_ids(fields_, "on_failure", definition_.on_failure);
    read_after();
    fields_.texts("notify", definition_.notify, kMaxListItems, kMaxWordBytes);
  }

  void read_after() {
    bool is_null = false;
    const auto* object = fields_.object("after", is_null);
    if (is_null) definition_.after = {};
    if (object == nullptr) return;
    FieldReader fields(*object, fields_.loc_of("after"), errors_);
    read_ids(fields, "tasks", definition_.after.tasks);
    choice(fields, "need", definition_.after.need, kDefaults.after.need, parse_chain_need, "all, any");
    choice(fields, "on", definition_.after.on, kDefaults.after.on, parse_chain_on, "success, failure, any");
    fields.refuse_unknown();
  }

  static void read_ids(FieldReader& fields, std::string_view name, std::vector<TaskId>& to) {
    std::vector<std::int64_t> ids;
    ids.reserve(to.size());
    for (const auto id : to) ids.push_back(id.value);
    fields.integers(name, ids, kMaxListItems, 1, INT64_MAX);
    to.clear();
    for (const auto id : ids) {
      if (std::find(to.begin(), to.end(), TaskId{id}) == to.end()) to.push_back({id});
    }
  }

  void refuse_the_servers_fields() {
    for (const std::string_view name :
         {"id", "revision", "last_run_at", "next_run_at", "next_due_at", "last_error", "force_run_at",
          "created_at", "updated_at", "created_by", "running", "queued", "next_fires", "recent"}) {
      fields_.refuse(name, "is set by the server; leave it out");
    }
  }

  void check_what() {
    definition_.name = trimmed(definition_.name);
    if (definition_.name.empty() && !fields_.refused("name"))
      fields_.error("name", "is missing: give the task a name");
    else if (has_control_character(definition_.name))
      fields_.error("name", "holds a control character");
    if (trimmed(definition_.command).empty() && !definition_.http && !fields_.refused("command")) {
      fields_.error("command", "is missing: say what is to be run (or give http)");
    }
    if (!trimmed(definition_.command).empty() && definition_.http) {
      fields_.error("http", "and command exclude each other: give one of them");
    }
    if (definition_.http && !definition_.secret_files.empty()) {
      fields_.error("secret_files", "are for commands: http is given its secrets by {{NAME}} from secrets");
    }
  }

  void check_schedule() {
    if (definition_.cron.empty() && fields_.refused("cron")) return;
    if (definition_.cron.empty())
      return fields_.error("cron", "is missing: say when it is to run, as in '*/5 * * * *'");
    const auto zone =
        definition_.timezone.empty() ? std::string(options_.default_timezone) : definition_.timezone;
    const auto parsed = cron::Schedule::parse(definition_.cron, zone, definition_.name);
    if (parsed) {
      // a zone before it says nothing, and those to run at a boot are found by the word
      if (parsed->is_reboot()) definition_.cron = kReboot;
      return;
    }
    const auto& wrong = parsed.error();
    const bool of_the_field = wrong.field == "timezone" && definition_.cron.find("TZ=") == std::string::npos;
    if (of_the_field)
      fields_.error("timezone", wrong.message);
    else
      fields_.error("cron", wrong.message, static_cast<int>(wrong.position));
  }

  const ReadOptions options_;
  TaskDefinition definition_;
  std::vector<base::FieldError> errors_;
  FieldReader fields_;
};

}  // namespace

base::Result<TaskDefinition> read_definition(const json::object& body, const ReadOptions& options) {
  return DefinitionReader(body, options).read();
}

TaskDefinition from_compact_json(const json::object& body) {
  // most tasks have only these away from their defaults, and are read without looking for the rest
  TaskDefinition definition;
  const auto reads_text = [&](std::string_view key, const json::value& value) {
    std::string* to = key == "name"          ? &definition.name
                      : key == "cron"        ? &definition.cron
                      : key == "command"     ? &definition.command
                      : key == "timezone"    ? &definition.timezone
                      : key == "description" ? &definition.description
                                             : nullptr;
    if (to == nullptr || !value.is_string()) return false;
    to->assign(value.get_string().data(), value.get_string().size());
    return true;
  };
  const auto reads_number = [&](std::string_view key, const json::value& value) {
    std::int64_t* to = key == "keep_executions" ? &definition.keep_executions
                       : key == "keep_failed"   ? &definition.keep_failed
                                                : nullptr;
    if (to == nullptr || !value.is_int64()) return false;
    *to = value.get_int64();
    return true;
  };
  const auto reads_tags = [&](std::string_view key, const json::value& value) {
    if (key != "tags" || !value.is_array()) return false;
    for (const auto& tag : value.get_array()) {
      if (!tag.is_string()) return false;
      definition.tags.emplace_back(tag.get_string());
    }
    return true;
  };
  for (const auto& [key, value] : body) {
    if (!reads_text(key, value) && !reads_number(key, value) && !reads_tags(key, value))
      return DefinitionReader(body, {}).read_unchecked();
  }
  return definition;
}

}  // namespace task
