// Finds the routes of a path: literal segments go before parameters, parameters before "{rest...}".
#pragma once
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "http/route.h"

namespace http {

class RouteTable {
 public:
  struct Match {
    const Route* route = nullptr;     // nullptr: no such path, or not with that method
    std::vector<std::string> values;  // of the path's parameters, in order
    std::vector<Method> allowed;      // methods that the path has; empty: no such path
  };

  // Throws std::logic_error where method and path are taken, or the path is malformed.
  void add(const Route& route);
  // `path` is canonical. HEAD finds GET's route.
  Match find(Method method, std::string_view path) const;

 private:
  static constexpr std::size_t kMethodCount = 7;
  using ByMethod = std::array<const Route*, kMethodCount>;
  struct Node {
    std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
    std::unique_ptr<Node> parameter;
    ByMethod here{};
    ByMethod rest{};  // "{rest...}" below this node
  };
  struct Search;

  Node root_;
  std::unordered_map<std::string_view, const Node*>
      exact_;  // paths without parameters; keys live in the routes
};

// "id" of "{id}", "rest" of "{rest...}"; empty for a literal segment.
std::string_view parameter_name(std::string_view segment);
// The names of a pattern's parameters, in order.
std::vector<std::string_view> parameter_names(std::string_view pattern);

}  // namespace http
