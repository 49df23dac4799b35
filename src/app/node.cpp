#include "app/node.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>

#include "app/data_folder.h"
#include "app/folder_lock.h"
#include "app/keys.h"
#include "app/readiness.h"
#include "app/serve.h"
#include "auth/authenticator.h"
#include "auth/secret_key.h"
#include "base/log.h"
#include "cli/credentials.h"
#include "engine/engine.h"
#include "http/api.h"
#include "http/handlers/settings_handlers.h"
#include "http/handlers/task_handlers.h"
#include "http/identification.h"
#include "http/metrics.h"
#include "http/origin.h"
#include "http/server.h"
#include "runner/client.h"

namespace app {
namespace {

using base::ErrorKind;
using base::make_error;

constexpr std::chrono::milliseconds kAnswerDeadline{3'000};  // for requests in flight at a stop
constexpr const char* kLocalTokenName = "this machine's command line";

std::string program_path() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).string();
}

// Raises this process's bound on descriptors as far as it may go; gives how many connections fit under it.
int room_for_connections(std::int64_t wanted) {
  constexpr std::int64_t kDescriptorsForTheRest =
      512;  // database, logs that are sent, runner, what is being accepted
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const auto needed = static_cast<rlim_t>(wanted + kDescriptorsForTheRest);
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(limit.rlim_max, needed);
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= needed) return static_cast<int>(wanted);
  const auto room =
      std::max<std::int64_t>(16, static_cast<std::int64_t>(limit.rlim_cur) - kDescriptorsForTheRest);
  base::log::warning(
      "http.fewer_connections",
      {{"wanted", wanted}, {"room", room}, {"mend", "raise the hard limit of open files (ulimit -Hn)"}});
  return static_cast<int>(room);
}

std::string reachable_host(const std::string& host) {
  if (host == "0.0.0.0" || host == "::") return "127.0.0.1";
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

auth::Secrets::Keep keep_secrets_key(const Config& config) {
  return [path = config.data_dir + "/" + auth::kSecretsKeyFile](const auth::KeyRing& ring) {
    return auth::save_key_ring(path, ring);
  };
}

}  // namespace

struct Node::Parts {
  explicit Parts(const Config& config)
      : settings(config),
        registration(auth::parse_registration(config.registration)
                         .value_or(http::is_loopback_name(config.host) ? auth::Registration::open
                                                                       : auth::Registration::closed)) {}

  Config settings;  // as they are in force now; the rest of the node keeps those of its start
  mutable std::mutex settings_mutex;
  base::SystemClock clock;
  const base::Instant started_at = clock.now();
  FolderLock lock;
  auth::Registration registration;
  Keys keys;
  std::optional<std::string> first_password;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<auth::Sealer> sealer;
  std::unique_ptr<auth::Secrets> secrets;
  std::unique_ptr<auth::AuditLog> audit;
  std::unique_ptr<engine::Engine> engine;
  std::unique_ptr<runner::SocketRunner> runner;
  std::unique_ptr<Readiness> readiness;
  std::unique_ptr<service::EventHub> events;
  std::unique_ptr<service::TaskService> tasks;
  std::unique_ptr<service::ExecutionService> executions;
  std::unique_ptr<service::LedgerView> ledger;
  std::unique_ptr<service::Forecast> forecast;
  auth::Passwords passwords;
  auth::IdentityCache identities;
  std::unique_ptr<auth::Accounts> accounts;
  std::unique_ptr<auth::Sessions> sessions;
  std::unique_ptr<auth::Tokens> tokens;
  std::unique_ptr<auth::SecondFactors> factors;
  std::unique_ptr<auth::FirstRun> first_run;
  std::unique_ptr<auth::Authenticator> authenticator;
  std::unique_ptr<http::Identification> identification;
  std::unique_ptr<http::Router> router;
  std::unique_ptr<http::Server> server;

  base::Result<void> open_store(const Config& config);
  base::Result<void> open_accounts(const Config& config);
  void make_engine(const Config& config);
  base::Result<void> listen(const Config& config);
  void write_metrics(http::MetricWriter& writer) const;
  boost::json::array settings_json() const;
  void keep_local_address(const Config& config);
};

