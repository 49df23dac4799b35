// `backup` and `restore`: of the database in the data folder of this machine.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"

namespace cli {
namespace {

// What is at fault is a file here: no server was asked.
int fail_here(const Context& context, const base::Error& error) {
  context.fail(error);
  return error.kind == base::ErrorKind::not_found ? kNotFound : kFailed;
}

int backup(Context& context, const std::string& path) {
  if (const auto made = context.backup_locally(path); !made) return fail_here(context, made.error());
  if (context.json)
    context.print_json(boost::json::object{{"backup", path}});
  else
    context.out << "The database is in " << path << ". Not in it, to be kept apart: the keys (*.key) in "
                << context.sources.data_dir
                << ", and outputs of more than 64 KiB, of which it has both ends.\n";
  return kDone;
}

int restore(Context& context, const std::string& path) {
  const auto aside = context.restore_locally(path);
  if (!aside) return fail_here(context, aside.error());
  if (context.json) {
    context.print_json(boost::json::object{
        {"restored", path},
        {"kept", aside->empty() ? boost::json::value(nullptr) : boost::json::value(*aside)}});
    return kDone;
  }
  context.out << "The database is that of " << path << '.';
  if (!aside->empty()) context.out << " What was there before is now " << *aside << '.';
  context.out << '\n';
  return kDone;
}

}  // namespace

void add_backup_commands(CLI::App& app, Context& context) {
  const auto file = std::make_shared<std::string>();
  auto* backup_command =
      app.add_subcommand("backup", "The database of this machine's server into one file, while it runs");
  backup_command->add_option("FILE", *file, "File to write")->required();
  backup_command->callback([&context, file] { context.exit_code = backup(context, *file); });
  auto* restore_command =
      app.add_subcommand("restore", "Put such a file in the place of the database; stop the server first");
  restore_command->add_option("FILE", *file, "What `backup` wrote")->required();
  restore_command->callback([&context, file] { context.exit_code = restore(context, *file); });
}

}  // namespace cli
