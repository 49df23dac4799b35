#include <unistd.h>

#include <boost/json/array.hpp>

#include "auth/audit.h"
#include "auth/demo_password.h"
#include "auth/peer_owner.h"
#include "http/handlers/handlers.h"
#include "http/handlers/plain_page.h"
#include "http/identification.h"
#include "http/json_body.h"
#include "http/object_reader.h"
#include "http/origin.h"
#include "http/problem.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

bool was_forwarded(const Request& request) {
  for (const auto& [name, value] : request.headers) {
    constexpr std::string_view kPrefix = "x-forwarded-";
    if (equals_ignoring_case(name, "forwarded") || equals_ignoring_case(name, "x-real-ip") ||
        equals_ignoring_case(std::string_view(name).substr(0, kPrefix.size()), kPrefix)) {
      return true;
    }
  }
  return false;
}

bool may_use_demo_password(const Request& request) {
  auth::DemoCircumstances circumstances;
  const auto host = host_name(request.header("host").value_or(""));
  circumstances.loopback_peer = is_loopback_address(request.peer.ip);
  circumstances.loopback_host = host && is_loopback_name(*host);
  circumstances.forwarded = was_forwarded(request);
  circumstances.own_origin = has_own_origin(request);
  circumstances.socket_owner = auth::peer_owner({request.peer.ip, request.peer.port},
                                                {request.peer.local_ip, request.peer.local_port});
  return auth::may_use_demo_password(circumstances, geteuid());
}

std::string user_agent_of(const Request& request) {
  const auto field = request.header("user-agent");
  return field && is_utf8(*field) ? std::string(*field) : std::string();
}

std::string session_cookie(const Request& request, std::string_view token, std::int64_t seconds) {
  std::string cookie(request.secure ? kSecureSessionCookie : kSessionCookie);
  cookie.append("=").append(token).append("; Path=/; HttpOnly; SameSite=Strict; Max-Age=");
  cookie.append(std::to_string(seconds)).append(request.secure ? "; Secure" : "");
  return cookie;
}

Response logged_in(const Request& request, const auth::LoggedIn& login) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(login.expires_in).count();
  return json_response(200, json::object{{"access_token", login.access_token},
                                         {"token_type", "bearer"},
                                         {"expires_in", seconds},
                                         {"user", auth::to_json(login.user)}})
      .with("Set-Cookie", session_cookie(request, login.access_token, seconds))
      .with("Cache-Control", "no-store");
}

// A browser that posts the form by itself shows what it is answered; scripts and clients ask for JSON.
bool is_plain_form(const Request& request) {
  return request.accepts("text/html") && request.media_type() == "application/x-www-form-urlencoded";
}

Response log_in_again(const Request& request, std::string_view name, const base::Error& why) {
  const auto language = request.language();
  return plain_page(status_of(why.kind), request, Words{"Log in", "登录"}.in(language),
                    log_in_form(language, name, &why));
}

base::Result<Response> log_in(const ApiContext& context, const Request& request) {
  const auto body = read_object_or_form(request);
  if (!body) return body.error();
  ObjectReader reader(*body);
  auth::LogInAttempt attempt;
  attempt.name = reader.required_text("username");
  attempt.password = reader.required_text("password");
  attempt.code = reader.text("code").value_or("");
  // Clients of OAuth's password form send these along; they mean nothing here.
  for (const auto* field : {"grant_type", "scope", "client_id", "client_secret"}) reader.text(field);
  const bool plain = is_plain_form(request);
  if (auto read = reader.finish(); !read) {
    if (plain) return log_in_again(request, attempt.name, read.error());
    return std::move(read).error();
  }
  attempt.address = request.peer.ip;
  attempt.user_agent = user_agent_of(request);
  attempt.may_use_demo_password = attempt.password == auth::kDemoPassword && may_use_demo_password(request);
  const auto login = context.sessions.log_in(attempt);
  if (login && plain) {
    auto lead = Response::see_other("/ui/tasks");
    lead.headers.add("Set-Cookie", std::string(*logged_in(request, *login).headers.find("Set-Cookie")));
    return lead;
  }
  if (login) return logged_in(request, *login);
  auto refusal = plain ? log_in_again(request, attempt.name, login.error()) : problem(login.error());
  if (login.error().retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*login.error().retry_after).count();
    refusal.headers.set("Retry-After", std::to_string(seconds));
  }
  return refusal;
}

base::Result<Response> show_registration(const ApiContext& context, const Request&) {
  const auto mode = auth::to_string(context.accounts.registration());
  return json_response(200, json::object{{"registration", mode}}).with("Cache-Control", "no-store");
}

