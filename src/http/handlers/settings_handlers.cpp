#include "http/handlers/settings_handlers.h"

#include "http/json_body.h"

namespace http {

void register_settings_routes(Router& router, std::function<boost::json::array()> settings) {
  router.add_schema("Settings", R"({"type":"object","required":["items"],"properties":{
    "items":{"type":"array","items":{"type":"object","properties":{
      "key":{"type":"string"},"value":{},"source":{"enum":["default","file","environment","flag"]},"place":{"type":"string"},
      "default":{},"variable":{"type":"string"},"flag":{"type":"string"},"allowed":{"type":"string"},"help":{"type":"string"}},
      "required":["key","value","source","place","default","variable","flag","allowed","help"]}}}})");
  router.add({.method = Method::get,
              .path = "/api/settings",
              .right = rights::Right::administer,
              .handler = [settings = std::move(settings)](const Request&) -> base::Result<Response> {
                return json_response(200, boost::json::object{{"items", settings()}})
                    .with("Cache-Control", "no-store");
              },
              .doc = {.summary = "The settings in force, and where each came from; no secret is shown",
                      .tag = "system",
                      .answers = {{200, "Every key", "Settings"}}}});
}

}  // namespace http
