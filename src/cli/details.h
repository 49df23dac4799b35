// One thing of an answer as a person reads it: a line a field, the values below each other.
#pragma once
#include <boost/json/object.hpp>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

// A value as text: strings as they are, numbers without an exponent, lists with commas, times without their
// T. Empty where it says nothing: null, "", and what holds nothing else.
std::string readable(const boost::json::value& value);

class Details {
 public:
  // Left out where the value is empty.
  void add(std::string name, std::string value);
  // Every field that says something; those of objects within are named with a dot: "retry.max_attempts".
  void add_fields(const boost::json::object& object, const std::string& prefix = {});
  // The items of a list, a line each.
  void add_lines(const std::string& name, const boost::json::value& list);

  void print(std::ostream& out) const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

}  // namespace cli
