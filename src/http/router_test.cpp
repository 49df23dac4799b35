#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <stdexcept>

#include "http/problem.h"
#include "http/route.h"
#include "store/store.h"

namespace http {
namespace {

using rights::Right;
using rights::Role;

// Knows callers by the name of a role after "Bearer ".
class RoleIdentifier : public Identifier {
 public:
  Answer identify(const Request& request) override {
    const auto field = request.header("authorization");
    if (!field && !request.cookie("role")) return std::optional<Identity>();
    Identity identity;
    identity.by_cookie = !field;
    const auto name = field ? field->substr(7) : *request.cookie("role");
    const auto role = rights::parse_role(name);
    if (!role) return base::make_error(base::ErrorKind::unauthenticated, "this token is not known");
    identity.actor.name = name;
    identity.actor.role = *role;
    return std::optional(identity);
  }
  std::optional<Answer> identify_quickly(const Request& request) override { return identify(request); }
  std::shared_ptr<void> watch(const Identity&, std::function<void()>) override { return nullptr; }
};

Request request_of(Method method, std::string target, std::string_view role = "admin") {
  Request request;
  request.method = method;
  request.target = std::move(target);
  request.headers.add("Host", "localhost:8000");
  if (!role.empty()) request.headers.add("Authorization", "Bearer " + std::string(role));
  return request;
}

Handler saying(std::string text) {
  return [text](const Request& request) -> base::Result<Response> {
    std::string body = text;
    for (const auto& [name, value] : request.path_parameters) body += " " + std::string(name) + "=" + value;
    return Response::text(200, "text/plain", body);
  };
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    router_.set_identifier(&identifier_);
    router_.add(
        {.method = Method::get, .path = "/", .right = Right::anyone, .handler = saying("root"), .doc = {}});
    router_.add({.method = Method::get,
                 .path = "/tasks",
                 .right = Right::read,
                 .handler = saying("list"),
                 .doc = {}});
    router_.add({.method = Method::post,
                 .path = "/tasks",
                 .right = Right::edit,
                 .handler = saying("new"),
                 .doc = {}});
    router_.add({.method = Method::get,
                 .path = "/tasks/{id}",
                 .right = Right::read,
                 .handler = saying("one"),
                 .doc = {}});
    router_.add({.method = Method::post,
                 .path = "/tasks/{id}/delete",
                 .right = Right::edit,
                 .handler = saying("delete"),
                 .doc = {}});
    router_.add({.method = Method::post,
                 .path = "/tasks/bulk/delete",
                 .right = Right::edit,
                 .handler = saying("bulk"),
                 .doc = {}});
    router_.add({.method = Method::get,
                 .path = "/ui/{rest...}",
                 .right = Right::anyone,
                 .handler = saying("page"),
                 .doc = {}});
    router_.add({.method = Method::get,
                 .path = "/users",
                 .right = Right::administer,
                 .handler = saying("users"),
                 .doc = {}});
  }
  Response ask(Request request) { return router_.handle(request); }
  Response ask(Method method, std::string target, std::string_view role = "admin") {
    return ask(request_of(method, std::move(target), role));
  }

