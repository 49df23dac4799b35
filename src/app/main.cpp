#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "app/doctor.h"
#include "app/local_data.h"
#include "app/own_environment.h"
#include "app/serve.h"
#include "cli/command_line.h"

namespace {

// What the client commands can learn from the server's own configuration on this machine.
app::ConfigSources sources_of_configuration() {
  app::ConfigSources sources;
  sources.environment = app::environment_variable;
  return sources;
}

int run_client(const std::vector<std::string>& arguments) {
  cli::Context context{.out = std::cout, .err = std::cerr, .in = std::cin, .sources = {}};
  context.sources.environment = sources_of_configuration().environment;
  const auto config = app::load_config(sources_of_configuration());
  context.sources.data_dir = config ? config->data_dir : "data";
  if (config &&
      (config->has_tls() || config->host != app::Config{}.host || config->port != app::Config{}.port))
    context.sources.configured =
        (config->has_tls() ? "https://" : "http://") + config->host + ":" + std::to_string(config->port);
  const auto with_local = [&](auto act) {
    using Outcome = decltype(act(*config));
    if (!config) return Outcome(config.error());
    auto local = *config;
    local.data_dir = context.sources.data_dir;
    return act(local);
  };
  context.set_password_locally = [&](const std::string& user, const std::string& password) {
    return with_local(
        [&](const app::Config& local) { return app::set_password_in_database(local, user, password); });
  };
  context.verify_audit_locally = [&](std::int64_t from) {
    return with_local([&](const app::Config& local) { return app::verify_audit_in_database(local, from); });
  };
  context.backup_locally = [&](const std::string& path) {
    return with_local([&](const app::Config& local) { return app::backup_database(local, path); });
  };
  context.restore_locally = [&](const std::string& path) {
    return with_local([&](const app::Config& local) { return app::restore_database(local, path); });
  };
  context.rotate_login_key = [&](bool drop_previous) {
    return app::rotate_login_key(context.sources.data_dir, drop_previous);
  };
  return cli::run_command_line(arguments, std::string("mini-scheduler ") + app::kVersion,
                               {{"serve", "Run a node: scheduling, HTTP, the page"},
                                {"runner", "Hold the running jobs; `serve` starts it"},
                                {"doctor", "Check what a server here needs; say how to mend it"}},
                               context);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::string command = arguments.empty() ? "" : arguments.front();
  const std::vector<std::string> rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  try {
    if (command == "serve") return app::serve(rest);
    if (command == "runner") return app::run_runner_process(rest);
    if (command == "doctor") return app::doctor(rest);
    return run_client(arguments);
  } catch (const std::exception& failure) {
    std::cerr << "mini-scheduler: " << failure.what() << std::endl;
    return cli::kFailed;
  }
}
