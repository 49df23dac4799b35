#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/commands.h"

namespace cli {
namespace {

// CLI11 says some errors in several lines; users and scripts get one.
std::string in_one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (auto& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

// The command that the arguments name; nullptr where they name none.
const std::string* command_of(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--server" || arguments[i] == "--data-dir" || arguments[i] == "--ca-file")
      ++i;
    else if (arguments[i].empty() || arguments[i].front() != '-')
      return &arguments[i];
  }
  return nullptr;
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, const std::string& version,
                     const std::vector<OtherCommand>& others, Context& context) {
  CLI::App app{"Runs commands on cron schedules, keeps every run with its output, and shows it live.",
               "mini-scheduler"};
  app.set_help_all_flag("--help-all", "Help of all commands");
  app.set_version_flag("--version", version);
  app.fallthrough();
  app.require_subcommand(1);
  app.add_option("--server", context.sources.server, "URL of the server; else MINI_SCHEDULER_URL");
  app.add_option(
      "--ca-file", context.sources.ca_file,
      "Certificates (PEM) that may have signed the server's; else SSL_CERT_FILE, else the system's");
  app.add_option("--data-dir", context.sources.data_dir, "Data folder of a server on this machine")
      ->capture_default_str();
  app.add_flag("--json", context.json, "JSON in place of tables");
  for (const auto& other : others) app.add_subcommand(other.name, other.help);
  add_task_commands(app, context);
  add_execution_commands(app, context);
  add_import_commands(app, context);
  add_apply_commands(app, context);
  add_backup_commands(app, context);
  add_cron_commands(app, context);
  add_simulate_command(app, context);
  add_account_commands(app, context);
  add_security_commands(app, context);
  add_http_call_command(app, context);
  add_completion_command(app, context);
  const auto* command = command_of(arguments);
  const auto is_meant = [&](const CLI::App* one) { return one->get_name() == *command; };
  if (command != nullptr && app.get_subcommands(is_meant).empty())
    return context.wrong_usage("there is no command '" + *command + "' (see --help)");
  try {
    // CLI11 takes them from the back
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& asked_for_help) {
    return app.exit(asked_for_help, context.out, context.err);
  } catch (const CLI::ParseError& error) {
    return context.wrong_usage(in_one_line(error.what()) + " (see --help)");
  }
  return context.exit_code;
}

}  // namespace cli
