#include <boost/json/serialize.hpp>

#include "http/handlers/task_handlers.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "task/field_reader.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;
using service::BulkAction;
using service::TaskService;

base::Result<store::TaskQuery> read_filter(const json::object& filter) {
  store::TaskQuery query;
  std::vector<base::FieldError> errors;
  task::FieldReader fields(filter, {"body", "filter"}, errors);
  std::string status, tag;
  fields.text("search", query.search, 200);
  fields.text("status", status, 20);
  fields.text("tag", tag, 100);
  fields.refuse_unknown();
  if (!status.empty()) {
    query.status = task::parse_task_status(status);
    if (!query.status) fields.error("status", "must be one of ACTIVE, PAUSED, PENDING, RUNNING, FAILED");
  }
  if (!tag.empty()) query.tag = tag;
  if (errors.empty()) return query;
  return base::Error{base::ErrorKind::invalid, errors.front().loc.back() + ": " + errors.front().msg,
                     std::move(errors)};
}

struct Chosen {
  std::vector<base::TaskId> ids;
  std::map<std::size_t, std::string> unknown;  // words that name no task, by their place in `ids`
};

base::Result<Chosen> read_chosen(const TaskHandlerParts& parts, const json::object& body) {
  const auto* ids = body.if_contains("ids");
  const auto* filter = body.if_contains("filter");
  for (const auto& [key, value] : body) {
    if (key != "ids" && key != "filter")
      return field_error({"body", std::string(key)}, "is not a known field");
  }
  if ((ids == nullptr) == (filter == nullptr))
    return field_error({"body", "ids"}, "give either ids or filter");
  if (filter != nullptr) {
    if (!filter->is_object())
      return field_error({"body", "filter"}, "must be an object with search, status or tag");
    const auto query = read_filter(filter->get_object());
    if (!query) return query.error();
    return Chosen{parts.tasks.ids_of(*query), {}};
  }
  if (!ids->is_array() || ids->get_array().empty())
    return field_error({"body", "ids"}, "must be a list of task numbers");
  if (static_cast<std::int64_t>(ids->get_array().size()) > TaskService::kMaxBulk) {
    return field_error({"body", "ids"}, "has more than 100000 items");
  }
  Chosen chosen;
  for (const auto& id : ids->get_array()) {
    if (id.is_int64() && id.get_int64() > 0) {
      chosen.ids.push_back({id.get_int64()});
    } else if (id.is_string()) {
      const auto resolved = parts.tasks.resolve(id.get_string());
      // an unknown word is answered like an unknown number, in its own row
      if (!resolved) chosen.unknown.emplace(chosen.ids.size(), id.get_string());
      chosen.ids.push_back(resolved ? *resolved : base::TaskId{0});
    } else {
      return field_error({"body", "ids"}, "each item must be a task's number");
    }
  }
  return chosen;
}

base::Result<Response> bulk(const TaskHandlerParts& parts, const Request& request, BulkAction action) {
  const auto body = read_json_object(request);
  if (!body) return body.error();
  const auto chosen = read_chosen(parts, *body);
  if (!chosen) return chosen.error();
  std::int64_t done = 0;
  json::array results;
  const auto outcomes = chosen->ids.empty() ? std::vector<service::BulkOutcome>{}
                                            : parts.tasks.bulk(request.actor(), action, chosen->ids);
  for (const auto& outcome : outcomes) {
    json::object row{{"id", outcome.id.value}, {"status", outcome.error ? "error" : "done"}};
    if (outcome.execution_id) row["execution_id"] = outcome.execution_id->value;
    if (outcome.error)
      row["error"] = outcome.error->message;
    else
      ++done;
    if (const auto word = chosen->unknown.find(results.size()); word != chosen->unknown.end()) {
      row["id"] = word->second;
      row["error"] = "there is no task '" + word->second + "'";
    }
    results.push_back(std::move(row));
  }
  const auto failed = static_cast<std::int64_t>(results.size()) - done;
  return json_response(200,
                       json::object{{"results", std::move(results)}, {"done", done}, {"failed", failed}});
}

}  // namespace

void add_bulk_routes(Router& router, TaskHandlerParts parts) {
  struct Entry {
    const char* path;
    Right right;
    BulkAction action;
    const char* summary;
  };
  const Entry entries[] = {
      {"/tasks/bulk/delete", Right::edit, BulkAction::remove, "Delete many tasks"},
      {"/tasks/bulk/pause", Right::run, BulkAction::pause, "Pause many tasks"},
      {"/tasks/bulk/resume", Right::run, BulkAction::resume, "Resume many tasks"},
      {"/tasks/bulk/force_run", Right::run, BulkAction::force_run, "Run many tasks now"}};
  for (const auto& entry : entries) {
    router.add({.method = Method::post,
                .path = entry.path,
                .right = entry.right,
                .handler = [parts, action = entry.action](
                               const Request& request) { return bulk(parts, request, action); },
                .doc = {.summary = std::string(entry.summary) +
                                   ", in one transaction; one bad id spoils nothing else",
                        .tag = "tasks",
                        .request = "BulkInput",
                        .answers = {{200, "What happened to each", "BulkAnswer"}}}});
  }
}

}  // namespace http
