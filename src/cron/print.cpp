// The canonical text of a schedule.
#include <bit>

#include "cron/field.h"
#include "cron/schedule.h"
#include "cron/zone.h"

namespace cron {
namespace {

// A field's values as bits (value - low).
YearBits shifted(std::uint64_t mask, int low) {
  return {mask >> low, 0, 0};
}

bool has(const YearBits& bits, int index) {
  return (bits[static_cast<std::size_t>(index / 64)] >> (index % 64) & 1) != 0;
}

void append(std::string& list, const std::string& item) {
  if (!list.empty()) list += ',';
  list += item;
}

// The values that stand alone or in a row.
void append_values(std::string& list, const YearBits& bits, const FieldRange& field) {
  const int size = field.last - field.low + 1;
  for (int first = 0; first < size; ++first) {
    if (!has(bits, first)) continue;
    int last = first;
    while (last + 1 < size && has(bits, last + 1)) ++last;
    if (last - first >= 2) {
      append(list, std::to_string(field.low + first) + "-" + std::to_string(field.low + last));
    } else {
      for (int value = first; value <= last; ++value) append(list, std::to_string(field.low + value));
    }
    first = last;
  }
}

// "*/n" with the smallest step whose values are all wanted; takes them out of the bits.
std::string take_star(YearBits& bits, const FieldRange& field) {
  const int size = field.last - field.low + 1;
  int step = 1;
  const auto fits = [&] {
    for (int value = 0; value < size; value += step) {
      if (!has(bits, value)) return false;
    }
    return true;
  };
  while (!fits()) ++step;
  for (int value = 0; value < size; value += step) {
    bits[static_cast<std::size_t>(value / 64)] &= ~(1ULL << (value % 64));
  }
  return step == 1 ? "*" : "*/" + std::to_string(step);
}

std::string field_text(FieldKind kind, YearBits bits, bool star) {
  const FieldRange& field = range_of(kind);
  std::string list;
  if (star) list = take_star(bits, field);
  append_values(list, bits, field);
  return list;
}

std::string day_of_month_text(const Pattern& pattern) {
  std::string list =
      field_text(FieldKind::day_of_month, shifted(pattern.month_days, 1), pattern.month_day_star);
  for (int n = 0; n <= 30; ++n) {
    if ((pattern.days_from_end >> n & 1) != 0) append(list, n == 0 ? "L" : "L-" + std::to_string(n));
  }
  for (int day = 1; day <= 31; ++day) {
    if ((pattern.nearest_weekdays >> day & 1) != 0) append(list, std::to_string(day) + "W");
  }
  if (pattern.last_weekday) append(list, "LW");
  return list;
}

std::string day_of_week_text(const Pattern& pattern) {
  std::string list = field_text(FieldKind::day_of_week, shifted(pattern.week_days, 0), pattern.week_day_star);
  for (int day = 0; day <= 6; ++day) {
    for (std::size_t n = 0; n < pattern.nth_week_days.size(); ++n) {
      if ((pattern.nth_week_days[n] >> day & 1) != 0) {
        append(list, std::to_string(day) + "#" + std::to_string(n + 1));
      }
    }
    if ((pattern.last_week_days >> day & 1) != 0) append(list, std::to_string(day) + "L");
  }
  return list;
}

std::string pattern_text(const Pattern& pattern) {
  const bool any_year = pattern.years == kAnyYear;
  const bool plain_second = pattern.seconds == 1 && !pattern.second_star;
  std::string text;
  if (!plain_second || !any_year) {
    text += field_text(FieldKind::second, shifted(pattern.seconds, 0), pattern.second_star) + " ";
  }
  text += field_text(FieldKind::minute, shifted(pattern.minutes, 0), pattern.minute_star) + " ";
  text += field_text(FieldKind::hour, shifted(pattern.hours, 0), pattern.hour_star) + " ";
  text += day_of_month_text(pattern) + " ";
  const auto months = shifted(pattern.months, 1);
  text += field_text(FieldKind::month, months, months[0] == 0xFFF) + " ";
  text += day_of_week_text(pattern);
  if (!any_year) text.append(" ").append(field_text(FieldKind::year, pattern.years, false));
  return text;
}

std::string duration_text(std::chrono::seconds duration) {
  std::string text;
  std::int64_t rest = duration.count();
  for (const auto& [unit, length] :
       {std::pair{'d', 86400}, std::pair{'h', 3600}, std::pair{'m', 60}, std::pair{'s', 1}}) {
    if (rest / length > 0) text += std::to_string(rest / length) + unit;
    rest %= length;
  }
  return text;
}

}  // namespace

std::string Schedule::print() const {
  const std::string prefix = timezone() == "UTC" ? "" : "CRON_TZ=" + timezone() + " ";
  switch (kind_) {
    case Kind::reboot:
      return prefix + "@reboot";
    case Kind::every:
      return prefix + "@every " + duration_text(every_);
    case Kind::calendar:
      return prefix + pattern_text(pattern_);
  }
  return {};
}

}  // namespace cron
