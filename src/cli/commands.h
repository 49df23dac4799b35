// The groups of client commands. Each adds its subcommands to `app`; a parsed one leaves its exit code in the
// context, which must outlive the app.
#pragma once
#include "cli/context.h"

namespace CLI {
class App;
}

namespace cli {

void add_cron_commands(CLI::App& app, Context& context);
void add_task_commands(CLI::App& app, Context& context);
void add_execution_commands(CLI::App& app, Context& context);
void add_import_commands(CLI::App& app, Context& context);
void add_apply_commands(CLI::App& app, Context& context);
void add_backup_commands(CLI::App& app, Context& context);
void add_simulate_command(CLI::App& app, Context& context);
void add_account_commands(CLI::App& app, Context& context);
void add_security_commands(CLI::App& app, Context& context);
void add_completion_command(CLI::App& app, Context& context);
void add_http_call_command(CLI::App& app, Context& context);

}  // namespace cli
