#include <atomic>
#include <exception>
#include <random>
#include <unordered_map>

#include "base/log.h"
#include "http/canonical_path.h"
#include "http/compression.h"
#include "http/origin.h"
#include "http/problem.h"
#include "http/route.h"
#include "http/route_table.h"
#include "http/watched_stream.h"
#include "store/store.h"

namespace http {
namespace {

std::string new_request_id() {
  static const std::uint32_t kPrefix = std::random_device{}();
  static std::atomic<std::uint64_t> counter{0};
  return std::to_string(kPrefix) + "-" + std::to_string(++counter);
}

std::string allow_header(const std::vector<Method>& methods) {
  std::string list;
  const auto append = [&](std::string_view name) { list.append(list.empty() ? "" : ", ").append(name); };
  for (const Method method : methods) {
    append(to_string(method));
    if (method == Method::get) append("HEAD");
  }
  append("OPTIONS");
  return list;
}

std::string_view who_may(rights::Right right) {
  switch (right) {
    case rights::Right::anyone:
    case rights::Right::signed_in:
    case rights::Right::read:
      return "an account";
    case rights::Right::run:
      return "the role operator, editor or admin, and for a token the scope run or write";
    case rights::Right::edit:
    case rights::Right::set_command:
    case rights::Right::set_env:
    case rights::Right::set_shell:
      return "the role editor or admin, and for a token the scope write";
    case rights::Right::set_user:
    case rights::Right::administer:
      return "the role admin, and for a token the scope write";
  }
  return "another role";
}

// The refusal of who asks, if there is one. Sets the identity.
std::optional<Response> refuse_caller(Request& request, const Route& route, Identifier::Answer answer) {
  if (!answer && route.right != rights::Right::anyone) return problem(answer.error());
  if (answer) request.identity = std::move(*answer);
  if (!is_safe(request.method) && is_cross_site(request) &&
      (route.right == rights::Right::anyone || (request.identity && request.identity->by_cookie))) {
    return problem(403,
                   "this request comes from another site's page; send it from the scheduler's own page, or "
                   "with a token in place of the cookie");
  }
  if (route.right == rights::Right::anyone) return std::nullopt;
  if (!request.identity) {
    return problem(401, "log in first: POST /auth/login, then send 'Authorization: Bearer TOKEN'");
  }
  if (!rights::may(request.identity->actor, route.right)) {
    return problem(403, "'" + request.identity->actor.name + "' (" +
                            std::string(rights::to_string(request.identity->actor.role)) +
                            ") may not do this; it needs " + std::string(who_may(route.right)));
  }
  if (!is_safe(request.method) && request.identity->by_cookie && !request.body.empty()) {
    const auto type = request.media_type();
    if (type != "application/json" && type != "application/x-www-form-urlencoded") {
      return problem(415, "a browser's request must be JSON or a form; send Content-Type: application/json");
    }
  }
  return std::nullopt;
}

Response run(const Request& request, const Route& route) {
  try {
    auto result = route.handler(request);
    return result ? std::move(*result) : problem(result.error());
  } catch (const store::DatabaseFailure& failure) {
    base::log::error("http.database_failed",
                     {{"request", request.id}, {"path", request.path}, {"why", failure.what()}});
    return problem(503, "the database did not answer; try again shortly (request " + request.id +
                            " in the log says why)");
  } catch (const std::exception& failure) {
    base::log::error("http.handler_failed",
                     {{"request", request.id}, {"path", request.path}, {"why", failure.what()}});
  } catch (...) {
    base::log::error("http.handler_failed",
                     {{"request", request.id}, {"path", request.path}, {"why", "unknown"}});
  }
  return problem(500, "the server failed at this request; the log says why under request " + request.id);
}

}  // namespace

struct Router::Table {
  std::vector<std::unique_ptr<Route>> routes;
  std::vector<std::pair<std::string, std::string>> schemas;
  RouteTable paths;
  std::vector<std::string> hosts;
  Identifier* identifier = nullptr;
  Denied denied;
  Nowhere nowhere;
  RefusalPage refused;

