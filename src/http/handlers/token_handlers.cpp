#include <boost/json/array.hpp>

#include "auth/audit.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/object_reader.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

base::Result<Response> list_tokens(const ApiContext& context, const Request& request) {
  json::array items;
  for (const auto& token : context.tokens.list(request.actor().user))
    items.emplace_back(auth::to_json(token));
  return json_response(200, json::object{{"items", std::move(items)}}).with("Cache-Control", "no-store");
}

base::Result<Response> create_token(const ApiContext& context, const Request& request) {
  const auto body = read_json_object(request);
  if (!body) return body.error();
  ObjectReader reader(*body);
  auth::NewToken wanted;
  wanted.name = reader.required_text("name");
  wanted.scope =
      reader.choice("scope", rights::parse_scope, "read, run, write").value_or(rights::Scope::read);
  wanted.expires_at = reader.instant("expires_at");
  const auto days = reader.integer("expires_in_days", 1, 3650);
  if (wanted.expires_at && days)
    reader.refuse("expires_in_days", "can't stand beside expires_at; give one of them");
  if (auto read = reader.finish(); !read) return std::move(read).error();
  if (days) wanted.expires_at = context.clock.now() + std::chrono::hours(24 * *days);
  const auto created = context.tokens.create(request.actor(), wanted);
  if (!created) return created.error();
  json::object answer = auth::to_json(created->token);
  answer["token"] = created->text;
  return json_response(201, answer).with("Cache-Control", "no-store");
}

base::Result<Response> revoke_token(const ApiContext& context, const Request& request) {
  const auto id = base::parse_id<base::TokenId>(request.path_parameter("id"));
  if (!id) return base::make_error(base::ErrorKind::not_found, "a token's id is a number");
  if (auto revoked = context.tokens.revoke(request.actor(), *id); !revoked) return std::move(revoked).error();
  return Response::no_content();
}

}  // namespace

void register_token_routes(Router& router, const ApiContext& context) {
  router.add_schema("Token", R"({"type":"object","required":["id","name","scope","created_at"],"properties":{
    "id":{"type":"integer"},"name":{"type":"string"},"scope":{"enum":["read","run","write"]},
    "created_at":{"type":"string","format":"date-time"},"expires_at":{"type":["string","null"],"format":"date-time"},
    "last_used_at":{"type":["string","null"],"format":"date-time"},
    "token":{"type":"string","description":"The secret; only in the answer to POST"}}})");
  router.add_schema("TokenInput",
                    R"({"type":"object","required":["name"],"additionalProperties":false,"properties":{
    "name":{"type":"string","maxLength":100},"scope":{"enum":["read","run","write"],"default":"read"},
    "expires_at":{"type":["string","null"],"format":"date-time","description":"Absent: never"},
    "expires_in_days":{"type":["integer","null"],"minimum":1,"maximum":3650}}})");
  const auto with = [context](base::Result<Response> (*act)(const ApiContext&, const Request&)) {
    return [context, act](const Request& request) { return act(context, request); };
  };
  router.add(
      {.method = Method::get,
       .path = "/auth/tokens",
       .right = Right::signed_in,
       .handler = with(list_tokens),
       .doc = {
           .summary = "My API tokens, without their secrets",
           .tag = "auth",
           .answers = {
               {200, "The tokens",
                R"({"type":"object","properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Token"}}}})"}}}});
  router.add({.method = Method::post,
              .path = "/auth/tokens",
              .right = Right::signed_in,
              .handler = with(create_token),
              .doc = {.summary = "Make an API token; its secret is shown this once",
                      .tag = "auth",
                      .request = "TokenInput",
                      .answers = {{201, "The token with its secret", "Token"}}}});
  router.add(
      {.method = Method::delete_,
       .path = "/auth/tokens/{id}",
       .right = Right::signed_in,
       .handler = with(revoke_token),
       .doc = {
           .summary = "Revoke one of my API tokens at once", .tag = "auth", .answers = {{204, "Revoked"}}}});
}

}  // namespace http
