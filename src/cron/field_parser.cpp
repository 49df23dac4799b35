#include "cron/field_parser.h"

#include <string>

#include "cron/seed.h"
#include "cron/text.h"

namespace cron {
namespace {

constexpr int kHuge = 1'000'000;  // what longer numbers count as: outside every range, beyond every step

// Values of a field, bit (value - origin); the origin is 0, but 1970 for years.
using Bits = YearBits;

std::string quoted(std::string_view text) {
  std::string result = "'";
  result.append(text).append("'");
  return result;
}

class FieldParser {
 public:
  FieldParser(const FieldRange& field, std::string_view line, std::uint32_t crc, Pattern& pattern)
      : field_(field), line_(line), crc_(crc), pattern_(pattern) {}

  std::optional<ParseError> parse(std::string_view word);

 private:
  // Each of these returns false after fail().
  bool item(std::string_view text);
  bool star_item(std::string_view text);
  bool hash_item(std::string_view head, std::optional<std::string_view> step_text, std::string_view whole);
  bool range_item(std::string_view head, std::optional<std::string_view> step_text, std::string_view whole);
  bool special_item(std::string_view text);
  bool days_from_end(std::string_view text);
  bool nearest_weekday(std::string_view text);
  bool nth_week_day(std::string_view text);
  bool last_week_day(std::string_view text);
  bool value(std::string_view text, int& result);
  bool in_range(std::string_view text, int number);
  bool step(std::optional<std::string_view> text, std::string_view whole, int& result);

  bool is_special(std::string_view text) const;
  std::string range_text() const;
  static std::optional<int> number(std::string_view text);
  std::optional<int> name(std::string_view text) const;

  bool fail(std::string_view piece, std::string message);
  bool fail_at(std::size_t position, std::string_view piece, std::string message);

  void add(int value);
  void add_steps(int first, int last, int step);
  void store(bool star);

  const FieldRange& field_;
  std::string_view line_;
  std::uint32_t crc_;
  Pattern& pattern_;
  Bits bits_{};
  std::optional<ParseError> error_;
};

bool FieldParser::fail(std::string_view piece, std::string message) {
  return fail_at(static_cast<std::size_t>(piece.data() - line_.data()), piece, std::move(message));
}

bool FieldParser::fail_at(std::size_t position, std::string_view piece, std::string message) {
  error_ = ParseError{std::string(field_.name), std::string(piece), position, std::move(message)};
  return false;
}

std::optional<int> FieldParser::number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  int result = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    result = std::min(kHuge, result * 10 + (c - '0'));
  }
  return result;
}

std::optional<int> FieldParser::name(std::string_view text) const {
  for (std::size_t i = 0; i < field_.names.size(); ++i) {
    if (is_word(text, field_.names[i])) return field_.low + static_cast<int>(i);
  }
  return std::nullopt;
}

std::string FieldParser::range_text() const {
  std::string text = std::to_string(field_.low) + "-" + std::to_string(field_.high);
  if (field_.kind == FieldKind::day_of_week) text += " (0 and 7 are Sunday)";
  return text;
}

bool FieldParser::in_range(std::string_view text, int number) {
  if (number >= field_.low && number <= field_.high) return true;
  return fail(text, std::string(field_.name) + " " + std::string(text) + " is outside " + range_text());
}

bool FieldParser::value(std::string_view text, int& result) {
  if (const auto digits = number(text)) {
    result = *digits;
    return in_range(text, *digits);
  }
  if (const auto named = name(text)) {
    result = *named;
    return true;
  }
  if (field_.kind == FieldKind::day_of_week && is_word(text, "L")) {
    return fail(text, "'L' in day-of-week needs a day before it; write FRIL for the last Friday");
  }
  if (!text.empty() && text.front() == '?') {
    const bool is_day = field_.kind == FieldKind::day_of_month || field_.kind == FieldKind::day_of_week;
    return fail(text.substr(0, 1), is_day
                                       ? "'?' must be the whole " + std::string(field_.name) + " field"
                                       : "'?' stands only in day-of-month and day-of-week; write '*' here");
  }
  std::string expected = "a number in " + range_text();
  if (!field_.names.empty()) {
    expected += " or a name " + std::string(field_.names.front()) + " to " + std::string(field_.names.back());
  }
  return fail(text, std::string(field_.name) + " " + quoted(text) + " is not " + expected);
}

bool FieldParser::step(std::optional<std::string_view> text, std::string_view whole, int& result) {
  result = 1;
  if (!text) return true;
  if (text->empty()) {
    return fail(whole, "no step after '/' in " + quoted(whole) + "; write a number of 1 or more");
  }
  const auto digits = number(*text);
  if (!digits) {
    return fail(*text, "step " + quoted(*text) + " is not a number; write one of 1 or more");
  }
  if (*digits == 0) return fail(*text, "a step of 0 never moves on; write 1 or more");
  result = *digits;
  return true;
}

