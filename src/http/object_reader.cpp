#include "http/object_reader.h"

#include <algorithm>

#include "http/json_body.h"

namespace http {
namespace {

std::string bounds_text(std::int64_t least, std::int64_t most) {
  return "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

}  // namespace

const boost::json::value* ObjectReader::take(std::string_view name) {
  known_.emplace_back(name);
  const auto* value = object_.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

void ObjectReader::refuse(std::string_view name, std::string why) {
  errors_.push_back({{"body", std::string(name)}, std::move(why), std::nullopt});
}

std::string ObjectReader::required_text(std::string_view name) {
  const std::size_t before = errors_.size();
  auto value = text(name);
  if (!value && errors_.size() == before) refuse(name, "is missing; it must be a text");
  return value ? std::move(*value) : std::string();
}

std::optional<std::string> ObjectReader::text(std::string_view name) {
  const auto* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string() && value->get_string().find('\0') == boost::json::string::npos) {
    return std::string(value->get_string());
  }
  refuse(name, "must be a text without NUL");
  return std::nullopt;
}

std::optional<bool> ObjectReader::flag(std::string_view name) {
  const auto* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  refuse(name, "must be true or false");
  return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view name, std::int64_t least,
                                                  std::int64_t most) {
  const auto* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_int64() && value->get_int64() >= least && value->get_int64() <= most)
    return value->get_int64();
  refuse(name, bounds_text(least, most));
  return std::nullopt;
}

std::optional<base::Instant> ObjectReader::instant(std::string_view name) {
  const auto written = text(name);
  if (!written) return std::nullopt;
  auto at = base::parse_iso(*written);
  if (!at) refuse(name, "must be a time in ISO 8601, like 2026-01-31T08:00:00Z");
  return at;
}

const boost::json::array* ObjectReader::list(std::string_view name) {
  const auto* value = take(name);
  if (value == nullptr) return nullptr;
  if (value->is_array()) return &value->get_array();
  refuse(name, "must be a list");
  return nullptr;
}

base::Result<void> ObjectReader::finish() {
  for (const auto& [name, value] : object_) {
    if (std::find(known_.begin(), known_.end(), std::string_view(name)) == known_.end()) {
      std::string fields;
      for (const auto& known : known_) fields += (fields.empty() ? "" : ", ") + known;
      refuse(std::string_view(name), fields.empty() ? "is not a field here; none is taken"
                                                    : "is not a field here; there are " + fields);
    }
  }
  if (errors_.empty()) return {};
  const auto& first = errors_.front();
  return base::Error{base::ErrorKind::invalid, "'" + first.loc.back() + "' " + first.msg, errors_};
}

base::Result<boost::json::object> read_object_or_form(const Request& request) {
  if (request.media_type() != "application/x-www-form-urlencoded") return read_json_object(request);
  auto form = request.form();
  if (!form) return std::move(form).error();
  boost::json::object object;
  for (const auto& [name, value] : *form) {
    if (object.contains(name)) {
      return base::make_error(base::ErrorKind::malformed,
                              "the form has the field '" + name + "' twice; keep one");
    }
    object[name] = value;
  }
  return object;
}

}  // namespace http
