#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/cron_commands.h"

namespace cli {

void add_cron_commands(CLI::App& app, Context& context) {
  auto& cron = *app.add_subcommand("cron", "Look at a schedule; needs no server");
  cron.require_subcommand(1);

  auto* next = cron.add_subcommand("next", "Its next fire times");
  const auto wanted = std::make_shared<CronNextOptions>();
  next->add_option("EXPR", wanted->expression,
                   "As '*/5 * * * *'; - reads JSON lines {\"expr\",\"tz\",\"from\",\"count\"}")
      ->required();
  next->add_option("--tz", wanted->timezone, "Zone of the schedule")->capture_default_str();
  next->add_option("--from", wanted->from, "Fires after this time (ISO 8601); else now");
  next->add_option("--count", wanted->count, "How many")->capture_default_str();
  next->add_option("--seed", wanted->seed, "What H hashes: the task's name");
  next->callback([&context, wanted] {
    wanted->json = context.json;
    wanted->caret = isatty(STDERR_FILENO) != 0;
    context.exit_code = wanted->expression == "-" ? cron_next_lines(context.in, context.out)
                                                  : cron_next(*wanted, context.out, context.err);
  });

  auto* explain = cron.add_subcommand("explain", "The schedule in plain words");
  const auto asked = std::make_shared<CronExplainOptions>();
  explain->add_option("EXPR", asked->expression, "As '*/5 * * * *'")->required();
  explain->add_option("--tz", asked->timezone, "Zone of the schedule")->capture_default_str();
  explain->add_option("--lang", asked->language, "en or zh")->capture_default_str();
  explain->add_option("--seed", asked->seed, "What H hashes: the task's name");
  explain->callback([&context, asked] {
    asked->json = context.json;
    asked->caret = isatty(STDERR_FILENO) != 0;
    context.exit_code = cron_explain(*asked, context.out, context.err);
  });
}

}  // namespace cli
