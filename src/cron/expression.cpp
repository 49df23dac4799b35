// From the text of an expression to a schedule: prefix, nicknames, @every, and the words of the fields.
#include <array>

#include "cron/field_parser.h"
#include "cron/schedule.h"
#include "cron/seed.h"
#include "cron/text.h"
#include "cron/zone.h"

namespace cron {
namespace {

using std::chrono::seconds;
using Failure = std::optional<ParseError>;

constexpr std::size_t kMaxWords =
    8;  // one more than an expression has: enough to see that there are too many

struct Nickname {
  std::string_view name;
  std::string_view fields;
};
constexpr std::array<Nickname, 7> kNicknames{{{"@YEARLY", "0 0 1 1 *"},
                                              {"@ANNUALLY", "0 0 1 1 *"},
                                              {"@MONTHLY", "0 0 1 * *"},
                                              {"@WEEKLY", "0 0 * * 0"},
                                              {"@DAILY", "0 0 * * *"},
                                              {"@MIDNIGHT", "0 0 * * *"},
                                              {"@HOURLY", "0 * * * *"}}};
constexpr std::string_view kNicknameList =
    "@yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @reboot or @every 5m";

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// The first word of a trimmed text.
std::string_view first_word(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && !is_space(text[length])) ++length;
  return text.substr(0, length);
}

std::string quoted(std::string_view text) {
  std::string result = "'";
  result.append(text).append("'");
  return result;
}

// "EUROPE/BERLIN" is told about "Europe/Berlin".
std::string similar_zone(std::string_view name) {
  std::string capitals;
  for (const char c : name) capitals += upper(c);
  for (const std::string& known : zone_names()) {
    if (is_word(known, capitals)) return known;
  }
  return {};
}

}  // namespace

class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, std::string_view default_zone, std::string_view seed)
      : line_(text), rest_(trim(text)), default_zone_(default_zone), seed_(seed) {}

  base::Result<Schedule, ParseError> parse() {
    if (auto failure = whole()) return std::move(*failure);
    return std::move(schedule_);
  }

 private:
  Failure whole();
  Failure zone();
  Failure nickname();
  Failure every(std::string_view duration);
  Failure duration(std::string_view text, seconds& total) const;
  Failure fields(std::string_view text);

  std::size_t position_of(std::string_view piece) const {
    return static_cast<std::size_t>(piece.data() - line_.data());
  }
  Failure fail(std::string_view field, std::string_view piece, std::string message) const {
    return ParseError{std::string(field), std::string(piece), position_of(piece), std::move(message)};
  }

  std::string_view line_;  // as it was given: positions count from its begin
  std::string_view rest_;  // trimmed, without the prefix
  std::string_view default_zone_;
  std::string_view seed_;
  Schedule schedule_;
};

Failure ExpressionParser::whole() {
  if (line_.size() > Schedule::kMaxExpression) {
    return fail("expression", line_.substr(0, 0),
                "the expression has " + std::to_string(line_.size()) + " bytes; at most " +
                    std::to_string(Schedule::kMaxExpression) + " are allowed");
  }
  if (auto failure = zone()) return failure;
  if (rest_.starts_with('@')) return nickname();
  return fields(rest_);
}

Failure ExpressionParser::zone() {
  const std::string_view word = first_word(rest_);
  const std::size_t sign = word.find('=');
  const std::string_view key = word.substr(0, sign == std::string_view::npos ? 0 : sign);
  const bool prefixed = is_word(key, "CRON_TZ") || is_word(key, "TZ");
  const std::string_view name = prefixed ? word.substr(sign + 1) : default_zone_;
  schedule_.zone_ = find_zone(name);
  if (!schedule_.zone_) {
    const std::string similar = similar_zone(name);
    std::string message = "time zone " + quoted(name) + " is unknown; ";
    message +=
        similar.empty() ? "write a name such as Europe/Berlin or UTC" : "did you mean " + similar + "?";
    if (prefixed) return fail("timezone", name, std::move(message));
    return ParseError{"timezone", std::string(name), 0, std::move(message)};
  }
  if (prefixed) {
    rest_.remove_prefix(word.size());
    rest_ = trim(rest_);
  }
  return std::nullopt;
}

