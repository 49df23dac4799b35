// An execution's output by lines: some of them by number, where a text stands, and the newest as they come.
#include <algorithm>
#include <boost/json/serialize.hpp>

#include "http/event_queue.h"
#include "http/handlers/log_events.h"
#include "http/handlers/query.h"
#include "http/handlers/task_handlers.h"
#include "service/execution_json.h"
#include "service/line_search.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;
using runner::LineIndex;
using runner::LineTotals;
using runner::LogLine;

constexpr std::int64_t kMaxLine = 1'000'000'000'000;
constexpr std::int64_t kMaxLines = 1000;
constexpr std::int64_t kUsualLines = 200;
constexpr std::int64_t kMaxMatchingLines = 10'000;
constexpr std::int64_t kUsualMatchingLines = 1000;
constexpr int kTries = 3;  // of a reader whom a job overtakes that drops output

struct AskedLog {
  task::Execution execution;
  int attempt;
};

base::Result<AskedLog> asked_log(const TaskHandlerParts& parts, const Request& request) {
  const auto id = parts.executions.resolve(request.path_parameter("id"));
  if (!id) return id.error();
  auto execution = parts.executions.find(*id);
  if (!execution) return execution.error();
  const auto attempt = query_integer(request, "attempt", execution->attempt.number, 1, kMaxAttempt);
  if (!attempt) return attempt.error();
  return AskedLog{std::move(*execution), static_cast<int>(*attempt)};
}

json::object line_json(const LogLine& line) {
  const auto& content = line.content;
  json::object object{{"n", line.number},
                      {"stream", name_of(line.stream)},
                      {"time", base::to_iso(line.at)},
                      {"text", service::to_utf8(content.text())}};
  if (const auto style = line.style.parameters(); !style.empty()) object["style"] = style;
  if (line.is_open) object["open"] = true;
  if (content.is_cut()) object["rest_offset"] = content.end_offset();
  return object;
}

json::object lines_json(int attempt, const LineTotals& totals, const std::vector<LogLine>& lines) {
  json::array list;
  list.reserve(lines.size());
  for (const auto& line : lines) list.push_back(line_json(line));
  return {{"attempt", attempt},    {"total_lines", totals.lines},     {"complete", totals.is_complete},
          {"bytes", totals.bytes}, {"dropped_bytes", totals.dropped}, {"lines", std::move(list)}};
}

base::Result<Response> lines(const TaskHandlerParts& parts, const Request& request) {
  const auto asked = asked_log(parts, request);
  if (!asked) return asked.error();
  const auto from = query_integer(request, "from", 1, 1, kMaxLine);
  if (!from) return from.error();
  const auto tail = query_integer(request, "tail", 0, 1, kMaxLines);
  if (!tail) return tail.error();
  if (*tail > 0 && (request.query.find("from") || request.query.find("count")))
    return query_error("tail", "stands in place of from and count");
  const auto count = query_integer(request, "count", *tail > 0 ? *tail : kUsualLines, 0, kMaxLines);
  if (!count) return count.error();
  const auto index = parts.executions.lines(asked->execution, asked->attempt);
  LineTotals totals;
  std::optional<std::vector<LogLine>> found;
  for (int tries = 0; tries < kTries && !found; ++tries) {
    totals = index->grow();
    const auto last = static_cast<std::int64_t>(totals.lines);
    const auto first = *tail > 0 ? std::max<std::int64_t>(1, last - *tail + 1) : *from;
    found = index->read(static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(*count));
  }
  if (!found) totals.is_complete = false;
  const auto answer = lines_json(asked->attempt, totals, found.value_or(std::vector<LogLine>()));
  return Response::json_text(200, json::serialize(answer)).with("Cache-Control", "no-store");
}

