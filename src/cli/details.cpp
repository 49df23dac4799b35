#include "cli/details.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <algorithm>
#include <ostream>

#include "base/json_text.h"
#include "cli/table.h"

namespace cli {
namespace {

constexpr std::size_t kMaxColumns = 400;

bool is_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() <= kForm.size() || text.back() != 'Z') return false;
  return std::equal(kForm.begin(), kForm.end(), text.begin(), [](char form, char there) {
    return form == '0' ? there >= '0' && there <= '9' : there == form;
  });
}

std::string joined(const boost::json::array& list) {
  std::string text;
  for (const auto& item : list) {
    if (!text.empty()) text += ", ";
    text += item.is_object() ? base::to_json_text(item) : readable(item);
  }
  return text;
}

}  // namespace

std::string readable(const boost::json::value& value) {
  if (value.is_null()) return {};
  if (value.is_double()) return fmt::format("{:g}", value.get_double());
  if (value.is_array()) return shown(joined(value.get_array()), kMaxColumns);
  if (!value.is_string()) return shown(base::to_json_text(value), kMaxColumns);
  std::string text(value.get_string());
  if (is_time(text)) std::replace(text.begin(), text.end(), 'T', ' ');
  return shown(text, kMaxColumns);
}

void Details::add(std::string name, std::string value) {
  if (!value.empty()) lines_.emplace_back(std::move(name), std::move(value));
}

void Details::add_fields(const boost::json::object& object, const std::string& prefix) {
  for (const auto& [key, value] : object) {
    const auto name = prefix + std::string(key);
    if (value.is_object())
      add_fields(value.get_object(), name + ".");
    else
      add(name, readable(value));
  }
}

void Details::add_lines(const std::string& name, const boost::json::value& list) {
  if (!list.is_array()) return;
  const auto first = lines_.size();
  for (const auto& item : list.get_array())
    add(lines_.size() == first ? name : std::string(), readable(item));
}

void Details::print(std::ostream& out) const {
  std::size_t width = 0;
  for (const auto& [name, value] : lines_) width = std::max(width, columns_of(name));
  for (const auto& [name, value] : lines_)
    out << shown(name) << std::string(width - columns_of(name) + 2, ' ') << value << '\n';
}

}  // namespace cli
