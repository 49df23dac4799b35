#include "cli/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <ostream>

#include "base/json_text.h"
#include "cli/table.h"

namespace cli {
namespace {

namespace json = boost::json;
constexpr int kNamesakes = 200;  // tasks looked at for a name

const json::value* field_of(const json::value& object, std::string_view field) {
  const auto* value = object.is_object() ? object.get_object().if_contains(field) : nullptr;
  return value == nullptr || value->is_null() ? nullptr : value;
}

}  // namespace

int Context::fail(const base::Error& error) const {
  err << "mini-scheduler: " << shown(error.message, 2000) << std::endl;
  return exit_code_of(error.kind);
}

int Context::wrong_usage(const std::string& why) const {
  err << "mini-scheduler: " << shown(why, 2000) << std::endl;
  return kWrongUsage;
}

void Context::print_json(const json::value& value) const {
  out << base::to_json_text(value) << std::endl;
}

base::Result<std::string> read_input(const std::string& path, std::istream& in) {
  if (path == "-") return std::string{std::istreambuf_iterator<char>(in), {}};
  std::ifstream file(path);
  if (!file) return base::make_error(base::ErrorKind::not_found, path + " can't be read");
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

base::Result<std::string> find_task(Client& client, const std::string& id_or_name) {
  const bool number =
      !id_or_name.empty() &&
      std::all_of(id_or_name.begin(), id_or_name.end(), [](unsigned char c) { return c >= '0' && c <= '9'; });
  if (number) return id_or_name;
  const auto page =
      client.get("/tasks?page_size=" + std::to_string(kNamesakes) + "&search=" + encode(id_or_name));
  if (!page) return page.error();
  std::vector<std::string> found;
  for (const auto& task : page->at("items").as_array()) {
    if (task.at("name").as_string() == id_or_name) found.push_back(std::to_string(task.at("id").as_int64()));
  }
  if (found.empty())
    return base::make_error(base::ErrorKind::not_found, "there is no task '" + id_or_name + "'");
  if (found.size() > 1) {
    return base::make_error(base::ErrorKind::conflict,
                            fmt::format("several tasks are named '{}': say which by its id ({})", id_or_name,
                                        fmt::join(found, ", ")));
  }
  return found.front();
}

std::string cell(const json::value& object, std::string_view field, std::size_t max_columns) {
  const auto* value = field_of(object, field);
  if (value == nullptr) return "-";
  if (value->is_string()) return value->get_string().empty() ? "-" : shown(value->get_string(), max_columns);
  return shown(base::to_json_text(*value), max_columns);
}

std::string time_cell(const json::value& object, std::string_view field) {
  auto text = cell(object, field);
  if (const auto dot = text.find('.'); dot != std::string::npos) text = text.substr(0, dot) + "Z";
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text;
}

std::string duration_cell(const json::value& object, std::string_view field) {
  const auto* value = field_of(object, field);
  if (value == nullptr || !value->is_number()) return "-";
  const auto ms = value->is_double() ? std::llround(value->get_double()) : value->to_number<std::int64_t>();
  if (ms < 1000) return fmt::format("{} ms", ms);
  if (ms < 60'000) return fmt::format("{:.1f} s", static_cast<double>(ms) / 1000);
  const auto seconds = ms / 1000;
  if (seconds < 3600) return fmt::format("{}:{:02} min", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02} h", seconds / 3600, seconds / 60 % 60);
}

}  // namespace cli
