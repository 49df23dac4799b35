// Reads fields out of a JSON object one by one, so that every error names its place. The names that it is
// asked for outlive it.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace task {

class FieldReader {
 public:
  FieldReader(const boost::json::object& json, std::vector<std::string> loc,
              std::vector<base::FieldError>& errors)
      : json_(json), loc_(std::move(loc)), errors_(errors) {}

  // Each leaves `to` as it is where the field is absent, and sets it to `reset` where it is null.
  void text(std::string_view name, std::string& to, std::size_t max_bytes, const std::string& reset = {});
  void flag(std::string_view name, bool& to, bool reset);
  void integer(std::string_view name, std::int64_t& to, std::int64_t min, std::int64_t max,
               std::int64_t reset);
  void optional_integer(std::string_view name, std::optional<std::int64_t>& to, std::int64_t min,
                        std::int64_t max);
  void number(std::string_view name, double& to, double min, double max, double reset);
  void instant(std::string_view name, std::optional<base::Instant>& to);
  void texts(std::string_view name, std::vector<std::string>& to, std::size_t max_items,
             std::size_t max_bytes);
  void integers(std::string_view name, std::vector<std::int64_t>& to, std::size_t max_items, std::int64_t min,
                std::int64_t max);
  void text_map(std::string_view name, std::map<std::string, std::string>& to, std::size_t max_items,
                std::size_t max_bytes);

  // The field's value for reading it in another way; nullptr where it is absent. The field then counts as
  // known.
  const boost::json::value* take(std::string_view name);
  // An object's fields under that name, or nullptr where it is absent or no object (which is an error then).
  const boost::json::object* object(std::string_view name, bool& is_null);

  void error(std::string_view name, std::string message, std::optional<int> position = std::nullopt);
  // Whether an error names that field: its value was left out, which is no second mistake.
  bool refused(std::string_view name) const;
  // Names every field that nothing asked for.
  void refuse_unknown();
  void refuse(std::string_view name, std::string_view why);
  std::vector<std::string> loc_of(std::string_view name) const;
  std::vector<base::FieldError>& errors() { return errors_; }

 private:
  const boost::json::object& json_;
  std::vector<std::string> loc_;
  std::vector<base::FieldError>& errors_;
  std::vector<std::string_view> known_;
};

}  // namespace task
