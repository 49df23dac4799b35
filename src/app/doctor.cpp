#include "app/doctor.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "app/own_environment.h"
#include "cli/client.h"
#include "cli/exit_code.h"
#include "cli/http_client.h"
#include "cron/zone.h"
#include "runner/cgroup.h"
#include "runner/server.h"
#include "store/open.h"

namespace app {
namespace {

namespace json = boost::json;
using Status = Finding::Status;

constexpr std::uint64_t kMegabyte = 1'000'000;
constexpr std::uint64_t kFullBytes = 50 * kMegabyte;      // with less, writes will fail soon
constexpr std::uint64_t kLittleBytes = 1000 * kMegabyte;  // with less, somebody should know
constexpr time_t kOldestSaneTime = 1'700'000'000;         // this program is younger

std::string_view to_string(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::warning:
      return "warning";
    case Status::failed:
      return "failed";
  }
  return {};
}

std::string absolute(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::absolute(path, ignored).lexically_normal().string();
}

// The folder, or the nearest above it that is there.
std::string existing_part(std::string path) {
  while (!std::filesystem::exists(path) && path.size() > 1)
    path = std::filesystem::path(path).parent_path().string();
  return path;
}

Finding examine_folder(const std::string& folder) {
  Finding finding{.check = "data folder", .found = folder, .mend = {}};
  struct stat seen {};
  if (stat(folder.c_str(), &seen) < 0) {
    const auto above = existing_part(folder);
    if (errno == ENOENT && access(above.c_str(), W_OK) == 0)
      return finding.found += ": not there yet, `serve` makes it", finding;
    finding.status = Status::failed;
    finding.found += ": can't be made in " + above;
    finding.mend = "give this user the right to write to " + above + ", or choose another with --data-dir";
  } else if (!S_ISDIR(seen.st_mode)) {
    finding.status = Status::failed;
    finding.found += ": is no folder";
    finding.mend = "move it away, or choose another with --data-dir";
  } else if (access(folder.c_str(), R_OK | W_OK | X_OK) < 0) {
    finding.status = Status::failed;
    finding.found +=
        ": belongs to user " + std::to_string(seen.st_uid) + ", and this one may not write to it";
    finding.mend = "run as that user, or: chown -R $(id -u) " + folder;
  } else if ((seen.st_mode & 077) != 0) {
    finding.status = Status::warning;
    finding.found += ": others than its user may look into it";
    finding.mend = "chmod 700 " + folder;
  }
  return finding;
}

Finding examine_secrets(const std::string& folder) {
  Finding finding{.check = "secrets", .found = "readable by their user only", .mend = {}};
  for (const char* name : {"secret.key", "scheduler.db", "cli.json"}) {
    struct stat seen {};
    const auto path = folder + "/" + name;
    if (stat(path.c_str(), &seen) < 0 || (seen.st_mode & 077) == 0) continue;
    finding.status = Status::failed;
    finding.found = (finding.mend.empty() ? "" : finding.found + ", ") + path + " is readable by others";
    finding.mend += (finding.mend.empty() ? "chmod 600 " : " ") + path;
  }
  return finding;
}

Finding examine_space(const std::string& folder) {
  Finding finding{.check = "disk space", .found = {}, .mend = {}};
  struct statvfs seen {};
  if (statvfs(existing_part(folder).c_str(), &seen) < 0) {
    finding.status = Status::failed;
    finding.found = std::strerror(errno);
    finding.mend = "see whether the disk of " + folder + " is mounted";
    return finding;
  }
  const auto free = std::uint64_t{seen.f_bavail} * seen.f_frsize;
  finding.found = std::to_string(free / kMegabyte) + " MB free";
  if (seen.f_files > 0 && seen.f_favail == 0) finding.found = "no file can be made: no inodes are free";
  if (free < kFullBytes || (seen.f_files > 0 && seen.f_favail == 0))
    finding.status = Status::failed;
  else if (free < kLittleBytes)
    finding.status = Status::warning;
  if (finding.status != Status::ok)
    finding.mend = "make room, or keep less: keep_executions of the tasks, retention.days, output.max_bytes";
  return finding;
}

Finding examine_clock() {
  Finding finding{.check = "clock", .found = "kept by a time service", .mend = {}};
  timex state{};
  if (time(nullptr) < kOldestSaneTime) {
    finding.status = Status::failed;
    finding.found = "shows a time before this program was written";
    finding.mend = "set it (date -s), and have a time service keep it";
  } else if (adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
    finding.status = Status::warning;
    finding.found = "no time service keeps it";
    finding.mend = "timedatectl set-ntp true, or run chrony; in a container its host must";
  }
  return finding;
}

Finding examine_zone(const std::string& zone) {
  if (cron::find_zone(zone)) return {.check = "time zones", .found = zone + " is known", .mend = {}};
  return {.check = "time zones",
          .status = Status::failed,
          .found = "scheduler.timezone " + zone + " is not known here",
          .mend = "apt-get install tzdata, or choose a name of the tz database"};
}

struct Asked {
  bool answers = false;
  json::object readiness;
};

// What the server says is wrong with that; empty where it is well, or no server answers.
std::string wrong_by(const Asked& server, std::string_view check) {
  if (!server.answers) return {};
  const auto* checks = server.readiness.if_contains("checks");
  const auto* state = checks && checks->is_object() ? checks->get_object().if_contains(check) : nullptr;
  if (state == nullptr || !state->is_string()) return "the server does not say how it is";
  return *state == "ok" ? std::string() : std::string(state->get_string());
}

Finding examine_database(const std::string& url, const Asked& server) {
  if (const auto wrong = wrong_by(server, "database"); !wrong.empty()) {
    return {
        .check = "database",
        .status = Status::failed,
        .found = url + ": " + wrong,
        .mend =
            "end what has it open (fuser -v scheduler.db), or see the server's log for store.write_failed"};
  }
  auto found = store::examine(url);
  if (found) return {.check = "database", .found = url + ": " + *found, .mend = {}};
  if (found.error().kind == base::ErrorKind::not_found)
    return {.check = "database", .found = url + ": none yet, `serve` makes it", .mend = {}};
  // "what is wrong: how to mend it"
  const auto& text = found.error().message;
  const auto colon = text.rfind(": ");
  return {.check = "database",
          .status = Status::failed,
          .found = text.substr(0, colon),
          .mend = colon == std::string::npos ? std::string() : text.substr(colon + 2)};
}

// A pool that the configuration does not name limits nothing, and so a misspelt one.
Finding examine_pools(const Config& config) {
  Finding finding{.check = "pools", .found = "each that tasks name has its limit", .mend = {}};
  std::string names;
  for (const auto& [pool, tasks] : store::pools_named(config.url_of_database())) {
    if (config.pools.contains(pool)) continue;
    names += (names.empty() ? "" : ", ") + pool + " (" + std::to_string(tasks) +
             (tasks == 1 ? " task)" : " tasks)");
  }
  if (names.empty()) return finding;
  finding.status = Status::warning;
  finding.found = "tasks name pools that have no limit, and so limit nothing: " + names;
  finding.mend = "give each its limit under [pools] of the configuration, or correct the tasks' pool";
  return finding;
}

// Whether this user may listen there.
std::string why_not_bound(const Config& config) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* addresses = nullptr;
  if (const int code =
          getaddrinfo(config.host.c_str(), std::to_string(config.port).c_str(), &hints, &addresses);
      code != 0)
    return gai_strerror(code);
  std::string why;
  const int listener = socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (listener < 0 || bind(listener, addresses->ai_addr, addresses->ai_addrlen) < 0 ||
      listen(listener, 1) < 0)
    why = std::strerror(errno);
  close(listener);
  freeaddrinfo(addresses);
  return why;
}

