#include <array>

#include "cron/wording.h"

namespace cron {
namespace {

constexpr std::array kMonths{"January", "February", "March",     "April",   "May",      "June",
                             "July",    "August",   "September", "October", "November", "December"};
constexpr std::array kDays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array kOrdinals{"first", "second", "third", "fourth", "fifth"};

std::string counted(std::int64_t number, const char* unit) {
  return std::to_string(number) + " " + unit + (number == 1 ? "" : "s");
}

// "a", "a and b", "a, b and c"
std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

template <class Name>
std::string list(const std::vector<int>& values, Name name) {
  if (is_progression(values)) {
    return name(values[0]) + ", " + name(values[1]) + ", " + name(values[2]) + " … " + name(values.back());
  }
  std::vector<std::string> parts;
  for (const Run& run : runs_of(values)) {
    parts.push_back(run.first == run.last ? name(run.first) : name(run.first) + " to " + name(run.last));
  }
  return join(parts);
}

std::string numbers(const std::vector<int>& values) {
  return list(values, [](int value) { return std::to_string(value); });
}

// "in March", "from March to May"
template <class Name>
std::string within(const std::vector<int>& values, Name name) {
  const bool one_run = values.size() > 2 && runs_of(values).size() == 1;
  return (one_run ? "from " : "in ") + list(values, name);
}

// "minute 5", "minutes 5 and 20"
std::string named(const char* unit, const Wording& wording) {
  return std::string(unit) + (wording.one() ? " " : "s ") + numbers(wording.values);
}

// "every 15 minutes", "every 7 minutes from the start of each hour"
std::string every(const Wording& wording, const char* unit, const char* larger) {
  if (wording.all()) return std::string("every ") + unit;
  std::string text = "every " + counted(wording.step, unit);
  if (!wording.even()) text += std::string(" from the start of each ") + larger;
  return text;
}

bool is_often(const Wording& wording) {
  return wording.all() || wording.stepped();
}

// What goes on within an hour, when it is often.
std::string often(const TimeWording& time) {
  const Wording& seconds = time.seconds;
  const Wording& minutes = time.minutes;
  if (time.on_the_minute()) return every(minutes, "minute", "hour");
  if (is_often(seconds)) {
    const std::string text = every(seconds, "second", "minute");
    return minutes.all() ? text : text + " during " + named("minute", minutes);
  }
  return every(minutes, "minute", "hour") + " at " + named("second", seconds);
}

// Where in an hour, when it is not often: "at minute 30".
std::string within_hour(const TimeWording& time) {
  if (time.on_the_minute()) return "at " + named("minute", time.minutes);
  return "at " + named("second", time.seconds) + " of " + named("minute", time.minutes);
}

std::string hours_of(const TimeWording& time) {
  const int first = time.hours.values.front();
  const int last = time.hours.values.back();
  return "from " + time.first_of(first) + " to " + time.last_of(last);
}

std::string time_of_day(const TimeWording& time) {
  using Kind = TimeWording::Kind;
  const std::string steps = every(time.hours, "hour", "day");
  switch (time.kind) {
    case Kind::times:
      return "at " + join(time.times());
    case Kind::every_hour:
    case Kind::hour_steps:
      return time.on_the_hour() ? steps : steps + " " + within_hour(time);
    case Kind::hour_run:
      return "every hour " + (time.on_the_hour() ? "" : within_hour(time) + " ") + hours_of(time);
    case Kind::hour_list:
      return within_hour(time) + " of " + named("hour", time.hours);
    case Kind::often:
      return often(time);
    case Kind::often_run:
      return often(time) + " " + hours_of(time);
    case Kind::often_steps:
    case Kind::often_list:
      return often(time) + " during " + named("hour", time.hours);
  }
  return {};
}

std::string month_name(int month) {
  return kMonths.at(static_cast<std::size_t>(month - 1));
}

// "day 15", "the last day", "the weekday nearest to day 15"
std::string month_days(const Pattern& pattern, const std::string& month) {
  std::vector<std::string> parts;
  const Wording days = word_bits(pattern.month_days, 1, 31);
  if (!days.values.empty()) parts.push_back(named("day", days));
  for (const int day : word_bits(pattern.nearest_weekdays, 1, 31).values) {
    parts.push_back("the weekday nearest to day " + std::to_string(day));
  }
  if ((pattern.days_from_end & 1) != 0) parts.emplace_back("the last day");
  for (const int day : word_bits(pattern.days_from_end, 1, 30).values) {
    parts.push_back(day == 1 ? "the day before the last"
                             : "the day " + counted(day, "day") + " before the last");
  }
  if (pattern.last_weekday) parts.emplace_back("the last weekday");
  return join(parts) + " of " + month;
}

// Monday first.
std::vector<int> from_monday(std::uint8_t week_days) {
  std::vector<int> days = word_bits(week_days, 1, 6).values;
  if ((week_days & 1) != 0) days.push_back(7);
  return days;
}

std::string day_name(int day) {
  return kDays.at(static_cast<std::size_t>(day % 7));
}

std::string week_days(const Pattern& pattern, const std::string& month) {
  std::vector<std::string> parts;
  const auto plain = from_monday(pattern.week_days);
  if (!plain.empty()) parts.push_back(list(plain, day_name));
  std::vector<std::string> special;
  for (std::size_t n = 0; n < pattern.nth_week_days.size(); ++n) {
    for (const int day : from_monday(pattern.nth_week_days[n])) {
      special.push_back(std::string("the ") + kOrdinals.at(n) + " " + day_name(day));
    }
  }
  for (const int day : from_monday(pattern.last_week_days)) special.push_back("the last " + day_name(day));
  if (!special.empty()) parts.push_back(join(special) + " of " + month);
  return join(parts);
}

std::string date(const Pattern& pattern) {
  const Wording months = word_bits(pattern.months, 1, 12);
  const std::string month = months.all() ? "the month" : list(months.values, month_name);
  std::string in_month;
  if (!months.all()) in_month.append(" ").append(within(months.values, month_name));
  const bool special_week_day =
      pattern.last_week_days != 0 || pattern.nth_week_days != std::array<std::uint8_t, 5>{};
  const std::string either_week_day = week_days(pattern, "the month");
  switch (day_rule(pattern)) {
    case DayRule::every_day:
      return months.all() ? "" : "every day" + in_month;
    case DayRule::month_days:
      return "on " + month_days(pattern, month);
    case DayRule::week_days: {
      const bool plain = !special_week_day && from_monday(pattern.week_days).size() > 1;
      return (plain ? "" : "on ") + either_week_day + in_month;
    }
    case DayRule::both:
      return "on " + month_days(pattern, month) + " if it is " + either_week_day;
    case DayRule::either:
      return "on " + month_days(pattern, "the month") + " and also on " + either_week_day + in_month;
  }
  return {};
}

std::string duration(std::int64_t seconds) {
  std::string text;
  const auto say = [&](std::int64_t length, const char* unit) {
    if (seconds / length > 0) text.append(text.empty() ? "" : " ").append(counted(seconds / length, unit));
    seconds %= length;
  };
  say(86400, "day");
  say(3600, "hour");
  say(60, "minute");
  say(1, "second");
  return text;
}

std::string calendar(const Schedule& schedule) {
  const Pattern& pattern = schedule.pattern();
  const TimeWording time = word_time(pattern);
  std::string text = time_of_day(time);
  std::string when = date(pattern);
  const bool hourly = time.kind != TimeWording::Kind::times && time.kind != TimeWording::Kind::hour_list;
  if (when.empty() && !hourly) when = "every day";
  if (!when.empty()) text += ", " + when;
  if (const Wording years = word_years(pattern); !years.all()) {
    text += ", " + within(years.values, [](int year) { return std::to_string(year); });
  }
  text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

}  // namespace

std::string explain_in_english(const Schedule& schedule) {
  if (schedule.is_reboot()) return "Once after each start of the machine";
  if (schedule.is_every()) return "Every " + duration(schedule.every().count());
  std::string text = calendar(schedule);
  if (schedule.timezone() != "UTC") text += " (" + schedule.timezone() + " time)";
  if (!schedule.next(std::chrono::sys_seconds::min())) text += "; never, for there is no such date";
  return text;
}

}  // namespace cron