base::Result<void> Node::Parts::open_store(const Config& config) {
  std::error_code failure;
  if (std::filesystem::create_directories(config.data_dir, failure)) chmod(config.data_dir.c_str(), 0700);
  if (failure)
    return make_error(ErrorKind::unavailable,
                      "the data folder " + config.data_dir + " can't be made: " + failure.message());
  if (auto taken = lock.take(config.data_dir); !taken) return taken;
  close_to_others(config.data_dir);
  auto loaded = load_keys(config.data_dir);
  if (!loaded) return std::move(loaded).error();
  keys = std::move(*loaded);
  auto password = secret_variable("MINI_SCHEDULER_ADMIN_PASSWORD");
  if (!password) return std::move(password).error();
  first_password = std::move(*password);
  auto opened = open_configured_store(config, keys);
  if (!opened) return std::move(opened).error();
  store = std::move(*opened);
  sealer = std::make_unique<auth::Sealer>(keys.secrets);
  secrets = std::make_unique<auth::Secrets>(*store, clock, *sealer);
  audit = std::make_unique<auth::AuditLog>(*store, clock, keys.audit, audit_head_path(config));
  return {};
}

base::Result<void> Node::Parts::open_accounts(const Config& config) {
  auth::AccountOptions account_options;
  account_options.registration = registration;
  account_options.registration_role =
      rights::parse_role(config.registration_role).value_or(rights::Role::viewer);
  accounts = std::make_unique<auth::Accounts>(*store, clock, passwords, identities, account_options);
  if (auto made = accounts->ensure_first_admin(first_password); !made) return made;
  if (accounts->demo_password_stands() && !http::is_loopback_name(config.host) &&
      !http::is_loopback_address(config.host)) {
    return make_error(ErrorKind::forbidden,
                      "--host " + config.host +
                          " is refused while the first password of 'admin' stands: change it with "
                          "`mini-scheduler user passwd admin` "
                          "(with the server on 127.0.0.1), or set MINI_SCHEDULER_ADMIN_PASSWORD");
  }
  auth::SessionOptions session_options;
  session_options.lifetime = std::chrono::hours{config.session_hours};
  sessions = std::make_unique<auth::Sessions>(*store, clock, *accounts, passwords, identities, keys.login,
                                              session_options);
  factors = std::make_unique<auth::SecondFactors>(*store, clock, *sealer);
  sessions->use(*factors);
  sessions->use(*audit);
  first_run = std::make_unique<auth::FirstRun>(*store, clock, *accounts, *sessions);
  tokens = std::make_unique<auth::Tokens>(*store, clock, identities);
  authenticator = std::make_unique<auth::Authenticator>(*store, clock, *sessions, *tokens, identities);
  return {};
}

// The command line on this machine speaks as the first admin with a token that only the server's own user can
// read: whoever can read it can read the database beside it.
void Node::Parts::keep_local_address(const Config& config) {
  const auto users = accounts->list();
  const auto admin = std::find_if(users.begin(), users.end(), [](const store::User& user) {
    return user.role == rights::Role::admin && !user.disabled;
  });
  if (admin == users.end()) return;
  const rights::Actor actor{
      .user = admin->id, .name = admin->name, .role = admin->role, .scope = {}, .address = "local"};
  for (const auto& token : tokens->list(admin->id)) {
    if (token.name != kLocalTokenName) continue;
    if (auto revoked = tokens->revoke(actor, token.id); !revoked)
      base::log::warning("cli.token_kept", {{"why", revoked.error().message}});
  }
  const auto token =
      tokens->create(actor, {.name = kLocalTokenName, .scope = rights::Scope::write, .expires_at = {}});
  if (!token) return base::log::warning("cli.no_token", {{"why", token.error().message}});
  boost::json::object address{
      {"server", (config.has_tls() ? "https://" : "http://") + reachable_host(config.host) + ":" +
                     std::to_string(server->port())},
      {"token", token->text}};
  // the name in the certificate is seldom a loopback one, so here the certificate itself is what is checked
  if (config.has_tls()) address["certificate"] = std::filesystem::absolute(config.tls_certificate).string();
  const auto text = boost::json::serialize(address) + "\n";
  const auto path = config.data_dir + "/" + cli::kLocalAddressFile;
  unlink(path.c_str());
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0 || write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    base::log::warning("cli.no_token", {{"why", std::strerror(errno)}});
  if (file >= 0) close(file);
}

