#include <boost/json/array.hpp>

#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/object_reader.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

json::object to_json(const store::Secret& secret) {
  return {{"name", secret.name},
          {"created_at", base::to_iso(secret.created_at)},
          {"updated_at", base::to_iso(secret.updated_at)},
          {"updated_by", secret.updated_by}};
}

base::Result<Response> list_secrets(const ApiContext& context, const Request&) {
  json::array items;
  for (const auto& secret : context.secrets.list()) items.emplace_back(to_json(secret));
  return json_response(200, json::object{{"items", std::move(items)}}).with("Cache-Control", "no-store");
}

base::Result<Response> put_secret(const ApiContext& context, const Request& request) {
  const auto body = read_json_object(request);
  if (!body) return body.error();
  ObjectReader reader(*body);
  const auto value = reader.required_text("value");
  if (auto read = reader.finish(); !read) return std::move(read).error();
  const auto secret =
      context.secrets.put(request.actor(), std::string(request.path_parameter("name")), value);
  if (!secret) return secret.error();
  return json_response(200, to_json(*secret)).with("Cache-Control", "no-store");
}

base::Result<Response> delete_secret(const ApiContext& context, const Request& request) {
  if (auto removed = context.secrets.remove(request.actor(), std::string(request.path_parameter("name")));
      !removed) {
    return std::move(removed).error();
  }
  return Response::no_content();
}

base::Result<Response> rotate_key(const ApiContext& context, const Request& request) {
  const auto count = context.keep_secrets_key
                         ? context.secrets.rotate_key(request.actor(), context.keep_secrets_key)
                         : context.secrets.seal_anew(request.actor());
  if (!count) return count.error();
  return json_response(200, json::object{{"sealed_anew", *count}});
}

}  // namespace

void register_secret_routes(Router& router, const ApiContext& context) {
  router.add_schema("Secret", R"({"type":"object","required":["name","created_at","updated_at"],"properties":{
    "name":{"type":"string"},"created_at":{"type":"string","format":"date-time"},
    "updated_at":{"type":"string","format":"date-time"},"updated_by":{"type":"string"}}})");
  router.add_schema("SecretInput",
                    R"({"type":"object","required":["value"],"additionalProperties":false,"properties":{
    "value":{"type":"string","format":"password","maxLength":65536,"description":"Never shown again"}}})");
  const auto with = [context](base::Result<Response> (*act)(const ApiContext&, const Request&)) {
    return [context, act](const Request& request) { return act(context, request); };
  };
  router.add(
      {.method = Method::get,
       .path = "/secrets",
       .right = Right::edit,
       .handler = with(list_secrets),
       .doc = {
           .summary = "The secrets that tasks can be given: names and times, never values",
           .tag = "secrets",
           .answers = {
               {200, "By name",
                R"({"type":"object","properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Secret"}}}})"}}}});
  router.add({.method = Method::put,
              .path = "/secrets/{name}",
              .right = Right::administer,
              .handler = with(put_secret),
              .doc = {.summary = "Make a secret, or put another value in its place",
                      .tag = "secrets",
                      .request = "SecretInput",
                      .answers = {{200, "Without its value", "Secret"}}}});
  router.add(
      {.method = Method::delete_,
       .path = "/secrets/{name}",
       .right = Right::administer,
       .handler = with(delete_secret),
       .doc = {.summary = "Delete a secret that no task uses",
               .tag = "secrets",
               .answers = {{204, "Deleted"}, {409, "Tasks use it", "Problem", "application/problem+json"}}}});
  router.add(
      {.method = Method::post,
       .path = "/secrets/rotate-key",
       .right = Right::administer,
       .handler = with(rotate_key),
       .doc = {.summary = "Seal all secrets anew under a new key",
               .tag = "secrets",
               .answers = {{200, "How many",
                            R"({"type":"object","properties":{"sealed_anew":{"type":"integer"}}})"}}}});
}

}  // namespace http
