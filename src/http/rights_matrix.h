// For tests: each route of a router, asked by each kind of caller with each method and in each spelling of
// its path, against a list of rights that was written apart from the routes.
#pragma once
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "http/route.h"

namespace http {

// "METHOD PATH RIGHT" lines: tests/security/rights.txt.
struct RightsList {
  struct Line {
    std::string method, path;
    rights::Right right;
  };
  std::vector<Line> lines;

  static RightsList read(const std::string& file) {
    static const std::map<std::string, rights::Right> names{
        {"anyone", rights::Right::anyone}, {"signed_in", rights::Right::signed_in},
        {"read", rights::Right::read},     {"run", rights::Right::run},
        {"edit", rights::Right::edit},     {"administer", rights::Right::administer}};
    RightsList list;
    std::ifstream in(file);
    for (std::string text; std::getline(in, text);) {
      if (text.empty() || text.front() == '#') continue;
      std::istringstream words(text);
      std::string method, path, right;
      words >> method >> path >> right;
      list.lines.push_back({method, path, names.at(right)});
    }
    return list;
  }

  // What stands for that decoded path and method: the line that is the most literal from the left. A model of
  // its own, so that the router is not held against itself.
  const Line* find(const std::string& method, const std::string& path) const {
    const Line* best = nullptr;
    std::string best_rank;
    for (const auto& line : lines) {
      const auto rank = rank_of(segments(line.path), segments(path));
      if (line.method == (method == "HEAD" ? "GET" : method) && !rank.empty() && rank > best_rank) {
        best = &line;
        best_rank = rank;
      }
    }
    return best;
  }
  std::set<std::string> methods_of(const std::string& path) const {
    std::set<std::string> methods;
    for (const auto& line : lines) {
      if (!rank_of(segments(line.path), segments(path)).empty()) methods.insert(line.method);
    }
    return methods;
  }

