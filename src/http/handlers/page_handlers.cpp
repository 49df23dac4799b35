#include "http/canonical_path.h"
#include "http/compression.h"
#include "http/handlers/handlers.h"
#include "http/handlers/plain_page.h"
#include "http/problem.h"

namespace http {
namespace {

using rights::Right;

// RapiDoc writes style attributes and elements; no other page is given this.
constexpr std::string_view kDocsPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src "
    "'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

// Files beside the page that browsers ask for by name; those that there are get a route.
constexpr std::string_view kRootFiles[] = {"/favicon.svg",         "/favicon.ico", "/boot.js",
                                           "/plain.css",           "/robots.txt",  "/manifest.webmanifest",
                                           "/apple-touch-icon.png"};

std::string tag_of(std::string_view tag, std::string_view coding) {
  std::string text(tag);
  if (text.ends_with('"')) text.insert(text.size() - 1, coding);
  return text;
}

// Where a browser without JavaScript is led from a page's address, which its <noscript> asks for with
// "?plain".
std::string plain_twin(const Request& request) {
  if (!request.identity) return "/login/plain";
  constexpr std::string_view kTaskPath = "/ui/tasks/";
  std::string_view path = request.path;
  if (!path.starts_with(kTaskPath)) return "/plain";
  path.remove_prefix(kTaskPath.size());
  const auto id = base::parse_id<base::TaskId>(path.substr(0, path.find('/')));
  return id ? "/plain/tasks/" + base::to_string(*id) : "/plain";
}

Response serve(const Asset& asset, const Request& request) {
  const bool brotli = !asset.brotli.empty() && takes_coding(request, "br");
  const bool gzip = !brotli && !asset.gzip.empty() && takes_coding(request, "gzip");
  Response response = Response::text(200, asset.content_type,
                                     StaticText{brotli ? asset.brotli
                                                : gzip ? asset.gzip
                                                       : asset.identity});
  if (brotli) response.headers.add("Content-Encoding", "br");
  if (gzip) response.headers.add("Content-Encoding", "gzip");
  response.headers.add("ETag", tag_of(asset.etag, brotli ? "-br" : gzip ? "-gz" : ""));
  response.headers.add("Vary", "Accept-Encoding");
  response.headers.add("Cache-Control", asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  return response;
}

// Of a browser that asks for what is no route's: the page, which says so in its language. A path of the page
// that only has a slash too much at its end leads to the one that is meant.
Response nowhere(const Asset* page, const Request& request) {
  std::string_view target = request.target;
  const auto query = target.find('?');
  if (target.starts_with("/ui/") && target.substr(0, query).ends_with('/')) {
    auto path = target.substr(0, query);
    while (path.ends_with('/')) path.remove_suffix(1);
    const auto rest = query == target.npos ? std::string_view() : target.substr(query);
    if (split_target(path)) return Response::see_other(std::string(path) + std::string(rest));
  }
  // what the page's <noscript> asks for: there is no plain page of a path that is none
  if (query != target.npos && target.substr(query) == "?plain") return Response::see_other("/plain");
  if (page == nullptr) return problem(404, "there is nothing at this path");
  Response response = serve(*page, request);
  response.status = 404;
  return response;
}

}  // namespace

void register_page_routes(Router& router, const ApiContext& context) {
  const auto add = [&](std::string path, std::string_view policy, std::string summary) {
    const auto answer = [find = context.find_asset, policy](const Request& request) -> Response {
      if (policy.empty() && request.query.find("plain")) return Response::see_other(plain_twin(request));
      const Asset* asset = find ? find(request.path) : nullptr;
      if (asset == nullptr) return problem(404, "there is no page at '" + request.path + "'");
      Response response = serve(*asset, request);
      if (!policy.empty()) response.headers.set("Content-Security-Policy", std::string(policy));
      return response;
    };
    router.add({.method = Method::get,
                .path = std::move(path),
                .right = Right::anyone,
                .handler = answer,
                .doc = {.summary = std::move(summary),
                        .tag = "page",
                        .answers = {{200, "The file", "string", "text/html"}}},
                .quick = answer});
  };
  add("/ui/{rest...}", "", "The page");
  add("/login", "", "The page, at its log-in");
  add("/register", "", "The page, at its registration");
  add("/docs", kDocsPolicy, "This API, to read and to try");
  add("/assets/{file...}", "", "The page's files");
  for (const auto path : kRootFiles) {
    if (context.find_asset && context.find_asset(path) != nullptr)
      add(std::string(path), "", "A file of the page");
  }
  const Asset* page = context.find_asset ? context.find_asset("/ui/tasks") : nullptr;
  router.on_refused(plain_refusal);
  router.on_nowhere([page](const Request& request) { return nowhere(page, request); });
  const auto lead = [](const Request&) { return Response::see_other("/ui/tasks"); };
  router.add(
      {.method = Method::get,
       .path = "/ui",
       .right = Right::anyone,
       .handler = lead,
       .doc = {.summary = "Leads to the list of tasks", .tag = "page", .answers = {{303, "To /ui/tasks"}}},
       .quick = lead});
}

}  // namespace http
