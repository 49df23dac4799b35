#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <boost/json/array.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/table.h"
#include "task/crontab.h"
#include "task/definition_json.h"

namespace cli {
namespace {

namespace json = boost::json;
using task::Crontab;
using task::ImportedTask;
using task::Refusal;

struct ImportOptions {
  std::string file;
  bool system = false, user = false, dry_run = false, paused = false;
  std::string timezone;
};

// What `crontab -l` prints for whoever runs this.
base::Result<std::string> own_crontab() {
  std::string text;
  FILE* pipe = popen("crontab -l", "r");
  if (pipe == nullptr) return base::make_error(base::ErrorKind::internal, "`crontab -l` can't be started");
  std::array<char, 4096> piece{};
  for (std::size_t read; (read = fread(piece.data(), 1, piece.size(), pipe)) > 0;)
    text.append(piece.data(), read);
  if (pclose(pipe) != 0)
    return base::make_error(base::ErrorKind::not_found,
                            "`crontab -l` gave no crontab: name a file, or - for standard input");
  return text;
}

base::Result<std::string> read_source(const ImportOptions& options, std::istream& in) {
  return options.file.empty() ? own_crontab() : read_input(options.file, in);
}

// The zone in which this machine's cron reads its crontabs: what /etc/localtime leads to. Empty where that
// says none.
std::string zone_of_machine() {
  std::error_code none;
  const auto target = std::filesystem::read_symlink("/etc/localtime", none).string();
  constexpr std::string_view kFolder = "/zoneinfo/";
  const auto at = target.find(kFolder);
  if (none || at == std::string::npos) return {};
  auto zone = target.substr(at + kFolder.size());
  return zone == "Etc/UTC" || zone == "UTC" ? std::string() : zone;
}

// The id of a task that is this one already, so that a second import doubles nothing. Empty where there is
// none.
base::Result<std::string> find_twin(Client& client, const ImportedTask& task) {
  const auto page = client.get("/tasks?page_size=200&search=" + encode(task.name));
  if (!page) return page.error();
  for (const auto& candidate : page->at("items").as_array()) {
    if (candidate.at("name").as_string() == task.name && candidate.at("cron").as_string() == task.cron &&
        candidate.at("command").as_string() == task.command) {
      return cell(candidate, "id");
    }
  }
  return std::string();
}

struct Outcome {
  const ImportedTask* task = nullptr;
  std::string id;     // empty: not made
  std::string state;  // "created", "already there", "would be created", or why not
  bool failed = false;
};

Outcome take(Client& client, const ImportedTask& task, const ImportOptions& options, int& code) {
  Outcome outcome{.task = &task, .id = {}, .state = {}};
  const auto twin = find_twin(client, task);
  if (twin && !twin->empty()) {
    outcome.id = *twin;
    outcome.state = "already there";
    return outcome;
  }
  auto body = task::to_json(task::to_definition(task));
  if (options.paused || task.paused) body["status"] = "PAUSED";
  const auto made = twin ? client.post("/tasks", body) : base::Result<json::value>(twin.error());
  if (made) {
    outcome.id = cell(*made, "id");
    outcome.state = "created";
  } else {
    outcome.state = made.error().message;
    outcome.failed = true;
    code = exit_code_of(made.error().kind);
  }
  return outcome;
}

json::array to_json(const std::vector<Refusal>& refusals) {
  json::array list;
  for (const auto& refusal : refusals) {
    list.push_back(json::object{
        {"line", refusal.line}, {"text", refusal.text}, {"why", refusal.why}, {"mend", refusal.mend}});
  }
  return list;
}

void print_json(const Context& context, const std::vector<Outcome>& outcomes, const Crontab& crontab) {
  json::array tasks;
  for (const auto& outcome : outcomes) {
    tasks.push_back(
        json::object{{"line", outcome.task->line},
                     {"id", outcome.id.empty() ? json::value(nullptr) : json::value(std::stoll(outcome.id))},
                     {"name", outcome.task->name},
                     {"cron", outcome.task->cron},
                     {"timezone", outcome.task->timezone},
                     {"command", outcome.task->command},
                     {"outcome", outcome.state}});
  }
  context.print_json(json::object{
      {"tasks", std::move(tasks)}, {"refused", to_json(crontab.refused)}, {"notes", to_json(crontab.notes)}});
}

void print_refusals(std::ostream& out, const std::string& title, const std::vector<Refusal>& refusals) {
  if (refusals.empty()) return;
  out << '\n' << title << '\n';
  for (const auto& refusal : refusals) {
    out << "  line " << refusal.line << ": " << shown(refusal.why, 300);
    if (!refusal.mend.empty()) out << "; " << shown(refusal.mend, 300);
    out << "\n      " << shown(refusal.text, 120) << '\n';
  }
}

void print_report(const Context& context, const std::vector<Outcome>& outcomes, const Crontab& crontab) {
  std::vector<std::vector<std::string>> rows;
  std::size_t created = 0, failed = 0;
  for (const auto& outcome : outcomes) {
    created += outcome.state == "created" ? 1 : 0;
    failed += outcome.failed ? 1 : 0;
    rows.push_back({std::to_string(outcome.task->line), outcome.id.empty() ? "-" : outcome.id,
                    shown(outcome.task->cron, 24),
                    outcome.task->timezone.empty() ? "-" : outcome.task->timezone,
                    shown(outcome.task->name, 40), shown(outcome.state, 80)});
  }
  print_table(context.out, {"LINE", "ID", "CRON", "ZONE", "NAME", "OUTCOME"}, rows);
  print_refusals(context.out, "Taken with a change:", crontab.notes);
  print_refusals(context.out, "Not taken:", crontab.refused);
  context.out << '\n'
              << created << " tasks created, " << outcomes.size() - created - failed << " left as they are, "
              << failed + crontab.refused.size() << " not taken\n";
}

// The exit code: 0 where every job was taken, else 1; another one where the server was the cause.
int import_crontab(Context& context, const ImportOptions& options) {
  if (options.system && options.user) return context.wrong_usage("--system and --user exclude each other");
  const auto text = read_source(options, context.in);
  if (!text) return context.fail(text.error());
  task::CrontabOptions how;
  how.system = options.system || (!options.user && task::looks_like_system_crontab(*text, options.file));
  how.default_timezone = options.timezone.empty() ? zone_of_machine() : options.timezone;
  const auto crontab = task::read_crontab(*text, how);
  auto client = context.client();
  std::vector<Outcome> outcomes;
  int code = crontab.refused.empty() ? kDone : kFailed;
  for (const auto& task : crontab.tasks) {
    if (options.dry_run)
      outcomes.push_back({.task = &task, .id = {}, .state = "would be created"});
    else
      outcomes.push_back(take(client, task, options, code));
    if (code == kNotReachable) {
      // what was made before is still reported
      context.err << "mini-scheduler: " << shown(outcomes.back().state, 2000) << std::endl;
      break;
    }
  }
  if (context.json)
    print_json(context, outcomes, crontab);
  else
    print_report(context, outcomes, crontab);
  return code;
}

}  // namespace

void add_import_commands(CLI::App& app, Context& context) {
  auto& import = *app.add_subcommand("import", "Take over what another scheduler ran");
  import.require_subcommand(1);
  auto* crontab = import.add_subcommand("crontab", "The jobs of a crontab as tasks");
  const auto options = std::make_shared<ImportOptions>();
  crontab->add_option("FILE", options->file,
                      "The crontab; - is standard input, absent: what `crontab -l` shows");
  crontab->add_flag("--system", options->system, "Its sixth field is the user, as in /etc/crontab");
  crontab->add_flag("--user", options->user, "It has no user field");
  crontab->add_option("--timezone", options->timezone,
                      "Zone of its times where no CRON_TZ says; else this machine's");
  crontab->add_flag("--paused", options->paused, "Make the tasks paused");
  crontab->add_flag("--dry-run", options->dry_run, "Only say what would be done");
  crontab->callback([&context, options] { context.exit_code = import_crontab(context, *options); });
}

}  // namespace cli
