// For tests: each route of a router asked as each role, against what its declaration says.
#pragma once
#include <string>
#include <vector>

#include "http/route.h"

namespace http {

// Asks every route of the table as a stranger, in each role, and with a token of each scope, with its handler
// replaced by one that says yes. Gives a line for each answer that is not what the declared right asks for.
inline std::vector<std::string> rights_mistakes(const Router& declared) {
  struct FixedIdentifier : Identifier {
    std::optional<Identity> identity;
    Answer identify(const Request&) override { return identity; }
    std::optional<Answer> identify_quickly(const Request&) override { return Answer(identity); }
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
  const auto ask = [&](const Route& route, const std::string& as) {
    Request request;
    request.method = route.method;
    request.headers.add("Host", "localhost");
    request.target = route.path;
    for (auto brace = request.target.find('{'); brace != std::string::npos;
         brace = request.target.find('{')) {
      request.target.replace(brace, request.target.find('}') - brace + 1, "1");
    }
    int expected = 204;
    if (route.right != rights::Right::anyone) {
      if (!who.identity) expected = 401;
      if (who.identity && !rights::may(who.identity->actor, route.right)) expected = 403;
    }
    const int status = asked.handle(request).status;
    if (status != expected) {
      mistakes.push_back(std::string(to_string(route.method)) + " " + route.path + " as " + as + ": " +
                         std::to_string(status) + " in place of " + std::to_string(expected));
    }
  };
  using rights::Role;
  using rights::Scope;
  for (const auto& route : declared.routes()) {
    who.identity.reset();
    ask(*route, "stranger");
    for (const Role role : {Role::viewer, Role::operator_, Role::editor, Role::admin}) {
      for (const std::optional<Scope> scope :
           {std::optional<Scope>(), {Scope::read}, {Scope::run}, {Scope::write}}) {
        who.identity.emplace();
        who.identity->actor.role = role;
        who.identity->actor.scope = scope;
        ask(*route, std::string(rights::to_string(role)) +
                        (scope ? "/" + std::string(rights::to_string(*scope)) : ""));
      }
    }
  }
  return mistakes;
}

}  // namespace http