std::string url_of(const Config& config) {
  const auto host = config.host == "0.0.0.0" || config.host == "::" ? std::string("127.0.0.1")
                    : config.host.find(':') == std::string::npos    ? config.host
                                                                    : "[" + config.host + "]";
  return "http://" + host + ":" + std::to_string(config.port);
}

bool is_held(const std::string& lock_path) {
  const int file = open(lock_path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool held = flock(file, LOCK_SH | LOCK_NB) < 0;
  close(file);
  return held;
}

// The server of this configuration, where it runs.
Asked ask_server(const Config& config) {
  cli::Client client({.url = url_of(config), .token = {}});
  const auto health = client.get("/healthz");
  if (!health || !health->is_object()) return {};
  const auto* name = health->get_object().if_contains("name");
  if (name == nullptr || *name != "mini-scheduler") return {};
  // its body says what is wrong where its status says that something is
  cli::HttpRequest request;
  request.url = url_of(config) + "/readyz";
  const auto ready = cli::send(request);
  boost::system::error_code unreadable;
  const auto body = ready ? json::parse(ready->body, unreadable) : json::value();
  return {true, body.is_object() ? body.get_object() : json::object{}};
}

Finding examine_port(const Config& config, const Asked& server) {
  Finding finding{.check = "port", .found = url_of(config), .mend = {}};
  if (server.answers) return finding.found += ": the server answers", finding;
  const auto why = why_not_bound(config);
  if (why.empty()) return finding.found += ": free, no server runs", finding;
  finding.status = Status::failed;
  finding.found += ": " + why;
  finding.mend = "end the program that has it (ss -ltnp), or choose another with --port or --host";
  return finding;
}

Finding examine_runner(const std::string& folder, const Asked& server) {
  Finding finding{.check = "runner", .found = {}, .mend = {}};
  const auto socket = runner::socket_path(folder).string();
  if (socket.size() >= sizeof sockaddr_un{}.sun_path) {
    finding.status = Status::failed;
    finding.found = "the path of its socket is too long (" + socket + ")";
    finding.mend = "choose a shorter --data-dir";
    return finding;
  }
  const bool runs = is_held(folder + "/runner.lock");
  finding.found = runs ? "runs" : "does not run; `serve` starts it";
  if (!server.answers) return finding;
  const auto wrong = wrong_by(server, "runner");
  if (wrong.empty()) return finding.found = "connected", finding;
  finding.status = Status::failed;
  finding.found = wrong;
  if (wrong.starts_with("connected")) {
    finding.mend = "kill -CONT the process that " + folder +
                   "/runner.lock names (fuser); one that hangs can be killed: what it ran is LOST then";
    return finding;
  }
  finding.mend = "see the server's log for runner.disconnected; what " + folder +
                 "/runner.lock names may be of another version: let its jobs end, then end it";
  return finding;
}

Finding examine_kill_level(const Asked& server) {
  Finding finding{.check = "kill level", .found = {}, .mend = {}};
  const auto* told = server.readiness.if_contains("kill_level");
  finding.found = told != nullptr && told->is_string()
                      ? std::string(told->get_string())
                      : runner::Cgroups("doctor-" + std::to_string(getpid())).level();
  if (finding.found.starts_with("cgroup")) return finding;
  finding.status = Status::warning;
  finding.mend =
      "a daemon that leaves group and session and clears its environment outlives a kill: run the server "
      "where it may make cgroups of version 2 (for systemd: Delegate= in the unit, as packaging/ has it)";
  return finding;
}

int report(const std::vector<Finding>& findings, bool as_json) {
  const bool failed = std::any_of(findings.begin(), findings.end(),
                                  [](const Finding& finding) { return finding.status == Status::failed; });
  if (as_json) {
    json::array checks;
    for (const auto& finding : findings) {
      checks.push_back({{"check", finding.check},
                        {"status", to_string(finding.status)},
                        {"found", finding.found},
                        {"mend", finding.mend}});
    }
    std::cout << json::serialize(json::object{{"ok", !failed}, {"checks", std::move(checks)}}) << std::endl;
  } else {
    for (const auto& finding : findings) {
      std::cout << (finding.status == Status::ok        ? "ok       "
                    : finding.status == Status::warning ? "warning  "
                                                        : "FAILED   ")
                << finding.check << ": " << finding.found << "\n";
      if (!finding.mend.empty()) std::cout << "         mend it: " << finding.mend << "\n";
    }
  }
  return failed ? cli::kFailed : cli::kDone;
}

}  // namespace

