// Reads a JSON object field by field and names everything that is wrong with it at once.
#pragma once
#include <boost/json/object.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "http/request.h"

namespace http {

class ObjectReader {
 public:
  explicit ObjectReader(const boost::json::object& object) : object_(object) {}

  // Each gives the field's value; where it is of another kind, an error is noted and nothing given. `null`
  // counts as absent.
  std::string required_text(std::string_view name);
  std::optional<std::string> text(std::string_view name);
  std::optional<bool> flag(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<base::Instant> instant(std::string_view name);
  // nullptr where there is none; lives as long as the object.
  const boost::json::array* list(std::string_view name);
  // One of the names that `parse` knows; `allowed` is for the message.
  template <class Parse>
  auto choice(std::string_view name, Parse parse, std::string_view allowed)
      -> decltype(parse(std::string_view())) {
    const auto written = text(name);
    if (!written) return std::nullopt;
    auto value = parse(std::string_view(*written));
    if (!value) refuse(name, "must be one of " + std::string(allowed));
    return value;
  }
  void refuse(std::string_view name, std::string why);

  // The errors so far, and every field that nobody has asked for.
  base::Result<void> finish();

 private:
  const boost::json::value* take(std::string_view name);

  const boost::json::object& object_;
  std::vector<std::string> known_;
  std::vector<base::FieldError> errors_;
};

// The body as an object of texts where it is a form, else as read_json_object.
base::Result<boost::json::object> read_object_or_form(const Request& request);

}  // namespace http