void FieldParser::add(int value) {
  if (field_.kind == FieldKind::day_of_week && value == 7) value = 0;
  const auto bit = static_cast<unsigned>(field_.kind == FieldKind::year ? value - kFirstYear : value);
  bits_[bit / 64] |= 1ULL << (bit % 64);
}

void FieldParser::add_steps(int first, int last, int step) {
  const int size = field_.last - field_.low + 1;
  if (first > last) last += size;
  if (step == 1 && last <= field_.last && field_.kind != FieldKind::year) {
    bits_[0] |= (~0ULL >> (63 - (last - first))) << first;
    return;
  }
  for (int value = first; value <= last; value += step) {
    add(field_.low + (value - field_.low) % size);
  }
}

bool FieldParser::star_item(std::string_view text) {
  std::optional<std::string_view> step_text;
  if (text.size() > 1) {
    if (text[1] != '/') {
      return fail(text, "nothing but a step may follow '*'; write '*', '*/5' or a list without '*'");
    }
    step_text = text.substr(2);
  }
  int each = 1;
  if (!step(step_text, text, each)) return false;
  add_steps(field_.low, field_.last, each);
  return true;
}

bool FieldParser::hash_item(std::string_view head, std::optional<std::string_view> step_text,
                            std::string_view whole) {
  int low = field_.low;
  int high = field_.last;
  if (head.size() > 1) {
    const std::string_view inner = head.substr(2, head.size() - (head.back() == ')' ? 3 : 2));
    const std::size_t dash = inner.find('-');
    if (head.back() != ')' || dash == std::string_view::npos) {
      return fail(head, quoted(head) + " is not a hash; write H, H(1-5) or H/15");
    }
    const std::string_view left = inner.substr(0, dash);
    const std::string_view right = inner.substr(dash + 1);
    for (const auto& [text, target] : {std::pair{left, &low}, std::pair{right, &high}}) {
      const auto digits = number(text);
      if (!digits) return fail(head, "the range in " + quoted(head) + " needs two numbers, such as H(1-5)");
      if (!in_range(text, *digits)) return false;
      *target = *digits;
    }
    if (low > high)
      return fail(inner, "the range of a hash must not run backwards; write the smaller number first");
  }
  int each = 1;
  if (!step(step_text, whole, each)) return false;
  const int top = step_text ? std::min(high, low + each - 1) : high;
  const int start = spread_value(crc_, field_.hash_shift, low, top);
  if (!step_text) {
    add(start);
  } else {
    for (int value = start; value <= high; value += each) add(value);
  }
  return true;
}

bool FieldParser::is_special(std::string_view text) const {
  if (text.empty()) return false;
  const char last = upper(text.back());
  if (field_.kind == FieldKind::day_of_month) {
    return is_word(text, "L") || is_word(text, "LW") || (last == 'W' && is_digit(text.front()));
  }
  if (field_.kind == FieldKind::day_of_week) {
    return text.find('#') != std::string_view::npos ||
           (last == 'L' &&
            (number(text.substr(0, text.size() - 1)) || name(text.substr(0, text.size() - 1))));
  }
  return false;
}

bool FieldParser::range_item(std::string_view head, std::optional<std::string_view> step_text,
                             std::string_view whole) {
  const std::size_t dash = head.find('-');
  const std::string_view left = head.substr(0, dash);
  int first = 0;
  int last = field_.last;
  if (dash != std::string_view::npos) {
    const std::string_view right = head.substr(dash + 1);
    if (left.empty()) return fail(head, "the range " + quoted(head) + " has no start; write one such as 1-5");
    for (const std::string_view end : {left, right}) {
      if (is_special(end)) return fail(end, quoted(end) + " can't stand in a range; list it after a comma");
      if (end.data() == left.data() && !value(left, first)) return false;
    }
    if (right.empty()) return fail(head, "the range " + quoted(head) + " has no end; write one such as 1-5");
    if (right.find('-') != std::string_view::npos) {
      return fail(right, "a range has one '-'; part several ranges with commas");
    }
    if (!value(right, last)) return false;
    if (field_.kind == FieldKind::year && first > last) {
      return fail(head, "the years " + quoted(head) + " run backwards; write the earlier year first");
    }
  } else if (!value(left, first)) {
    return false;
  }
  int each = 1;
  if (!step(step_text, whole, each)) return false;
  const bool sunday_as_seven = field_.kind == FieldKind::day_of_week && first == 7;
  if (dash == std::string_view::npos && (!step_text || sunday_as_seven)) {
    add(first);
  } else {
    add_steps(sunday_as_seven ? 0 : first, sunday_as_seven && last == 7 ? 0 : last, each);
  }
  return true;
}

bool FieldParser::days_from_end(std::string_view text) {
  if (text.size() == 1) {
    pattern_.days_from_end |= 1;
    return true;
  }
  if (is_word(text, "LW")) {
    pattern_.last_weekday = true;
    return true;
  }
  const auto back = text[1] == '-' ? number(text.substr(2)) : std::nullopt;
  if (!back || *back < 1 || *back > 30) {
    return fail(text, quoted(text) + " is no day of the month; write L, LW or L-1 to L-30");
  }
  pattern_.days_from_end |= 1U << *back;
  return true;
}