 private:
  static std::vector<std::string> segments(const std::string& path) {
    std::vector<std::string> parts;
    std::istringstream in(path.substr(1));
    for (std::string part; std::getline(in, part, '/');) parts.push_back(part);
    return parts;
  }
  // A letter a segment: '3' literal, '2' parameter, '1' rest; empty where the pattern is another.
  static std::string rank_of(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
    std::string rank = "0";
    for (std::size_t at = 0; at < pattern.size(); ++at) {
      if (pattern[at].ends_with("...}")) return at < path.size() ? rank + '1' : "";
      if (at >= path.size()) return "";
      if (pattern[at].front() == '{')
        rank += '2';
      else if (pattern[at] == path[at])
        rank += '3';
      else
        return "";
    }
    return pattern.size() == path.size() ? rank : "";
  }
};

// A caller of the matrix. `identity` is empty for a stranger.
struct MatrixCaller {
  std::string name;
  std::optional<Identity> identity;
};

inline std::vector<MatrixCaller> matrix_callers() {
  std::vector<MatrixCaller> callers{{"stranger", std::nullopt}};
  using rights::Role;
  using rights::Scope;
  for (const Role role : {Role::viewer, Role::operator_, Role::editor, Role::admin}) {
    for (const std::optional<Scope> scope :
         {std::optional<Scope>(), {Scope::read}, {Scope::run}, {Scope::write}}) {
      Identity identity;
      identity.actor.role = role;
      identity.actor.scope = scope;
      callers.push_back(
          {std::string(to_string(role)) + (scope ? "/" + std::string(to_string(*scope)) : ""), identity});
    }
  }
  return callers;
}

// Spellings of a path, each with the path that it stands for once decoded; an empty one stands for nothing
// (404).
struct Spelling {
  std::string target, path;
};

inline std::vector<Spelling> spellings_of(const std::string& path) {
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string text = path;
    for (auto at = text.find(from, 1); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
    return text;
  };
  std::string upper = path;
  for (char& letter : upper) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  const std::string first_encoded =
      path.size() > 1
          ? "/%" + std::string("0123456789abcdef").substr(static_cast<unsigned char>(path[1]) / 16, 1) +
                std::string("0123456789abcdef").substr(static_cast<unsigned char>(path[1]) % 16, 1) +
                path.substr(2)
          : "/%2f";
  std::vector<Spelling> all{{path, path},
                            {path + "?", path},
                            {path + "?x=/healthz", path},
                            {path + "?/configs", path},
                            {"http://localhost" + path, path},
                            {upper, upper},
                            {path + ";", path + ";"},
                            {path + ";x=/healthz", path + ";x=/healthz"},
                            {path + ".json", path + ".json"},
                            {path + "%3f", path + "?"},
                            {path + "%253f", path + "%3f"}};
  if (path != "/") {
    for (const std::string& more : {path + "/configs", path + "/healthz", "/healthz" + path, "/api" + path,
                                    "/open" + path, "/ui" + path, path + "/login", "/login" + path})
      all.push_back({more, more});
    for (const std::string& bad : {"/" + path,
                                   path + "/",
                                   path + "//",
                                   "/." + path,
                                   "/x/.." + path,
                                   path + "/.",
                                   path + "/..",
                                   "/%2e" + path,
                                   "/%2e%2e" + path,
                                   "/healthz/.." + path,
                                   "/healthz/%2e%2e" + path,
                                   first_encoded,
                                   path + "%2f",
                                   path + "%00",
                                   path + "%0a",
                                   path + "%0d%0a",
                                   path + "%5c",
                                   path + "\\",
                                   path + "%",
                                   path + "%2",
                                   path + "%zz",
                                   path + "#",
                                   path + "#/healthz",
                                   "/%c0%ae%c0%ae" + path,
                                   "/%c0%af" + path.substr(1),
                                   path + "%c0%80",
                                   path + "%ff",
                                   path + "%7f",
                                   path.substr(1),
                                   "\\" + path.substr(1),
                                   "/..;" + path + "/.."})
      all.push_back({bad, ""});
    if (path.find('/', 1) != std::string::npos) {
      for (const auto to : {"//", "%2f", "%2F", "\\", "%5c", "/./", "/x/../"})
        all.push_back({replaced("/", to), ""});
    }
  } else {
    all = {{"/", "/"},   {"//", ""},   {"/.", ""},   {"/..", ""},
           {"/%2e", ""}, {"/%2f", ""}, {"/%00", ""}, {"/\\", ""}};
  }
  return all;
}

enum class MatrixSize { rights_only, whole };

// Asks every route with its handler replaced by one that says yes (204). Gives a line for each answer that
// the list does not ask for. `whole`: with every method and spelling too.
inline std::vector<std::string> matrix_mistakes(const Router& declared, const RightsList& expected,
                                                MatrixSize size) {
  struct FixedIdentifier : Identifier {
    std::optional<Identity> identity;
    Answer identify(const Request&) override { return identity; }
    std::optional<Answer> identify_quickly(const Request&) override { return Answer(identity); }
    std::shared_ptr<void> watch(const Identity&, std::function<void()>) override { return nullptr; }
  } who;
  Router asked;
  asked.set_identifier(&who);
  for (const auto& route : declared.routes()) {
    Route copy = *route;
    copy.quick = nullptr;
    copy.handler = [](const Request&) { return Response::no_content(); };
    asked.add(std::move(copy));
  }
  std::vector<std::string> mistakes;
  std::map<std::string, const RightsList::Line*> lines;
  std::map<std::string, bool> exists;
  const auto line_of = [&](const std::string& method, const std::string& path) {
    const auto [at, is_new] = lines.try_emplace(method + path);
    if (is_new) at->second = expected.find(method, path);
    return at->second;
  };
  const auto has_methods = [&](const std::string& path) {
    const auto [at, is_new] = exists.try_emplace(path);
    if (is_new) at->second = !expected.methods_of(path).empty();
    return at->second;
  };
  const auto ask = [&](const std::string& method, const Spelling& spelling, const MatrixCaller& caller) {
    Request request;
    request.method = parse_method(method);
    request.headers.add("Host", "localhost");
    for (const auto* name : {"X-Original-URL", "X-Rewrite-URL"}) request.headers.add(name, "/healthz");
    request.headers.add("X-HTTP-Method-Override", "GET");
    request.target = spelling.target;
    who.identity = caller.identity;
    const auto* line = spelling.path.empty() ? nullptr : line_of(method, spelling.path);
    int status = 404;
    if (line != nullptr) {
      status = 204;
      if (line->right != rights::Right::anyone) {
        if (!caller.identity) status = 401;
        if (caller.identity && !rights::may(caller.identity->actor, line->right)) status = 403;
      }
    } else if (!spelling.path.empty() && has_methods(spelling.path)) {
      status = method == "OPTIONS" ? 204 : 405;
    }
    for (const bool quickly : {false, true}) {
      Request again = request;
      const auto answer = quickly ? asked.handle_quickly(again) : asked.handle(again);
      if (!answer || answer->status == status) continue;
      mistakes.push_back(method + " " + spelling.target + " as " + caller.name + ": " +
                         std::to_string(answer->status) + " in place of " + std::to_string(status));
    }
  };
  const auto callers = matrix_callers();
  for (const auto& route : declared.routes()) {
    std::string path = route->path;
    for (auto brace = path.find('{'); brace != std::string::npos; brace = path.find('{'))
      path.replace(brace, path.find('}') - brace + 1, "1");
    const std::string method(to_string(route->method));
    for (const auto& caller : callers) {
      ask(method, {path, path}, caller);
      // the other spellings are asked by one of each kind
      const bool one_of_a_kind = caller.name.find('/') == std::string::npos || caller.name == "admin/read";
      if (size == MatrixSize::rights_only || !one_of_a_kind) continue;
      for (const auto& each : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
        for (const auto& spelling : spellings_of(path)) ask(each, spelling, caller);
    }
  }
  return mistakes;
}

// Routes without a line, and lines without a route.
inline std::vector<std::string> list_mistakes(const Router& declared, const RightsList& expected) {
  std::vector<std::string> mistakes;
  std::set<std::string> routes;
  for (const auto& route : declared.routes()) {
    const std::string name = std::string(to_string(route->method)) + " " + route->path;
    routes.insert(name);
    bool listed = false;
    for (const auto& line : expected.lines) {
      if (line.method + " " + line.path != name) continue;
      listed = true;
      if (line.right != route->right) mistakes.push_back(name + ": the list has another right");
    }
    if (!listed) mistakes.push_back(name + ": has no line in tests/security/rights.txt");
  }
  for (const auto& line : expected.lines) {
    if (!routes.contains(line.method + " " + line.path))
      mistakes.push_back(line.method + " " + line.path + ": there is no such route");
  }
  return mistakes;
}

}  // namespace http
