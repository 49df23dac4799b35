// What would fire in the next days: with the tasks as they are, or with one changed.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/array.hpp>
#include <memory>
#include <ostream>

#include "base/id.h"
#include "cli/commands.h"
#include "cli/definition_options.h"
#include "cli/option_checks.h"
#include "cli/table.h"

namespace cli {
namespace {

namespace json = boost::json;

struct SimulateOptions {
  std::int64_t days = 30;
  std::int64_t limit = 20;
  std::string task;
  DefinitionOptions draft;
};

using Rows = std::vector<std::vector<std::string>>;

void print_section(std::ostream& out, const char* title, const std::vector<std::string>& heads,
                   const Rows& rows) {
  if (rows.empty()) return;
  out << '\n' << title << '\n';
  print_table(out, heads, rows);
}

std::string task_cell(const json::value& item) {
  const auto name = cell(item, "task_name", 40);
  return item.at("draft").as_bool() ? name + " (changed)" : name;
}

// "overlap", "pool", "slot", "start deadline"
std::string cause_cell(const json::value& item) {
  auto cause = cell(item, "because");
  std::replace(cause.begin(), cause.end(), '_', ' ');
  return cause;
}

std::string outcome_cell(const json::value& item) {
  auto outcome = cell(item, "outcome");
  if (cell(item, "because") != "none") outcome += " (" + cause_cell(item) + ")";
  return item.at("cancelled").as_bool() ? outcome + ", cancelled" : outcome;
}

std::vector<std::string> room_row(std::string name, const json::value& room) {
  return {std::move(name), cell(room, "limit"), cell(room, "most_at_once"), time_cell(room, "at"),
          cell(room, "waits")};
}

void print_for_people(Context& context, const json::value& forecast) {
  const auto& peak = forecast.at("most_at_once");
  context.out << cell(forecast, "fires") << " fires of " << cell(forecast, "tasks") << " tasks until "
              << time_cell(forecast, "until") << "; at most " << cell(peak, "count") << " runs at once ("
              << time_cell(peak, "at") << ")\n";
  if (!forecast.at("complete").as_bool())
    context.out << "There are too many fires to look at all of them: figures end at "
                << time_cell(forecast, "until") << '\n';
  Rows rows;
  for (const auto& item : forecast.at("items").as_array())
    rows.push_back({time_cell(item, "scheduled_at"), task_cell(item), outcome_cell(item),
                    time_cell(item, "expected_start_at"), duration_cell(item, "expected_ms")});
  print_section(context.out, "First fires", {"AT", "TASK", "OUTCOME", "STARTS", "USUALLY TAKES"}, rows);
  rows.clear();
  for (const auto& item : forecast.at("busiest").as_array())
    rows.push_back({time_cell(item, "at"), cell(item, "fires")});
  print_section(context.out, "Most fires in one instant", {"AT", "FIRES"}, rows);
  rows.clear();
  for (const auto& item : forecast.at("overlaps").as_array())
    rows.push_back({task_cell(item), cell(item, "count"), time_cell(item, "first_at"), cell(item, "overlap"),
                    duration_cell(item, "expected_ms")});
  print_section(context.out, "Fires that meet the run before them",
                {"TASK", "FIRES", "FIRST", "OVERLAP", "USUALLY TAKES"}, rows);
  rows.clear();
  for (const auto& item : forecast.at("by_task").as_array())
    rows.push_back({task_cell(item), cell(item, "outcome"), cause_cell(item), cell(item, "count"),
                    time_cell(item, "first_at")});
  print_section(context.out, "Fires that do not simply run",
                {"TASK", "OUTCOME", "BECAUSE OF", "FIRES", "FIRST"}, rows);
  rows.clear();
  for (const auto& item : forecast.at("pools").as_array()) rows.push_back(room_row(cell(item, "pool"), item));
  if (const auto& node = forecast.at("node"); node.at("waits").to_number<std::int64_t>() > 0)
    rows.push_back(room_row("(this node)", node));
  print_section(context.out, "Pools, and the node",
                {"POOL", "LIMIT", "WANTED AT ONCE", "AT", "FIRES THAT WAIT"}, rows);
  rows.clear();
  for (const auto& change : forecast.at("clock_changes").as_array()) {
    const auto& touched = change.at("touched").as_array();
    if (touched.empty())
      rows.push_back({time_cell(change, "at"), cell(change, "timezone"), cell(change, "by_s"), "-", "-"});
    for (const auto& item : touched)
      rows.push_back({time_cell(change, "at"), cell(change, "timezone"), cell(change, "by_s"),
                      task_cell(item), cell(item, "effect")});
  }
  print_section(context.out, "Clocks are set", {"AT", "ZONE", "BY S", "TASK", "EFFECT"}, rows);
}

int simulate(Context& context, const SimulateOptions& options) {
  const auto draft = options.draft.fields(context.in);
  if (!draft) return context.wrong_usage(draft.error().message);
  auto client = context.client();
  base::Result<json::value> forecast = json::value();
  if (draft->empty() && options.task.empty()) {
    forecast = client.get("/api/simulate?days=" + std::to_string(options.days) +
                          "&limit=" + std::to_string(options.limit));
  } else {
    json::object body{{"days", options.days}, {"limit", options.limit}, {"task", *draft}};
    if (!options.task.empty()) {
      const auto id = find_task(client, options.task);
      if (!id) return context.fail(id.error());
      body["task_id"] = base::parse_decimal(*id).value_or(0);
    }
    forecast = client.post("/api/simulate", body);
  }
  if (!forecast) return context.fail(forecast.error());
  if (context.json)
    context.print_json(*forecast);
  else
    print_for_people(context, *forecast);
  return kDone;
}

}  // namespace

void add_simulate_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "simulate", "What would fire, as the tasks are or with one changed; nothing is saved");
  const auto options = std::make_shared<SimulateOptions>();
  command->add_option("--days", options->days, "1 to 366")->capture_default_str()->check(is_between(1, 366));
  command->add_option("--limit", options->limit, "How many fires are told one by one, at most 1000")
      ->capture_default_str()
      ->check(is_between(0, 1000));
  command->add_option("--task", options->task,
                      "The task that the options below change (id or name); without it they make a new one");
  options->draft.add_to(*command);
  command->callback([&context, options] { context.exit_code = simulate(context, *options); });
}

}  // namespace cli
