#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/details.h"
#include "cli/log_commands.h"
#include "cli/option_checks.h"
#include "cli/table.h"

namespace cli {
namespace {

namespace json = boost::json;

struct ExecutionListOptions {
  std::string task, status, trigger, output, since, until, before;
  std::int64_t limit = 50;
};

int list_executions(Context& context, const ExecutionListOptions& options) {
  auto client = context.client();
  auto path = "/executions?limit=" + std::to_string(options.limit);
  if (!options.task.empty()) {
    const auto id = find_task(client, options.task);
    if (!id) return context.fail(id.error());
    path += "&task_id=" + *id;
  }
  for (const auto& [name, value] : {std::pair{"status", &options.status},
                                    {"trigger", &options.trigger},
                                    {"output", &options.output},
                                    {"since", &options.since},
                                    {"until", &options.until},
                                    {"before", &options.before}}) {
    if (!value->empty()) path += std::string("&") + name + "=" + encode(*value);
  }
  const auto page = client.get(path);
  if (!page) return context.fail(page.error());
  if (context.json) {
    context.print_json(*page);
    return kDone;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& item : page->at("items").as_array()) {
    auto status = cell(item, "status");
    if (const auto count = cell(item, "count"); count != "1") status += " ×" + count;
    rows.push_back({cell(item, "id"), status, cell(item, "trigger"), cell(item, "task_name", 40),
                    time_cell(item, "scheduled_at"), time_cell(item, "started_at"), cell(item, "late_ms"),
                    duration_cell(item, "duration_ms"), cell(item, "exit_code")});
  }
  print_table(context.out,
              {"ID", "STATUS", "TRIGGER", "TASK", "SCHEDULED", "STARTED", "LATE MS", "TOOK", "EXIT"}, rows);
  if (const auto next = cell(*page, "next_cursor", 400); next != "-") {
    // a search ends at its bound, however little it found
    if (const auto until = time_cell(*page, "searched_until"); until != "-")
      context.out << "searched back to " << until << "; --before " << next << " goes on from there\n";
    else
      context.out << "--before " << next << " shows older ones\n";
  }
  return kDone;
}

int show(Context& context, const std::string& id) {
  auto client = context.client();
  const auto execution = client.get("/executions/" + encode(id));
  if (!execution) return context.fail(execution.error());
  if (context.json) {
    context.print_json(*execution);
    return kDone;
  }
  auto fields = execution->as_object();
  for (const char* name : {"stdout", "stderr", "attempts"}) fields.erase(name);
  Details details;
  details.add_fields(fields);
  details.print(context.out);
  context.out << "\n`mini-scheduler execution logs " << id << "` shows its output\n";
  return kDone;
}

int act(Context& context, const std::vector<std::string>& ids, const std::string& verb, const char* deed) {
  auto client = context.client();
  int code = kDone;
  for (const auto& id : ids) {
    const auto done = client.post("/executions/" + encode(id) + "/" + verb);
    if (!done) {
      code = context.fail(done.error());
      if (code == kNotReachable) break;
    } else if (context.json) {
      context.print_json(*done);
    } else {
      context.out << deed << " execution " << id;
      if (const auto fresh = cell(*done, "execution_id"); fresh != "-")
        context.out << ": execution " << fresh;
      context.out << '\n';
    }
  }
  return code;
}

}  // namespace

void add_execution_commands(CLI::App& app, Context& context) {
  auto& executions = *app.add_subcommand("execution", "List, show, cancel executions, read their output");
  executions.require_subcommand(1);

  auto* list_command = executions.add_subcommand("list", "Executions, newest first");
  const auto options = std::make_shared<ExecutionListOptions>();
  list_command->add_option("--task", options->task, "Of this task (id or name)");
  list_command->add_option("--status", options->status, "SUCCESS, FAILED, RUNNING, …")
      ->check(is_one_of(
          {"PENDING", "RUNNING", "SUCCESS", "FAILED", "TIMEOUT", "CANCELLED", "SKIPPED", "MISSED", "LOST"}));
  list_command
      ->add_option("--trigger", options->trigger, "schedule, manual, misfire, backfill, chain, heartbeat")
      ->check(is_one_of({"schedule", "manual", "misfire", "backfill", "chain", "heartbeat"}));
  list_command->add_option(
      "--output-contains", options->output,
      "Whose kept output holds this text (at most 200 bytes, the case of letters ignored)");
  list_command->add_option("--since", options->since, "Not before (ISO 8601)")->check(is_time());
  list_command->add_option("--until", options->until, "Before (ISO 8601)")->check(is_time());
  list_command->add_option("--limit", options->limit, "1 to 500")->check(is_between(1, 500));
  list_command->add_option("--before", options->before, "What the page before told");
  list_command->callback([&context, options] { context.exit_code = list_executions(context, *options); });

  auto* show_command = executions.add_subcommand("show", "All of one execution");
  const auto id = std::make_shared<std::string>();
  show_command->add_option("EXECUTION", *id, "Its id")->required();
  show_command->callback([&context, id] { context.exit_code = show(context, *id); });

  for (const auto& [verb, help, deed] :
       {std::tuple{"cancel", "End executions that go on or wait", "Cancelled"},
        {"retry", "Run again what has ended", "Runs again"}}) {
    auto* command = executions.add_subcommand(verb, help);
    const auto ids = std::make_shared<std::vector<std::string>>();
    command->add_option("EXECUTION", *ids, "Ids")->required();
    command->callback([&context, ids, verb = std::string(verb), deed = deed] {
      context.exit_code = act(context, *ids, verb, deed);
    });
  }

  auto* logs = executions.add_subcommand("logs", "The output of an execution");
  const auto whose = std::make_shared<std::string>();
  const auto log = std::make_shared<LogOptions>();
  logs->add_option("EXECUTION", *whose, "Its id")->required();
  logs->add_flag("--follow,-f", log->follow, "Go on until it ends");
  logs->add_option("--stream", log->stream, "stdout, stderr or both")
      ->check(is_one_of({"stdout", "stderr", "both"}));
  logs->callback([&context, whose, log] {
    auto client = context.client();
    context.exit_code = print_log(context, client, *whose, *log);
  });
}

}  // namespace cli