base::Result<Response> register_user(const ApiContext& context, const Request& request) {
  const auto body = read_object_or_form(request);
  if (!body) return body.error();
  ObjectReader reader(*body);
  const auto name = reader.required_text("username");
  const auto password = reader.required_text("password");
  const auto invite = reader.text("invite");
  if (auto read = reader.finish(); !read) return std::move(read).error();
  const auto user = context.accounts.register_user(name, password, invite, request.peer.ip);
  if (!user) return user.error();
  return json_response(201, auth::to_json(*user)).with("Cache-Control", "no-store");
}

base::Result<Response> redeem_first_run(const ApiContext& context, const Request& request) {
  const auto body = read_json_object(request);
  if (!body) return body.error();
  ObjectReader reader(*body);
  const auto token = reader.required_text("token");
  const auto password = reader.required_text("new_password");
  if (auto read = reader.finish(); !read) return std::move(read).error();
  const auto login = context.first_run.redeem(token, password, request.peer.ip, user_agent_of(request));
  if (!login) return login.error();
  return logged_in(request, *login);
}

base::Result<Response> show_me(const ApiContext& context, const Request& request) {
  const auto user = context.accounts.find(request.actor().user);
  if (!user) return base::make_error(base::ErrorKind::unauthenticated, "this account was deleted");
  json::object body = auth::to_json(*user);
  json::array allowed;
  constexpr std::pair<Right, std::string_view> kRights[] = {
      {Right::read, "read"}, {Right::run, "run"}, {Right::edit, "edit"}, {Right::administer, "administer"}};
  for (const auto& [right, name] : kRights) {
    if (rights::may(request.actor(), right)) allowed.emplace_back(name);
  }
  body["rights"] = std::move(allowed);
  if (request.actor().scope) body["scope"] = rights::to_string(*request.actor().scope);
  return json_response(200, body).with("Cache-Control", "no-store");
}

base::Result<Response> log_out(const ApiContext& context, const Request& request) {
  if (request.identity->session_id.empty()) {
    return base::make_error(base::ErrorKind::conflict,
                            "an API token has no session; revoke it with DELETE /auth/tokens/" +
                                base::to_string(request.identity->token));
  }
  if (auto ended = context.sessions.log_out(request.actor(), request.identity->session_id); !ended) {
    return std::move(ended).error();
  }
  auto done = is_plain_form(request) ? Response::see_other("/login/plain") : Response::no_content();
  return std::move(done).with("Set-Cookie", session_cookie(request, "", 0));
}

base::Result<Response> change_password(const ApiContext& context, const Request& request) {
  if (request.identity->session_id.empty()) {
    return base::make_error(base::ErrorKind::forbidden,
                            "an API token can't change the password; log in with it first");
  }
  const auto body = read_object_or_form(request);
  if (!body) return body.error();
  ObjectReader reader(*body);
  const auto current = reader.required_text("current_password");
  const auto wanted = reader.required_text("new_password");
  if (auto read = reader.finish(); !read) return std::move(read).error();
  const auto user = context.accounts.change_own_password(request.actor(), current, wanted);
  if (!user) return user.error();
  const auto login = context.sessions.open(*user, request.peer.ip, user_agent_of(request));
  if (!login) return login.error();
  return logged_in(request, *login);
}

