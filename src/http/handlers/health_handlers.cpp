#include <boost/json/serialize.hpp>
#include "http/handlers/handlers.h"

#include "http/json_body.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

base::Result<Response> show_readiness(const ApiContext& context, const Request&) {
  json::object checks;
  bool ready = true;
  for (const auto& check : context.checks) {
    std::string wrong;
    try {
      wrong = check.ask();
    } catch (const std::exception&) {
      wrong = "failed; the log says why";
    }
    ready = ready && wrong.empty();
    checks[check.name] = wrong.empty() ? "ok" : wrong;
  }
  json::object body{{"status", ready ? "ready" : "not ready"}, {"checks", std::move(checks)}};
  for (const auto& fact : context.facts) body[fact.name] = fact.ask();
  auto response = json_response(ready ? 200 : 503, std::move(body)).with("Cache-Control", "no-store");
  if (!ready) response.headers.set("Retry-After", "1");
  return response;
}

base::Result<Response> show_metrics(const ApiContext& context, const Request&) {
  MetricWriter writer;
  writer.gauge("mini_scheduler_info", "Always 1; the version is a label", 1, {{"version", context.version}});
  for (const auto& add : context.metrics) add(writer);
  return Response::text(200, "text/plain; version=0.0.4; charset=utf-8", writer.text())
      .with("Cache-Control", "no-store");
}

}  // namespace

void register_health_routes(Router& router, const ApiContext& context) {
  const auto health = std::make_shared<const std::string>(boost::json::serialize(json::object{
      {"status", "ok"}, {"name", "mini-scheduler"}, {"version", context.version}, {"docs", "/docs"}}));
  const auto show_health = [health](const Request&) {
    return Response::json_text(200, health).with("Cache-Control", "no-store");
  };
  const auto show_root = [show_health](const Request& request) {
    Response response =
        request.accepts("text/html") ? Response::see_other("/ui/tasks") : show_health(request);
    response.headers.set("Vary", "Accept");
    return response;
  };
  router.add_schema("Health",
                    R"({"type":"object","required":["status"],"properties":{"status":{"type":"string"},
    "name":{"type":"string"},"version":{"type":"string"},"docs":{"type":"string"},
    "checks":{"type":"object","additionalProperties":{"type":"string"}},
    "kill_level":{"type":"string","description":"What a kill reaches: cgroup, or process tree"}}})");
  router.add({.method = Method::get,
              .path = "/",
              .right = Right::anyone,
              .handler = show_root,
              .doc = {.summary = "Leads browsers to the page; others get health",
                      .tag = "system",
                      .answers = {{200, "The server lives", "Health"}, {303, "For browsers: to /ui/tasks"}}},
              .quick = show_root});
  router.add({.method = Method::get,
              .path = "/healthz",
              .right = Right::anyone,
              .handler = show_health,
              .doc = {.summary = "Whether the process lives",
                      .tag = "system",
                      .answers = {{200, "It does", "Health"}}},
              .quick = show_health});
  router.add({.method = Method::get,
              .path = "/readyz",
              .right = Right::anyone,
              .handler = [context](const Request& request) { return show_readiness(context, request); },
              .doc = {.summary = "Whether the database takes writes and the runner answers",
                      .tag = "system",
                      .answers = {{200, "They do", "Health"},
                                  {503, "`checks` says which does not, and why", "Health"}}}});
  router.add({.method = Method::get,
              .path = "/metrics",
              .right = Right::anyone,
              .handler = [context](const Request& request) { return show_metrics(context, request); },
              .doc = {.summary = "Figures for Prometheus",
                      .tag = "system",
                      .answers = {{200, "Text form 0.0.4", "string", "text/plain"}}}});
}

}  // namespace http
