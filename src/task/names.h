// Closed choices and their texts, in one table for both directions.
#pragma once
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace task {

template <class Value, std::size_t count>
using Names = std::array<std::pair<Value, std::string_view>, count>;

template <class Value, std::size_t count>
constexpr std::string_view name_of(const Names<Value, count>& names, Value wanted) {
  for (const auto& [value, name] : names) {
    if (value == wanted) return name;
  }
  return {};
}

template <class Value, std::size_t count>
constexpr std::optional<Value> value_of(const Names<Value, count>& names, std::string_view wanted) {
  for (const auto& [value, name] : names) {
    if (name == wanted) return value;
  }
  return std::nullopt;
}

}  // namespace task
