#include <boost/json/array.hpp>

#include "auth/preferences.h"
#include "http/handlers/handlers.h"
#include "http/handlers/query.h"
#include "http/json_body.h"
#include "http/object_reader.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;

Response with_revision(const json::object& body, std::int64_t revision) {
  return json_response(200, body)
      .with("ETag", '"' + std::to_string(revision) + '"')
      .with("Cache-Control", "no-store");
}

base::Result<auth::SavedView> read_view(const json::value& value) {
  static const json::object kNothing;
  const auto* object = value.if_object();
  ObjectReader reader(object == nullptr ? kNothing : *object);
  auth::SavedView view;
  view.name = reader.required_text("name");
  view.query = reader.text("query").value_or("");
  if (auto read = reader.finish(); !read) return std::move(read).error();
  return view;
}

base::Result<auth::Preferences> read_preferences(const json::object& body) {
  ObjectReader reader(body);
  const auto* pins = reader.list("pins");
  const auto* views = reader.list("views");
  auth::Preferences wanted;
  for (const auto& pin : pins == nullptr ? json::array() : *pins) {
    if (pin.is_int64() && pin.get_int64() > 0) {
      wanted.pins.push_back(base::TaskId{pin.get_int64()});
    } else {
      reader.refuse("pins", "each item must be a task's number");
      break;
    }
  }
  if (auto read = reader.finish(); !read) return std::move(read).error();
  for (const auto& value : views == nullptr ? json::array() : *views) {
    auto view = read_view(value);
    if (!view) return std::move(view).error();
    wanted.views.push_back(std::move(*view));
  }
  return wanted;
}

base::Result<Response> show_preferences(const ApiContext& context, const Request& request) {
  const auto kept = auth::PreferenceBook(context.store).of(request.actor().user);
  return with_revision(auth::to_json(kept.value), kept.revision);
}

base::Result<Response> keep_preferences(const ApiContext& context, const Request& request) {
  if (auto refused = refuse_token(request)) return *refused;
  const auto body = read_json_object(request);
  if (!body) return body.error();
  std::optional<std::int64_t> seen;
  const auto etag = request.header("If-Match");
  if (etag && *etag != "*") seen = revision_of_etag(*etag).value_or(-1);
  const auto wanted = read_preferences(*body);
  if (!wanted) return wanted.error();
  const auto revision = auth::PreferenceBook(context.store).keep(request.actor().user, *wanted, seen);
  if (!revision) return revision.error();
  return with_revision(auth::to_json(*wanted), *revision);
}

}  // namespace

void register_preference_routes(Router& router, const ApiContext& context) {
  router.add_schema("Preferences",
                    R"({"type":"object","additionalProperties":false,"properties":{
    "pins":{"type":"array","maxItems":20,"uniqueItems":true,"items":{"type":"integer"},"description":"Tasks that stand first in the list; one may be gone"},
    "views":{"type":"array","maxItems":30,"items":{"type":"object","required":["name"],"additionalProperties":false,"properties":{
      "name":{"type":"string","description":"At most 200 bytes; of each but one"},
      "query":{"type":"string","description":"Of the list's address, as in ?status=FAILED; at most 2,000 bytes"}}}}}})");
  const auto with = [context](base::Result<Response> (*act)(const ApiContext&, const Request&)) {
    return [context, act](const Request& request) { return act(context, request); };
  };
  router.add({.method = Method::get,
              .path = "/auth/me/preferences",
              .right = Right::signed_in,
              .handler = with(show_preferences),
              .doc = {.summary = "What I keep for myself: pinned tasks and saved views",
                      .tag = "auth",
                      .answers = {{200, "With an ETag", "Preferences"}}}});
  router.add(
      {.method = Method::put,
       .path = "/auth/me/preferences",
       .right = Right::signed_in,
       .handler = with(keep_preferences),
       .doc = {.summary = "Put them in place of those that I keep; a list that is absent becomes empty",
               .tag = "auth",
               .request = "Preferences",
               .answers = {{200, "As they are kept now, with an ETag", "Preferences"},
                           {403, "An API token can't change them", "Problem", "application/problem+json"},
                           {412, "They have changed since", "Problem", "application/problem+json"}},
               .headers = {{"If-Match", "The ETag that was seen; 412 where they have changed since"}}}});
}

}  // namespace http
