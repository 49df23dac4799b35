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
          {"after", to_value(entry.after)}};
}

base::Result<Response> list_audit(const ApiContext& context, const Request& request) {
  const auto limit = query_integer(request, "limit", 50, 1, kMaxAuditPage);
  if (!limit) return limit.error();
  std::optional<std::string> before;
  if (const auto cursor = request.query.find("before"); cursor && !cursor->empty()) before = *cursor;
  store::AuditPage page;
  context.store.read([&](store::Reader& reader) { page = reader.list_audit(*limit, before); });
  json::array items;
  for (const auto& entry : page.items) items.emplace_back(to_json(entry));
  json::object body{{"items", std::move(items)}, {"next_cursor", nullptr}};
  if (page.next_cursor) body["next_cursor"] = *page.next_cursor;
  return json_response(200, body).with("Cache-Control", "no-store");
}

}  // namespace

void register_audit_routes(Router& router, const ApiContext& context) {
  router.add_schema("AuditPage", R"({"type":"object","required":["items","next_cursor"],"properties":{
    "items":{"type":"array","items":{"type":"object","properties":{
      "id":{"type":"integer"},"at":{"type":"string","format":"date-time"},"actor":{"type":"string"},"address":{"type":"string"},
      "action":{"type":"string"},"object":{"type":"string"},"before":{},"after":{}}}},
    "next_cursor":{"type":["string","null"]}}})");
  router.add({.method = Method::get,
              .path = "/audit",
              .right = rights::Right::administer,
              .handler = [context](const Request& request) { return list_audit(context, request); },
              .doc = {.summary = "Who did what, when, from where; newest first",
                      .tag = "users",
                      .query = {{"limit", "At most 500", "integer"},
                                {"before", "The next_cursor of the page before"}},
                      .answers = {{200, "One page", "AuditPage"}}}});
}

}  // namespace http
