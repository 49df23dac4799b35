#include "http/handlers/log_events.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "http/event_queue.h"

namespace http {

namespace json = boost::json;

std::string_view name_of(runner::Stream stream) {
  switch (stream) {
    case runner::Stream::standard_output:
      return "stdout";
    case runner::Stream::standard_error:
      return "stderr";
    case runner::Stream::mark:
      return "mark";
  }
  return "";
}

std::optional<task::Attempt> ended_attempt(store::Store& store, const task::Execution& execution,
                                           int number) {
  if (number == execution.attempt.number) {
    if (!is_final(execution.status)) return std::nullopt;
    auto attempt = execution.attempt;
    attempt.status = execution.status;
    return attempt;
  }
  std::vector<task::Attempt> earlier;
  store.read([&](store::Reader& reader) { earlier = reader.earlier_attempts(execution.id); });
  const auto found = std::find_if(earlier.begin(), earlier.end(),
                                  [&](const auto& attempt) { return attempt.number == number; });
  return found == earlier.end() ? task::Attempt{} : *found;
}

std::string end_event(const task::Attempt& ended) {
  const json::object data{{"status", to_string(ended.status)},
                          {"exit_code", ended.exit_code ? json::value(*ended.exit_code) : nullptr}};
  return format_event("", "end", json::serialize(data));
}

std::string deleted_event() {
  return format_event("", "end", R"({"status":"DELETED"})");
}

}  // namespace http