Failure ExpressionParser::nickname() {
  const std::string_view name = first_word(rest_);
  const std::string_view more = trim(rest_.substr(name.size()));
  if (is_word(name, "@EVERY")) return every(more);
  if (!more.empty()) {
    return fail("expression", rest_,
                "a nickname stands alone, but " + quoted(more) + " follows " + quoted(name));
  }
  if (is_word(name, "@REBOOT")) {
    schedule_.kind_ = Schedule::Kind::reboot;
    return std::nullopt;
  }
  for (const Nickname& known : kNicknames) {
    if (!is_word(name, known.name)) continue;
    line_ = known.fields;
    return fields(known.fields);
  }
  return fail("nickname", name,
              "nickname " + quoted(name) + " is unknown; write " + std::string(kNicknameList));
}

Failure ExpressionParser::every(std::string_view text) {
  schedule_.kind_ = Schedule::Kind::every;
  if (text.empty()) {
    return fail("every", first_word(rest_), "'@every' needs a duration after it, such as @every 1h30m");
  }
  const std::string_view word = first_word(text);
  if (auto failure = duration(word, schedule_.every_)) return failure;
  const std::string_view more = trim(text.substr(word.size()));
  if (!more.empty())
    return fail("every", more, quoted(more) + " follows the duration; write it as one word, such as 1h30m");
  return std::nullopt;
}

Failure ExpressionParser::duration(std::string_view text, seconds& total) const {
  constexpr std::int64_t kLongest = 1'000'000'000'000;  // beyond the calendar: never fires again
  constexpr std::string_view kShape =
      "; write days, hours, minutes and seconds in this order, such as 1d12h, 90m or 15s";
  constexpr std::array<std::pair<char, std::int64_t>, 4> kUnits{
      {{'D', 86400}, {'H', 3600}, {'M', 60}, {'S', 1}}};
  std::int64_t sum = 0;
  std::size_t unit = 0;
  for (std::size_t i = 0; i < text.size(); ++unit) {
    std::int64_t number = 0;
    const std::size_t begin = i;
    for (; i < text.size() && is_digit(text[i]); ++i)
      number = std::min(kLongest, number * 10 + (text[i] - '0'));
    while (unit < kUnits.size() && i < text.size() && upper(text[i]) != kUnits[unit].first) ++unit;
    if (i == begin || i == text.size() || unit == kUnits.size()) {
      return fail("every", text, quoted(text) + " is no duration" + std::string(kShape));
    }
    sum = std::min(kLongest, sum + std::min(kLongest, number * kUnits[unit].second));
    ++i;
  }
  if (sum == 0) return fail("every", text, "a duration of 0 never moves on; write one of at least 1s");
  total = seconds{sum};
  return std::nullopt;
}

Failure ExpressionParser::fields(std::string_view text) {
  std::array<std::string_view, kMaxWords> words;
  std::size_t count = 0;
  for (std::string_view left = text; !left.empty(); ++count) {
    const std::string_view word = first_word(left);
    if (count < kMaxWords) words[count] = word;
    left = trim(left.substr(word.size()));
  }
  if (count == 0) {
    return fail("expression", text, "the expression is empty; write five fields such as '0 9 * * MON-FRI'");
  }
  if (count < 5 || count > 7) {
    return fail(
        "expression", text,
        quoted(text) + " has " + std::to_string(count) + (count == 1 ? " field" : " fields") +
            "; write 5 (minute hour day-of-month month day-of-week), 6 (a second before them) or 7 (a "
            "year after those)");
  }
  const std::uint32_t crc = crc32(seed_);
  const std::size_t first_field = count == 5 ? 1 : 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (auto failure = parse_field(kFields[first_field + i], words[i], line_, crc, schedule_.pattern_)) {
      return failure;
    }
  }
  return std::nullopt;
}

base::Result<Schedule, ParseError> Schedule::parse(std::string_view text, std::string_view timezone,
                                                   std::string_view seed) {
  return ExpressionParser(text, timezone, seed).parse();
}

}  // namespace cron