void Node::Parts::make_engine(const Config& config) {
  engine::Options options;
  options.data_dir = std::filesystem::absolute(config.data_dir);
  options.program = program_path();
  options.default_timezone = config.timezone;
  options.default_timeout_s = config.default_timeout;
  options.max_running = config.max_running;
  options.max_output_bytes = static_cast<std::uint64_t>(config.max_output_bytes);
  options.retention_days = config.retention_days;
  options.pools = config.pools;
  options.run_as_allowed = config.run_as_allowed;
  options.no_new_privs = config.no_new_privs == "yes";
  options.secret_value = [this](const std::string& name) { return secrets->value_of(name); };
  engine = std::make_unique<engine::Engine>(*store, clock, options);
  events = std::make_unique<service::EventHub>(clock);
  store->set_listener([this](std::span<const store::Change> changes) {
    engine->on_changes(changes);
    events->on_changes(changes);
  });
  runner::ClientOptions client;
  client.data_dir = options.data_dir;
  client.program = config.start_runner == "yes" ? options.program : std::string();
  runner = std::make_unique<runner::SocketRunner>(client);
  readiness = std::make_unique<Readiness>(*store, *engine, *runner);
  tasks = std::make_unique<service::TaskService>(*store, *engine, clock);
  executions = std::make_unique<service::ExecutionService>(*store, *engine, clock);
  ledger = std::make_unique<service::LedgerView>(*store, *tasks, clock);
  forecast = std::make_unique<service::Forecast>(
      *store, *tasks, clock,
      service::ForecastLimits{options.pools, options.max_running, options.default_timeout_s});
}

void Node::Parts::write_metrics(http::MetricWriter& writer) const {
  const auto state = engine->state();
  writer.gauge("process_start_time_seconds", "When this server started, in seconds since 1970",
               static_cast<double>(base::to_unix_ms(started_at) / 1000));
  writer.gauge("mini_scheduler_runner_connected", "Whether the runner is connected",
               state.runner_connected ? 1 : 0);
  readiness->write_metrics(writer);
  writer.gauge("mini_scheduler_planned_tasks", "Tasks with a next fire", static_cast<double>(state.planned));
  writer.gauge("mini_scheduler_running_attempts", "Attempts handed to the runner that have not ended",
               static_cast<double>(state.running));
  writer.counter("mini_scheduler_fires_total", "Fires taken since the start",
                 static_cast<double>(state.fires));
  writer.counter("mini_scheduler_attempts_started_total", "Attempts started since the start",
                 static_cast<double>(state.started));
  writer.counter("mini_scheduler_attempts_finished_total", "Attempts ended since the start",
                 static_cast<double>(state.finished));
  const auto figures = server->figures();
  writer.counter("mini_scheduler_http_requests_total", "Requests answered",
                 static_cast<double>(figures.requests));
  writer.counter("mini_scheduler_http_request_seconds_total", "Time from request to response, summed",
                 static_cast<double>(figures.request_microseconds) / 1e6);
  writer.counter("mini_scheduler_http_connections_refused_total", "Connections refused for want of room",
                 static_cast<double>(figures.refused_connections));
  writer.counter("mini_scheduler_http_connections_evicted_total", "Idle connections closed for newcomers",
                 static_cast<double>(figures.evicted_connections));
  writer.gauge("mini_scheduler_http_connections", "Open connections",
               static_cast<double>(figures.connections));
}

boost::json::array Node::Parts::settings_json() const {
  const std::lock_guard guard(settings_mutex);
  boost::json::array items;
  for (const auto& setting : settings_in_force(settings)) {
    items.push_back(boost::json::object{{"key", setting.key},
                                        {"value", setting.value},
                                        {"source", setting.source},
                                        {"place", setting.place},
                                        {"default", setting.default_value},
                                        {"variable", setting.variable},
                                        {"flag", setting.flag},
                                        {"allowed", setting.allowed},
                                        {"help", setting.help}});
  }
  return items;
}

