// Distinct ids are distinct types: a TaskId is never passed where an ExecutionId is meant.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace base {

template <class Tag>
struct Id {
  std::int64_t value = 0;  // 0 means "none"; the databases count from 1
  auto operator<=>(const Id&) const = default;
  explicit operator bool() const { return value != 0; }
};

// Reads a whole decimal number of 1 to 18 digits without a sign; nothing else is a number here.
std::optional<std::int64_t> parse_decimal(std::string_view text);

template <class IdType>
std::optional<IdType> parse_id(std::string_view text) {
  auto number = parse_decimal(text);
  if (!number || *number == 0) return std::nullopt;
  return IdType{*number};
}

template <class Tag>
std::string to_string(Id<Tag> id) {
  return std::to_string(id.value);
}

using TaskId = Id<struct TaskTag>;
using ExecutionId = Id<struct ExecutionTag>;
using UserId = Id<struct UserTag>;
using TokenId = Id<struct TokenTag>;

}  // namespace base

template <class Tag>
struct std::hash<base::Id<Tag>> {
  std::size_t operator()(base::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
