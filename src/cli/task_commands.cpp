#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/definition_options.h"
#include "cli/details.h"
#include "cli/log_commands.h"
#include "cli/option_checks.h"
#include "cli/table.h"
#include "cli/task_commands.h"
#include "cli/task_plan.h"

namespace cli {
namespace {

namespace json = boost::json;

struct TaskListOptions {
  std::string search, status, tag, sort, order;
  std::int64_t page = 1, page_size = 50;
};

int list_tasks(Context& context, const TaskListOptions& options) {
  auto path =
      "/tasks?page=" + std::to_string(options.page) + "&page_size=" + std::to_string(options.page_size);
  for (const auto& [name, value] : {std::pair{"search", &options.search},
                                    {"status", &options.status},
                                    {"tag", &options.tag},
                                    {"sort", &options.sort},
                                    {"order", &options.order}}) {
    if (!value->empty()) path += std::string("&") + name + "=" + encode(*value);
  }
  auto client = context.client();
  const auto page = client.get(path);
  if (!page) return context.fail(page.error());
  if (context.json) {
    context.print_json(*page);
    return kDone;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& task : page->at("items").as_array()) {
    rows.push_back({cell(task, "id"), cell(task, "status"), cell(task, "cron", 30), cell(task, "name", 40),
                    time_cell(task, "last_run_at"), time_cell(task, "next_run_at")});
  }
  print_table(context.out, {"ID", "STATUS", "CRON", "NAME", "LAST RUN", "NEXT RUN"}, rows);
  const auto total = page->at("total").to_number<std::int64_t>();
  if (total > static_cast<std::int64_t>(rows.size()))
    context.out << rows.size() << " of " << total << " tasks; --page " << options.page + 1 << " shows more\n";
  return kDone;
}

// "18 SUCCESS, 2 FAILED; median 1.2 s".
std::string last_runs(const json::object& recent) {
  std::string text;
  for (const auto& [status, count] : recent.at("executions").as_object()) {
    if (!text.empty()) text += ", ";
    text += std::to_string(count.to_number<std::int64_t>()) + ' ' + std::string(status);
  }
  const auto median = duration_cell(recent, "p50_duration_ms");
  return median == "-" ? text : text + "; median " + median;
}

// What the task differs in from the defaults, then what became of it.
void print_task(Context& context, const json::value& task) {
  if (context.json) return context.print_json(task);
  constexpr const char* kBecame[] = {"last_run_at", "last_error", "force_run_at", "created_at",
                                     "created_by",  "updated_at", "revision"};
  const auto& fields = task.as_object();
  Details details;
  for (const char* name : {"id", "status"}) details.add(name, readable(fields.at(name)));
  details.add_fields(compact_definition(fields));
  for (const char* name : {"running", "queued"}) {
    if (fields.at(name).to_number<std::int64_t>() > 0) details.add(name, readable(fields.at(name)));
  }
  for (const char* name : kBecame) details.add(name, readable(fields.at(name)));
  details.add("last runs", last_runs(fields.at("recent").as_object()));
  details.add_lines("next fires", fields.at("next_fires"));
  details.print(context.out);
  context.out << "\nWhat stands at its default is left out; --json shows all.\n";
}

int change(Context& context, const std::string& id, const DefinitionOptions& options) {
  const auto fields = options.fields(context.in);
  if (!fields) return context.wrong_usage(fields.error().message);
  auto client = context.client();
  if (id.empty()) return tell_task(context, client.post("/tasks", *fields), "Created");
  if (fields->empty()) return context.wrong_usage("nothing to change was given; see `task update --help`");
  const auto found = find_task(client, id);
  if (!found) return context.fail(found.error());
  return tell_task(context, client.patch("/tasks/" + *found, *fields), "Changed");
}

// Goes on after a task that fails, and gives the last failure's code.
int for_each_task(Context& context, const std::vector<std::string>& names,
                  const std::function<int(Client&, const std::string& id)>& act) {
  auto client = context.client();
  int code = kDone;
  for (const auto& name : names) {
    const auto id = find_task(client, name);
    const int outcome = id ? act(client, *id) : context.fail(id.error());
    if (outcome != kDone) code = outcome;
    if (outcome == kNotReachable) break;
  }
  return code;
}

struct RunOptions {
  std::string task;
  std::vector<std::string> env, arguments;
  bool force = false, wait = false;
};

int run(Context& context, const RunOptions& options) {
  auto env = pairs_of(options.env, "--env");
  if (!env) return context.wrong_usage(env.error().message);
  auto client = context.client();
  const auto id = find_task(client, options.task);
  if (!id) return context.fail(id.error());
  json::object body;
  if (!env->empty()) body["env"] = std::move(*env);
  if (!options.arguments.empty())
    body["args"] = json::array(options.arguments.begin(), options.arguments.end());
  if (options.force) body["force"] = true;
  const auto made = client.post("/tasks/" + *id + "/run", body);
  if (!made) return context.fail(made.error());
  const auto execution = cell(*made, "execution_id");
  if (context.json) context.print_json(*made);
  if (!options.wait) {
    if (!context.json) context.out << "Execution " << execution << " of task " << *id << " is on its way\n";
    return kDone;
  }
  return print_log(context, client, execution, {.follow = true});
}

int show_log(Context& context, const std::string& name, const LogOptions& options) {
  auto client = context.client();
  const auto id = find_task(client, name);
  if (!id) return context.fail(id.error());
  const auto newest = client.get("/tasks/" + *id + "/executions?limit=1");
  if (!newest) return context.fail(newest.error());
  const auto& items = newest->at("items").as_array();
  if (items.empty())
    return context.fail(base::make_error(base::ErrorKind::not_found, "task " + *id + " has not run yet"));
  return print_log(context, client, cell(items[0], "id"), options);
}

void add_switch(CLI::App& app, Context& context, const std::string& verb, const std::string& help,
                const char* deed) {
  auto* command = app.add_subcommand(verb, help);
  const auto names = std::make_shared<std::vector<std::string>>();
  command->add_option("TASK", *names, "Ids or names")->required();
  command->callback([&context, names, verb, deed] {
    context.exit_code = for_each_task(context, *names, [&](Client& client, const std::string& id) {
      return tell_task(context, client.post("/tasks/" + id + "/" + verb), deed);
    });
  });
}

void add_definition_commands(CLI::App& app, Context& context) {
  auto* create = app.add_subcommand("create", "Make a task");
  const auto fields = std::make_shared<DefinitionOptions>();
  fields->add_to(*create);
  create->callback([&context, fields] { context.exit_code = change(context, {}, *fields); });

  auto* update = app.add_subcommand("update", "Change some fields of a task");
  const auto changes = std::make_shared<DefinitionOptions>();
  const auto name = std::make_shared<std::string>();
  update->add_option("TASK", *name, "Id or name")->required();
  changes->add_to(*update);
  update->callback([&context, changes, name] { context.exit_code = change(context, *name, *changes); });

  auto* remove = app.add_subcommand("delete", "Delete tasks with their executions");
  const auto doomed = std::make_shared<std::vector<std::string>>();
  remove->add_option("TASK", *doomed, "Ids or names")->required();
  remove->callback([&context, doomed] {
    context.exit_code = for_each_task(context, *doomed, [&](Client& client, const std::string& id) {
      const auto removed = client.remove("/tasks/" + id);
      if (!removed) return context.fail(removed.error());
      if (!context.json) context.out << "Deleted task " << id << '\n';
      return static_cast<int>(kDone);
    });
  });
}

}  // namespace

int tell_task(Context& context, const base::Result<json::value>& task, const char* deed) {
  if (!task) return context.fail(task.error());
  if (context.json)
    context.print_json(*task);
  else
    context.out << deed << " task " << cell(*task, "id") << " '" << cell(*task, "name") << "'; next run "
                << time_cell(*task, "next_run_at") << '\n';
  return kDone;
}

void add_task_commands(CLI::App& app, Context& context) {
  auto& tasks = *app.add_subcommand("task", "List, make, change, run tasks");
  tasks.require_subcommand(1);

  auto* list_command = tasks.add_subcommand("list", "Tasks, by page");
  const auto options = std::make_shared<TaskListOptions>();
  list_command->add_option("--search", options->search, "Part of a name, command, description or tag");
  list_command->add_option("--status", options->status, "ACTIVE, PAUSED, PENDING, RUNNING or FAILED")
      ->check(is_one_of({"ACTIVE", "PAUSED", "PENDING", "RUNNING", "FAILED"}));
  list_command->add_option("--tag", options->tag, "Tasks with this tag");
  list_command
      ->add_option("--sort", options->sort,
                   "id, name, status, created_at, updated_at, last_run_at or next_run_at")
      ->check(is_one_of({"id", "name", "status", "created_at", "updated_at", "last_run_at", "next_run_at"}));
  list_command->add_option("--order", options->order, "asc or desc")->check(is_one_of({"asc", "desc"}));
  list_command->add_option("--page", options->page, "From 1")->check(is_between(1, 10'000'000));
  list_command->add_option("--page-size", options->page_size, "1 to 500")->check(is_between(1, 500));
  list_command->callback([&context, options] { context.exit_code = list_tasks(context, *options); });

  auto* show = tasks.add_subcommand("show", "All of one task");
  const auto name = std::make_shared<std::string>();
  show->add_option("TASK", *name, "Id or name")->required();
  show->callback([&context, name] {
    context.exit_code = for_each_task(context, {*name}, [&](Client& client, const std::string& id) {
      const auto task = client.get("/tasks/" + id);
      if (!task) return context.fail(task.error());
      print_task(context, *task);
      return static_cast<int>(kDone);
    });
  });

  add_definition_commands(tasks, context);
  add_switch(tasks, context, "pause", "Stop scheduling tasks", "Paused");
  add_switch(tasks, context, "resume", "Schedule tasks again", "Resumed");
  add_task_past_commands(tasks, context);

  auto* run_command = tasks.add_subcommand("run", "Run a task now");
  const auto wanted = std::make_shared<RunOptions>();
  run_command->add_option("TASK", wanted->task, "Id or name")->required();
  run_command->add_option("--env", wanted->env, "NAME=VALUE for this run")
      ->take_all()
      ->allow_extra_args(false);
  run_command->add_option("--arg", wanted->arguments, "A further argument for this run")
      ->take_all()
      ->allow_extra_args(false);
  run_command->add_flag("--force", wanted->force, "Beside a run that goes on, whatever the overlap policy");
  run_command->add_flag("--wait", wanted->wait,
                        "Follow its output until it ends; exit 1 where it does not succeed");
  run_command->callback([&context, wanted] { context.exit_code = run(context, *wanted); });

  auto* logs = tasks.add_subcommand("logs", "The output of a task's newest execution");
  const auto log = std::make_shared<LogOptions>();
  const auto whose = std::make_shared<std::string>();
  logs->add_option("TASK", *whose, "Id or name")->required();
  logs->add_flag("--follow,-f", log->follow, "Go on until it ends");
  logs->add_option("--stream", log->stream, "stdout, stderr or both")
      ->check(is_one_of({"stdout", "stderr", "both"}));
  logs->callback([&context, whose, log] { context.exit_code = show_log(context, *whose, *log); });
}

}  // namespace cli
