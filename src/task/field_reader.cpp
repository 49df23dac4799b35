#include "task/field_reader.h"

#include <algorithm>

#include "base/json_text.h"

namespace task {
namespace {

std::string range(std::int64_t min, std::int64_t max) {
  return "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max);
}

std::optional<std::int64_t> whole(const boost::json::value& value) {
  boost::system::error_code no_whole_number;
  const auto number = value.to_number<std::int64_t>(no_whole_number);
  return no_whole_number ? std::nullopt : std::optional(number);
}

}  // namespace

const boost::json::value* FieldReader::take(std::string_view name) {
  known_.push_back(name);
  return json_.if_contains(name);
}

std::vector<std::string> FieldReader::loc_of(std::string_view name) const {
  auto loc = loc_;
  loc.emplace_back(name);
  return loc;
}

void FieldReader::error(std::string_view name, std::string message, std::optional<int> position) {
  errors_.push_back({loc_of(name), std::move(message), position});
}

bool FieldReader::refused(std::string_view name) const {
  const auto loc = loc_of(name);
  return std::any_of(errors_.begin(), errors_.end(), [&](const auto& each) { return each.loc == loc; });
}

void FieldReader::text(std::string_view name, std::string& to, std::size_t max_bytes,
                       const std::string& reset) {
  const auto* value = take(name);
  if (value == nullptr) return;
  if (value->is_null()) {
    to = reset;
  } else if (!value->is_string()) {
    error(name, "must be a text");
  } else if (value->get_string().size() > max_bytes) {
    error(name, "is longer than " + std::to_string(max_bytes) + " bytes");
  } else if (value->get_string().find('\0') != boost::json::string::npos) {
    error(name, "holds a NUL character, which no command or variable can");
  } else {
    to.assign(value->get_string().data(), value->get_string().size());
  }
}

void FieldReader::flag(std::string_view name, bool& to, bool reset) {
  const auto* value = take(name);
  if (value == nullptr) return;
  if (value->is_null())
    to = reset;
  else if (value->is_bool())
    to = value->get_bool();
  else
    error(name, "must be true or false");
}

void FieldReader::integer(std::string_view name, std::int64_t& to, std::int64_t min, std::int64_t max,
                          std::int64_t reset) {
  const auto* value = take(name);
  if (value == nullptr) return;
  if (value->is_null()) {
    to = reset;
    return;
  }
  const auto number = whole(*value);
  if (!number || *number < min || *number > max)
    error(name, range(min, max));
  else
    to = *number;
}

void FieldReader::optional_integer(std::string_view name, std::optional<std::int64_t>& to, std::int64_t min,
                                   std::int64_t max) {
  const auto* value = take(name);
  if (value == nullptr) return;
  if (value->is_null()) {
    to.reset();
    return;
  }
  const auto number = whole(*value);
  if (!number || *number < min || *number > max)
    error(name, range(min, max));
  else
    to = *number;
}

void FieldReader::number(std::string_view name, double& to, double min, double max, double reset) {
  const auto* value = take(name);
  if (value == nullptr) return;
  if (value->is_null()) {
    to = reset;
    return;
  }
  if (!value->is_number()) return error(name, "must be a number");
  const double number = value->to_number<double>();
  if (number >= min && number <= max) {
    to = number;
    return;
  }
  auto message = "must be from " + base::to_json_text(min) + " to " + base::to_json_text(max);
  error(name, std::move(message));
}

void FieldReader::instant(std::string_view name, std::optional<base::Instant>& to) {
  const auto* value = take(name);
  if (value == nullptr) return;
  if (value->is_null()) {
    to.reset();
    return;
  }
  const auto read = value->is_string() ? base::parse_iso(value->get_string()) : std::nullopt;
  if (!read)
    error(name, "must be a time as in 2026-01-31T09:00:00Z");
  else
    to = read;
}

void FieldReader::texts(std::string_view name, std::vector<std::string>& to, std::size_t max_items,
                        std::size_t max_bytes) {
  const auto* value = take(name);
  if (value == nullptr) return;
  to.clear();
  if (value->is_null()) return;
  if (!value->is_array()) return error(name, "must be a list of texts");
  if (value->get_array().size() > max_items)
    return error(name, "has more than " + std::to_string(max_items) + " items");
  for (const auto& item : value->get_array()) {
    if (!item.is_string() || item.get_string().empty() || item.get_string().size() > max_bytes ||
        std::any_of(item.get_string().begin(), item.get_string().end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
      return error(name, "each item must be a text of 1 to " + std::to_string(max_bytes) +
                             " bytes without control characters");
    }
    const std::string text(item.get_string().data(), item.get_string().size());
    if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(text);
  }
}

void FieldReader::integers(std::string_view name, std::vector<std::int64_t>& to, std::size_t max_items,
                           std::int64_t min, std::int64_t max) {
  const auto* value = take(name);
  if (value == nullptr) return;
  to.clear();
  if (value->is_null()) return;
  if (!value->is_array()) return error(name, "must be a list of whole numbers");
  if (value->get_array().size() > max_items)
    return error(name, "has more than " + std::to_string(max_items) + " items");
  for (const auto& item : value->get_array()) {
    const auto number = whole(item);
    if (!number || *number < min || *number > max) return error(name, "each item " + range(min, max));
    to.push_back(*number);
  }
}

void FieldReader::text_map(std::string_view name, std::map<std::string, std::string>& to,
                           std::size_t max_items, std::size_t max_bytes) {
  const auto* value = take(name);
  if (value == nullptr) return;
  to.clear();
  if (value->is_null()) return;
  if (!value->is_object()) return error(name, "must be an object of texts");
  if (value->get_object().size() > max_items)
    return error(name, "has more than " + std::to_string(max_items) + " items");
  FieldReader items(value->get_object(), loc_of(name), errors_);
  for (const auto& [key, item] : value->get_object()) {
    std::string text;
    items.text(key, text, max_bytes);
    to[std::string(key)] = std::move(text);
  }
}

const boost::json::object* FieldReader::object(std::string_view name, bool& is_null) {
  const auto* value = take(name);
  is_null = value != nullptr && value->is_null();
  if (value == nullptr || is_null) return nullptr;
  if (value->is_object()) return &value->get_object();
  error(name, "must be an object");
  return nullptr;
}

void FieldReader::refuse(std::string_view name, std::string_view why) {
  if (take(name) != nullptr) error(name, std::string(why));
}

void FieldReader::refuse_unknown() {
  for (const auto& [key, value] : json_) {
    if (std::find(known_.begin(), known_.end(), std::string_view(key)) == known_.end())
      error(key, "is not a known field");
  }
}

}  // namespace task
