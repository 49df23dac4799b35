#include "cli/task_plan.h"

#include <fmt/format.h>

#include <set>

#include "task/definition_json.h"

namespace cli {
namespace {

namespace json = boost::json;

constexpr const char* kLists[] = {"on_success", "on_failure"};

using Ids = std::map<std::string, std::vector<std::int64_t>>;

base::Error wrong(const std::string& task, const std::string& why) {
  return base::make_error(base::ErrorKind::invalid, "task '" + task + "': " + why);
}

std::string name_of(const json::object& task) {
  return std::string(task.at("name").as_string());
}

Ids ids_by_name(const json::array& present) {
  Ids ids;
  for (const auto& task : present) ids[name_of(task.as_object())].push_back(task.at("id").as_int64());
  return ids;
}

// Calls `visit` with each list of other tasks that the definition has.
template <class Object, class Visit>
void for_each_list(Object& definition, const Visit& visit) {
  for (const auto* field : kLists) {
    if (auto* list = definition.if_contains(field)) visit(std::string(field), *list);
  }
  auto* after = definition.if_contains("after");
  auto* after_object = after != nullptr ? after->if_object() : nullptr;
  if (auto* list = after_object != nullptr ? after_object->if_contains("tasks") : nullptr)
    visit(std::string("after.tasks"), *list);
}

std::map<std::int64_t, std::string> names_by_id(const json::array& present) {
  std::map<std::int64_t, std::string> names;
  for (const auto& task : present) names[task.at("id").as_int64()] = name_of(task.as_object());
  return names;
}

void name_references(json::object& definition, const json::array& present) {
  if (!has_references(definition)) return;
  const auto names = names_by_id(present);
  for_each_list(definition, [&](const std::string&, json::value& list) {
    for (auto& each : list.as_array()) each = json::value(names.at(each.as_int64()));
  });
}

json::object definition_fields(const json::object& task) {
  json::object definition;
  for (const auto& [field, value] : task::to_json(task::TaskDefinition{})) {
    if (const auto* there = task.if_contains(field)) definition[field] = *there;
  }
  return definition;
}

// Without the tasks that it names and that were deleted: no name stands for them.
json::object definition_fields(const json::object& task, const json::array& present) {
  auto definition = definition_fields(task);
  if (!has_references(definition)) return definition;
  const auto names = names_by_id(present);
  for_each_list(definition, [&](const std::string&, json::value& list) {
    json::array there;
    for (const auto& each : list.as_array())
      if (names.contains(each.as_int64())) there.push_back(each);
    list = std::move(there);
  });
  return definition;
}

json::object compact(const json::object& fields) {
  const auto definition = task::read_definition(fields, {});
  return definition ? task::to_compact_json(*definition) : fields;
}

base::Result<std::optional<bool>> take_status(json::object& entry, const std::string& name) {
  const auto* status = entry.if_contains("status");
  if (status == nullptr) return std::optional<bool>();
  if (*status != "ACTIVE" && *status != "PAUSED") return wrong(name, "status must be ACTIVE or PAUSED");
  const bool paused = *status == "PAUSED";
  entry.erase("status");
  return std::optional(paused);
}

// The lists of names, taken out of what the definition's own reader would refuse.
base::Result<json::object> take_references(json::object& entry, const std::string& name,
                                           const std::function<std::string(const std::string&)>& fault_of) {
  json::object taken;
  std::string fault;
  for_each_list(entry, [&](const std::string& field, json::value& list) {
    if (!list.is_array()) return;
    for (const auto& each : list.get_array()) {
      const auto why =
          each.is_string() ? fault_of(std::string(each.get_string())) : "tasks stand here by their names";
      if (fault.empty() && !why.empty()) fault = fmt::format("{}: {}", field, why);
    }
    taken[field] = list;
    list = json::array{};
  });
  if (!fault.empty()) return wrong(name, fault);
  return taken;
}

void put_back(json::object& definition, const json::object& references) {
  for_each_list(definition, [&](const std::string& field, json::value& list) {
    if (const auto* names = references.if_contains(field)) list = *names;
  });
}

std::string first_fault(const base::Error& error) {
  if (error.fields.empty()) return error.message;
  const auto& field = error.fields.front();
  return fmt::format("{}: {}", fmt::join(field.loc.begin() + 1, field.loc.end(), "."), field.msg);
}

void compare(const std::string& field, const json::value& from, const json::value& to,
             std::vector<FieldChange>& changes) {
  if (from == to) return;
  if (!from.is_object() || !to.is_object()) {
    changes.push_back({field, from, to});
    return;
  }
  for (const auto& [key, value] : from.get_object()) {
    const auto* wanted = to.get_object().if_contains(key);
    compare(field + "." + std::string(key), value, wanted != nullptr ? *wanted : json::value(), changes);
  }
  for (const auto& [key, value] : to.get_object()) {
    if (!from.get_object().contains(key)) changes.push_back({field + "." + std::string(key), nullptr, value});
  }
}

}  // namespace

base::Result<std::vector<TaskChange>> plan_tasks(const std::vector<json::object>& file,
                                                 const json::array& present, bool prune) {
  const auto ids = ids_by_name(present);
  std::set<std::string> named;
  for (const auto& entry : file) named.insert(name_of(entry));
  const auto fault_of = [&](const std::string& other) -> std::string {
    if (named.contains(other)) return {};
    const auto found = prune ? ids.end() : ids.find(other);
    if (found == ids.end()) return "there is no task '" + other + "'";
    return found->second.size() == 1 ? "" : "several tasks are named '" + other + "'";
  };
  std::map<std::int64_t, const json::object*> by_id;
  for (const auto& task : present) by_id[task.at("id").as_int64()] = &task.as_object();

  std::vector<TaskChange> plan;
  for (auto entry : file) {
    TaskChange change;
    change.name = name_of(entry);
    const auto paused = take_status(entry, change.name);
    if (!paused) return paused.error();
    change.paused = *paused;
    const auto references = take_references(entry, change.name, fault_of);
    if (!references) return references.error();
    const auto definition = task::read_definition(entry, {.base = {}, .loc = "task"});
    if (!definition) return wrong(change.name, first_fault(definition.error()));
    change.wanted = task::to_json(*definition);
    put_back(change.wanted, *references);
    const auto found = ids.find(change.name);
    if (found == ids.end()) {
      change.kind = TaskChange::Kind::create;
    } else if (found->second.size() > 1) {
      return wrong(change.name, fmt::format("the server has several of that name ({}): rename all but one",
                                            fmt::join(found->second, ", ")));
    } else {
      const auto& there = *by_id.at(found->second.front());
      change.id = std::to_string(found->second.front());
      auto has = definition_fields(there, present);
      name_references(has, present);
      for (const auto& [field, value] : change.wanted) compare(field, has[field], value, change.fields);
      const bool is_paused = there.at("paused").as_bool();
      if (change.paused && *change.paused != is_paused)
        change.fields.push_back({"status", is_paused ? "PAUSED" : "ACTIVE", is_paused ? "ACTIVE" : "PAUSED"});
      if (!change.fields.empty()) change.kind = TaskChange::Kind::update;
    }
    plan.push_back(std::move(change));
  }
  for (const auto& task : present) {
    if (!prune || named.contains(name_of(task.as_object()))) continue;
    TaskChange change;
    change.kind = TaskChange::Kind::remove;
    change.name = name_of(task.as_object());
    change.id = std::to_string(task.at("id").as_int64());
    plan.push_back(std::move(change));
  }
  return plan;
}

json::object compact_definition(const json::object& task) {
  return compact(definition_fields(task));
}

json::object to_file_entry(const json::object& task, const json::array& present) {
  auto entry = compact(definition_fields(task, present));
  name_references(entry, present);
  if (task.at("paused").as_bool()) entry["status"] = "PAUSED";
  return entry;
}

bool has_references(const json::object& wanted) {
  bool found = false;
  for_each_list(wanted,
                [&](const std::string&, const json::value& list) { found |= !list.as_array().empty(); });
  return found;
}

json::object without_references(json::object wanted) {
  for_each_list(wanted, [](const std::string&, json::value& list) { list = json::array{}; });
  return wanted;
}

base::Result<json::object> changed_fields(const TaskChange& change,
                                          const std::map<std::string, std::int64_t>& ids) {
  json::object body;
  if (change.kind == TaskChange::Kind::create) {
    for (const auto* field : {"on_success", "on_failure", "after"}) body[field] = change.wanted.at(field);
  }
  for (const auto& each : change.fields) {
    const auto field = each.field.substr(0, each.field.find('.'));
    body[field] = field == "status" ? each.to : change.wanted.at(field);
  }
  std::string missing;
  for_each_list(body, [&](const std::string&, json::value& list) {
    for (auto& each : list.as_array()) {
      const auto found = ids.find(std::string(each.as_string()));
      if (found == ids.end())
        missing = std::string(each.as_string());
      else
        each = found->second;
    }
  });
  if (!missing.empty())
    return base::make_error(base::ErrorKind::conflict,
                            "task '" + missing + "', which it names, could not be made");
  return body;
}

}  // namespace cli
