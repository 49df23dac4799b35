#include "http/api.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "auth/authenticator.h"
#include "auth/fake_store.h"
#include "http/identification.h"
#include "http/loopback_client.h"
#include "http/openapi.h"
#include "http/server.h"

namespace http {
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auth::PasswordCost kCheap{1, 8192};
constexpr Asset kPage{"/index.html", "text/html; charset=utf-8", "\"1\"", "<page>", "GZ", "BR", false};
constexpr Asset kScript{"/assets/a-1.js", "text/javascript", "\"2\"", "script", "", "", true};

const Asset* find_test_asset(std::string_view path) {
  if (path == "/assets/a-1.js") return &kScript;
  if (path.starts_with("/ui/") || path == "/login" || path == "/register" || path == "/docs") return &kPage;
  return nullptr;
}

struct Answer {
  Response response;
  json::value body;
  int status() const { return response.status; }
};

class ApiTest : public testing::Test {
 protected:
  ApiTest()
      : accounts_(store_, clock_, passwords_, cache_, {}),
        sessions_(store_, clock_, accounts_, passwords_, cache_, std::string(32, 'k')),
        tokens_(store_, clock_, cache_),
        factors_(store_, clock_, sealer_),
        first_run_(store_, clock_, accounts_, sessions_),
        secrets_(store_, clock_, sealer_),
        audit_(store_, clock_, std::string(auth::FakeStore::kAuditKey), {}),
        authenticator_(store_, clock_, sessions_, tokens_, cache_),
        identification_(authenticator_),
        router_(build_router(
            {store_,
             clock_,
             accounts_,
             sessions_,
             tokens_,
             factors_,
             first_run_,
             secrets_,
             audit_,
             "1.2.3",
             find_test_asset,
             {{"database", [] { return std::string(); }}, {"runner", [this] { return runner_wrong_; }}},
             {{"kill_level", [] { return std::string("process tree"); }}},
             {[](MetricWriter& writer) { writer.counter("test_total", "A test", 5); }},
             {}})) {
    sessions_.use(factors_);
    sessions_.use(audit_);
    router_.set_identifier(&identification_);
    EXPECT_TRUE(accounts_.ensure_first_admin("admin's password"));
  }

  Answer ask(Method method, std::string target, std::string_view body = {}, std::string_view token = {},
             std::vector<std::pair<std::string, std::string>> headers = {}) {
    Request request;
    request.method = method;
    request.target = std::move(target);
    request.body = body;
    request.peer = {"127.0.0.1", 40000, "127.0.0.1", 8000};
    request.headers.add("Host", "localhost:8000");
    if (!token.empty()) request.headers.add("Authorization", "Bearer " + std::string(token));
    for (const auto& [name, value] : headers) request.headers.set(name, value);
    if (!body.empty() && !request.headers.has("content-type"))
      request.headers.add("Content-Type", "application/json");
    Answer answer{router_.handle(request), nullptr};
    json::error_code error;
    answer.body = json::parse(answer.response.body_text(), error);
    return answer;
  }
  std::string log_in(const std::string& name = "admin", const std::string& password = "admin's password") {
    const auto answer = ask(Method::post, "/auth/login",
                            json::serialize(json::object{{"username", name}, {"password", password}}));
    EXPECT_EQ(answer.status(), 200) << answer.body;
    return answer.status() == 200 ? std::string(answer.body.at("access_token").as_string()) : std::string();
  }

