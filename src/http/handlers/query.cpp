#include "http/handlers/query.h"

#include "http/problem.h"
#include "service/output_search.h"

namespace http {
namespace {

constexpr std::pair<std::string_view, store::TaskSort> kSorts[] = {
    {"id", store::TaskSort::id},
    {"name", store::TaskSort::name},
    {"status", store::TaskSort::status},
    {"created_at", store::TaskSort::created_at},
    {"updated_at", store::TaskSort::updated_at},
    {"last_run_at", store::TaskSort::last_run_at},
    {"next_run_at", store::TaskSort::next_run_at}};
constexpr std::int64_t kMaxPage = 10'000'000;
constexpr std::size_t kMaxSearchBytes = 200;

base::Result<std::optional<store::Window>> query_window(const Request& request) {
  auto from = query_instant(request, "from");
  if (!from) return std::move(from).error();
  auto to = query_instant(request, "to");
  if (!to) return std::move(to).error();
  if (!*from && !*to) return std::optional<store::Window>{};
  if (!*from || !*to) return query_error(*from ? "to" : "from", "is needed with the other end of the window");
  if (**to < **from) return query_error("to", "must not be before from");
  return std::optional{store::Window{**from, **to}};
}

}  // namespace

base::Error query_error(std::string_view name, std::string message) {
  return field_error({"query", std::string(name)}, std::move(message));
}

base::Result<std::int64_t> query_integer(const Request& request, std::string_view name,
                                         std::int64_t otherwise, std::int64_t min, std::int64_t max) {
  const auto text = request.query.find(name);
  if (!text) return otherwise;
  const auto number = base::parse_decimal(*text);
  if (number && *number >= min && *number <= max) return *number;
  return query_error(name,
                     "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
}

base::Result<std::optional<base::Instant>> query_instant(const Request& request, std::string_view name) {
  const auto text = request.query.find(name);
  if (!text || text->empty()) return std::optional<base::Instant>{};
  const auto at = base::parse_iso(*text);
  if (at) return std::optional{*at};
  return query_error(name, "must be a time as in 2026-01-31T09:00:00Z");
}

base::Result<std::vector<base::TaskId>> query_task_ids(const Request& request, std::string_view name,
                                                       std::size_t most) {
  std::vector<base::TaskId> ids;
  auto rest = request.query.find(name).value_or("");
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    const auto id = base::parse_id<base::TaskId>(rest.substr(0, comma));
    if (!id) return query_error(name, "must be a list of task numbers");
    if (ids.size() >= most) return query_error(name, "has more than " + std::to_string(most) + " items");
    ids.push_back(*id);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return ids;
}

std::optional<std::int64_t> revision_of_etag(std::string_view text) {
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return base::parse_decimal(text);
}

base::Result<store::TaskQuery> task_query(const Request& request) {
  store::TaskQuery query;
  query.search = request.query.find("search").value_or("");
  if (query.search.size() > kMaxSearchBytes) return query_error("search", "is longer than 200 bytes");
  if (const auto status = request.query.find("status"); status && !status->empty()) {
    query.status = task::parse_task_status(*status);
    if (!query.status)
      return query_error("status", "must be one of ACTIVE, PAUSED, PENDING, RUNNING, FAILED");
  }
  if (const auto tag = request.query.find("tag"); tag && !tag->empty()) query.tag = *tag;
  if (const auto need = request.query.find("attention"); need && !need->empty()) {
    if (*need == "paused")
      query.need = store::TaskNeed::paused_failed;
    else if (*need == "never_ran")
      query.need = store::TaskNeed::never_ran;
    else
      return query_error("attention", "must be paused or never_ran");
  }
  if (const auto sort = request.query.find("sort")) {
    const auto* known = std::find_if(std::begin(kSorts), std::end(kSorts),
                                     [&](const auto& entry) { return entry.first == *sort; });
    if (known == std::end(kSorts)) {
      return query_error("sort",
                         "must be one of id, name, status, created_at, updated_at, last_run_at, next_run_at");
    }
    query.sort = known->second;
  }
  if (const auto order = request.query.find("order")) {
    if (*order != "asc" && *order != "desc") return query_error("order", "must be asc or desc");
    query.descending = *order == "desc";
  }
  auto page = query_integer(request, "page", 1, 1, kMaxPage);
  if (!page) return std::move(page).error();
  query.page = *page;
  auto size = query_integer(request, "page_size", 50, 1, kMaxPageSize);
  if (!size) return std::move(size).error();
  query.page_size = *size;
  return query;
}

base::Result<store::ExecutionQuery> execution_query(const Request& request) {
  store::ExecutionQuery query;
  if (const auto status = request.query.find("status"); status && !status->empty()) {
    query.status = task::parse_execution_status(*status);
    if (!query.status) {
      return query_error(
          "status",
          "must be one of PENDING, RUNNING, SUCCESS, FAILED, TIMEOUT, CANCELLED, SKIPPED, MISSED, LOST");
    }
  }
  if (const auto trigger = request.query.find("trigger"); trigger && !trigger->empty()) {
    query.trigger = task::parse_trigger(*trigger);
    if (!query.trigger)
      return query_error("trigger", "must be one of schedule, manual, misfire, backfill, chain, heartbeat");
  }
  if (const auto task_id = request.query.find("task_id"); task_id && !task_id->empty()) {
    query.task_id = base::parse_id<base::TaskId>(*task_id);
    if (!query.task_id) return query_error("task_id", "must be a task's number");
  }
  if (const auto upstream = request.query.find("started_by"); upstream && !upstream->empty()) {
    query.started_by = base::parse_id<base::ExecutionId>(*upstream);
    if (!query.started_by) return query_error("started_by", "must be an execution's number");
  }
  auto since = query_instant(request, "since");
  if (!since) return std::move(since).error();
  query.since = *since;
  auto until = query_instant(request, "until");
  if (!until) return std::move(until).error();
  query.until = *until;
  auto during = query_window(request);
  if (!during) return std::move(during).error();
  query.during = *during;
  if (query.during && (query.since || query.until || query.started_by))
    return query_error("from", "goes with neither since, until nor started_by");
  auto limit = query_integer(request, "limit", 50, 1, kMaxPageSize);
  if (!limit) return std::move(limit).error();
  query.limit = *limit;
  if (const auto before = request.query.find("before"); before && !before->empty()) {
    if (!base::parse_decimal(*before))
      return query_error("before", "must be a next_cursor that an earlier page gave");
    query.before = std::string(*before);
  }
  return query;
}

base::Result<std::string> query_output(const Request& request) {
  auto text = std::string(request.query.find("output").value_or(""));
  if (text.size() > service::kMatchBytes) return query_error("output", "is longer than 200 bytes");
  return text;
}

cron::Language language_of(const Request& request) {
  if (const auto language = request.query.find("lang")) {
    return *language == "zh" ? cron::Language::zh : cron::Language::en;
  }
  return request.language() == Language::chinese ? cron::Language::zh : cron::Language::en;
}

}  // namespace http
