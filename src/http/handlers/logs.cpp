#include <boost/json/serialize.hpp>
#include <cstring>
#include <map>

#include "http/event_queue.h"
#include "http/handlers/log_events.h"
#include "http/handlers/query.h"
#include "http/handlers/task_handlers.h"
#include "http/problem.h"
#include "service/execution_json.h"

namespace http {
namespace {

namespace json = boost::json;
using rights::Right;
using runner::LogReader;
using runner::Selection;

base::Result<Selection> selection_of(const Request& request) {
  const auto stream = request.query.find("stream").value_or("both");
  if (stream == "both") return Selection::both;
  if (stream == "stdout") return Selection::standard_output;
  if (stream == "stderr") return Selection::standard_error;
  return query_error("stream", "must be stdout, stderr or both");
}

// What the log holds now, from an offset on; more that is written meanwhile is for the next request.
class LogBytes : public ByteSource {
 public:
  LogBytes(LogReader reader, Selection selection, std::uint64_t offset)
      : reader_(std::move(reader)), selection_(selection), offset_(offset) {
    const auto whole = reader_.size(selection);
    size_ = whole > offset ? whole - offset : 0;
  }
  std::uint64_t size() const override { return size_; }
  std::size_t read(std::uint64_t offset, std::span<char> to) override {
    const auto wanted = std::min<std::uint64_t>(to.size(), size_ > offset ? size_ - offset : 0);
    const auto bytes = reader_.read(selection_, offset_ + offset, static_cast<std::size_t>(wanted), &place_);
    std::memcpy(to.data(), bytes.data(), bytes.size());
    return bytes.size();
  }

 private:
  LogReader reader_;
  Selection selection_;
  std::uint64_t offset_;
  std::uint64_t size_ = 0;
  runner::LogPlace place_;
};

// Up to where a client has an attempt's log; an event's id in words: "2-4096".
struct Reached {
  int attempt = 0;  // 0: whichever it is asked for
  std::uint64_t position = 0;

  std::string id() const { return std::to_string(attempt) + '-' + std::to_string(position); }
};

// A number alone is a position in whichever attempt is asked for. What is no id of ours is no position
// either: all is sent then.
Reached parse_reached(std::string_view id) {
  const auto dash = id.find('-');
  const auto attempt = dash == id.npos ? 0 : base::parse_decimal(id.substr(0, dash)).value_or(-1);
  const auto position = base::parse_decimal(dash == id.npos ? id : id.substr(dash + 1)).value_or(-1);
  if (attempt < 0 || attempt > kMaxAttempt || position < 0) return {};
  return {static_cast<int>(attempt), static_cast<std::uint64_t>(position)};
}

// An attempt's log as it grows: `chunk` events, and `end` with the status. Where none was asked for it is the
// latest attempt's, and goes on with the next one after a retry, from its beginning.
class LogStream : public EventSource {
 public:
  LogStream(TaskHandlerParts parts, base::ExecutionId id, Selection selection, Reached reached,
            std::optional<int> attempt)
      : parts_(parts), id_(id), selection_(selection), wanted_(attempt), attempt_(reached.attempt) {
    place_.position = reached.position;
  }

  void open(std::function<void()> wake) override {
    follow_ = parts_.executions.follow(id_, wake);
    watch_ = parts_.events.watch(wake);
    wake();
  }

  Batch take(std::size_t max_bytes) override {
    Batch batch;
    // the status is read before the log, so that an end is told only after all that came before it
    const auto execution = parts_.executions.find(id_);
    if (!execution) {
      batch.text = deleted_event();
      batch.ended = true;
      return batch;
    }
    const int attempt = wanted_.value_or(execution->attempt.number);
    if (attempt_ != 0 && attempt != attempt_) {
      place_ = {};
      begun_.clear();
    }
    attempt_ = attempt;
    for (const auto& piece :
         parts_.executions.log(*execution, attempt_).follow(selection_, max_bytes, place_))
      batch.text += whole_letters_of(piece);
    batch.more = batch.text.size() >= max_bytes;
    if (batch.more) return batch;
    if (const auto ended = ended_attempt(parts_.store, *execution, attempt_)) {
      for (const auto& [stream, rest] : std::exchange(begun_, {})) batch.text += chunk(rest);
      batch.text += end_event(*ended);
      batch.ended = true;
    }
    return batch;
  }