base::Result<void> Node::Parts::listen(const Config& config) {
  const http::TaskHandlerParts handlers{*tasks, *executions, *ledger, *forecast, *events, *store, clock};
  const http::ApiContext context{
      .store = *store,
      .clock = clock,
      .accounts = *accounts,
      .sessions = *sessions,
      .tokens = *tokens,
      .factors = *factors,
      .first_run = *first_run,
      .secrets = *secrets,
      .audit = *audit,
      .version = kVersion,
      .find_asset = http::find_asset,
      .checks = {{"database", [this] { return readiness->database(); }},
                 {"runner", [this] { return readiness->runner(); }}},
      .facts = {{"kill_level",
                 [this]() -> std::string {
                   const auto level = engine->state().kill_level;
                   return level.substr(0,
                                       level.find(':'));  // why it is no better is for the log and `doctor`
                 }}},
      .metrics = {[this](http::MetricWriter& writer) { write_metrics(writer); }},
      .more_routes = {[handlers](http::Router& more) { http::add_all_task_routes(more, handlers); },
                      [this](http::Router& more) {
                        http::register_settings_routes(more, [this] { return settings_json(); });
                      }},
      .keep_secrets_key = keys.secrets_from_environment ? auth::Secrets::Keep() : keep_secrets_key(config)};
  router = std::make_unique<http::Router>(http::build_router(context));
  identification = std::make_unique<http::Identification>(*authenticator);
  router->set_identifier(identification.get());
  router->set_hosts(config.hosts);
  router->on_denied([this](const http::Request& request, int) {
    audit->refused({.action = "access.denied",
                    .actor = request.identity ? request.identity->actor.name : std::string(),
                    .address = request.peer.ip,
                    .object = std::string(http::to_string(request.method)) + " " + request.path});
  });
  http::ServerOptions options;
  options.host = config.host;
  options.port = static_cast<std::uint16_t>(config.port);
  options.trusted_proxies = http::AddressList::parse(config.trusted_proxies).value();
  options.certificate_file = config.tls_certificate;
  options.key_file = config.tls_key;
  options.limits.connections = room_for_connections(config.max_connections);
  options.limits.connections_from_one = static_cast<int>(config.max_connections_per_address);
  server = std::make_unique<http::Server>(*router, clock, options);
  return server->start();
}

Node::Node(Config config) : config_(std::move(config)), parts_(std::make_unique<Parts>(config_)) {}
Node::~Node() {
  stop();
}

base::Result<void> Node::start() {
  auto& parts = *parts_;
  warn_of_root();
  if (auto opened = parts.open_store(config_); !opened) return opened;
  parts.make_engine(config_);
  if (auto opened = parts.open_accounts(config_); !opened) return opened;
  if (auto listening = parts.listen(config_); !listening) return listening;
  parts.keep_local_address(config_);
  parts.engine->start(*parts.runner);
  parts.runner->open(*parts.engine);
  return {};
}

void Node::stop() {
  auto& parts = *parts_;
  if (parts.server) parts.server->stop(kAnswerDeadline);
  if (parts.engine) parts.engine->stop();
  if (parts.runner) parts.runner->stop();
  parts.server.reset();
  parts.runner.reset();
  parts.audit.reset();
  // the writer calls the listener until it has ended
  parts.store.reset();
  parts.engine.reset();
}

base::Result<void> Node::reload_certificate() {
  return parts_->server->reload_certificate();
}
void Node::reread_zones() {
  parts_->engine->reread_zones();
}
void Node::take_over(const Config& fresh) {
  const std::lock_guard lock(parts_->settings_mutex);
  take_over_reloadable(parts_->settings, fresh);
}

std::uint16_t Node::port() const {
  return parts_->server->port();
}
std::string Node::first_run_token() {
  return parts_->first_run->issue();
}

}  // namespace app
