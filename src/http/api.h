// All routes in one router.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/accounts.h"
#include "auth/audit_log.h"
#include "auth/first_run.h"
#include "auth/secrets.h"
#include "auth/sessions.h"
#include "auth/tokens.h"
#include "http/assets.h"
#include "http/metrics.h"
#include "http/route.h"

namespace http {

// One thing that must be well for the server to be of use. `ask` may block; gives an empty text when all is
// well, else what is wrong. Never a secret: /readyz shows it to everybody.
struct ReadinessCheck {
  std::string name;  // "database", "runner"
  std::function<std::string()> ask;
};

// What the routes need. Everything that is referred to must outlive the router.
struct ApiContext {
  store::Store& store;
  const base::Clock& clock;
  auth::Accounts& accounts;
  auth::Sessions& sessions;
  auth::Tokens& tokens;
  auth::SecondFactors& factors;
  auth::FirstRun& first_run;
  auth::Secrets& secrets;
  auth::AuditLog& audit;
  std::string version;
  // find_asset of assets.h; tests give their own.
  std::function<const Asset*(std::string_view)> find_asset;
  std::vector<ReadinessCheck> checks;
  // What /readyz shows beside them, whatever it says: `ask` gives its text.
  std::vector<ReadinessCheck> facts;
  // Each writes its figures for /metrics. May block shortly.
  std::vector<std::function<void(MetricWriter&)>> metrics;
  // The routes of other parts, each as one call: [&](Router& router) { register_task_routes(router, tasks);
  // }.
  std::vector<std::function<void(Router&)>> more_routes;
  // Puts the key of the secrets where the next start finds it; empty where the key comes from the
  // environment.
  auth::Secrets::Keep keep_secrets_key = nullptr;
};

// Registers the routes of this folder, then those of `more_routes`, then /openapi.json, which describes them
// all. The caller sets the identifier and the hosts. Throws std::logic_error when two routes are one.
Router build_router(const ApiContext& context);

}  // namespace http
