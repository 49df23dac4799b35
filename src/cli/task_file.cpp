#include "cli/task_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parser.hpp>
#include <set>
#include <sstream>

#include "base/json_text.h"

namespace cli {
namespace {

namespace json = boost::json;

base::Error invalid(std::string message) {
  return base::make_error(base::ErrorKind::invalid, std::move(message));
}

template <class Node>
std::string text_of(const Node& node) {
  std::ostringstream text;
  text << node;
  return text.str();
}

json::value to_json(const toml::node& node);

json::object to_json(const toml::table& table) {
  json::object object;
  for (const auto& [key, value] : table) object[std::string_view(key)] = to_json(value);
  return object;
}

json::value to_json(const toml::node& node) {
  if (const auto* table = node.as_table()) return to_json(*table);
  if (const auto* list = node.as_array()) {
    json::array array;
    for (const auto& each : *list) array.push_back(to_json(each));
    return array;
  }
  if (const auto* text = node.as_string()) return json::value(text->get());
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* time = node.as_date_time()) return json::value(text_of(time->get()));
  if (const auto* date = node.as_date()) return json::value(text_of(date->get()));
  return json::value(text_of(node.as_time()->get()));
}

void put(toml::table& table, std::string_view key, const json::value& value);

toml::table to_toml(const json::object& object) {
  toml::table table;
  for (const auto& [key, value] : object) put(table, key, value);
  table.is_inline(true);
  return table;
}

void add(toml::array& array, const json::value& value) {
  if (value.is_object())
    array.push_back(to_toml(value.get_object()));
  else if (value.is_string())
    array.push_back(std::string(value.get_string()));
  else
    array.push_back(value.to_number<std::int64_t>());
}

void put(toml::table& table, std::string_view key, const json::value& value) {
  if (value.is_object()) {
    table.insert(key, to_toml(value.get_object()));
  } else if (value.is_array()) {
    toml::array array;
    for (const auto& each : value.get_array()) add(array, each);
    table.insert(key, std::move(array));
  } else if (value.is_string()) {
    table.insert(key, std::string(value.get_string()));
  } else if (value.is_bool()) {
    table.insert(key, value.get_bool());
  } else if (value.is_double()) {
    table.insert(key, value.get_double());
  } else if (value.is_number()) {
    table.insert(key, value.to_number<std::int64_t>());
  }
}

base::Result<json::value> read_json(std::string_view text) {
  json::parser parser;
  boost::system::error_code broken;
  const auto read = parser.write_some(text.data(), text.size(), broken);
  const auto rest = text.substr(std::min(read, text.size()));
  const bool more = !broken && rest.find_first_not_of(" \t\r\n") != std::string_view::npos;
  if (!broken && !more) return parser.release();
  const auto before = text.substr(0, text.size() - rest.size());
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  return invalid(
      fmt::format("line {}: this is no JSON ({})", line, more ? "more follows its end" : broken.message()));
}

base::Result<json::value> read_toml(std::string_view text) {
  try {
    return json::value(to_json(toml::parse(text)));
  } catch (const toml::parse_error& error) {
    return invalid(fmt::format("line {}, column {}: this is no TOML ({})", error.source().begin.line,
                               error.source().begin.column, error.description()));
  }
}

}  // namespace

base::Result<std::vector<json::object>> read_task_file(std::string_view text) {
  if (text.size() > kMaxTaskFileBytes)
    return invalid(fmt::format("it is longer than {} MiB", kMaxTaskFileBytes >> 20));
  const auto begin = text.find_first_not_of(" \t\r\n");
  const bool is_json = begin != std::string_view::npos && text[begin] == '{';
  const auto read = is_json ? read_json(text) : read_toml(text);
  if (!read) return read.error();
  const auto& root = read->get_object();
  for (const auto& [key, value] : root) {
    if (key != "tasks")
      return invalid(fmt::format("it has '{}' beside the list of `tasks`", std::string(key)));
  }
  const auto* list = root.if_contains("tasks");
  if (list == nullptr) return std::vector<json::object>{};
  if (!list->is_array()) return invalid("its `tasks` are no list ([[tasks]] in TOML)");
  std::vector<json::object> tasks;
  std::set<std::string> names;
  for (const auto& each : list->get_array()) {
    const auto* object = each.if_object();
    const auto* name = object != nullptr ? object->if_contains("name") : nullptr;
    if (name == nullptr || !name->is_string() || name->get_string().empty())
      return invalid(fmt::format("its task {} has no `name`", tasks.size() + 1));
    if (!names.insert(std::string(name->get_string())).second)
      return invalid(fmt::format("two of its tasks are named '{}'", std::string(name->get_string())));
    tasks.push_back(*object);
  }
  return tasks;
}

std::string print_task_file(const std::vector<json::object>& tasks, TaskFileFormat format) {
  std::string text;
  if (format == TaskFileFormat::json) {
    // a line a task: what a diff of versions shows well
    for (const auto& task : tasks) text += (text.empty() ? "" : ",\n") + base::to_json_text(task);
    return "{\"tasks\": [\n" + text + "\n]}\n";
  }
  for (const auto& task : tasks) {
    text += text.empty() ? "[[tasks]]\n" : "\n[[tasks]]\n";
    // a table of its own for each key: the printer would sort them
    for (const auto& [key, value] : task) {
      toml::table one;
      put(one, key, value);
      if (!one.empty()) text += text_of(one) + "\n";
    }
  }
  return text;
}

}  // namespace cli