  // Of a path that is no route's.
  Response nothing(const Request& request, std::string_view detail) const {
    const bool is_read = request.method == Method::get || request.method == Method::head;
    if (nowhere && is_read && request.accepts("text/html")) return nowhere(request);
    return shown(request, nullptr, problem(404, detail));
  }
  // What a route answered, or without one the router, as whoever asks can read it.
  Response shown(const Request& request, const Route* route, Response response) const {
    const auto& page = route == nullptr ? refused : route->refused;
    // who sends JSON is a script, whatever else it would take
    if (!page || response.detail.empty() || !request.accepts("text/html") ||
        (!is_safe(request.method) && request.media_type() == "application/json"))
      return response;
    response.headers.set("Content-Type", "text/html; charset=utf-8");
    response.body = page(request, response);
    return response;
  }
  // Gives the response on, and tells of it where it denies.
  Response told(const Request& request, const Route& route, Response response) const {
    const bool is_denied =
        response.status == 403 || (response.status == 401 && request.header("authorization").has_value());
    if (denied && is_denied && route.right != rights::Right::anyone) denied(request, response.status);
    return response;
  }
  std::variant<const Route*, Response> locate(Request& request) const;
};

// The route of a request, or the answer that needs none. Sets path, query and path parameters.
std::variant<const Route*, Response> Router::Table::locate(Request& request) const {
  const auto target = split_target(request.target);
  if (request.headers.count("host") != 1) return problem(400, "the request needs exactly one Host header");
  const std::string_view host = *request.header("host");
  const std::string_view authority = target ? target->authority : std::string_view();
  std::vector<std::string_view> asked{host};
  if (!authority.empty()) asked.push_back(authority);
  // a proxy's word counts beside the Host that came, not in its place: a client may have written it
  if (!request.forwarded_host.empty()) asked.push_back(request.forwarded_host);
  for (const auto each : asked) {
    if (is_allowed_host(each, hosts)) continue;
    const auto name = host_name(each);
    return problem(421, name ? "this server does not answer for the host '" + *name +
                                   "'; ask it as localhost, or add the name to http.hosts"
                             : std::string("the Host header is not NAME or NAME:PORT"));
  }
  if (!authority.empty() && !equals_ignoring_case(authority, host))
    return problem(400, "the URL in the request's first line names another host than the Host header");
  if (!target) return nothing(request, "there is nothing at this path");
  request.path = target->path;
  auto match = paths.find(request.method, request.path);
  if (match.route == nullptr) {
    if (match.allowed.empty()) return nothing(request, "there is nothing at '" + request.path + "'");
    if (request.method == Method::options)
      return Response::no_content().with("Allow", allow_header(match.allowed));
    return shown(request, nullptr,
                 problem(405, "'" + request.path + "' does not take this method; it takes " +
                                  allow_header(match.allowed))
                     .with("Allow", allow_header(match.allowed)));
  }
  request.query = {};
  if (!target->query.empty()) {
    auto query = parse_urlencoded(target->query);
    if (!query) return shown(request, match.route, problem(query.error()));
    request.query = std::move(*query);
  }
  request.path_parameters.clear();
  if (!match.values.empty()) {
    const auto names = parameter_names(match.route->path);
    for (std::size_t at = 0; at < match.values.size(); ++at) {
      request.path_parameters.emplace_back(names[at], std::move(match.values[at]));
    }
  }
  return match.route;
}

Router::Router() : table_(std::make_unique<Table>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Route route) {
  auto kept = std::make_unique<Route>(std::move(route));
  table_->paths.add(*kept);
  table_->routes.push_back(std::move(kept));
}

void Router::add_schema(std::string name, std::string_view json) {
  table_->schemas.emplace_back(std::move(name), json);
}

void Router::on_denied(Denied told) {
  table_->denied = std::move(told);
}

void Router::on_nowhere(Nowhere page) {
  table_->nowhere = std::move(page);
}

void Router::on_refused(RefusalPage page) {
  table_->refused = std::move(page);
}

Response Router::as_readable(const Request& request, Response problem) const {
  return table_->shown(request, find(request.method, request.target), std::move(problem));
}

void Router::set_identifier(Identifier* identifier) {
  table_->identifier = identifier;
}

void Router::set_hosts(std::vector<std::string> hosts) {
  table_->hosts = std::move(hosts);
}

bool Router::answers_for(std::string_view host) const {
  return is_allowed_host(host, table_->hosts);
}

const std::vector<std::unique_ptr<Route>>& Router::routes() const {
  return table_->routes;
}

const std::vector<std::pair<std::string, std::string>>& Router::schemas() const {
  return table_->schemas;
}

const Route* Router::find(Method method, std::string_view target) const {
  const auto parts = split_target(target);
  return parts ? table_->paths.find(method, parts->path).route : nullptr;
}

Response Router::handle(Request& request) const {
  request.id = new_request_id();
  auto located = table_->locate(request);
  if (auto* answer = std::get_if<Response>(&located)) return std::move(*answer);
  const Route& route = *std::get<const Route*>(located);
  Identifier::Answer who = std::optional<Identity>();
  try {
    if (table_->identifier != nullptr) who = table_->identifier->identify(request);
  } catch (const std::exception& failure) {
    base::log::error("http.identify_failed", {{"request", request.id}, {"why", failure.what()}});
    return table_->shown(request, &route,
                         problem(503, "the accounts can't be read now; try again shortly (request " +
                                          request.id + " in the log says why)"));
  }
  if (auto refusal = refuse_caller(request, route, std::move(who)))
    return table_->told(request, route, table_->shown(request, &route, std::move(*refusal)));
  auto response = table_->shown(request, &route, run(request, route));
  if (auto* source = std::get_if<std::shared_ptr<EventSource>>(&response.body);
      source != nullptr && route.right != rights::Right::anyone) {
    *source = std::make_shared<WatchedStream>(std::move(*source), request, route.right, *table_->identifier);
  }
  compress(request, response);
  return table_->told(request, route, std::move(response));
}

std::optional<Response> Router::handle_quickly(Request& request) const {
  auto located = table_->locate(request);
  if (auto* answer = std::get_if<Response>(&located)) return std::move(*answer);
  const Route& route = *std::get<const Route*>(located);
  Identifier::Answer who = std::optional<Identity>();
  if (table_->identifier != nullptr) {
    auto known = table_->identifier->identify_quickly(request);
    if (!known) return std::nullopt;
    who = std::move(*known);
  }
  if (auto refusal = refuse_caller(request, route, std::move(who)))
    return table_->told(request, route, table_->shown(request, &route, std::move(*refusal)));
  return route.quick ? route.quick(request) : std::nullopt;
}

}  // namespace http
