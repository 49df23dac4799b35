#include "service/execution_json.h"

#include "service/json_values.h"

namespace service {
namespace {

template <class Number>
boost::json::value number_or_null(const std::optional<Number>& number) {
  return number ? boost::json::value(*number) : boost::json::value(nullptr);
}

boost::json::value text_or_null(const std::string& text) {
  return text.empty() ? boost::json::value(nullptr) : boost::json::value(to_utf8(text));
}

boost::json::value duration(const std::optional<base::Instant>& from,
                            const std::optional<base::Instant>& to) {
  // never less than nothing, though the clock was set back in between
  return from && to ? boost::json::value(std::max<std::int64_t>(0, (*to - *from).count()))
                    : boost::json::value(nullptr);
}

}  // namespace

std::size_t utf8_length(std::string_view bytes) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                             : first >= 0xe0 && first <= 0xef ? 3
                             : first >= 0xf0 && first <= 0xf4 ? 4
                                                              : 0;
  if (length == 0 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const auto second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool beyond = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || beyond ? 0 : length;
}

std::size_t begun_letter(std::string_view bytes) {
  constexpr std::string_view kRest = "\x80\x80\x80";
  constexpr std::string_view kOtherRest = "\xa0\x80\x80";  // where the other would be overlong
  for (std::size_t count = 1; count <= std::min<std::size_t>(bytes.size(), 3); ++count) {
    const auto end = bytes.substr(bytes.size() - count);
    const auto may_become_one = [&](std::string_view rest) {
      const auto whole = std::string(end).append(rest);
      return utf8_length(whole) > count;
    };
    if (may_become_one(kRest) || may_become_one(kOtherRest)) return count;
  }
  return 0;
}

std::string to_utf8(const std::string& bytes) {
  std::string text;
  text.reserve(bytes.size());
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const auto length = utf8_length(rest);
    if (length == 0)
      text += "\xef\xbf\xbd";
    else
      text += rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

boost::json::object to_json(const task::Attempt& attempt) {
  return {{"attempt", attempt.number},
          {"status", to_string(attempt.status)},
          {"started_at", to_json(attempt.started_at)},
          {"finished_at", to_json(attempt.finished_at)},
          {"duration_ms", duration(attempt.started_at, attempt.finished_at)},
          {"exit_code", number_or_null(attempt.exit_code)},
          {"signal", number_or_null(attempt.signal)},
          {"error", text_or_null(attempt.error)},
          {"output_bytes", attempt.output_bytes},
          {"output_dropped_bytes", attempt.output_dropped_bytes},
          {"cpu_ms", attempt.cpu_ms},
          {"max_rss_bytes", attempt.max_rss_bytes}};
}

boost::json::object to_json(const task::Execution& execution) {
  const auto& attempt = execution.attempt;
  return {{"id", execution.id.value},
          {"task_id", execution.task_id.value},
          {"task_name", execution.task_name},
          {"task_revision", execution.task_revision},
          {"status", to_string(execution.status)},
          {"waiting", to_string(execution.waiting)},
          {"trigger", to_string(execution.trigger)},
          {"triggered_by", execution.triggered_by},
          {"scheduled_at", to_json(execution.scheduled_at)},
          {"due_at", to_json(execution.due_at)},
          {"created_at", base::to_iso(execution.created_at)},
          {"started_at", to_json(execution.started_at)},
          {"finished_at", to_json(execution.finished_at)},
          {"late_ms", number_or_null(execution.late_ms)},
          {"duration_ms", duration(execution.started_at, execution.finished_at)},
          {"attempt", attempt.number},
          {"exit_code", number_or_null(attempt.exit_code)},
          {"signal", number_or_null(attempt.signal)},
          {"error", text_or_null(attempt.error)},
          {"reason", text_or_null(execution.reason)},
          {"output_bytes", attempt.output_bytes},
          {"output_dropped_bytes", attempt.output_dropped_bytes},
          {"cpu_ms", attempt.cpu_ms},
          {"max_rss_bytes", attempt.max_rss_bytes},
          {"node", execution.node},
          {"priority", execution.priority},
          {"pool", execution.pool},
          {"count", execution.count},
          {"scheduled_until", to_json(execution.scheduled_until)}};
}

}  // namespace service
