#include "http/route_table.h"

#include <stdexcept>

namespace http {
namespace {

bool takes_rest(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with("...}");
}

// Cuts "/first/and/more" into "first" and "/and/more".
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

std::size_t index_of(Method method) {
  return static_cast<std::size_t>(method == Method::head ? Method::get : method);
}

}  // namespace

std::string_view parameter_name(std::string_view segment) {
  if (!segment.starts_with('{') || !segment.ends_with('}')) return {};
  segment = segment.substr(1, segment.size() - 2);
  if (segment.ends_with("...")) segment.remove_suffix(3);
  return segment;
}

std::vector<std::string_view> parameter_names(std::string_view pattern) {
  std::vector<std::string_view> names;
  while (pattern.size() > 1) {
    if (const auto name = parameter_name(next_segment(pattern)); !name.empty()) names.push_back(name);
  }
  return names;
}

void RouteTable::add(const Route& route) {
  std::string_view rest = route.path;
  const auto refuse = [&](const std::string& why) {
    throw std::logic_error("route " + std::string(to_string(route.method)) + " " + route.path + ": " + why);
  };
  if (rest.empty() || rest.front() != '/') refuse("a path begins with '/'");
  if (route.method == Method::head || route.method == Method::options || route.method == Method::other) {
    refuse("the router answers this method by itself");
  }
  Node* node = &root_;
  ByMethod* slots = &root_.here;
  if (rest == "/") rest = {};
  while (!rest.empty()) {
    const auto segment = next_segment(rest);
    if (segment.empty()) refuse("empty segment");
    if (takes_rest(segment)) {
      if (!rest.empty()) refuse("'{...}' must be the last segment");
      slots = &node->rest;
      break;
    }
    std::unique_ptr<Node>* child = nullptr;
    if (!parameter_name(segment).empty()) {
      child = &node->parameter;
    } else {
      for (auto& [literal, existing] : node->literals) {
        if (literal == segment) child = &existing;
      }
      if (child == nullptr) child = &node->literals.emplace_back(segment, nullptr).second;
    }
    if (!*child) *child = std::make_unique<Node>();
    node = child->get();
    slots = &node->here;
  }
  auto& slot = (*slots)[index_of(route.method)];
  if (slot != nullptr) refuse("is there already");
  slot = &route;
  if (route.path.find('{') == std::string::npos) exact_.emplace(route.path, node);
}

// Walks all ways that the path can be read, the most literal first.
struct RouteTable::Search {
  Method method;
  Match& match;
  std::vector<std::string> values;
  bool done = false;

  void take(const ByMethod& slots) {
    if (done) return;
    for (std::size_t index = 0; index < slots.size(); ++index) {
      const auto allowed = static_cast<Method>(index);
      if (slots[index] != nullptr &&
          std::find(match.allowed.begin(), match.allowed.end(), allowed) == match.allowed.end()) {
        match.allowed.push_back(allowed);
      }
    }
    const std::size_t wanted = index_of(method);
    if (wanted < slots.size() && slots[wanted] != nullptr) {
      match.route = slots[wanted];
      match.values = values;
      done = true;
    }
  }

  void walk(const Node& node, std::string_view path) {
    if (path.empty()) {
      take(node.here);
      return;
    }
    std::string_view rest = path;
    const auto segment = next_segment(rest);
    for (const auto& [literal, child] : node.literals) {
      if (!done && literal == segment) walk(*child, rest);
    }
    if (!done && node.parameter) {
      values.emplace_back(segment);
      walk(*node.parameter, rest);
      values.pop_back();
    }
    if (!done) {
      values.emplace_back(path.substr(1));
      take(node.rest);
      values.pop_back();
    }
  }
};

RouteTable::Match RouteTable::find(Method method, std::string_view path) const {
  Match match;
  if (const auto found = exact_.find(path); found != exact_.end() && index_of(method) < kMethodCount) {
    match.route = found->second->here[index_of(method)];
    if (match.route != nullptr) return match;
  }
  Search search{method, match, {}};
  search.walk(root_, path == "/" ? std::string_view{} : path);
  return match;
}

}  // namespace http
