#include <boost/json/array.hpp>

#include "auth/audit.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/object_reader.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

constexpr std::string_view kRoles = "viewer, operator, editor, admin";

base::Error no_such_user() {
  return base::make_error(base::ErrorKind::not_found, "there is no such user; GET /users lists them");
}

base::Result<Response> list_users(const ApiContext& context, const Request&) {
  json::array items;
  for (const auto& user : context.accounts.list()) items.emplace_back(auth::to_json(user));
  const auto total = items.size();
  return json_response(200, json::object{{"items", std::move(items)}, {"total", total}});
}

base::Result<Response> show_user(const ApiContext& context, const Request& request) {
  const auto id = base::parse_id<base::UserId>(request.path_parameter("id"));
  const auto user = id ? context.accounts.find(*id) : std::nullopt;
  if (!user) return no_such_user();
  return json_response(200, auth::to_json(*user));
}

base::Result<Response> create_user(const ApiContext& context, const Request& request) {
  const auto body = read_json_object(request);
  if (!body) return body.error();
  ObjectReader reader(*body);
  const auto role = reader.choice("role", rights::parse_role, kRoles).value_or(rights::Role::viewer);
  if (reader.flag("invite").value_or(false)) {
    if (auto read = reader.finish(); !read) return std::move(read).error();
    const auto invite = context.accounts.create_invite(request.actor(), role);
    if (!invite) return invite.error();
    return json_response(201, json::object{{"invite", invite->code},
                                           {"role", rights::to_string(invite->role)},
                                           {"expires_at", base::to_iso(invite->expires_at)}})
        .with("Cache-Control", "no-store");
  }
  auth::NewUser wanted;
  wanted.role = role;
  wanted.name = reader.required_text("username");
  wanted.password = reader.required_text("password");
  wanted.must_change_password = reader.flag("must_change_password").value_or(false);
  if (auto read = reader.finish(); !read) return std::move(read).error();
  const auto user = context.accounts.create(request.actor(), wanted);
  if (!user) return user.error();
  return json_response(201, auth::to_json(*user)).with("Location", "/users/" + base::to_string(user->id));
}

base::Result<Response> change_user(const ApiContext& context, const Request& request) {
  const auto id = base::parse_id<base::UserId>(request.path_parameter("id"));
  if (!id) return no_such_user();
  const auto body = read_json_object(request);
  if (!body) return body.error();
  ObjectReader reader(*body);
  auth::UserChange change;
  change.role = reader.choice("role", rights::parse_role, kRoles);
  change.disabled = reader.flag("disabled");
  change.password = reader.text("password");
  change.must_change_password = reader.flag("must_change_password");
  if (auto read = reader.finish(); !read) return std::move(read).error();
  const auto user = context.accounts.change(request.actor(), *id, change);
  if (!user) return user.error();
  return json_response(200, auth::to_json(*user));
}

base::Result<Response> delete_user(const ApiContext& context, const Request& request) {
  const auto id = base::parse_id<base::UserId>(request.path_parameter("id"));
  if (!id) return no_such_user();
  if (auto removed = context.accounts.remove(request.actor(), *id); !removed)
    return std::move(removed).error();
  return Response::no_content();
}

}  // namespace

void register_user_routes(Router& router, const ApiContext& context) {
  router.add_schema("UserInput", R"({"type":"object","additionalProperties":false,"properties":{
    "username":{"type":"string","maxLength":64},"password":{"type":"string","format":"password","minLength":8},
    "role":{"enum":["viewer","operator","editor","admin"],"default":"viewer"},"must_change_password":{"type":"boolean"},
    "invite":{"type":"boolean","description":"In place of username and password: makes a code that lets somebody register once"}}})");
  router.add_schema("UserChange", R"({"type":"object","additionalProperties":false,"properties":{
    "role":{"enum":["viewer","operator","editor","admin"]},"disabled":{"type":"boolean"},
    "password":{"type":"string","format":"password","minLength":8},"must_change_password":{"type":"boolean"}}})");
  const auto with = [context](base::Result<Response> (*act)(const ApiContext&, const Request&)) {
    return [context, act](const Request& request) { return act(context, request); };
  };
  router.add(
      {.method = Method::get,
       .path = "/users",
       .right = Right::administer,
       .handler = with(list_users),
       .doc = {
           .summary = "All accounts",
           .tag = "users",
           .answers = {
               {200, "The accounts",
                R"({"type":"object","properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/User"}},"total":{"type":"integer"}}})"}}}});
  router.add({.method = Method::post,
              .path = "/users",
              .right = Right::administer,
              .handler = with(create_user),
              .doc = {.summary = "Make an account, or an invite for one",
                      .tag = "users",
                      .request = "UserInput",
                      .answers = {{201, "The account; or invite, role and expires_at", "User"},
                                  {409, "The name is taken", "Problem", "application/problem+json"}}},
              .lane = Lane::passwords});
  router.add({.method = Method::get,
              .path = "/users/{id}",
              .right = Right::administer,
              .handler = with(show_user),
              .doc = {.summary = "One account", .tag = "users", .answers = {{200, "The account", "User"}}}});
  router.add({.method = Method::patch,
              .path = "/users/{id}",
              .right = Right::administer,
              .handler = with(change_user),
              .doc = {.summary = "Change role or password, disable or enable; in force at once",
                      .tag = "users",
                      .request = "UserChange",
                      .answers = {{200, "The account", "User"},
                                  {409, "It is the last admin", "Problem", "application/problem+json"}}},
              .lane = Lane::passwords});
  router.add({.method = Method::delete_,
              .path = "/users/{id}",
              .right = Right::administer,
              .handler = with(delete_user),
              .doc = {.summary = "Delete an account with its sessions and tokens",
                      .tag = "users",
                      .answers = {{204, "Deleted"},
                                  {409, "It is the last admin", "Problem", "application/problem+json"}}}});
}

}  // namespace http
