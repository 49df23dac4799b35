#include "http/api.h"

#include "http/handlers/handlers.h"
#include "http/openapi.h"

namespace http {

Router build_router(const ApiContext& context) {
  Router router;
  add_common_schemas(router);
  register_account_routes(router, context);
  register_token_routes(router, context);
  register_user_routes(router, context);
  register_audit_routes(router, context);
  register_session_routes(router, context);
  register_preference_routes(router, context);
  register_secret_routes(router, context);
  register_health_routes(router, context);
  register_page_routes(router, context);
  for (const auto& add : context.more_routes) add(router);
  // Its own route is described too, so the text is made once the route is there.
  const auto text = std::make_shared<std::string>();
  const auto answer = [text](const Request&) { return Response::json_text(200, SharedText(text)); };
  router.add(
      {.method = Method::get,
       .path = "/openapi.json",
       .right = rights::Right::anyone,
       .handler = answer,
       .doc = {.summary = "This description", .tag = "system", .answers = {{200, "OpenAPI 3.1", "{}"}}},
       .quick = answer});
  *text = to_openapi(router, context.version);
  return router;
}

}  // namespace http