  auth::FakeStore store_;
  base::ManualClock clock_{base::from_unix_ms(1'770'000'000'000)};
  auth::Passwords passwords_{kCheap};
  auth::IdentityCache cache_;
  auth::Accounts accounts_;
  auth::Sessions sessions_;
  auth::Tokens tokens_;
  auth::Sealer sealer_{auth::KeyRing(std::string(43, 's'))};
  auth::SecondFactors factors_;
  auth::FirstRun first_run_;
  auth::Secrets secrets_;
  auth::AuditLog audit_;
  auth::Authenticator authenticator_;
  Identification identification_;
  std::string runner_wrong_;
  Router router_;
};

TEST_F(ApiTest, ALogInGivesATokenAndACookie) {
  const auto answer =
      ask(Method::post, "/auth/login", R"({"username":"Admin","password":"admin's password"})");
  ASSERT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body.at("token_type"), "bearer");
  EXPECT_EQ(answer.body.at("expires_in"), 86400);
  EXPECT_EQ(answer.body.at("user").at("username"), "admin");
  EXPECT_EQ(answer.body.at("user").at("role"), "admin");
  EXPECT_EQ(answer.body.at("user").at("must_change_password"), false);
  const std::string cookie(*answer.response.headers.find("set-cookie"));
  for (const auto* part : {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=86400"})
    EXPECT_THAT(cookie, HasSubstr(part));
  const std::string token(answer.body.at("access_token").as_string());
  EXPECT_EQ(ask(Method::get, "/auth/me", "", token).body.at("username"), "admin");
  EXPECT_EQ(ask(Method::get, "/auth/me", "", "", {{"Cookie", cookie.substr(0, cookie.find(';'))}}).status(),
            200);
}

TEST_F(ApiTest, AFormLogsInToo) {
  const auto answer = ask(Method::post, "/auth/login", "username=admin&password=admin%27s+password", "",
                          {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(ask(Method::post, "/auth/login", "username=admin", "", {{"Content-Type", "text/plain"}}).status(),
            415);
}

TEST_F(ApiTest, AFormThatABrowserPostsByItselfLeadsOn) {
  const auto post = [&](std::string path, std::string body, const std::string& cookie) {
    return ask(Method::post, std::move(path), std::move(body), "",
               {{"Content-Type", "application/x-www-form-urlencoded"},
                {"Accept", "text/html,*/*;q=0.8"},
                {"Sec-Fetch-Site", "same-origin"},
                {"Cookie", cookie}})
        .response;
  };
  const auto in = post("/auth/login", "username=admin&password=admin%27s+password&code=", "");
  EXPECT_EQ(in.status, 303);
  EXPECT_EQ(in.headers.find("location"), "/ui/tasks");
  const std::string cookie(*in.headers.find("set-cookie"));
  const auto session = cookie.substr(0, cookie.find(';'));
  EXPECT_EQ(ask(Method::get, "/auth/me", "", "", {{"Cookie", session}}).status(), 200);

  const auto wrong = post("/auth/login", "username=admin&password=nope", "");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.headers.find("content-type"), "text/html; charset=utf-8");
  EXPECT_FALSE(wrong.headers.has("set-cookie"));

  const auto out = post("/auth/logout", "", session);
  EXPECT_EQ(out.status, 303);
  EXPECT_EQ(out.headers.find("location"), "/login/plain");
  EXPECT_EQ(ask(Method::get, "/auth/me", "", "", {{"Cookie", session}}).status(), 401);
}

TEST_F(ApiTest, BadLogInsAreRefusedAlike) {
  const auto wrong = ask(Method::post, "/auth/login", R"({"username":"admin","password":"nope"})");
  const auto unknown = ask(Method::post, "/auth/login", R"({"username":"nobody","password":"nope"})");
  EXPECT_EQ(wrong.status(), 401);
  EXPECT_EQ(wrong.body, unknown.body);
  EXPECT_EQ(ask(Method::post, "/auth/login", R"({"username":"admin"})").status(), 422);
  EXPECT_EQ(
      ask(Method::post, "/auth/login", R"({"username":"admin","password":"x","role":"admin"})").status(),
      422);
  EXPECT_EQ(ask(Method::post, "/auth/login", "{").status(), 400);
  EXPECT_EQ(ask(Method::post, "/auth/login", R"({"username":"admin","password":"x"})", "",
                {{"Origin", "http://evil.example"}})
                .status(),
            403);
}

TEST_F(ApiTest, TooManyGuessesAreToldWhenToComeBack) {
  Answer answer;
  for (int attempt = 0; attempt < 11; ++attempt)
    answer = ask(Method::post, "/auth/login", R"({"username":"admin","password":"nope"})");
  EXPECT_EQ(answer.status(), 429);
  EXPECT_EQ(answer.response.headers.find("retry-after"), "7");
}

TEST_F(ApiTest, ALogOutEndsTheTokenAtOnce) {
  const auto token = log_in();
  const auto answer = ask(Method::post, "/auth/logout", "", token);
  EXPECT_EQ(answer.status(), 204);
  EXPECT_THAT(std::string(*answer.response.headers.find("set-cookie")), HasSubstr("Max-Age=0"));
  EXPECT_EQ(ask(Method::get, "/auth/me", "", token).status(), 401);
}

TEST_F(ApiTest, ANewPasswordEndsOldTokensAndGivesANewOne) {
  const auto old = log_in();
  const auto other = log_in();
  EXPECT_EQ(
      ask(Method::post, "/auth/password", R"({"current_password":"nope","new_password":"another one"})", old)
          .status(),
      403);
  EXPECT_EQ(ask(Method::post, "/auth/password",
                R"({"current_password":"admin's password","new_password":"short"})", old)
                .status(),
            422);
  const auto answer = ask(Method::post, "/auth/password",
                          R"({"current_password":"admin's password","new_password":"another one"})", old);
  ASSERT_EQ(answer.status(), 200);
  EXPECT_EQ(ask(Method::get, "/auth/me", "", old).status(), 401);
  EXPECT_EQ(ask(Method::get, "/auth/me", "", other).status(), 401);
  EXPECT_EQ(ask(Method::get, "/auth/me", "", answer.body.at("access_token").as_string()).status(), 200);
  EXPECT_FALSE(log_in("admin", "another one").empty());
}

TEST_F(ApiTest, AdminsKeepTheUsers) {
  const auto admin = log_in();
  const auto made =
      ask(Method::post, "/users", R"({"username":"bob","password":"long enough","role":"operator"})", admin);
  ASSERT_EQ(made.status(), 201) << made.body;
  const std::string path = "/users/" + std::to_string(made.body.at("id").as_int64());
  EXPECT_EQ(made.response.headers.find("location"), path);
  EXPECT_EQ(ask(Method::post, "/users", R"({"username":"BOB","password":"long enough"})", admin).status(),
            409);
  EXPECT_EQ(ask(Method::post, "/users", R"({"username":"x","password":"long enough","role":"king"})", admin)
                .status(),
            422);
  const auto bob = log_in("bob", "long enough");
  EXPECT_EQ(ask(Method::get, "/users", "", bob).status(), 403);
  EXPECT_EQ(ask(Method::get, "/users", "", admin).body.at("items").as_array().size(), 2u);
  EXPECT_EQ(ask(Method::patch, path, R"({"role":"viewer"})", admin).body.at("role"), "viewer");
  EXPECT_EQ(ask(Method::get, "/auth/me", "", bob).body.at("role"), "viewer");
  EXPECT_EQ(ask(Method::patch, path, R"({"disabled":true})", admin).status(), 200);
  EXPECT_EQ(ask(Method::get, "/auth/me", "", bob).status(), 401);
  EXPECT_EQ(ask(Method::delete_, path, "", admin).status(), 204);
  EXPECT_EQ(ask(Method::get, path, "", admin).status(), 404);
  EXPECT_EQ(ask(Method::delete_, "/users/1", "", admin).status(), 409);
  EXPECT_EQ(ask(Method::patch, "/users/1", R"({"role":"viewer"})", admin).status(), 409);
}

TEST_F(ApiTest, AStrangerRegistersAsViewer) {
  const auto made = ask(Method::post, "/auth/register", R"({"username":"new","password":"long enough"})");
  ASSERT_EQ(made.status(), 201);
  EXPECT_EQ(made.body.at("role"), "viewer");
  EXPECT_EQ(
      ask(Method::post, "/auth/register", R"({"username":"new2","password":"long enough","role":"admin"})")
          .status(),
      422);
  EXPECT_EQ(ask(Method::post, "/auth/register", R"({"username":"new","password":"long enough"})").status(),
            409);
}

TEST_F(ApiTest, ApiTokensWorkUntilTheyAreRevoked) {
  const auto admin = log_in();
  const auto made =
      ask(Method::post, "/auth/tokens", R"({"name":"ci","scope":"read","expires_in_days":30})", admin);
  ASSERT_EQ(made.status(), 201) << made.body;
  const std::string token(made.body.at("token").as_string());
  const std::string path = "/auth/tokens/" + std::to_string(made.body.at("id").as_int64());
  EXPECT_EQ(ask(Method::get, "/auth/me", "", token).body.at("scope"), "read");
  EXPECT_EQ(ask(Method::get, "/users", "", token).status(), 403);
  EXPECT_EQ(ask(Method::delete_, path, "", token).status(), 403);
  EXPECT_EQ(ask(Method::post, "/auth/logout", "", token).status(), 409);
  const auto list = ask(Method::get, "/auth/tokens", "", admin);
  EXPECT_FALSE(list.body.at("items").at(0).as_object().contains("token"));
  EXPECT_EQ(ask(Method::delete_, path, "", admin).status(), 204);
  EXPECT_EQ(ask(Method::get, "/auth/me", "", token).status(), 401);
}

TEST_F(ApiTest, TheAuditTellsAdminsWhoDidWhat) {
  const auto admin = log_in();
  ask(Method::post, "/users", R"({"username":"bob","password":"long enough"})", admin);
  const auto page = ask(Method::get, "/audit?limit=2", "", admin);
  ASSERT_EQ(page.status(), 200);
  const auto& newest = page.body.at("items").at(0);
  EXPECT_EQ(newest.at("action"), "user.create");
  EXPECT_EQ(newest.at("actor"), "admin");
  EXPECT_EQ(newest.at("address"), "127.0.0.1");
  EXPECT_EQ(newest.at("after").at("username"), "bob");
  for (const std::string limit : {"0", "501", "x", "-1"})
    EXPECT_EQ(ask(Method::get, "/audit?limit=" + limit, "", admin).status(), 422);
}

TEST_F(ApiTest, BrowsersAreLedToThePage) {
  const auto browser = ask(Method::get, "/", "", "", {{"Accept", "text/html,*/*;q=0.8"}});
  EXPECT_EQ(browser.status(), 303);
  EXPECT_EQ(browser.response.headers.find("location"), "/ui/tasks");
  const auto other = ask(Method::get, "/", "", "", {{"Accept", "*/*"}});
  EXPECT_EQ(other.body.at("status"), "ok");
  EXPECT_EQ(other.body.at("version"), "1.2.3");
}

TEST_F(ApiTest, ThePageComesPackedAsTheBrowserTakesIt) {
  struct Case {
    std::string accepted;
    std::string_view coding;
    std::string_view body;
    std::string_view tag;
  };
  const Case cases[] = {{"gzip, deflate, br", "br", "BR", "\"1-br\""},
                        {"gzip;q=0.5", "gzip", "GZ", "\"1-gz\""},
                        {"br;q=0, gzip", "gzip", "GZ", "\"1-gz\""},
                        {"identity", "", "<page>", "\"1\""},
                        {"", "", "<page>", "\"1\""}};
  for (const auto& [accepted, coding, body, tag] : cases) {
    const auto page = ask(Method::get, "/ui/tasks/7/edit", "", "", {{"Accept-Encoding", accepted}});
    EXPECT_EQ(page.status(), 200);
    EXPECT_EQ(page.response.headers.find("content-encoding").value_or(""), coding) << accepted;
    EXPECT_EQ(page.response.body_text(), body) << accepted;
    EXPECT_EQ(page.response.headers.find("etag"), tag) << accepted;
  }
  EXPECT_THAT(std::string(*ask(Method::get, "/assets/a-1.js").response.headers.find("cache-control")),
              HasSubstr("immutable"));
  EXPECT_EQ(ask(Method::get, "/assets/none.js").status(), 404);
  EXPECT_EQ(ask(Method::get, "/login").status(), 200);
  EXPECT_THAT(std::string(*ask(Method::get, "/docs").response.headers.find("content-security-policy")),
              HasSubstr("'unsafe-inline'"));
  EXPECT_FALSE(ask(Method::get, "/login").response.headers.has("content-security-policy"));
}

TEST_F(ApiTest, ReadinessNamesWhatIsNotWell) {
  EXPECT_EQ(ask(Method::get, "/readyz").status(), 200);
  EXPECT_EQ(ask(Method::get, "/readyz").body.at("kill_level"), "process tree");
  runner_wrong_ = "does not answer";
  const auto answer = ask(Method::get, "/readyz");
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.body.at("checks").at("runner"), "does not answer");
  EXPECT_EQ(answer.body.at("checks").at("database"), "ok");
  EXPECT_EQ(ask(Method::get, "/healthz").status(), 200);
}

TEST_F(ApiTest, FiguresAreInPrometheusForm) {
  const auto answer = ask(Method::get, "/metrics");
  EXPECT_EQ(answer.response.body_text(),
            "# HELP mini_scheduler_info Always 1; the version is a label\n# TYPE mini_scheduler_info gauge\n"
            "mini_scheduler_info{version=\"1.2.3\"} 1\n# HELP test_total A test\n# TYPE test_total "
            "counter\ntest_total 5\n");
}

TEST(MetricWriter, EscapesLabelsAndWritesEachHeadOnce) {
  MetricWriter writer;
  writer.gauge("a", "Help", 0.25, {{"l", "x\"y\\z\n"}});
  writer.gauge("a", "Help", 1e18, {{"l", "2"}, {"m", "3"}});
  EXPECT_EQ(writer.text(),
            "# HELP a Help\n# TYPE a gauge\na{l=\"x\\\"y\\\\z\\n\"} 0.25\na{l=\"2\",m=\"3\"} 1e+18\n");
}

TEST_F(ApiTest, EveryRouteIsDescribed) {
  EXPECT_THAT(documentation_gaps(router_), IsEmpty());
  const auto document = ask(Method::get, "/openapi.json").body;
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  std::size_t operations = 0;
  for (const auto& [path, item] : document.at("paths").as_object()) operations += item.as_object().size();
  EXPECT_EQ(operations, router_.routes().size());
  const auto& login = document.at("paths").at("/auth/login").at("post");
  EXPECT_TRUE(login.at("security").as_array().empty());
  EXPECT_TRUE(
      login.at("requestBody").at("content").as_object().contains("application/x-www-form-urlencoded"));
  EXPECT_TRUE(login.at("responses").as_object().contains("429"));
  const auto& users = document.at("paths").at("/users/{id}").at("patch");
  EXPECT_EQ(users.at("parameters").at(0).at("in"), "path");
  EXPECT_TRUE(users.at("responses").as_object().contains("403"));
}

TEST_F(ApiTest, EveryReferenceInTheDescriptionLeadsSomewhere) {
  const auto answer = ask(Method::get, "/openapi.json");
  const std::string text(answer.response.body_text());
  const auto& schemas = answer.body.at("components").at("schemas").as_object();
  constexpr std::string_view kReference = "\"#/components/schemas/";
  std::size_t count = 0;
  for (auto at = text.find(kReference); at != std::string::npos;
       at = text.find(kReference, at + 1), ++count) {
    const auto start = at + kReference.size();
    EXPECT_TRUE(schemas.contains(text.substr(start, text.find('"', start) - start)));
  }
  EXPECT_GT(count, 10u);
}

// Over a real socket, since the kernel must say whose it is.
TEST_F(ApiTest, TheFirstPasswordIsTakenOnlyStraightFromThisMachine) {
  auth::FakeStore fresh;
  auth::Accounts accounts(fresh, clock_, passwords_, cache_, {});
  auth::Sessions sessions(fresh, clock_, accounts, passwords_, cache_, std::string(32, 'k'));
  auth::Tokens tokens(fresh, clock_, cache_);
  ASSERT_TRUE(accounts.ensure_first_admin(std::nullopt));
  auth::SecondFactors factors(fresh, clock_, sealer_);
  auth::FirstRun first_run(fresh, clock_, accounts, sessions);
  auth::Secrets secrets(fresh, clock_, sealer_);
  auth::AuditLog audit(fresh, clock_, std::string(auth::FakeStore::kAuditKey), {});
  auto router = build_router({fresh,
                              clock_,
                              accounts,
                              sessions,
                              tokens,
                              factors,
                              first_run,
                              secrets,
                              audit,
                              "1",
                              find_test_asset,
                              {},
                              {},
                              {},
                              {}});
  router.set_hosts({"box.example"});
  ServerOptions options;
  options.port = 0;
  Server server(router, clock_, options);
  ASSERT_TRUE(server.start());
  struct Case {
    std::string headers;
    int status;
  };
  const std::string port = std::to_string(server.port());
  const Case cases[] = {
      {"Host: localhost\r\n", 200},
      {"Host: 127.0.0.1:" + port + "\r\n", 200},
      {"Host: localhost:" + port + "\r\nOrigin: http://localhost:" + port + "\r\n", 200},
      {"Host: box.example\r\n", 403},
      {"Host: localhost\r\nX-Forwarded-For: 10.0.0.1\r\n", 403},
      {"Host: localhost\r\nx-forwarded-proto: https\r\n", 403},
      {"Host: localhost\r\nForwarded: for=10.0.0.1\r\n", 403},
      {"Host: localhost\r\nOrigin: http://localhost:1\r\n", 403},
      {"Host: localhost\r\nOrigin: null\r\n", 403},
      {"Host: evil.example\r\n", 421},
  };
  const std::string body = R"({"username":"admin","password":"admin123"})";
  for (const auto& [headers, status] : cases) {
    LoopbackClient client(server.port());
    client.send("POST /auth/login HTTP/1.1\r\n" + headers +
                "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body);
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.status, status) << headers << answer.body;
    if (status == 200) {
      EXPECT_THAT(answer.body, HasSubstr(R"("must_change_password":true)"));
    }
  }
}

}  // namespace
}  // namespace http