bool FieldParser::nearest_weekday(std::string_view text) {
  const std::string_view digits = text.substr(0, text.size() - 1);
  int day = 0;
  if (!number(digits)) return fail(text, quoted(text) + " is no day of the month; write 1W to 31W or LW");
  if (!value(digits, day)) return false;
  pattern_.nearest_weekdays |= 1U << day;
  return true;
}

bool FieldParser::nth_week_day(std::string_view text) {
  const std::size_t sign = text.find('#');
  const std::string_view left = text.substr(0, sign);
  const std::string_view right = text.substr(sign + 1);
  int day = 0;
  if (left.empty()) return fail(text, "no day before '#'; write MON#1 for the first Monday");
  if (!value(left, day)) return false;
  if (right.empty()) return fail(text, "no number after '#'; write MON#1 for the first Monday");
  const auto nth = number(right);
  if (!nth || *nth < 1 || *nth > 5) {
    return fail(right, quoted(right) + " after '#' is outside 1-5; write MON#1 for the first Monday");
  }
  pattern_.nth_week_days[static_cast<std::size_t>(*nth - 1)] |= static_cast<std::uint8_t>(1U << day % 7);
  return true;
}

bool FieldParser::last_week_day(std::string_view text) {
  int day = 0;
  if (!value(text.substr(0, text.size() - 1), day)) return false;
  pattern_.last_week_days |= static_cast<std::uint8_t>(1U << day % 7);
  return true;
}

bool FieldParser::special_item(std::string_view text) {
  if (field_.kind == FieldKind::day_of_week) {
    return text.find('#') != std::string_view::npos ? nth_week_day(text) : last_week_day(text);
  }
  return upper(text.front()) == 'L' ? days_from_end(text) : nearest_weekday(text);
}

bool FieldParser::item(std::string_view text) {
  if (text.front() == '*') return star_item(text);
  const std::size_t slash = text.find('/');
  const std::string_view head = text.substr(0, slash);
  const auto step_text =
      slash == std::string_view::npos ? std::nullopt : std::optional(text.substr(slash + 1));
  if (head.empty())
    return fail(text, "nothing before '/' in " + quoted(text) + "; write '*" + std::string(text) + "'");
  if (upper(head.front()) == 'H' && (head.size() == 1 || head[1] == '('))
    return hash_item(head, step_text, text);

  const bool from_end = field_.kind == FieldKind::day_of_month && upper(head.front()) == 'L';
  if (from_end || (head.find('-') == std::string_view::npos && is_special(head))) {
    if (!special_item(head)) return false;
    return !step_text ||
           fail(head, quoted(head) + " is a single day and can't take a step; leave the step out");
  }
  return range_item(head, step_text, text);
}

void FieldParser::store(bool star) {
  switch (field_.kind) {
    case FieldKind::second:
      pattern_.seconds = bits_[0];
      pattern_.second_star = star;
      return;
    case FieldKind::minute:
      pattern_.minutes = bits_[0];
      pattern_.minute_star = star;
      return;
    case FieldKind::hour:
      pattern_.hours = static_cast<std::uint32_t>(bits_[0]);
      pattern_.hour_star = star;
      return;
    case FieldKind::day_of_month:
      pattern_.month_days = static_cast<std::uint32_t>(bits_[0]);
      pattern_.month_day_star = star;
      return;
    case FieldKind::month:
      pattern_.months = static_cast<std::uint16_t>(bits_[0]);
      return;
    case FieldKind::day_of_week:
      pattern_.week_days = static_cast<std::uint8_t>(bits_[0]);
      pattern_.week_day_star = star;
      return;
    case FieldKind::year:
      pattern_.years = bits_;
      return;
  }
}

std::optional<ParseError> FieldParser::parse(std::string_view word) {
  const bool is_day = field_.kind == FieldKind::day_of_month || field_.kind == FieldKind::day_of_week;
  if (is_day && word == "?") {
    add_steps(field_.low, field_.last, 1);
    store(true);
    return std::nullopt;
  }
  for (std::size_t begin = 0; begin <= word.size();) {
    const std::size_t end = std::min(word.find(',', begin), word.size());
    if (end == begin) {
      fail_at(static_cast<std::size_t>(word.data() - line_.data()) + begin, word,
              "an item is missing beside a ',' in " + quoted(word) + "; take the comma out or fill it in");
    } else {
      item(word.substr(begin, end - begin));
    }
    if (error_) return std::move(error_);
    begin = end + 1;
  }
  store(word.front() == '*');
  return std::nullopt;
}

}  // namespace

std::optional<ParseError> parse_field(const FieldRange& field, std::string_view word, std::string_view line,
                                      std::uint32_t crc, Pattern& pattern) {
  return FieldParser(field, line, crc, pattern).parse(word);
}

}  // namespace cron