 private:
  // A letter that its stream has only begun waits for the rest of it.
  std::string whole_letters_of(runner::FollowedPiece piece) {
    if (const auto begun = begun_.extract(piece.stream)) {
      piece.bytes.insert(0, begun.mapped().bytes);
      piece.begin = std::min(piece.begin, begun.mapped().begin);
    }
    if (const auto rest = service::begun_letter(piece.bytes)) {
      auto& begun = begun_[piece.stream] = piece;
      begun.begin = piece.end - rest;
      begun.bytes = piece.bytes.substr(piece.bytes.size() - rest);
      piece.bytes.resize(piece.bytes.size() - rest);
      piece.end -= rest;
    }
    return piece.bytes.empty() ? std::string() : chunk(piece);
  }
  std::string chunk(const runner::FollowedPiece& piece) const {
    const json::object data{{"offset", piece.begin},
                            {"end", piece.end},
                            {"attempt", attempt_},
                            {"stream", name_of(piece.stream)},
                            {"time", base::to_iso(piece.at)},
                            {"text", service::to_utf8(piece.bytes)}};
    return format_event(Reached{attempt_, piece.end}.id(), "chunk", json::serialize(data));
  }

  TaskHandlerParts parts_;
  const base::ExecutionId id_;
  const Selection selection_;
  const std::optional<int> wanted_;
  int attempt_;  // whose log `place_` is in
  runner::FollowPlace place_;
  std::map<runner::Stream, runner::FollowedPiece> begun_;  // what has come of letters that are not whole
  std::shared_ptr<void> follow_, watch_;
};

base::Result<Response> log(const TaskHandlerParts& parts, const Request& request) {
  const auto id = parts.executions.resolve(request.path_parameter("id"));
  if (!id) return id.error();
  const auto execution = parts.executions.find(*id);
  if (!execution) return execution.error();
  const auto selection = selection_of(request);
  if (!selection) return selection.error();
  const auto offset = query_integer(request, "offset", 0, 0, INT64_MAX);
  if (!offset) return offset.error();
  const auto attempt = query_integer(request, "attempt", execution->attempt.number, 1, kMaxAttempt);
  if (!attempt) return attempt.error();
  auto source = std::make_shared<LogBytes>(parts.executions.log(*execution, static_cast<int>(*attempt)),
                                           *selection, static_cast<std::uint64_t>(*offset));
  auto response =
      Response::text(200, "text/plain; charset=utf-8", std::shared_ptr<ByteSource>(std::move(source)));
  response.ranges = true;
  // a browser that is led here saves it, whatever is in it
  const auto which = request.query.find("attempt") ? "-attempt-" + std::to_string(*attempt) : std::string();
  response.headers.set("Content-Disposition", "attachment; filename=\"execution-" +
                                                  base::to_string(execution->id) + which + ".log\"");
  return std::move(response).with("Cache-Control", "no-store");
}

base::Result<Response> stream(const TaskHandlerParts& parts, const Request& request) {
  const auto id = parts.executions.resolve(request.path_parameter("id"));
  if (!id) return id.error();
  const auto execution = parts.executions.find(*id);
  if (!execution) return execution.error();
  const auto selection = selection_of(request);
  if (!selection) return selection.error();
  const auto offset = query_integer(request, "offset", 0, 0, INT64_MAX);
  if (!offset) return offset.error();
  Reached reached{.position = static_cast<std::uint64_t>(*offset)};
  const auto header = request.header("Last-Event-ID");
  if (const auto last = header ? header : request.query.find("last_event_id")) reached = parse_reached(*last);
  std::optional<int> attempt;
  if (request.query.find("attempt")) {
    const auto number = query_integer(request, "attempt", 1, 1, std::max(1, execution->attempt.number));
    if (!number) return number.error();
    attempt = static_cast<int>(*number);
  }
  return Response::events(std::make_shared<LogStream>(parts, *id, *selection, reached, attempt));
}

}  // namespace

void add_log_routes(Router& router, TaskHandlerParts parts) {
  const DocParameter which = {"stream", "stdout, stderr or both"};
  const DocParameter attempt = {"attempt", "Of which attempt; the last one where absent", "integer"};
  router.add({.method = Method::get,
              .path = "/executions/{id}/log",
              .right = Right::read,
              .handler = [parts](const Request& request) { return log(parts, request); },
              .doc = {.summary = "The whole output as it was written; takes Range",
                      .tag = "executions",
                      .query = {which, {"offset", "First byte, from 0", "integer"}, attempt},
                      .answers = {{200, "The output", "string", "text/plain"},
                                  {206, "A part of it", "string", "text/plain"}}}});
  router.add(
      {.method = Method::get,
       .path = "/executions/{id}/log/stream",
       .right = Right::read,
       .handler = [parts](const Request& request) { return stream(parts, request); },
       .doc = {
           .summary =
               "The output as it is written: `chunk` events, then `end`; `heartbeat` after 15 s of silence. "
               "Resumable by Last-Event-ID. The stream ends with the session or token",
           .tag = "executions",
           .query =
               {which,
                {"offset", "From which byte that the job wrote on, whatever stream it went to", "integer"},
                attempt,
                {"last_event_id", "As the header, for clients that cannot send it; the header counts first"}},
           .answers = {{200, "Events", "string", "text/event-stream"}},
           .headers = {{"Last-Event-ID", "Resume after this event"}}}});
}

}  // namespace http
