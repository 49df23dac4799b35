#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <memory>
#include <ostream>

#include "cli/details.h"
#include "cli/option_checks.h"
#include "cli/table.h"
#include "cli/task_commands.h"

namespace cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxAnswerColumns = 2000;

struct BackfillOptions {
  std::string task, from, to, overlap;
};

int backfill(Context& context, const BackfillOptions& options) {
  auto client = context.client();
  const auto id = find_task(client, options.task);
  if (!id) return context.fail(id.error());
  json::object body{{"from", options.from}, {"to", options.to}};
  if (!options.overlap.empty()) body["overlap"] = options.overlap;
  const auto made = client.post("/tasks/" + *id + "/backfill", body);
  if (!made) return context.fail(made.error());
  if (context.json) {
    context.print_json(*made);
    return kDone;
  }
  const auto& executions = made->at("execution_ids").as_array();
  if (executions.empty()) {
    context.out << "Task " << *id << " has no fire in that window\n";
    return kDone;
  }
  context.out << "Made " << executions.size() << " executions of task " << *id << ", from "
              << readable(executions.front()) << " to " << readable(executions.back()) << '\n';
  return kDone;
}

struct WhyOptions {
  std::string task, at;
  std::string language = "en";
};

int why(Context& context, const WhyOptions& options) {
  auto client = context.client();
  const auto id = find_task(client, options.task);
  if (!id) return context.fail(id.error());
  auto path = "/tasks/" + *id + "/why?lang=" + options.language;
  if (!options.at.empty()) path += "&at=" + encode(options.at);
  const auto told = client.get(path);
  if (!told) return context.fail(told.error());
  if (context.json) {
    context.print_json(*told);
    return kDone;
  }
  context.out << cell(*told, "answer", kMaxAnswerColumns) << "\n\n";
  Details details;
  for (const auto& [name, field] : {std::pair{"fire time", "at"},
                                    {"execution", "execution_id"},
                                    {"schedule", "schedule"},
                                    {"fire before", "previous_fire"},
                                    {"fire after", "next_fire"}}) {
    if (const auto* value = told->as_object().if_contains(field)) details.add(name, readable(*value));
  }
  details.print(context.out);
  return kDone;
}

// The fields that differ, as "cron, retry".
std::string changed_between(const json::object& before, const json::object& after) {
  std::string names;
  const auto add = [&](std::string_view name) {
    names += (names.empty() ? "" : ", ");
    names += name;
  };
  for (const auto& [name, value] : after) {
    const auto* former = before.if_contains(name);
    if (former == nullptr || *former != value) add(name);
  }
  for (const auto& [name, value] : before) {
    if (!after.contains(name)) add(name);
  }
  return names.empty() ? "-" : names;
}

int list_revisions(Context& context, const std::string& name) {
  auto client = context.client();
  const auto id = find_task(client, name);
  if (!id) return context.fail(id.error());
  const auto page = client.get("/tasks/" + *id + "/revisions");
  if (!page) return context.fail(page.error());
  if (context.json) {
    context.print_json(*page);
    return kDone;
  }
  const auto& items = page->at("items").as_array();
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < items.size(); ++i) {
    // the newest stands first
    const auto changed = i + 1 < items.size() ? changed_between(items[i + 1].at("definition").as_object(),
                                                                items[i].at("definition").as_object())
                                              : std::string("-");
    rows.push_back({cell(items[i], "revision"), time_cell(items[i], "changed_at"),
                    cell(items[i], "changed_by", 30), shown(changed, 80)});
  }
  print_table(context.out, {"REVISION", "MADE", "BY", "CHANGED"}, rows);
  return kDone;
}

int restore(Context& context, const std::string& name, const std::string& revision) {
  auto client = context.client();
  const auto id = find_task(client, name);
  if (!id) return context.fail(id.error());
  return tell_task(context, client.post("/tasks/" + *id + "/revisions/" + revision + "/restore"), "Restored");
}

struct CleanupOptions {
  std::string task;
  std::optional<std::int64_t> keep, older_than_days;
};

int clean_up(Context& context, const CleanupOptions& options) {
  if (options.keep.has_value() == options.older_than_days.has_value())
    return context.wrong_usage("give either --keep or --older-than (see --help)");
  auto client = context.client();
  const auto id = find_task(client, options.task);
  if (!id) return context.fail(id.error());
  json::object body;
  if (options.keep) body["keep"] = *options.keep;
  if (options.older_than_days) body["older_than_days"] = *options.older_than_days;
  const auto done = client.post("/tasks/" + *id + "/cleanup", body);
  if (!done) return context.fail(done.error());
  if (context.json)
    context.print_json(*done);
  else
    context.out << "Deleted " << cell(*done, "deleted") << " executions of task " << *id << '\n';
  return kDone;
}

void add_revision_commands(CLI::App& tasks, Context& context) {
  auto* list = tasks.add_subcommand("revisions", "Every version of a task, newest first");
  const auto whose = std::make_shared<std::string>();
  list->add_option("TASK", *whose, "Id or name")->required();
  list->callback([&context, whose] { context.exit_code = list_revisions(context, *whose); });

  auto* back = tasks.add_subcommand("restore", "Make a former version of a task the present one");
  const auto name = std::make_shared<std::string>();
  const auto revision = std::make_shared<std::string>();
  back->add_option("TASK", *name, "Id or name")->required();
  back->add_option("REVISION", *revision, "Its number, as `task revisions` tells it")
      ->required()
      ->check(is_between(1, 1'000'000'000));
  back->callback([&context, name, revision] { context.exit_code = restore(context, *name, *revision); });
}

}  // namespace

void add_task_past_commands(CLI::App& tasks, Context& context) {
  auto* fill = tasks.add_subcommand("backfill", "Run the fires of a past window, at most 1000");
  const auto window = std::make_shared<BackfillOptions>();
  fill->add_option("TASK", window->task, "Id or name")->required();
  fill->add_option("--from", window->from, "First time of the window (ISO 8601)")
      ->required()
      ->check(is_time());
  fill->add_option("--to", window->to, "The time before which it ends (ISO 8601)")
      ->required()
      ->check(is_time());
  fill->add_option("--overlap", window->overlap,
                   "How they meet each other: queue_all (one after another; unless told otherwise), queue, "
                   "skip, cancel_running, allow")
      ->check(is_one_of({"skip", "queue", "queue_all", "cancel_running", "allow"}));
  fill->callback([&context, window] { context.exit_code = backfill(context, *window); });

  auto* explain = tasks.add_subcommand("why", "What became of a fire, and why it did not run");
  const auto asked = std::make_shared<WhyOptions>();
  explain->add_option("TASK", asked->task, "Id or name")->required();
  explain->add_option("--at", asked->at, "The fire's time (ISO 8601); else the latest")->check(is_time());
  explain->add_option("--lang", asked->language, "en or zh")
      ->capture_default_str()
      ->check(is_one_of({"en", "zh"}));
  explain->callback([&context, asked] { context.exit_code = why(context, *asked); });

  add_revision_commands(tasks, context);

  auto* clean = tasks.add_subcommand("cleanup", "Delete ended executions of a task");
  const auto wanted = std::make_shared<CleanupOptions>();
  clean->add_option("TASK", wanted->task, "Id or name")->required();
  clean->add_option("--keep", wanted->keep, "All but the newest so many")->check(is_between(0, 1'000'000));
  clean->add_option("--older-than", wanted->older_than_days, "Those that ended so many days ago")
      ->check(is_between(0, 36'500));
  clean->callback([&context, wanted] { context.exit_code = clean_up(context, *wanted); });
}

}  // namespace cli
