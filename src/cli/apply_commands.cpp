// `apply` and `export`: tasks as code.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/array.hpp>
#include <fstream>
#include <memory>
#include <ostream>
#include <set>

#include "base/json_text.h"
#include "cli/commands.h"
#include "cli/details.h"
#include "cli/table.h"
#include "cli/task_file.h"
#include "cli/task_plan.h"

namespace cli {
namespace {

namespace json = boost::json;
using Kind = TaskChange::Kind;
using Failures = std::vector<std::pair<const TaskChange*, base::Error>>;

constexpr std::int64_t kTasksAPage = 500;

base::Result<json::array> all_tasks(Client& client) {
  json::array tasks;
  for (std::int64_t page = 1;; ++page) {
    auto answer = client.get("/tasks?sort=id&order=asc&page_size=" + std::to_string(kTasksAPage) +
                             "&page=" + std::to_string(page));
    if (!answer) return answer.error();
    auto& items = answer->at("items").as_array();
    const auto count = static_cast<std::int64_t>(items.size());
    for (auto& item : items) tasks.push_back(std::move(item));
    if (count < kTasksAPage) return tasks;
  }
}

struct ApplyOptions {
  std::string file;
  bool prune = false, dry_run = false;
};

const char* word_of(Kind kind) {
  switch (kind) {
    case Kind::create:
      return "create";
    case Kind::update:
      return "update";
    case Kind::remove:
      return "delete";
    case Kind::none:
      return "none";
  }
  return "";
}

// Carries a plan out: what is new first, then what changes, for it may name what is new, and last what goes.
class Applier {
 public:
  Applier(Client& client, std::vector<TaskChange>& plan, const json::array& present)
      : client_(client), plan_(plan) {
    for (const auto& task : present)
      ids_[std::string(task.at("name").as_string())] = task.at("id").as_int64();
  }

  // The changes that failed, with why.
  Failures carry_out() {
    for (auto& change : plan_) {
      if (change.kind == Kind::create) create(change);
    }
    std::vector<TaskChange*> waiting;
    for (auto& change : plan_) {
      const bool names_others =
          change.kind == Kind::create && !change.id.empty() && has_references(change.wanted);
      if (change.kind == Kind::update || names_others) waiting.push_back(&change);
    }
    update_all(std::move(waiting));
    for (auto& change : plan_) {
      if (change.kind == Kind::remove) note(change, client_.remove("/tasks/" + change.id));
    }
    return std::move(failures_);
  }

 private:
  bool note(const TaskChange& change, const base::Result<json::value>& answer) {
    if (!answer) failures_.emplace_back(&change, answer.error());
    return answer.has_value();
  }

  void create(TaskChange& change) {
    auto body = without_references(change.wanted);
    if (change.paused.value_or(false)) body["status"] = "PAUSED";
    const auto made = client_.post("/tasks", body);
    if (!note(change, made)) return;
    ids_[change.name] = made->at("id").as_int64();
    change.id = std::to_string(made->at("id").as_int64());
  }

  // A chain that turns round is a loop until its other end has changed: what is refused waits for the others.
  void update_all(std::vector<TaskChange*> waiting) {
    while (!waiting.empty()) {
      std::vector<TaskChange*> refused;
      std::vector<base::Error> why;
      for (auto* change : waiting) {
        const auto done = update(*change);
        if (done) continue;
        refused.push_back(change);
        why.push_back(done.error());
      }
      if (refused.size() == waiting.size()) {
        for (std::size_t i = 0; i < refused.size(); ++i) failures_.emplace_back(refused[i], why[i]);
        return;
      }
      waiting = std::move(refused);
    }
  }

  base::Result<json::value> update(const TaskChange& change) {
    const auto body = changed_fields(change, ids_);
    return body ? client_.patch("/tasks/" + change.id, *body) : base::Result<json::value>(body.error());
  }