base::Result<Response> find_text(const TaskHandlerParts& parts, const Request& request) {
  const auto asked = asked_log(parts, request);
  if (!asked) return asked.error();
  const auto text = request.query.find("q").value_or("");
  if (text.empty() || text.size() > service::kMatchBytes)
    return query_error("q", "must be 1 to " + std::to_string(service::kMatchBytes) + " bytes long");
  const auto from = query_integer(request, "from", 1, 1, kMaxLine);
  if (!from) return from.error();
  const auto limit = query_integer(request, "limit", kUsualMatchingLines, 1, kMaxMatchingLines);
  if (!limit) return limit.error();
  const auto index = parts.executions.lines(asked->execution, asked->attempt);
  const auto totals = index->grow();
  const service::LineSearch search(text);
  const auto found = index->find(static_cast<std::uint64_t>(*from), static_cast<std::size_t>(*limit),
                                 [&](std::string_view line) { return search.count_in(line); });
  json::array list;
  list.reserve(found.lines.size());
  std::uint64_t count = 0;
  for (const auto& match : found.lines) {
    list.push_back(json::object{{"line", match.line}, {"count", match.count}});
    count += match.count;
  }
  const json::object answer{{"attempt", asked->attempt},
                            {"dropped_bytes", totals.dropped},
                            {"count", count},
                            {"lines", std::move(list)},
                            {"next", found.next ? json::value(*found.next) : nullptr}};
  return Response::json_text(200, json::serialize(answer)).with("Cache-Control", "no-store");
}

// The newest lines, and those of before that have changed since they were told. Of much that comes at once
// only its end is told: a reader who wants the rest asks for it.
class LineStream : public EventSource {
 public:
  LineStream(TaskHandlerParts parts, base::ExecutionId id, std::optional<int> attempt)
      : parts_(parts), id_(id), wanted_(attempt) {}

  void open(std::function<void()> wake) override {
    follow_ = parts_.executions.follow(id_, wake);
    watch_ = parts_.events.watch(wake);
    wake();
  }

  Batch take(std::size_t) override {
    Batch batch;
    // the status is read before the log, so that an end is told only after all that came before it
    const auto execution = parts_.executions.find(id_);
    if (!execution) {
      batch.text = deleted_event();
      batch.ended = true;
      return batch;
    }
    const int attempt = wanted_.value_or(execution->attempt.number);
    const auto index = parts_.executions.lines(*execution, attempt);
    const auto totals = index->grow();
    if (attempt != attempt_ || totals.dropped != told_.dropped) {
      told_ = {};
      open_.clear();
    }
    const bool is_new = attempt != attempt_ || totals.lines != told_.lines || totals.bytes != told_.bytes ||
                        totals.is_complete != told_.is_complete;
    if (is_new) batch.text = tell(*index, attempt, totals);
    attempt_ = attempt;
    told_ = totals;
    batch.more = !totals.is_complete;
    if (batch.more) return batch;
    if (const auto ended = ended_attempt(parts_.store, *execution, attempt)) {
      batch.text += end_event(*ended);
      batch.ended = true;
    }
    return batch;
  }

 private:
  std::string tell(const LineIndex& index, int attempt, const LineTotals& totals) {
    constexpr auto kMost = static_cast<std::uint64_t>(kUsualLines);
    const auto newest = totals.lines > kMost ? totals.lines - kMost : 0;
    std::vector<LogLine> lines;
    std::vector<Told> still_cut;
    for (const auto& [number, was_cut] : open_) {
      auto line = index.read(number, 1);
      if (!line || line->empty()) continue;
      const auto& found = line->front();
      if (was_cut && found.is_open && found.content.is_cut())
        still_cut.push_back({number, true});  // it shows the same
      else
        lines.push_back(std::move(line->front()));
    }
    if (totals.is_complete) {
      auto fresh = index.read(std::max(told_.lines, newest) + 1, kMost);
      if (fresh) std::move(fresh->begin(), fresh->end(), std::back_inserter(lines));
    }
    open_ = std::move(still_cut);
    for (const auto& line : lines) {
      if (line.is_open) open_.push_back({line.number, line.content.is_cut()});
    }
    return format_event("", "lines", json::serialize(lines_json(attempt, totals, lines)));
  }

  struct Told {
    std::uint64_t number;
    bool was_cut;
  };

  TaskHandlerParts parts_;
  const base::ExecutionId id_;
  const std::optional<int> wanted_;
  int attempt_ = 0;         // whose lines were told; 0: none
  LineTotals told_;         // how far
  std::vector<Told> open_;  // of the lines that were told: more may come of them
  std::shared_ptr<void> follow_, watch_;
};

base::Result<Response> line_stream(const TaskHandlerParts& parts, const Request& request) {
  const auto asked = asked_log(parts, request);
  if (!asked) return asked.error();
  const auto wanted = request.query.find("attempt") ? std::optional(asked->attempt) : std::nullopt;
  return Response::events(std::make_shared<LineStream>(parts, asked->execution.id, wanted));
}

