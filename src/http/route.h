// The table of routes, and the pure way from a request to its response.
//
// A route declares which right it needs; one without does not compile. The router finds the route by the
// canonical path, checks the right, runs the handler and turns every failure into a problem.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "rights/actor.h"

namespace http {

// A right that somebody has written down: there is no default.
class DeclaredRight {
 public:
  DeclaredRight() = delete;
  DeclaredRight(rights::Right right) : right_(right) {}
  operator rights::Right() const { return right_; }

 private:
  rights::Right right_;
};

inline constexpr std::size_t kMaxBodyBytes = 1 << 20;

using Handler = std::function<base::Result<Response>(const Request&)>;
// What a browser is shown in place of a problem: HTML. What of the request was not read is empty.
using RefusalPage = std::function<std::string(const Request&, const Response& problem)>;
// Tried first, on the I/O thread: must neither block nor take more than some 20 us. nullopt: run the handler.
using QuickHandler = std::function<std::optional<Response>(const Request&)>;

// What /openapi.json says. `schema` is the name of a schema given to Router::add_schema ("Task"), one of
// "string", "integer", "number", "boolean", "date-time", or JSON text that starts with '{'.
struct DocParameter {
  std::string name;
  std::string summary;
  std::string schema = "string";
  bool required = false;
};
struct DocAnswer {
  int status = 200;
  std::string summary;
  std::string schema = "";  // empty: no body
  std::string content_type = "application/json";
};
struct Doc {
  std::string summary;
  std::string tag;
  std::vector<DocParameter> query = {};
  std::string request = "";  // the body's schema; empty: takes no body
  bool takes_form = false;   // the body may be a form too
  bool body_optional = false;
  std::vector<DocAnswer> answers = {};     // besides the problems that every route may answer
  std::vector<DocParameter> headers = {};  // request headers of its own: Idempotency-Key, If-Match
};

// Which threads run a handler.
enum class Lane {
  common,     // a pool for what reads, a larger one for what changes and waits for its commit
  passwords,  // a few threads of its own, since hashing takes a third of a second and 64 MiB; full: 429
};

struct Route {
  Method method;
  std::string path;  // "/tasks/{id}/run"; "{name...}" as the last segment takes the rest
  DeclaredRight right;
  Handler handler;
  Doc doc;
  QuickHandler quick = nullptr;
  std::size_t max_body = kMaxBodyBytes;  // more is 413
  Lane lane = Lane::common;
  RefusalPage refused = nullptr;  // of pages and their forms; none: a problem in any case
};

// Who asks. Asked by the router for each request.
class Identifier {
 public:
  using Answer = base::Result<std::optional<Identity>>;  // no credentials: nullopt; bad ones: an error
  virtual ~Identifier() = default;
  virtual Answer identify(const Request& request) = 0;  // may read the database
  // From memory alone; nullopt when that does not tell.
  virtual std::optional<Answer> identify_quickly(const Request& request) = 0;
  // Calls `wake` after something about that caller may have changed, until the handle is destroyed. Any
  // thread; `wake` must not block.
  [[nodiscard]] virtual std::shared_ptr<void> watch(const Identity& identity, std::function<void()> wake) = 0;
};

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Throws std::logic_error where method and path are taken, or the path is none. Not after serving began.
  void add(Route route);
  void add_schema(std::string name, std::string_view json);
  // Without one, everybody is a stranger. Must outlive the router.
  void set_identifier(Identifier* identifier);
  // Host names besides the loopback ones that are answered ("*": all). Others get 421.
  void set_hosts(std::vector<std::string> hosts);

  bool answers_for(std::string_view host) const;
  // Told of each request to a route that needs a right which was refused: 403, or 401 for an Authorization
  // header that counts for nothing. Any thread; must not block. Not after serving began.
  using Denied = std::function<void(const Request&, int status)>;
  void on_denied(Denied told);
  // Asked where a browser wants a page (GET, Accept: text/html) at a path that is no route's; without one it
  // is given the same problem as everybody. Any thread; must not block. Not after serving began.
  using Nowhere = std::function<Response(const Request&)>;
  void on_nowhere(Nowhere page);
  // Shown where a browser wants a page, and sent something for which there is no route. Any thread; must not
  // block. Not after serving began.
  void on_refused(RefusalPage page);

  // The whole way of a request, blocking. Never throws.
  Response handle(Request& request) const;
  // The part that needs no thread hop: refusals, and routes with a quick handler. nullopt: call handle, which
  // starts afresh.
  std::optional<Response> handle_quickly(Request& request) const;
  // A problem that others than the router found, as whoever asks can read it: a browser that asks for a page,
  // or sends the form of one, is given a page.
  Response as_readable(const Request& request, Response problem) const;
  // The route of that method and target; nullptr where there is none.
  const Route* find(Method method, std::string_view target) const;

  const std::vector<std::unique_ptr<Route>>& routes() const;
  const std::vector<std::pair<std::string, std::string>>& schemas() const;  // name, JSON

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace http