  Client& client_;
  std::vector<TaskChange>& plan_;
  std::map<std::string, std::int64_t> ids_;
  Failures failures_;
};

const base::Error* failure_of(const TaskChange& change, const Failures& failures) {
  const auto found = std::ranges::find(failures, &change, &Failures::value_type::first);
  return found == failures.end() ? nullptr : &found->second;
}

void print_json(const Context& context, const std::vector<TaskChange>& plan, const Failures& failures) {
  json::array changes;
  for (const auto& change : plan) {
    json::array fields;
    for (const auto& field : change.fields)
      fields.push_back(json::object{{"field", field.field}, {"from", field.from}, {"to", field.to}});
    const auto* failure = failure_of(change, failures);
    changes.push_back(
        json::object{{"name", change.name},
                     {"id", change.id.empty() ? json::value(nullptr) : json::value(std::stoll(change.id))},
                     {"change", word_of(change.kind)},
                     {"fields", std::move(fields)},
                     {"error", failure ? json::value(failure->message) : json::value(nullptr)}});
  }
  context.print_json(json::object{{"changes", std::move(changes)}});
}

// Strings in quotes, which tell them from numbers.
std::string said(const json::value& value) {
  return shown(base::to_json_text(value), 100);
}

void print_diff(std::ostream& out, const std::vector<TaskChange>& plan, const Failures& failures,
                bool dry_run) {
  std::map<Kind, std::size_t> done;
  for (const auto& change : plan) {
    const auto* failure = failure_of(change, failures);
    if (failure == nullptr) ++done[change.kind];
    if (change.kind == Kind::none) continue;
    out << (change.kind == Kind::create   ? "+ "
            : change.kind == Kind::update ? "~ "
                                          : "- ")
        << shown(change.name, 80) << '\n';
    for (const auto& field : change.fields)
      out << "    " << field.field << ": " << said(field.from) << " -> " << said(field.to) << '\n';
    if (failure != nullptr) out << "    failed: " << shown(failure->message, 300) << '\n';
  }
  const char* would = dry_run ? "to be " : "";
  out << done[Kind::create] << ' ' << would << "created, " << done[Kind::update] << ' ' << would
      << "changed, " << done[Kind::remove] << ' ' << would << "deleted, " << done[Kind::none]
      << " as they are";
  if (!failures.empty()) out << ", " << failures.size() << " failed";
  out << '\n';
}

int apply(Context& context, const ApplyOptions& options) {
  const auto text = read_input(options.file, context.in);
  if (!text) return context.fail(text.error());
  const auto file = read_task_file(*text);
  if (!file)
    return context.fail(base::make_error(file.error().kind, options.file + ": " + file.error().message));
  auto client = context.client();
  const auto present = all_tasks(client);
  if (!present) return context.fail(present.error());
  auto plan = plan_tasks(*file, *present, options.prune);
  if (!plan)
    return context.fail(base::make_error(plan.error().kind, options.file + ": " + plan.error().message));
  const auto failures = options.dry_run ? Failures{} : Applier(client, *plan, *present).carry_out();
  if (context.json)
    print_json(context, *plan, failures);
  else
    print_diff(context.out, *plan, failures, options.dry_run);
  return failures.empty() ? static_cast<int>(kDone) : exit_code_of(failures.front().second.kind);
}

struct ExportOptions {
  std::vector<std::string> tasks;
  std::string format = "toml", output;
};

int export_tasks(Context& context, const ExportOptions& options) {
  auto client = context.client();
  const auto present = all_tasks(client);
  if (!present) return context.fail(present.error());
  std::set<std::string> wanted;
  for (const auto& name : options.tasks) {
    auto id = find_task(client, name);
    if (!id) return context.fail(id.error());
    wanted.insert(std::move(*id));
  }
  std::vector<json::object> entries;
  std::map<std::string, int> names;
  for (const auto& task : *present) {
    if (!wanted.empty() && !wanted.contains(std::to_string(task.at("id").as_int64()))) continue;
    entries.push_back(to_file_entry(task.as_object(), *present));
    ++names[std::string(task.at("name").as_string())];
  }
  const bool as_json = context.json || options.format == "json";
  const auto text = print_task_file(entries, as_json ? TaskFileFormat::json : TaskFileFormat::toml);
  if (options.output.empty()) {
    context.out << text << std::flush;
  } else {
    std::ofstream file(options.output);
    file << text << std::flush;
    if (!file)
      return context.fail(base::make_error(base::ErrorKind::internal, options.output + " can't be written"));
  }
  for (const auto& [name, count] : names) {
    if (count == 1) continue;
    return context.fail(base::make_error(
        base::ErrorKind::conflict, std::to_string(count) + " tasks are named '" + name +
                                       "', and `apply` tells tasks by their names: rename all but one"));
  }
  return kDone;
}

}  // namespace

void add_apply_commands(CLI::App& app, Context& context) {
  auto* apply_command = app.add_subcommand("apply", "Make the tasks what a file says, told by their names");
  const auto options = std::make_shared<ApplyOptions>();
  apply_command
      ->add_option("--file,-f", options->file,
                   "Tasks in TOML or JSON, as `export` writes them; - is standard input")
      ->required();
  apply_command->add_flag("--prune", options->prune, "Delete the tasks that the file does not have");
  apply_command->add_flag("--dry-run", options->dry_run, "Only say what would be done");
  apply_command->callback([&context, options] { context.exit_code = apply(context, *options); });

  auto* export_command = app.add_subcommand("export", "Tasks as a file that `apply` takes");
  const auto what = std::make_shared<ExportOptions>();
  export_command->add_option("TASK", what->tasks, "Ids or names; none: all");
  export_command->add_option("--format", what->format, "toml or json")
      ->check(CLI::IsMember({"toml", "json"}));
  export_command->add_option("--output,-o", what->output, "File to write; else standard output");
  export_command->callback([&context, what] { context.exit_code = export_tasks(context, *what); });
}

}  // namespace cli
