#include <boost/json/array.hpp>

#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/object_reader.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

json::object to_json(const auth::SessionView& view) {
  return {{"id", view.session.id},
          {"current", view.current},
          {"created_at", base::to_iso(view.session.created_at)},
          {"expires_at", base::to_iso(view.session.expires_at)},
          {"address", view.session.address},
          {"user_agent", view.session.user_agent}};
}

base::Result<Response> list_sessions(const ApiContext& context, const Request& request) {
  if (auto refused = refuse_token(request)) return *refused;
  json::array items;
  for (const auto& view : context.sessions.list(request.actor().user, request.identity->session_id))
    items.emplace_back(to_json(view));
  return json_response(200, json::object{{"items", std::move(items)}}).with("Cache-Control", "no-store");
}

base::Result<Response> end_session(const ApiContext& context, const Request& request) {
  if (auto refused = refuse_token(request)) return *refused;
  if (auto ended = context.sessions.end(request.actor(), std::string(request.path_parameter("id"))); !ended)
    return std::move(ended).error();
  return Response::no_content();
}

base::Result<Response> end_sessions(const ApiContext& context, const Request& request) {
  if (auto refused = refuse_token(request)) return *refused;
  const auto ended = context.sessions.end_all(request.actor(), request.identity->session_id);
  if (!ended) return ended.error();
  return json_response(200, json::object{{"ended", *ended}});
}

base::Result<Response> show_factor(const ApiContext& context, const Request& request) {
  const auto state = context.factors.state_of(request.actor().user);
  return json_response(200,
                       json::object{{"on", state.on}, {"recovery_codes_left", state.recovery_codes_left}})
      .with("Cache-Control", "no-store");
}

base::Result<Response> enrol(const ApiContext& context, const Request& request) {
  if (auto refused = refuse_token(request)) return *refused;
  const auto body = read_json_object(request);
  if (!body) return body.error();
  ObjectReader reader(*body);
  const auto password = reader.required_text("current_password");
  if (auto read = reader.finish(); !read) return std::move(read).error();
  if (auto same = context.accounts.check_own_password(request.actor(), password); !same)
    return std::move(same).error();
  const auto enrolment = context.factors.enrol(request.actor());
  if (!enrolment) return enrolment.error();
  return json_response(201, json::object{{"key", enrolment->key}, {"uri", enrolment->uri}})
      .with("Cache-Control", "no-store");
}

base::Result<std::string> code_of(const Request& request) {
  const auto body = read_json_object(request);
  if (!body) return body.error();
  ObjectReader reader(*body);
  auto code = reader.required_text("code");
  if (auto read = reader.finish(); !read) return std::move(read).error();
  return code;
}

base::Result<Response> confirm(const ApiContext& context, const Request& request) {
  if (auto refused = refuse_token(request)) return *refused;
  const auto code = code_of(request);
  if (!code) return code.error();
  const auto codes = context.factors.confirm(request.actor(), *code);
  if (!codes) return codes.error();
  json::array list;
  for (const auto& recovery : *codes) list.emplace_back(recovery);
  return json_response(200, json::object{{"recovery_codes", std::move(list)}})
      .with("Cache-Control", "no-store");
}

base::Result<Response> turn_off(const ApiContext& context, const Request& request) {
  if (auto refused = refuse_token(request)) return *refused;
  const auto code = code_of(request);
  if (!code) return code.error();
  if (auto off = context.factors.turn_off(request.actor(), *code); !off) return std::move(off).error();
  return Response::no_content();
}

base::Result<Response> reset_factor(const ApiContext& context, const Request& request) {
  const auto id = base::parse_id<base::UserId>(request.path_parameter("id"));
  const auto user = id ? context.accounts.find(*id) : std::nullopt;
  if (!user)
    return base::make_error(base::ErrorKind::not_found, "there is no such user; GET /users lists them");
  if (auto reset = context.factors.reset(request.actor(), *user); !reset) return std::move(reset).error();
  return Response::no_content();
}

