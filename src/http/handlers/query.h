// Reading a request's query and path into what the services take; each wrong value is named with its place.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cron/explain.h"
#include "http/request.h"
#include "store/records.h"

namespace http {

inline constexpr std::size_t kMaxTaskIds = 1000;

base::Error query_error(std::string_view name, std::string message);

// The number under that name, or `otherwise`; invalid where it is none, or outside of the bounds.
base::Result<std::int64_t> query_integer(const Request& request, std::string_view name,
                                         std::int64_t otherwise, std::int64_t min, std::int64_t max);
base::Result<std::optional<base::Instant>> query_instant(const Request& request, std::string_view name);

// At most `most` numbers with commas between them; whether there are such tasks is not looked at.
base::Result<std::vector<base::TaskId>> query_task_ids(const Request& request, std::string_view name,
                                                       std::size_t most = kMaxTaskIds);

// The revision that an ETag of ours names; nullopt where it is none.
std::optional<std::int64_t> revision_of_etag(std::string_view text);

// search, status, tag, sort, order, page, page_size.
base::Result<store::TaskQuery> task_query(const Request& request);
// status, task_id, trigger, started_by, since, until, from and to, limit, before.
base::Result<store::ExecutionQuery> execution_query(const Request& request);
// What the outputs of executions are searched for; empty: they are not.
base::Result<std::string> query_output(const Request& request);

// `lang` in the query (en or zh) before what the request's headers say.
cron::Language language_of(const Request& request);

inline constexpr std::int64_t kMaxPageSize = 500;

}  // namespace http
