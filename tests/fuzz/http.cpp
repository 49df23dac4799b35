#include <boost/json/object.hpp>

#include "auth/authenticator.h"
#include "auth/fake_store.h"
#include "auth/first_run.h"
#include "auth/second_factor.h"
#include "auth/secrets.h"
#include "base/log.h"
#include "http/api.h"
#include "http/delivery.h"
#include "http/identification.h"
#include "http/json_body.h"
#include "http/request_reader.h"
#include "invariants.h"
#include "task/definition_json.h"

namespace fuzz {
namespace {

using Progress = http::RequestReader::Progress;

// A whole server but for its sockets, its database and its engine.
struct Edge {
  Edge() {
    base::log::set_level(base::log::Level::error);
    identification.emplace(authenticator);
    router.emplace(
        http::build_router({.store = store,
                            .clock = clock,
                            .accounts = accounts,
                            .sessions = sessions,
                            .tokens = tokens,
                            .factors = factors,
                            .first_run = first_run,
                            .secrets = secrets,
                            .audit = audit,
                            .version = "1",
                            .find_asset = [](std::string_view) -> const http::Asset* { return nullptr; },
                            .checks = {},
                            .facts = {},
                            .metrics = {},
                            .more_routes = {add_task_routes}}));
    router->set_identifier(&*identification);
  }

  // What the handlers of tasks do with a request before they ask a service.
  static void add_task_routes(http::Router& to) {
    to.add({.method = http::Method::post,
            .path = "/tasks",
            .right = rights::Right::anyone,
            .handler = [](const http::Request& request) -> base::Result<http::Response> {
              const auto body = http::read_json_object(request);
              if (!body) return body.error();
              const auto definition = task::read_definition(*body, {});
              if (!definition) return definition.error();
              return http::json_response(201, task::to_json(*definition));
            },
            .doc = {}});
    to.add({.method = http::Method::post,
            .path = "/ui/tasks/{id}/update",
            .right = rights::Right::anyone,
            .handler = [](const http::Request& request) -> base::Result<http::Response> {
              const auto form = request.form();
              if (!form) return form.error();
              return http::Response::see_other("/ui/tasks/" + std::string(request.path_parameter("id")));
            },
            .doc = {}});
  }

  auth::FakeStore store;
  base::ManualClock clock{base::from_unix_ms(1'770'000'000'000)};
  auth::Passwords passwords{{1, 8192}};
  auth::IdentityCache cache;
  auth::Accounts accounts{store, clock, passwords, cache, {}};
  auth::Sessions sessions{store, clock, accounts, passwords, cache, std::string(32, 'k')};
  auth::Tokens tokens{store, clock, cache};
  auth::Sealer sealer{auth::KeyRing(std::string(43, 's'))};
  auth::SecondFactors factors{store, clock, sealer};
  auth::FirstRun first_run{store, clock, accounts, sessions};
  auth::Secrets secrets{store, clock, sealer};
  auth::AuditLog audit{store, clock, std::string(auth::FakeStore::kAuditKey), {}};
  auth::Authenticator authenticator{store, clock, sessions, tokens, cache};
  std::optional<http::Identification> identification;
  std::optional<http::Router> router;
};

struct Read {
  std::vector<http::Request> requests;
  int refused = 0;  // the status
};

bool same(const Read& left, const Read& right) {
  return left.refused == right.refused &&
         std::equal(left.requests.begin(), left.requests.end(), right.requests.begin(), right.requests.end(),
                    [](const http::Request& a, const http::Request& b) {
                      return a.method == b.method && a.target == b.target && a.body == b.body &&
                             std::equal(a.headers.begin(), a.headers.end(), b.headers.begin(),
                                        b.headers.end());
                    });
}

Read read_all(const http::Router& router, std::string_view bytes, std::size_t piece) {
  Read read;
  http::RequestReader reader(router, {});
  while (true) {
    const auto progress = reader.has_begun() ? reader.advance() : Progress::more;
    if (progress == Progress::ready) {
      read.requests.push_back(reader.take());
      if (!reader.keeps_alive()) return read;
    } else if (progress == Progress::refused) {
      read.refused = reader.take_refusal().status;
      return read;
    } else if (bytes.empty()) {
      return read;
    } else {
      reader.give(bytes.substr(0, piece));
      bytes.remove_prefix(std::min(piece, bytes.size()));
    }
  }
}

// What goes out is one head, whatever came in.
void check_answer(http::Request& request, http::Response response) {
  require(response.status >= 200 && response.status < 500, "nothing that is sent fails the server",
          request.target);
  http::apply_conditions(request, response);
  std::string head;
  http::append_head(head, request, response, {true, "now"});
  require(head.find("\r\n\r\n") == head.size() - 4, "a head has one end", head);
  for (std::size_t at = 0; at < head.size(); ++at) {
    if (head[at] == '\n') require(at > 0 && head[at - 1] == '\r', "a line ends with CR LF", head);
    if (head[at] == '\r') require(head[at + 1] == '\n', "a line ends with CR LF", head);
  }
}

}  // namespace

void check_http(Bytes bytes) {
  if (bytes.empty()) return;
  static Edge edge;
  const auto text = text_of(bytes.subspan(1));
  auto whole = read_all(*edge.router, text, text.size());
  const auto pieces = read_all(*edge.router, text, std::size_t{bytes[0]} + 1);
  require(same(whole, pieces), "requests are the same however they are cut", text);
  require(whole.refused == 0 || (whole.refused >= 400 && whole.refused < 500), "a refusal is a 4xx", text);
  for (auto& request : whole.requests) {
    request.peer = {"192.0.2.1", 4000, "127.0.0.1", 8000};
    auto quick = request;
    if (auto answer = edge.router->handle_quickly(quick)) check_answer(quick, std::move(*answer));
    check_answer(request, edge.router->handle(request));
  }
}

}  // namespace fuzz
