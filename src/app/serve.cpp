#include "app/serve.h"

#include <malloc.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "app/config.h"
#include "app/node.h"
#include "app/own_environment.h"
#include "app/startup_memory.h"
#include "base/log.h"
#include "runner/handover.h"
#include "runner/server.h"

namespace app {
namespace {

constexpr int kDone = 0, kFailed = 1, kWrongUsage = 2;

// Every thread inherits the mask, so that signals come to the one that waits for them.
sigset_t block_signals() {
  sigset_t waited;
  sigemptyset(&waited);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&waited, signal);
  pthread_sigmask(SIG_BLOCK, &waited, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return waited;
}

base::log::Level level_of(const std::string& text) {
  if (text == "debug") return base::log::Level::debug;
  if (text == "warning") return base::log::Level::warning;
  if (text == "error") return base::log::Level::error;
  return base::log::Level::info;
}

void set_log(const Config& config) {
  base::log::set_level(level_of(config.log_level));
  base::log::set_format(config.log_format == "json" ? base::log::Format::json : base::log::Format::text);
}

// Tells a service manager that asked for it (sd_notify's protocol).
void notify_manager(std::string_view state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || *path == '\0') return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto length = std::strlen(path);
  if (length >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path, length);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int datagram = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (datagram < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  if (sendto(datagram, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address),
             size) < 0) {
    base::log::warning("notify.failed", {{"why", std::strerror(errno)}});
  }
  close(datagram);
}

void greet(const Config& config, Node& node) {
  const auto shown = config.host == "0.0.0.0" || config.host == "::" ? std::string("127.0.0.1") : config.host;
  std::cout << "\n  Mini Scheduler " << kVersion
            << " is ready: " << (config.has_tls() ? "https://" : "http://") << shown << ':' << node.port()
            << "\n";
  if (const auto token = node.first_run_token(); !token.empty()) {
    std::cout << "  Choose the password of admin here, once and within an hour:\n    "
              << (config.has_tls() ? "https://" : "http://") << shown << ':' << node.port()
              << "/login#first-run=" << token << "\n";
    std::cout
        << "  Or log in as admin with the password admin123. It works from this machine only, until you\n"
           "  change it: on the page, or with `mini-scheduler user passwd admin`.\n";
  }
  std::cout << std::endl;
}

int refuse(const std::string& why, int code) {
  std::cerr << "mini-scheduler serve: " << why << std::endl;
  return code;
}

void wait_for_the_end(const sigset_t& waited, const ConfigSources& sources, Node& node) {
  while (true) {
    int signal = 0;
    sigwait(&waited, &signal);
    if (signal != SIGHUP) {
      base::log::info("serve.stopping", {{"signal", signal}});
      return;
    }
    node.reread_zones();
    const auto fresh = load_config(sources);
    if (!fresh) {
      base::log::error("config.not_reloaded", {{"why", fresh.error().message}});
      continue;
    }
    set_log(*fresh);
    node.take_over(*fresh);
    if (const auto loaded = node.reload_certificate(); !loaded)
      base::log::error("tls.certificate_not_reloaded", {{"why", loaded.error().message}});
    base::log::info("config.reloaded", {{"log_level", fresh->log_level}});
  }
}

}  // namespace

int serve(const std::vector<std::string>& arguments) {
  // two arenas: threads here wait more than they allocate, and each arena costs memory for ever
  mallopt(M_ARENA_MAX, 2);
  CLI::App options{"Runs a node: HTTP, web page, scheduling", "mini-scheduler serve"};
  ConfigSources sources;
  sources.environment = environment_variable;
  options.add_option("--config", sources.file, "Configuration file (TOML)");
  std::map<std::string, std::string> given;
  for (const auto& [flag, path] : config_flags())
    options.add_option(flag, given[path], "Stands over " + path + " of the configuration");
  try {
    options.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    std::cout << options.help();
    return kDone;
  } catch (const CLI::ParseError& error) {
    return refuse(error.what(), kWrongUsage);
  }
  for (const auto& [flag, path] : config_flags()) {
    if (options.count(flag) > 0) sources.flags[path] = given[path];
  }
  const auto config = load_config(sources);
  if (!config) return refuse(config.error().message, kWrongUsage);
  set_log(*config);
  if (!config->log_file.empty()) {
    const auto why = base::log::open_file(config->log_file, static_cast<std::size_t>(config->log_max_bytes),
                                          static_cast<std::size_t>(config->log_keep));
    if (!why.empty()) return refuse("log.file: " + why, kFailed);
  }
  const auto waited = block_signals();
  try {
    Node node(*config);
    if (auto started = node.start(); !started) return refuse(started.error().message, kFailed);
    greet(*config, node);
    base::log::info("serve.ready", {{"host", config->host}, {"port", node.port()}, {"version", kVersion}});
    notify_manager("READY=1");
    release_startup_memory();
    wait_for_the_end(waited, sources, node);
    notify_manager("STOPPING=1");
    node.stop();
  } catch (const std::exception& failure) {
    return refuse(failure.what(), kFailed);
  }
  base::log::info("serve.stopped");
  return kDone;
}

int run_runner_process(const std::vector<std::string>& arguments) {
  CLI::App app{"Holds the running jobs; started by `serve`", "mini-scheduler runner"};
  runner::RunnerOptions options;
  std::string data_dir = "data";
  std::int64_t linger_s = std::chrono::duration_cast<std::chrono::seconds>(options.linger).count();
  app.add_option("--data-dir", data_dir, "Folder of the socket and the journal");
  app.add_option("--linger", linger_s, "Seconds without jobs and server after which it ends")
      ->check(CLI::Range(0, 86400));
  app.add_option("--ready-fd", options.ready_fd, "Gets a byte when the socket listens");
  app.add_option("--handover-fd", options.handover_fd,
                 "Holds what the runner left that executed this program");
  int accepts_handover = 0;
  app.add_option("--accepts-handover", accepts_handover,
                 "Only tells, by its exit code, whether it can read a handover of that version");
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return kDone;
  } catch (const CLI::ParseError& error) {
    std::cerr << "mini-scheduler runner: " << error.what() << std::endl;
    return kWrongUsage;
  }
  if (accepts_handover != 0) return runner::can_read_handover(accepts_handover) ? kDone : kFailed;
  options.data_dir = data_dir;
  options.linger = std::chrono::seconds{linger_s};
  release_startup_memory();
  return runner::run_runner(options);
}

}  // namespace app
