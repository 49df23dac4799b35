#include "cron/wording.h"

#include <cstdio>

#include "cron/explain.h"

namespace cron {
namespace {

constexpr std::size_t kMostTimes = 6;  // more than these are not listed one by one

int step_of(const std::vector<int>& values, int size) {
  if (values.size() < 3 || values.front() != 0) return 0;
  const int step = values[1];
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != static_cast<int>(i) * step) return 0;
  }
  return values.back() + step >= size ? step : 0;
}

bool is_often(const Wording& values) {
  return values.all() || values.stepped();
}

// What a step says in place of a list, "every 30 minutes", is worth saying from two values on.
Wording word_small_step(Wording wording) {
  if (wording.values == std::vector{0, 30}) wording.step = 30;
  return wording;
}

TimeWording::Kind kind_of(const TimeWording& time) {
  using Kind = TimeWording::Kind;
  const bool often = is_often(time.minutes) || is_often(time.seconds);
  if (time.hours.all()) return often ? Kind::often : Kind::every_hour;
  if (often && time.hours.run()) return Kind::often_run;
  if (time.hours.stepped()) return often ? Kind::often_steps : Kind::hour_steps;
  if (often) return Kind::often_list;
  const std::size_t times =
      time.minutes.values.size() * time.hours.values.size() * time.seconds.values.size();
  if (time.hours.run() && time.hours.values.size() > 2) return Kind::hour_run;
  return times <= kMostTimes ? Kind::times : Kind::hour_list;
}

}  // namespace

std::string TimeWording::clock(int hour, int minute, int second) const {
  char text[16];
  std::snprintf(text, sizeof text, on_the_minute() ? "%02d:%02d" : "%02d:%02d:%02d", hour, minute, second);
  return text;
}

std::vector<std::string> TimeWording::times() const {
  std::vector<std::string> all;
  for (const int hour : hours.values) {
    for (const int minute : minutes.values) {
      for (const int second : seconds.values) all.push_back(clock(hour, minute, second));
    }
  }
  return all;
}

std::string TimeWording::first_of(int hour) const {
  return clock(hour, minutes.values.front(), seconds.values.front());
}

std::string TimeWording::last_of(int hour) const {
  return clock(hour, minutes.values.back(), seconds.values.back());
}

Wording word_bits(std::uint64_t mask, int low, int high) {
  Wording wording;
  wording.size = high - low + 1;
  for (int value = low; value <= high; ++value) {
    if ((mask >> value & 1) != 0) wording.values.push_back(value);
  }
  wording.step = step_of(wording.values, wording.size);
  return wording;
}

Wording word_years(const Pattern& pattern) {
  Wording wording;
  wording.size = kLastYear - kFirstYear + 1;
  for (int bit = 0; bit < wording.size; ++bit) {
    if ((pattern.years[static_cast<std::size_t>(bit / 64)] >> (bit % 64) & 1) != 0) {
      wording.values.push_back(kFirstYear + bit);
    }
  }
  return wording;
}

TimeWording word_time(const Pattern& pattern) {
  TimeWording time{TimeWording::Kind::times, word_small_step(word_bits(pattern.seconds, 0, 59)),
                   word_small_step(word_bits(pattern.minutes, 0, 59)), word_bits(pattern.hours, 0, 23)};
  time.kind = kind_of(time);
  return time;
}

DayRule day_rule(const Pattern& pattern) {
  const bool any_month_day = pattern.month_days == 0xFFFFFFFEU;
  const bool any_week_day = pattern.week_days == 0x7F;
  if (any_month_day && any_week_day) return DayRule::every_day;
  if (!pattern.needs_both_days()) return any_month_day || any_week_day ? DayRule::every_day : DayRule::either;
  if (any_week_day) return DayRule::month_days;
  return any_month_day ? DayRule::week_days : DayRule::both;
}

std::vector<Run> runs_of(const std::vector<int>& values) {
  std::vector<Run> runs;
  for (const int value : values) {
    if (!runs.empty() && runs.back().last + 1 == value) {
      runs.back().last = value;
    } else {
      runs.push_back({value, value});
    }
  }
  // two neighbours are said as two
  std::vector<Run> result;
  for (const Run& run : runs) {
    if (run.last == run.first + 1) {
      result.push_back({run.first, run.first});
      result.push_back({run.last, run.last});
    } else {
      result.push_back(run);
    }
  }
  return result;
}

bool is_progression(const std::vector<int>& values) {
  if (values.size() < 7) return false;
  const int step = values[1] - values[0];
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] - values[i - 1] != step) return false;
  }
  return step > 1;
}

std::string explain(const Schedule& schedule, Language language) {
  switch (language) {
    case Language::en:
      return explain_in_english(schedule);
    case Language::zh:
      return explain_in_chinese(schedule);
  }
  return {};
}

}  // namespace cron