void add_session_schemas(Router& router) {
  router.add_schema("Session",
                    R"({"type":"object","required":["id","current","created_at","expires_at"],"properties":{
    "id":{"type":"string"},"current":{"type":"boolean","description":"The one that asks"},
    "created_at":{"type":"string","format":"date-time"},"expires_at":{"type":"string","format":"date-time"},
    "address":{"type":"string"},"user_agent":{"type":"string"}}})");
  router.add_schema("SecondFactor", R"({"type":"object","required":["on","recovery_codes_left"],"properties":{
    "on":{"type":"boolean"},"recovery_codes_left":{"type":"integer"}}})");
  router.add_schema("SecondFactorKey", R"({"type":"object","required":["key","uri"],"properties":{
    "key":{"type":"string","description":"Base32, to be typed into an app"},
    "uri":{"type":"string","description":"otpauth://, for a QR code"}}})");
  router.add_schema(
      "OwnPassword",
      R"({"type":"object","required":["current_password"],"additionalProperties":false,"properties":{
    "current_password":{"type":"string","format":"password"}}})");
  router.add_schema("Code",
                    R"({"type":"object","required":["code"],"additionalProperties":false,"properties":{
    "code":{"type":"string","description":"Six digits, or a recovery code"}}})");
}

}  // namespace

std::optional<base::Error> refuse_token(const Request& request) {
  if (!request.identity->session_id.empty()) return std::nullopt;
  return base::make_error(base::ErrorKind::forbidden, "an API token can't do this; log in with the password");
}

void register_session_routes(Router& router, const ApiContext& context) {
  add_session_schemas(router);
  const auto with = [context](base::Result<Response> (*act)(const ApiContext&, const Request&)) {
    return [context, act](const Request& request) { return act(context, request); };
  };
  router.add(
      {.method = Method::get,
       .path = "/auth/sessions",
       .right = Right::signed_in,
       .handler = with(list_sessions),
       .doc = {
           .summary = "My log-ins that have not ended",
           .tag = "auth",
           .answers = {
               {200, "Newest first",
                R"({"type":"object","properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Session"}}}})"}}}});
  router.add({.method = Method::delete_,
              .path = "/auth/sessions",
              .right = Right::signed_in,
              .handler = with(end_sessions),
              .doc = {.summary = "Log out everywhere else, at once",
                      .tag = "auth",
                      .answers = {{200, "How many ended",
                                   R"({"type":"object","properties":{"ended":{"type":"integer"}}})"}}}});
  router.add(
      {.method = Method::delete_,
       .path = "/auth/sessions/{id}",
       .right = Right::signed_in,
       .handler = with(end_session),
       .doc = {.summary = "End one of my log-ins at once", .tag = "auth", .answers = {{204, "Ended"}}}});
  router.add({.method = Method::get,
              .path = "/auth/second-factor",
              .right = Right::signed_in,
              .handler = with(show_factor),
              .doc = {.summary = "Whether my log-ins need a one-time code",
                      .tag = "auth",
                      .answers = {{200, "The state", "SecondFactor"}}}});
  router.add({.method = Method::post,
              .path = "/auth/second-factor",
              .right = Right::signed_in,
              .handler = with(enrol),
              .doc = {.summary = "A key for an authenticator app; counts once it is confirmed",
                      .tag = "auth",
                      .request = "OwnPassword",
                      .answers = {{201, "The key, shown this once", "SecondFactorKey"},
                                  {403, "The password is wrong", "Problem", "application/problem+json"},
                                  {409, "It is on already", "Problem", "application/problem+json"}}},
              .lane = Lane::passwords});
  router.add(
      {.method = Method::post,
       .path = "/auth/second-factor/confirm",
       .right = Right::signed_in,
       .handler = with(confirm),
       .doc = {
           .summary = "Turn the second factor on, with a code of the app",
           .tag = "auth",
           .request = "Code",
           .answers = {
               {200, "Recovery codes, shown this once",
                R"({"type":"object","properties":{"recovery_codes":{"type":"array","items":{"type":"string"}}}})"}}}});
  router.add(
      {.method = Method::post,
       .path = "/auth/second-factor/off",
       .right = Right::signed_in,
       .handler = with(turn_off),
       .doc = {.summary = "Turn the second factor off, with a code",
               .tag = "auth",
               .request = "Code",
               .answers = {{204, "Off"}, {409, "It is not on", "Problem", "application/problem+json"}}}});
  router.add({.method = Method::delete_,
              .path = "/users/{id}/second-factor",
              .right = Right::administer,
              .handler = with(reset_factor),
              .doc = {.summary = "Take a user's second factor away: the app and the recovery codes are lost",
                      .tag = "users",
                      .answers = {{204, "Off"}}}});
}

}  // namespace http