constexpr std::string_view kLinesSchema = R"({
  "type": "object",
  "required": ["attempt", "total_lines", "complete", "bytes", "dropped_bytes", "lines"],
  "properties": {
    "attempt": {"type": "integer"},
    "total_lines": {"type": "integer", "description": "As far as they are counted"},
    "complete": {"type": "boolean", "description": "false: some 128 MiB were counted, ask again for more"},
    "bytes": {"type": "integer", "description": "That the job wrote, the dropped ones among them"},
    "dropped_bytes": {"type": "integer", "description": "Lines after the gap have other numbers once this has changed"},
    "lines": {"type": "array", "items": {
      "type": "object",
      "required": ["n", "stream", "time", "text"],
      "properties": {
        "n": {"type": "integer", "description": "Its number, from 1"},
        "stream": {"type": "string", "enum": ["stdout", "stderr", "mark"], "description": "mark: the scheduler's own word"},
        "time": {"type": "string", "format": "date-time", "description": "When its first byte came"},
        "text": {"type": "string", "description": "From its last carriage return on, escapes included; at most 64 KiB"},
        "style": {"type": "string", "description": "The colours (SGR parameters) that hold at its beginning; absent: none"},
        "open": {"type": "boolean", "description": "true: it has not ended, more of it may come"},
        "rest_offset": {"type": "integer", "description": "Of a line that is cut: where it goes on, as `offset` of /log with its stream"}
      }
    }}
  }
})";

constexpr std::string_view kMatchesSchema = R"({
  "type": "object",
  "required": ["attempt", "dropped_bytes", "count", "lines", "next"],
  "properties": {
    "attempt": {"type": "integer"},
    "dropped_bytes": {"type": "integer"},
    "count": {"type": "integer", "description": "Matches in those lines"},
    "lines": {"type": "array", "items": {
      "type": "object",
      "required": ["line", "count"],
      "properties": {"line": {"type": "integer"}, "count": {"type": "integer"}}
    }},
    "next": {"type": ["integer", "null"], "description": "The line from which to go on; null: all was looked through"}
  }
})";

}  // namespace

void add_log_line_routes(Router& router, TaskHandlerParts parts) {
  router.add_schema("LogLines", kLinesSchema);
  router.add_schema("LogMatches", kMatchesSchema);
  const DocParameter attempt = {"attempt", "Of which attempt; the last one where absent", "integer"};
  router.add(
      {.method = Method::get,
       .path = "/executions/{id}/log/lines",
       .right = Right::read,
       .handler = [parts](const Request& request) { return lines(parts, request); },
       .doc = {.summary = "Lines of the output by number, each stream's lines whole. Fewer than asked for "
                          "where they are long (1 MiB)",
               .tag = "executions",
               .query = {{"from", "The first line; 1 where absent", "integer"},
                         {"count", "0 to 1000; 200 where absent", "integer"},
                         {"tail", "In place of both: so many of the last lines, 1 to 1000", "integer"},
                         attempt},
               .answers = {{200, "The lines", "LogLines"}}}});
  router.add(
      {.method = Method::get,
       .path = "/executions/{id}/log/find",
       .right = Right::read,
       .handler = [parts](const Request& request) { return find_text(parts, request); },
       .doc = {.summary = "The lines of the output in which a text stands, whatever its case, and how often. "
                          "Of a longer line its first 64 KiB are looked through",
               .tag = "executions",
               .query = {{"q", "What to look for: 1 to 200 bytes", "string", true},
                         {"from", "The line to begin at; 1 where absent", "integer"},
                         {"limit", "So many lines with a match, 1 to 10000; 1000 where absent", "integer"},
                         attempt},
               .answers = {{200, "The lines", "LogMatches"}}}});
  router.add(
      {.method = Method::get,
       .path = "/executions/{id}/log/lines/stream",
       .right = Right::read,
       .handler = [parts](const Request& request) { return line_stream(parts, request); },
       .doc = {.summary =
                   "The newest lines, 200 at most, and then those that come or change: `lines` events as "
                   "LogLines, then `end`; `heartbeat` after 15 s of silence",
               .tag = "executions",
               .query = {attempt},
               .answers = {{200, "Events", "string", "text/event-stream"}}}});
}

}  // namespace http