  RoleIdentifier identifier_;
  Router router_;
};

TEST_F(RouterTest, FindsTheMostLiteralRoute) {
  struct Case {
    Method method;
    std::string target;
    int status;
    std::string body;
  };
  const Case cases[] = {
      {Method::get, "/", 200, "root"},
      {Method::get, "/tasks", 200, "list"},
      {Method::head, "/tasks", 200, "list"},
      {Method::get, "/tasks?page=1", 200, "list"},
      {Method::post, "/tasks", 200, "new"},
      {Method::get, "/tasks/7", 200, "one id=7"},
      {Method::get, "/tasks/bulk", 200, "one id=bulk"},
      {Method::post, "/tasks/7/delete", 200, "delete id=7"},
      {Method::post, "/tasks/bulk/delete", 200, "bulk"},
      {Method::get, "/ui/tasks", 200, "page rest=tasks"},
      {Method::get, "/ui/tasks/7/edit", 200, "page rest=tasks/7/edit"},
      {Method::get, "/ui", 404, ""},
      {Method::get, "/tasks/", 404, ""},
      {Method::get, "/tasks/7/", 404, ""},
      {Method::get, "//tasks", 404, ""},
      {Method::get, "/ui/../tasks", 404, ""},
      {Method::get, "/ui/%2e%2e/tasks", 404, ""},
      {Method::get, "/TASKS", 404, ""},
      {Method::get, "/tasks/7/nothing", 404, ""},
  };
  for (const auto& [method, target, status, body] : cases) {
    const auto response = ask(method, target);
    EXPECT_EQ(response.status, status) << target;
    if (status == 200) {
      EXPECT_EQ(response.body_text(), body) << target;
    }
  }
}

TEST_F(RouterTest, AnotherMethodIsRefusedWithThoseThatAreTaken) {
  const auto response = ask(Method::delete_, "/tasks");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.find("allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(ask(Method::get, "/tasks/7/delete").headers.find("allow"), "POST, OPTIONS");
  EXPECT_EQ(ask(Method::other, "/tasks").status, 405);
  const auto options = ask(Method::options, "/tasks", "");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.find("allow"), "GET, HEAD, POST, OPTIONS");
}

TEST_F(RouterTest, TheRightIsCheckedBeforeTheHandler) {
  struct Case {
    Method method;
    std::string target;
    std::string role;
    int status;
  };
  const Case cases[] = {
      {Method::get, "/tasks", "", 401},
      {Method::get, "/tasks", "viewer", 200},
      {Method::get, "/tasks", "nobody", 401},
      {Method::post, "/tasks", "viewer", 403},
      {Method::post, "/tasks", "operator", 403},
      {Method::post, "/tasks", "editor", 200},
      {Method::get, "/users", "editor", 403},
      {Method::get, "/users", "admin", 200},
      {Method::get, "/", "", 200},
      {Method::get, "/", "nobody", 200},
  };
  for (const auto& [method, target, role, status] : cases) {
    const auto response = ask(method, target, role);
    EXPECT_EQ(response.status, status) << target << " as " << role;
    EXPECT_EQ(response.headers.has("www-authenticate"), status == 401);
  }
}

TEST_F(RouterTest, RefusalsAreTold) {
  std::vector<std::string> told;
  router_.on_denied([&](const Request& request, int status) {
    told.push_back(std::to_string(status) + " " + request.path +
                   (request.identity ? " " + request.identity->actor.name : ""));
  });
  ask(Method::get, "/tasks", "viewer");
  ask(Method::get, "/tasks", "");  // a stranger without a credential is led to the log-in
  ask(Method::get, "/", "nobody");
  EXPECT_TRUE(told.empty());
  ask(Method::get, "/tasks", "nobody");
  ask(Method::post, "/tasks", "viewer");
  EXPECT_EQ(told, (std::vector<std::string>{"401 /tasks", "403 /tasks viewer"}));
  auto request = request_of(Method::post, "/tasks", "operator");
  ASSERT_TRUE(router_.handle_quickly(request));
  EXPECT_EQ(told.size(), 3u) << "refused on the I/O thread";
}

TEST_F(RouterTest, ABrowserIsShownAPageWhereItMayNotSeeOne) {
  router_.add({.method = Method::get,
               .path = "/page",
               .right = Right::edit,
               .handler = saying("page"),
               .doc = {},
               .refused = [](const Request&, const Response& problem) {
                 return "<p>" + std::to_string(problem.status);
               }});
  const auto asked = [&](const char* role, const char* accept) {
    auto request = request_of(Method::get, "/page", role);
    request.headers.add("Accept", accept);
    return router_.handle(request);
  };
  for (const auto& [role, status] : {std::pair{"", 401}, std::pair{"viewer", 403}}) {
    const auto shown = asked(role, "text/html,*/*;q=0.8");
    EXPECT_EQ(shown.status, status);
    EXPECT_EQ(shown.headers.find("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(shown.body_text(), "<p>" + std::to_string(status));
    EXPECT_EQ(asked(role, "*/*").headers.find("content-type"), "application/problem+json");
  }
  EXPECT_EQ(asked("editor", "text/html").body_text(), "page");
}

TEST_F(RouterTest, ABrowserIsShownAPageWhereNothingIs) {
  router_.on_nowhere([](const Request&) { return Response::text(404, "text/html", std::string("nothing")); });
  const auto asked = [&](Method method, std::string target, std::string accept) {
    auto request = request_of(method, std::move(target), "");
    request.headers.add("Accept", std::move(accept));
    return ask(std::move(request));
  };
  for (const auto* target : {"/nothing", "/tasks/7/nothing", "/ui/tasks/", "//ui", "/UI"}) {
    const auto shown = asked(Method::get, target, "text/html,*/*;q=0.8");
    EXPECT_EQ(shown.body_text(), "nothing") << target;
    EXPECT_EQ(shown.status, 404) << target;
    for (const auto* accept : {"*/*", "application/json"})
      EXPECT_THAT(std::string(asked(Method::get, target, accept).body_text()),
                  testing::HasSubstr("\"detail\""))
          << target;
  }
  EXPECT_THAT(std::string(asked(Method::post, "/nothing", "text/html").body_text()),
              testing::HasSubstr("\"detail\""));
  EXPECT_EQ(asked(Method::post, "/ui/tasks", "text/html").status, 405);
}

TEST_F(RouterTest, OtherHostsAreMisdirected) {
  struct Case {
    std::string host;
    int status;
  };
  const Case cases[] = {
      {"localhost", 200},
      {"LOCALHOST:1", 200},
      {"127.0.0.1:8000", 200},
      {"127.9.9.9", 200},
      {"[::1]:8000", 200},
      {"localhost.", 200},
      {"box.example", 200},
      {"box.example:8000", 200},
      {"evil.example", 421},
      {"127.0.0.1.evil", 421},
      {"[::2]", 421},
      {"", 421},
      {"localhost:80:80", 421},
      {"user@localhost", 421},
      {"localhost/x", 421},
      {"127.0.0.1x", 421},
      {"localhost.evil.example", 421},
  };
  router_.set_hosts({"box.example"});
  for (const auto& [host, status] : cases) {
    auto request = request_of(Method::get, "/tasks");
    request.headers.set("Host", host);
    EXPECT_EQ(ask(request).status, status) << host;
  }
  auto twice = request_of(Method::get, "/tasks");
  twice.headers.add("Host", "localhost");
  EXPECT_EQ(ask(twice).status, 400);
  auto absolute = request_of(Method::get, "http://evil.example/tasks");
  EXPECT_EQ(ask(absolute).status, 421);
}

TEST_F(RouterTest, AnotherSitesPageCanNotUseTheCookie) {
  struct Case {
    std::vector<std::pair<std::string, std::string>> headers;
    int status;
  };
  const Case cases[] = {
      {{{"Cookie", "role=admin"}}, 200},
      {{{"Cookie", "role=admin"}, {"Origin", "http://localhost:8000"}}, 200},
      {{{"Cookie", "role=admin"}, {"Origin", "http://localhost:8001"}}, 403},
      {{{"Cookie", "role=admin"}, {"Origin", "null"}}, 403},
      {{{"Cookie", "role=admin"}, {"Sec-Fetch-Site", "cross-site"}}, 403},
      {{{"Cookie", "role=admin"}, {"Sec-Fetch-Site", "same-site"}}, 403},
      {{{"Cookie", "role=admin"}, {"Sec-Fetch-Site", "same-origin"}}, 200},
      {{{"Authorization", "Bearer admin"}, {"Origin", "http://elsewhere"}}, 200},
  };
  for (const auto& [headers, status] : cases) {
    auto request = request_of(Method::post, "/tasks", "");
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    EXPECT_EQ(ask(request).status, status) << headers.back().first << ": " << headers.back().second;
  }
  auto text = request_of(Method::post, "/tasks", "");
  text.headers.add("Cookie", "role=admin");
  text.headers.add("Content-Type", "text/plain");
  text.body = "{}";
  EXPECT_EQ(ask(text).status, 415);
}

TEST_F(RouterTest, MalformedQueriesAreRefused) {
  for (const std::string query : {"a=%", "a=%zz", "a=%FF", "%C0%AF=1", "a=%00"}) {
    EXPECT_EQ(ask(Method::get, "/tasks?" + query).status, 400) << query;
  }
}

TEST_F(RouterTest, WhatAHandlerThrowsIsNeverShown) {
  router_.add({.method = Method::get,
               .path = "/database",
               .right = Right::read,
               .handler = [](const Request&) -> base::Result<Response> {
                 throw store::DatabaseFailure("disk secret");
               },
               .doc = {}});
  router_.add(
      {.method = Method::get,
       .path = "/bug",
       .right = Right::read,
       .handler = [](const Request&) -> base::Result<Response> { throw std::runtime_error("inner secret"); },
       .doc = {}});
  const auto database = ask(Method::get, "/database");
  EXPECT_EQ(database.status, 503);
  EXPECT_TRUE(database.headers.has("retry-after"));
  EXPECT_EQ(database.body_text().find("secret"), std::string_view::npos);
  const auto bug = ask(Method::get, "/bug");
  EXPECT_EQ(bug.status, 500);
  EXPECT_EQ(bug.body_text().find("secret"), std::string_view::npos);
}

TEST_F(RouterTest, AnErrorBecomesAProblemWithItsPlaces) {
  router_.add(
      {.method = Method::get,
       .path = "/wrong",
       .right = Right::read,
       .handler = [](const Request&) -> base::Result<Response> {
         return base::Error{base::ErrorKind::invalid, "cron is wrong", {{{"body", "cron"}, "hour 25", 4}}};
       },
       .doc = {}});
  const auto response = ask(Method::get, "/wrong");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.headers.find("content-type"), "application/problem+json");
  EXPECT_EQ(boost::json::parse(response.body_text()),
            boost::json::parse(R"({"type":"about:blank","title":"Unprocessable Content","status":422,
              "detail":"cron is wrong","errors":[{"loc":["body","cron"],"msg":"hour 25","position":4}]})"));
}

TEST_F(RouterTest, QuickHandlersAreTriedWithoutTheSlowOne) {
  router_.add({.method = Method::get,
               .path = "/cached",
               .right = Right::read,
               .handler = saying("slow"),
               .doc = {},
               .quick = [](const Request& request) -> std::optional<Response> {
                 if (request.query.find("miss")) return std::nullopt;
                 return Response::text(200, "text/plain", "quick");
               }});
  auto hit = request_of(Method::get, "/cached");
  EXPECT_EQ(router_.handle_quickly(hit)->body_text(), "quick");
  auto miss = request_of(Method::get, "/cached?miss=1");
  EXPECT_FALSE(router_.handle_quickly(miss));
  EXPECT_EQ(router_.handle(miss).body_text(), "slow");
  auto stranger = request_of(Method::get, "/cached", "");
  EXPECT_EQ(router_.handle_quickly(stranger)->status, 401);
}

TEST_F(RouterTest, ARouteIsDeclaredOnce) {
  EXPECT_THROW(router_.add({.method = Method::get,
                            .path = "/tasks/{other}",
                            .right = Right::read,
                            .handler = saying(""),
                            .doc = {}}),
               std::logic_error);
  EXPECT_THROW(
      router_.add(
          {.method = Method::get, .path = "tasks", .right = Right::read, .handler = saying(""), .doc = {}}),
      std::logic_error);
  static_assert(!std::is_default_constructible_v<DeclaredRight>);
  static_assert(!std::is_default_constructible_v<Route>);
}

}  // namespace
}  // namespace http
