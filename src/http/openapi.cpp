#include "http/openapi.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "http/identification.h"
#include "http/route_table.h"

namespace http {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 4> kPlainTypes{"string", "integer", "number", "boolean"};

bool is_plain(std::string_view schema) {
  return std::find(kPlainTypes.begin(), kPlainTypes.end(), schema) != kPlainTypes.end();
}

bool is_named(const Router& router, std::string_view schema) {
  for (const auto& [name, text] : router.schemas()) {
    if (name == schema) return true;
  }
  return false;
}

json::object schema_of(std::string_view schema) {
  if (schema.starts_with('{')) return json::parse(schema).as_object();
  if (schema == "date-time") return {{"type", "string"}, {"format", "date-time"}};
  if (is_plain(schema)) return {{"type", schema}};
  return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

json::object content_of(std::string_view type, std::string_view schema) {
  return {{type, {{"schema", schema_of(schema)}}}};
}

json::object parameter_of(const DocParameter& parameter, std::string_view in) {
  return {{"name", parameter.name},
          {"in", in},
          {"required", parameter.required},
          {"description", parameter.summary},
          {"schema", schema_of(parameter.schema)}};
}

std::string_view role_for(rights::Right right) {
  switch (right) {
    case rights::Right::anyone:
      return "Needs no account.";
    case rights::Right::signed_in:
      return "Needs an account.";
    case rights::Right::read:
      return "Needs the role viewer.";
    case rights::Right::run:
      return "Needs the role operator.";
    case rights::Right::edit:
    case rights::Right::set_command:
    case rights::Right::set_env:
    case rights::Right::set_shell:
      return "Needs the role editor.";
    case rights::Right::set_user:
    case rights::Right::administer:
      return "Needs the role admin.";
  }
  return {};
}

std::string operation_id(const Route& route) {
  std::string id;
  for (const char letter : std::string(to_string(route.method)) + route.path) {
    const bool plain = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    if (plain) id += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    if (!plain && !id.empty() && id.back() != '_') id += '_';
  }
  while (!id.empty() && id.back() == '_') id.pop_back();
  return id;
}

json::object problem_answer(std::string_view summary) {
  return {{"description", summary}, {"content", content_of("application/problem+json", "Problem")}};
}

json::object answers_of(const Route& route) {
  json::object answers;
  for (const auto& answer : route.doc.answers) {
    json::object described{{"description", answer.summary}};
    if (!answer.schema.empty()) described["content"] = content_of(answer.content_type, answer.schema);
    answers[std::to_string(answer.status)] = std::move(described);
  }
  const auto add = [&](std::string_view status, std::string_view summary) {
    if (!answers.contains(status)) answers[status] = problem_answer(summary);
  };
  if (route.right != rights::Right::anyone) {
    add("401", "No or no valid credentials");
    add("403", "The role or the token's scope does not suffice");
  }
  if (!parameter_names(route.path).empty()) add("404", "There is no such thing");
  if (!route.doc.request.empty()) {
    add("400", "The body can't be read");
    add("413", "The body is too large");
    add("415", "The body is of another media type");
    add("422", "A field is wrong; `errors` says where and why");
  }
  add("default", "Any other problem");
  return answers;
}

json::object operation_of(const Route& route) {
  json::array parameters;
  for (const auto name : parameter_names(route.path)) {
    parameters.push_back(parameter_of({std::string(name), "", "string", true}, "path"));
  }
  for (const auto& parameter : route.doc.query) parameters.push_back(parameter_of(parameter, "query"));
  for (const auto& parameter : route.doc.headers) parameters.push_back(parameter_of(parameter, "header"));
  json::object operation{{"operationId", operation_id(route)},
                         {"summary", route.doc.summary},
                         {"description", role_for(route.right)},
                         {"tags", {route.doc.tag}},
                         {"responses", answers_of(route)}};
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (route.right == rights::Right::anyone) operation["security"] = json::array();
  if (!route.doc.request.empty()) {
    json::object content = content_of("application/json", route.doc.request);
    if (route.doc.takes_form)
      content["application/x-www-form-urlencoded"] = {{"schema", schema_of(route.doc.request)}};
    operation["requestBody"] = {{"required", !route.doc.body_optional}, {"content", std::move(content)}};
  }
  return operation;
}

// OpenAPI knows no "{rest...}".
std::string documented_path(std::string path) {
  const auto dots = path.find("...}");
  if (dots != std::string::npos) path.erase(dots, 3);
  return path;
}

std::string lower_method(Method method) {
  std::string name(to_string(method));
  for (char& letter : name) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return name;
}

}  // namespace

std::string to_openapi(const Router& router, std::string_view version) {
  json::object paths;
  for (const auto& route : router.routes()) {
    auto& item = paths[documented_path(route->path)];
    if (!item.is_object()) item = json::object();
    item.get_object()[lower_method(route->method)] = operation_of(*route);
  }
  json::object schemas;
  for (const auto& [name, text] : router.schemas()) schemas[name] = json::parse(text);
  const json::object document{
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Mini Scheduler"},
        {"version", version},
        {"description",
         "Cron schedules, runs and their output. Times are UTC in ISO 8601; errors are RFC 9457 problems."}}},
      {"servers", json::array{{{"url", "/"}}}},
      {"security", json::array{{{"bearer", json::array()}}, {{"cookie", json::array()}}}},
      {"paths", std::move(paths)},
      {"components",
       {{"schemas", std::move(schemas)},
        {"securitySchemes",
         {{"bearer",
           {{"type", "http"},
            {"scheme", "bearer"},
            {"description", "The access token of POST /auth/login, or a personal API token (mst_...)"}}},
          {"cookie", {{"type", "apiKey"}, {"in", "cookie"}, {"name", kSessionCookie}}}}}}}};
  return json::serialize(document);
}

std::vector<std::string> documentation_gaps(const Router& router) {
  std::vector<std::string> gaps;
  for (const auto& route : router.routes()) {
    const std::string which = std::string(to_string(route->method)) + " " + route->path + ": ";
    const auto check_schema = [&](const std::string& schema) {
      if (schema.empty() || schema.starts_with('{') || schema == "date-time" || is_plain(schema)) return;
      if (!is_named(router, schema)) gaps.emplace_back(which).append("no schema is named ").append(schema);
    };
    if (route->doc.summary.empty()) gaps.push_back(which + "no summary");
    if (route->doc.tag.empty()) gaps.push_back(which + "no tag");
    if (route->doc.answers.empty()) gaps.push_back(which + "no answers");
    for (const auto& answer : route->doc.answers) check_schema(answer.schema);
    for (const auto& parameter : route->doc.query) check_schema(parameter.schema);
    check_schema(route->doc.request);
  }
  return gaps;
}

void add_common_schemas(Router& router) {
  router.add_schema("Problem",
                    R"({"type":"object","required":["type","title","status","detail"],"properties":{
    "type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string"},
    "errors":{"type":"array","items":{"type":"object","required":["loc","msg"],"properties":{
      "loc":{"type":"array","items":{"type":"string"}},"msg":{"type":"string"},
      "position":{"type":"integer","description":"0-based byte offset in the field's text"}}}}}})");
}

}  // namespace http
