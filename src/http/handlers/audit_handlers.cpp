#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "http/handlers/handlers.h"
#include "http/handlers/query.h"
#include "http/json_body.h"

namespace http {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMaxAuditPage = 500;

// The row keeps JSON as text.
json::value to_value(const std::string& text) {
  if (text.empty()) return nullptr;
  json::error_code error;
  auto value = json::parse(text, error);
  return error ? json::value(text) : value;
}

json::object to_json(const store::AuditEntry& entry) {
  return {{"id", entry.id},
          {"at", base::to_iso(entry.at)},
          {"actor", entry.actor},
          {"address", entry.address},
          {"action", entry.action},
          {"object", entry.object},
          {"before", to_value(entry.before)},
          {"after", to_value(entry.after)},
          {"hash", entry.hash}};
}

base::Result<Response> list_audit(const ApiContext& context, const Request& request) {
  const auto limit = query_integer(request, "limit", 50, 1, kMaxAuditPage);
  if (!limit) return limit.error();
  store::AuditQuery query{.limit = *limit};
  if (const auto cursor = request.query.find("before"); cursor && !cursor->empty()) query.before = *cursor;
  query.actor = request.query.find("actor").value_or("");
  query.action = request.query.find("action").value_or("");
  query.object = request.query.find("object").value_or("");
  store::AuditPage page;
  context.store.read([&](store::Reader& reader) { page = reader.list_audit(query); });
  json::array items;
  for (const auto& entry : page.items) items.emplace_back(to_json(entry));
  json::object body{{"items", std::move(items)}, {"next_cursor", nullptr}};
  if (page.next_cursor) body["next_cursor"] = *page.next_cursor;
  return json_response(200, body).with("Cache-Control", "no-store");
}

base::Result<Response> verify_audit(const ApiContext& context, const Request& request) {
  const auto from = query_integer(request, "from", 1, 1, INT64_MAX);
  if (!from) return from.error();
  const auto report = context.audit.verify(*from);
  json::object body{{"rows", report.rows}, {"whole", !report.fault}, {"fault", nullptr}};
  if (report.fault) body["fault"] = json::object{{"id", report.fault->id}, {"why", report.fault->why}};
  return json_response(200, body).with("Cache-Control", "no-store");
}

}  // namespace

void register_audit_routes(Router& router, const ApiContext& context) {
  router.add_schema("AuditPage", R"({"type":"object","required":["items","next_cursor"],"properties":{
    "items":{"type":"array","items":{"type":"object","properties":{
      "id":{"type":"integer"},"at":{"type":"string","format":"date-time"},"actor":{"type":"string"},"address":{"type":"string"},
      "action":{"type":"string"},"object":{"type":"string"},"before":{},"after":{},
      "hash":{"type":"string","description":"Covers the row and the hash of the one before"}}}},
    "next_cursor":{"type":["string","null"]}}})");
  router.add({.method = Method::get,
              .path = "/audit",
              .right = rights::Right::administer,
              .handler = [context](const Request& request) { return list_audit(context, request); },
              .doc = {.summary = "Who did what, when, from where; newest first",
                      .tag = "users",
                      .query = {{"limit", "At most 500", "integer"},
                                {"actor", "Done by this user"},
                                {"action", "This was done: task.update"},
                                {"object", "Done to this: task:83, user:ada"},
                                {"before", "The next_cursor of the page before"}},
                      .answers = {{200, "One page", "AuditPage"}}}});
  router.add_schema("AuditReport", R"({"type":"object","required":["rows","whole","fault"],"properties":{
    "rows":{"type":"integer","description":"How many were found good"},"whole":{"type":"boolean"},
    "fault":{"type":["object","null"],"properties":{"id":{"type":"integer"},"why":{"type":"string"}}}}})");
  router.add({.method = Method::get,
              .path = "/audit/verify",
              .right = rights::Right::administer,
              .handler = [context](const Request& request) { return verify_audit(context, request); },
              .doc = {.summary = "Check the audit's chain: whether a row was changed, deleted or put in",
                      .tag = "users",
                      .query = {{"from", "The first row to check; 1: all", "integer"}},
                      .answers = {{200, "What was found", "AuditReport"}}}});
}

}  // namespace http
