// The routes of this folder, by what they are about. Those of tasks, executions, cron, events and figures
// have headers of their own and come in through ApiContext::more_routes.
#pragma once
#include "http/api.h"

namespace http {

void register_account_routes(Router& router,
                             const ApiContext& context);  // /auth/login, register, me, logout, password
void register_token_routes(Router& router, const ApiContext& context);  // /auth/tokens
void register_user_routes(Router& router, const ApiContext& context);   // /users
void register_audit_routes(Router& router, const ApiContext& context);  // /audit
void register_session_routes(Router& router,
                             const ApiContext& context);  // /auth/sessions, /auth/second-factor
void register_preference_routes(Router& router, const ApiContext& context);  // /auth/me/preferences
void register_secret_routes(Router& router, const ApiContext& context);      // /secrets
void register_health_routes(Router& router, const ApiContext& context);      // /healthz, /readyz, /metrics, /
void register_page_routes(Router& router,
                          const ApiContext& context);  // /ui, /login, /register, /docs, /assets

// A token is not the person: forbidden to it is what only he himself does.
std::optional<base::Error> refuse_token(const Request& request);

}  // namespace http
