#include "cron/posix_rule.h"

#include <algorithm>
#include <chrono>

namespace cron {
namespace {

// Reads from the left; each call takes what it understood off the text.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool sees(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool take(char c) {
    if (!sees(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // "EST" or "<+01>", three characters at the least.
  bool name() {
    std::size_t length = 0;
    if (take('<')) {
      while (length < rest_.size() && rest_[length] != '>') ++length;
      if (length == rest_.size() || length < 3) return false;
      rest_.remove_prefix(length + 1);
      return true;
    }
    while (length < rest_.size() && is_letter(rest_[length])) ++length;
    rest_.remove_prefix(length);
    return length >= 3;
  }

  std::optional<int> number(int low, int high) {
    int value = 0;
    std::size_t digits = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      value = value * 10 + (rest_[digits] - '0');
      if (++digits > 3) return std::nullopt;
    }
    if (digits == 0 || value < low || value > high) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

  // [+-]hh[:mm[:ss]] in seconds.
  std::optional<std::int32_t> time(int max_hours) {
    const bool negative = take('-');
    if (!negative) take('+');
    const auto hours = number(0, max_hours);
    if (!hours) return std::nullopt;
    std::int32_t seconds = *hours * 3600;
    for (const int unit : {60, 1}) {
      if (!take(':')) break;
      const auto part = number(0, 59);
      if (!part) return std::nullopt;
      seconds += *part * unit;
    }
    return negative ? -seconds : seconds;
  }

  // Mm.w.d, Jn or n, each with an optional /time.
  std::optional<YearlyChange> change() {
    YearlyChange result;
    std::optional<int> part;
    if (take('M')) {
      result.kind = YearlyChange::Kind::month_week_day;
      if (!(part = number(1, 12)) || !take('.')) return std::nullopt;
      result.month = *part;
      if (!(part = number(1, 5)) || !take('.')) return std::nullopt;
      result.week = *part;
      if (!(part = number(0, 6))) return std::nullopt;
      result.weekday = *part;
    } else {
      const bool julian = take('J');
      result.kind = julian ? YearlyChange::Kind::julian_without_leap_day : YearlyChange::Kind::day_of_year;
      if (!(part = number(julian ? 1 : 0, 365))) return std::nullopt;
      result.day = *part;
    }
    if (take('/')) {
      const auto second = time(167);
      if (!second) return std::nullopt;
      result.second = *second;
    }
    return result;
  }

 private:
  static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
  std::string_view rest_;
};

}  // namespace

std::int64_t YearlyChange::local_in(int year) const {
  using namespace std::chrono;
  const auto as_year = std::chrono::year{year};
  sys_days date;
  switch (kind) {
    case Kind::month_week_day: {
      const auto in_month = as_year / std::chrono::month{static_cast<unsigned>(month)};
      const auto as_weekday = std::chrono::weekday{static_cast<unsigned>(weekday)};
      date = week == 5 ? sys_days{in_month / as_weekday[last]}
                       : sys_days{in_month / as_weekday[static_cast<unsigned>(week)]};
      break;
    }
    case Kind::julian_without_leap_day:
      date = sys_days{as_year / 1 / 1} + days{day - 1 + (as_year.is_leap() && day >= 60 ? 1 : 0)};
      break;
    case Kind::day_of_year:
      date = sys_days{as_year / 1 / 1} + days{day};
      break;
  }
  return seconds{date.time_since_epoch()}.count() + second;
}

std::optional<PosixRule> PosixRule::parse(std::string_view text) {
  RuleReader reader(text);
  PosixRule rule;
  if (!reader.name()) return std::nullopt;
  const auto west = reader.time(24);
  if (!west) return std::nullopt;
  rule.standard_offset = -*west;
  if (reader.at_end()) return rule;

  Summer summer{rule.standard_offset + 3600, {}, {}};
  if (!reader.name()) return std::nullopt;
  if (!reader.at_end() && !reader.sees(',')) {
    const auto summer_west = reader.time(24);
    if (!summer_west) return std::nullopt;
    summer.offset = -*summer_west;
  }
  // A rule without dates is not allowed in a TZif file.
  if (!reader.take(',')) return std::nullopt;
  const auto begin = reader.change();
  if (!begin || !reader.take(',')) return std::nullopt;
  const auto end = reader.change();
  if (!end || !reader.at_end()) return std::nullopt;
  summer.begin = *begin;
  summer.end = *end;
  rule.summer = summer;
  return rule;
}

std::vector<Transition> PosixRule::transitions(int first_year, int last_year) const {
  std::vector<Transition> all;
  if (!summer) return all;
  for (int year = first_year; year <= last_year; ++year) {
    all.push_back({summer->begin.local_in(year) - standard_offset, summer->offset});
    all.push_back({summer->end.local_in(year) - summer->offset, standard_offset});
  }
  // Summer time all the year is written as an end that coincides with the next year's begin: the begin,
  // which comes later in this list, wins.
  std::stable_sort(all.begin(), all.end(),
                   [](const Transition& a, const Transition& b) { return a.at < b.at; });
  std::vector<Transition> distinct;
  for (const Transition& each : all) {
    if (!distinct.empty() && distinct.back().at == each.at) distinct.pop_back();
    distinct.push_back(each);
  }
  return distinct;
}

}  // namespace cron
