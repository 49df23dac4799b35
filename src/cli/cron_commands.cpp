#include "cli/cron_commands.h"

#include <boost/json.hpp>
#include <istream>
#include <ostream>

#include "base/time.h"
#include "cli/exit_code.h"
#include "cron/explain.h"
#include "cron/zone.h"

namespace cli {
namespace {

namespace json = boost::json;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::int64_t kUsualCount = 5;

// One line that a terminal shows as it is.
std::string printable(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return result;
}

json::object error_object(const cron::ParseError& error) {
  return {{"error",
           {{"field", error.field},
            {"text", error.text},
            {"position", error.position},
            {"message", error.message}}}};
}

int refuse(const std::string& expression, const cron::ParseError& error, bool as_json, bool caret,
           std::ostream& out, std::ostream& err) {
  if (as_json) out << json::serialize(error_object(error)) << '\n';
  const std::string line = printable(expression);
  const bool in_expression = line.compare(error.position, error.text.size(), printable(error.text)) == 0 ||
                             error.field != "timezone";
  err << "cron: " << printable(error.message);
  if (in_expression) err << " (column " << error.position + 1 << " of '" << line << "')";
  err << '\n';
  if (caret && in_expression) {
    std::size_t column = 0;  // characters, not bytes
    for (const char c : line.substr(0, error.position))
      column += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
    err << "  " << line << "\n  " << std::string(column, ' ') << "^\n";
  }
  return kWrongUsage;
}

int refuse_option(std::string_view what, std::ostream& err) {
  err << "cron: " << what << '\n';
  return kWrongUsage;
}

// "2026-01-01T09:00:00+09:00"
std::string wall_time(sys_seconds at, const cron::Zone& zone) {
  const seconds offset = zone.offset_at(at);
  std::string text = base::to_iso(at + offset);
  text.pop_back();  // the Z
  const std::int64_t minutes = std::abs(offset.count()) / 60;
  char sign[16];
  std::snprintf(sign, sizeof sign, "%c%02d:%02d", offset.count() < 0 ? '-' : '+',
                static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
  return text + sign;
}

std::vector<sys_seconds> next_fires(const cron::Schedule& schedule, base::Instant from, std::int64_t count) {
  return schedule.between(std::chrono::floor<seconds>(from), sys_seconds::max(),
                          static_cast<std::size_t>(count));
}

json::object next_object(const std::vector<sys_seconds>& fires) {
  json::array list;
  list.reserve(fires.size());
  for (const sys_seconds fire : fires) list.emplace_back(base::to_iso(fire));
  return {{"next", std::move(list)}};
}

void print_for_people(const std::vector<sys_seconds>& fires, const cron::Schedule& schedule,
                      std::ostream& out) {
  if (fires.empty()) {
    out << (schedule.is_reboot() ? "no fire by time: it fires once after each start of the machine"
                                 : "no fire time until the end of 2099")
        << '\n';
  }
  for (const sys_seconds fire : fires) {
    if (schedule.timezone() != "UTC") out << wall_time(fire, schedule.zone()) << "  ";
    out << base::to_iso(fire) << '\n';
  }
}

// ---- one request of `cron next --json -`

struct Request {
  std::string expression;
  std::string timezone = "UTC";
  std::string seed;
  base::Instant from;
  std::int64_t count = kUsualCount;
};

cron::ParseError request_error(std::string_view field, std::string text, std::string message) {
  return {std::string(field), std::move(text), 0, std::move(message)};
}

using MaybeError = std::optional<cron::ParseError>;

MaybeError read_text(const json::object& line, std::string_view key, bool needed, std::string& target) {
  const json::value* value = line.if_contains(key);
  if (value == nullptr || (value->is_null() && !needed)) {
    if (!needed) return std::nullopt;
    return request_error(key, "", "\"" + std::string(key) + "\" is missing; give the expression as a string");
  }
  if (!value->is_string()) {
    return request_error(key, json::serialize(*value), "\"" + std::string(key) + "\" must be a string");
  }
  target = value->as_string();
  return std::nullopt;
}

MaybeError read_count(const json::object& line, std::int64_t& count) {
  const json::value* value = line.if_contains("count");
  if (value == nullptr || value->is_null()) return std::nullopt;
  boost::system::error_code problem;
  const auto number = value->to_number<std::int64_t>(problem);
  if (problem || !(value->is_int64() || value->is_uint64()) || number < 1 || number > kMaxFires) {
    return request_error("count", json::serialize(*value),
                         "\"count\" must be a whole number in 1-" + std::to_string(kMaxFires));
  }
  count = number;
  return std::nullopt;
}

base::Result<Request, cron::ParseError> read_request(std::string_view line, base::Instant now) {
  boost::system::error_code problem;
  const json::value value = json::parse(line, problem);
  if (problem || !value.is_object()) {
    return request_error("line", "", "the line is not a JSON object; write {\"expr\":\"0 9 * * *\"}");
  }
  const json::object& object = value.get_object();
  Request request;
  request.from = now;
  std::string from;
  if (auto error = read_text(object, "expr", true, request.expression)) return std::move(*error);
  if (auto error = read_text(object, "tz", false, request.timezone)) return std::move(*error);
  if (auto error = read_text(object, "seed", false, request.seed)) return std::move(*error);
  if (auto error = read_text(object, "from", false, from)) return std::move(*error);
  if (auto error = read_count(object, request.count)) return std::move(*error);
  if (!from.empty()) {
    const auto instant = base::parse_iso(from);
    if (!instant) {
      return request_error("from", from, "\"from\" is not an ISO 8601 time such as 2026-01-01T00:00:00Z");
    }
    request.from = *instant;
  }
  return request;
}

json::object answer(std::string_view line, base::Instant now) {
  const auto request = read_request(line, now);
  if (!request) return error_object(request.error());
  const auto schedule = cron::Schedule::parse(request->expression, request->timezone, request->seed);
  if (!schedule) return error_object(schedule.error());
  return next_object(next_fires(*schedule, request->from, request->count));
}

// Reads a line without its end, and at most one byte more than is allowed. False at the end of the input.
bool read_line(std::istream& in, std::string& line) {
  line.clear();
  auto* buffer = in.rdbuf();
  constexpr int kEnd = std::char_traits<char>::eof();
  int c = buffer->sbumpc();
  if (c == kEnd) return false;
  for (; c != kEnd && c != '\n'; c = buffer->sbumpc()) {
    if (line.size() <= kMaxRequestLine) line += static_cast<char>(c);
  }
  return true;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\v\f") == std::string_view::npos;
}

}  // namespace

int cron_next(const CronNextOptions& options, std::ostream& out, std::ostream& err, base::Instant now) {
  if (options.count < 1 || options.count > kMaxFires) {
    return refuse_option(
        "--count " + std::to_string(options.count) + " is outside 1-" + std::to_string(kMaxFires), err);
  }
  base::Instant from = now;
  if (!options.from.empty()) {
    const auto instant = base::parse_iso(options.from);
    if (!instant) {
      return refuse_option(
          "--from '" + printable(options.from) + "' is not an ISO 8601 time such as 2026-01-01T00:00:00Z",
          err);
    }
    from = *instant;
  }
  const auto schedule = cron::Schedule::parse(options.expression, options.timezone, options.seed);
  if (!schedule) return refuse(options.expression, schedule.error(), options.json, options.caret, out, err);
  const auto fires = next_fires(*schedule, from, options.count);
  if (options.json) {
    out << json::serialize(next_object(fires)) << '\n';
  } else {
    print_for_people(fires, *schedule, out);
  }
  return kDone;
}

int cron_next_lines(std::istream& in, std::ostream& out, base::Instant now) {
  for (std::string line; out && read_line(in, line);) {
    if (is_blank(line)) continue;
    if (line.size() > kMaxRequestLine) {
      const std::string message = "the line has more than " + std::to_string(kMaxRequestLine) + " bytes";
      out << json::serialize(error_object(request_error("line", "", message))) << '\n';
    } else {
      out << json::serialize(answer(line, now)) << '\n';
    }
    if (in.rdbuf()->in_avail() <= 0) out.flush();  // somebody may wait for this answer before they ask on
  }
  out.flush();
  return kDone;
}

int cron_explain(const CronExplainOptions& options, std::ostream& out, std::ostream& err) {
  if (options.language != "en" && options.language != "zh") {
    return refuse_option("--lang '" + printable(options.language) + "' is not known; write en or zh", err);
  }
  const auto schedule = cron::Schedule::parse(options.expression, options.timezone, options.seed);
  if (!schedule) return refuse(options.expression, schedule.error(), options.json, options.caret, out, err);
  const auto language = options.language == "zh" ? cron::Language::zh : cron::Language::en;
  const std::string words = cron::explain(*schedule, language);
  if (options.json) {
    out << json::serialize(json::object{
               {"cron", schedule->print()}, {"timezone", schedule->timezone()}, {"explanation", words}})
        << '\n';
  } else {
    out << words << '\n';
  }
  return kDone;
}

}  // namespace cli