std::vector<Finding> examine(const Config& config) {
  const auto folder = absolute(config.data_dir);
  const auto server = ask_server(config);
  return {examine_folder(folder),         examine_secrets(folder),
          examine_space(folder),          examine_clock(),
          examine_zone(config.timezone),  examine_database(config.url_of_database(), server),
          examine_pools(config),          examine_port(config, server),
          examine_runner(folder, server), examine_kill_level(server)};
}

int doctor(const std::vector<std::string>& arguments) {
  CLI::App options{"Checks what a server here needs, and says how to mend it", "mini-scheduler doctor"};
  ConfigSources sources;
  sources.environment = environment_variable;
  bool as_json = false;
  options.add_option("--config", sources.file, "Configuration file (TOML) of the server");
  options.add_flag("--json", as_json, "JSON in place of lines");
  std::map<std::string, std::string> given;
  for (const auto& [flag, path] : config_flags())
    options.add_option(flag, given[path], "Stands over " + path + " of the configuration");
  try {
    options.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    std::cout << options.help();
    return cli::kDone;
  } catch (const CLI::ParseError& error) {
    std::cerr << "mini-scheduler doctor: " << error.what() << std::endl;
    return cli::kWrongUsage;
  }
  for (const auto& [flag, path] : config_flags()) {
    if (options.count(flag) > 0) sources.flags[path] = given[path];
  }
  const auto config = load_config(sources);
  if (!config) {
    return report({{.check = "configuration",
                    .status = Status::failed,
                    .found = config.error().message,
                    .mend = "correct what is named there; docs/configuration.md lists every key"}},
                  as_json);
  }
  std::vector<Finding> findings{{.check = "configuration", .found = "can be read", .mend = {}}};
  for (auto& finding : examine(*config)) findings.push_back(std::move(finding));
  return report(findings, as_json);
}

}  // namespace app