void add_schemas(Router& router) {
  router.add_schema(
      "User",
      R"({"type":"object","required":["id","username","role","disabled","must_change_password"],"properties":{
    "id":{"type":"integer"},"username":{"type":"string"},"role":{"enum":["viewer","operator","editor","admin"]},
    "disabled":{"type":"boolean"},"must_change_password":{"type":"boolean"},
    "created_at":{"type":"string","format":"date-time"},"updated_at":{"type":"string","format":"date-time"},
    "last_login_at":{"type":["string","null"],"format":"date-time"},
    "rights":{"type":"array","items":{"enum":["read","run","edit","administer"]},"description":"Only of /auth/me"},
    "scope":{"enum":["read","run","write"],"description":"Only of /auth/me, and only for an API token"}}})");
  router.add_schema("Credentials", R"({"type":"object","required":["username","password"],"properties":{
    "username":{"type":"string"},"password":{"type":"string","format":"password"},
    "code":{"type":"string","description":"Where the account has a second factor: six digits, or a recovery code"}}})");
  router.add_schema("FirstRun",
                    R"({"type":"object","required":["token","new_password"],"additionalProperties":false,
    "properties":{"token":{"type":"string","description":"From the link that the first start printed"},
    "new_password":{"type":"string","format":"password","minLength":8}}})");
  router.add_schema("RegistrationMode", R"({"type":"object","required":["registration"],"properties":{
    "registration":{"enum":["open","invite","closed"],"description":"invite: with a code that an admin made"}}})");
  router.add_schema(
      "Registration",
      R"({"type":"object","required":["username","password"],"additionalProperties":false,"properties":{
    "username":{"type":"string","maxLength":64},"password":{"type":"string","format":"password","minLength":8},
    "invite":{"type":"string","description":"Where auth.registration is invite: the code that an admin made"}}})");
  router.add_schema(
      "Login", R"({"type":"object","required":["access_token","token_type","expires_in","user"],"properties":{
    "access_token":{"type":"string"},"token_type":{"const":"bearer"},"expires_in":{"type":"integer","description":"Seconds"},
    "user":{"$ref":"#/components/schemas/User"}}})");
  router.add_schema(
      "PasswordChange",
      R"({"type":"object","required":["current_password","new_password"],"additionalProperties":false,
    "properties":{"current_password":{"type":"string","format":"password"},"new_password":{"type":"string","format":"password","minLength":8}}})");
}

}  // namespace

void register_account_routes(Router& router, const ApiContext& context) {
  add_schemas(router);
  const auto with = [context](base::Result<Response> (*act)(const ApiContext&, const Request&)) {
    return [context, act](const Request& request) { return act(context, request); };
  };
  router.add(
      {.method = Method::post,
       .path = "/auth/login",
       .right = Right::anyone,
       .handler = with(log_in),
       .doc = {.summary = "Log in; browsers get a cookie too",
               .tag = "auth",
               .request = "Credentials",
               .takes_form = true,
               .answers =
                   {{200, "A new session", "Login"},
                    {303, "To the page, for a form that a browser posts by itself"},
                    {401, "Wrong name or password; errors name `code` where that is what is missing or wrong",
                     "Problem", "application/problem+json"},
                    {429, "Too many attempts; Retry-After says when to go on", "Problem",
                     "application/problem+json"}}},
       .lane = Lane::passwords,
       .refused = plain_refusal});
  router.add(
      {.method = Method::post,
       .path = "/auth/first-run",
       .right = Right::anyone,
       .handler = with(redeem_first_run),
       .doc = {.summary = "Choose the first admin's password with the link of the first start",
               .tag = "auth",
               .request = "FirstRun",
               .answers = {{200, "A new session", "Login"},
                           {403, "The link was used or is too old", "Problem", "application/problem+json"}}},
       .lane = Lane::passwords});
  router.add({.method = Method::get,
              .path = "/auth/register",
              .right = Right::anyone,
              .handler = with(show_registration),
              .doc = {.summary = "Whether anybody may make an account: auth.registration",
                      .tag = "auth",
                      .answers = {{200, "How it stands", "RegistrationMode"}}}});
  router.add({.method = Method::post,
              .path = "/auth/register",
              .right = Right::anyone,
              .handler = with(register_user),
              .doc = {.summary = "Make an account for oneself, where that is open",
                      .tag = "auth",
                      .request = "Registration",
                      .takes_form = true,
                      .answers = {{201, "The account", "User"},
                                  {403, "Registration is closed, or the invite is not valid", "Problem",
                                   "application/problem+json"},
                                  {409, "The name is taken", "Problem", "application/problem+json"}}},
              .lane = Lane::passwords});
  router.add({.method = Method::get,
              .path = "/auth/me",
              .right = Right::signed_in,
              .handler = with(show_me),
              .doc = {.summary = "Who I am and what I may do",
                      .tag = "auth",
                      .answers = {{200, "The account", "User"}}}});
  router.add({.method = Method::post,
              .path = "/auth/logout",
              .right = Right::signed_in,
              .handler = with(log_out),
              .doc = {.summary = "End this session at once",
                      .tag = "auth",
                      .answers = {{204, "Ended"}, {303, "To the log-in, for a browser's form"}}},
              .refused = plain_refusal});
  router.add(
      {.method = Method::post,
       .path = "/auth/password",
       .right = Right::signed_in,
       .handler = with(change_password),
       .doc = {.summary = "Change the own password; ends all sessions and opens a new one",
               .tag = "auth",
               .request = "PasswordChange",
               .takes_form = true,
               .answers = {{200, "A new session", "Login"},
                           {403, "The current password is wrong", "Problem", "application/problem+json"}}},
       .lane = Lane::passwords});
}

}  // namespace http
