#include <array>

#include "cron/wording.h"

namespace cron {
namespace {

constexpr std::array kDays{"周日", "周一", "周二", "周三", "周四", "周五", "周六"};
// One character of UTF-8 text.
enum class Script : std::uint8_t { latin, han, mark, space };

Script script_of(std::string_view character) {
  if (character == " ") return Script::space;
  if (character.size() == 1) return Script::latin;
  for (const std::string_view mark : {"、", "，", "（", "）", "…"}) {
    if (character == mark) return Script::mark;
  }
  return Script::han;
}

// Sets one space between Chinese and other letters, and none within Chinese.
std::string spaced(std::string_view text) {
  std::string result;
  Script before = Script::mark;
  bool gap = false;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    while (i + length < text.size() && (static_cast<unsigned char>(text[i + length]) & 0xC0) == 0x80)
      ++length;
    const std::string_view character = text.substr(i, length);
    i += length;
    const Script script = script_of(character);
    if (script == Script::space) {
      gap = true;
      continue;
    }
    const bool mixed = (before == Script::latin && script == Script::han) ||
                       (before == Script::han && script == Script::latin);
    if (mixed || (gap && before == Script::latin && script == Script::latin)) result += ' ';
    result += character;
    before = script;
    gap = false;
  }
  return result;
}

constexpr std::array kOrdinals{"第一个", "第二个", "第三个", "第四个", "第五个"};

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "、") + part;
  return text;
}

template <class Name>
std::string list(const std::vector<int>& values, Name name) {
  if (is_progression(values)) {
    return name(values[0]) + "、" + name(values[1]) + "、" + name(values[2]) + "…" + name(values.back());
  }
  std::vector<std::string> parts;
  for (const Run& run : runs_of(values)) {
    parts.push_back(run.first == run.last ? name(run.first) : name(run.first) + "至" + name(run.last));
  }
  return join(parts);
}

// "第 5、20 分"
std::string named(const char* unit, const Wording& wording) {
  return "第 " + list(wording.values, [](int value) { return std::to_string(value); }) + " " + unit;
}

// "每 15 分钟", "每小时从第 0 分起每 7 分钟"
std::string every(const Wording& wording, const char* unit, const char* start) {
  if (wording.all()) return std::string("每") + unit;
  const std::string text = "每 " + std::to_string(wording.step) + " " + unit;
  return wording.even() ? text : std::string(start) + text;
}

std::string every_second(const TimeWording& time) {
  return every(time.seconds, "秒", "每分钟从第 0 秒起");
}
std::string every_minute(const TimeWording& time) {
  return every(time.minutes, "分钟", "每小时从第 0 分起");
}

std::string often(const TimeWording& time) {
  const bool often_second = time.seconds.all() || time.seconds.stepped();
  if (time.on_the_minute()) return every_minute(time);
  if (!often_second) return every_minute(time) + "的" + named("秒", time.seconds);
  return time.minutes.all() ? every_second(time)
                            : "每小时" + named("分", time.minutes) + "内" + every_second(time);
}

std::string within_hour(const TimeWording& time) {
  if (time.on_the_minute()) return named("分", time.minutes);
  return named("分", time.minutes) + named("秒", time.seconds);
}

std::string hours_of(const TimeWording& time) {
  const int first = time.hours.values.front();
  const int last = time.hours.values.back();
  return time.first_of(first) + " 至 " + time.last_of(last) + " ";
}

std::string hour_list(const TimeWording& time) {
  return list(time.hours.values, [](int hour) { return std::to_string(hour); }) + " 点";
}

std::string time_of_day(const TimeWording& time) {
  using Kind = TimeWording::Kind;
  const std::string steps = every(time.hours, "小时", "从 0 点起");
  switch (time.kind) {
    case Kind::times:
      return join(time.times());
    case Kind::every_hour:
      return time.on_the_hour() ? "每小时整点" : "每小时" + within_hour(time);
    case Kind::hour_steps:
      return time.on_the_hour() ? steps : steps + "的" + within_hour(time);
    case Kind::hour_run:
      return hours_of(time) + (time.on_the_hour() ? "每小时" : "每小时" + within_hour(time));
    case Kind::hour_list:
      return hour_list(time) + "的" + within_hour(time);
    case Kind::often:
      return often(time);
    case Kind::often_run:
      return hours_of(time) + often(time);
    case Kind::often_steps:
    case Kind::often_list:
      return hour_list(time) + "内" + often(time);
  }
  return {};
}

std::string month_days(const Pattern& pattern) {
  std::vector<std::string> parts;
  const Wording days = word_bits(pattern.month_days, 1, 31);
  if (!days.values.empty()) {
    parts.push_back(list(days.values, [](int day) { return std::to_string(day) + " 日"; }));
  }
  for (const int day : word_bits(pattern.nearest_weekdays, 1, 31).values) {
    parts.push_back("最接近 " + std::to_string(day) + " 日的工作日");
  }
  if ((pattern.days_from_end & 1) != 0) parts.emplace_back("最后一天");
  for (const int day : word_bits(pattern.days_from_end, 1, 30).values) {
    parts.push_back("倒数第 " + std::to_string(day + 1) + " 天");
  }
  if (pattern.last_weekday) parts.emplace_back("最后一个工作日");
  return join(parts);
}

std::vector<int> from_monday(std::uint8_t week_days) {
  std::vector<int> days = word_bits(week_days, 1, 6).values;
  if ((week_days & 1) != 0) days.push_back(7);
  return days;
}

std::string day_name(int day) {
  return kDays.at(static_cast<std::size_t>(day % 7));
}

std::string plain_week_days(const Pattern& pattern) {
  if (pattern.week_days == 0b0111110) return "工作日";
  return list(from_monday(pattern.week_days), day_name);
}

// "第一个周一、最后一个周五"
std::string special_week_days(const Pattern& pattern) {
  std::vector<std::string> parts;
  for (std::size_t n = 0; n < pattern.nth_week_days.size(); ++n) {
    for (const int day : from_monday(pattern.nth_week_days[n]))
      parts.push_back(kOrdinals.at(n) + day_name(day));
  }
  for (const int day : from_monday(pattern.last_week_days)) parts.push_back("最后一个" + day_name(day));
  return join(parts);
}

// "每周一、周三", "每个工作日", "每月第一个周一"; `month` is "每月" or the months that were named.
std::string week_days(const Pattern& pattern, const std::string& month, bool any_month) {
  const std::string plain = plain_week_days(pattern);
  const std::string special = special_week_days(pattern);
  std::string text;
  if (!plain.empty()) {
    if (!any_month) text += month + "的";
    text += (plain == "工作日" ? "每个" : "每") + plain;
  }
  if (!special.empty()) text += (text.empty() ? "" : "，以及") + month + (any_month ? "" : "的") + special;
  return text;
}

std::string date(const Pattern& pattern) {
  const Wording months = word_bits(pattern.months, 1, 12);
  const Wording years = word_years(pattern);
  std::string year;
  if (!years.all()) {
    year = list(years.values, [](int value) { return std::to_string(value) + " 年"; });
  }
  std::string month = months.all()
                          ? "每月"
                          : (years.all() ? "每年 " : " ") +
                                list(months.values, [](int value) { return std::to_string(value) + " 月"; });
  if (!year.empty() && months.all()) year += "的";
  switch (day_rule(pattern)) {
    case DayRule::every_day:
      if (months.all()) return year;
      return year + month + "的每天";
    case DayRule::month_days:
      return year + month + (months.all() ? "" : "的") + month_days(pattern);
    case DayRule::week_days:
      return year + week_days(pattern, month, months.all());
    case DayRule::both:
      return year + month + (months.all() ? "" : "的") + month_days(pattern) + "，且为" + join([&] {
               std::vector<std::string> parts;
               for (const std::string& part : {plain_week_days(pattern), special_week_days(pattern)}) {
                 if (!part.empty()) parts.push_back(part);
               }
               return parts;
             }());
    case DayRule::either:
      return year + (months.all() ? "" : month + "内，") + "每月" + month_days(pattern) + "，以及" +
             week_days(pattern, "每月", true);
  }
  return {};
}

std::string duration(std::int64_t seconds) {
  std::string text;
  const auto say = [&](std::int64_t length, const char* unit) {
    if (seconds / length > 0) text.append(std::to_string(seconds / length)).append(unit);
    seconds %= length;
  };
  say(86400, "天");
  say(3600, "小时");
  say(60, "分钟");
  say(1, "秒");
  return text;
}

std::string calendar(const Schedule& schedule) {
  const Pattern& pattern = schedule.pattern();
  const TimeWording time = word_time(pattern);
  std::string when = date(pattern);
  const bool hourly = time.kind != TimeWording::Kind::times && time.kind != TimeWording::Kind::hour_list;
  if (day_rule(pattern) == DayRule::every_day && word_bits(pattern.months, 1, 12).all() && !hourly)
    when += "每天";
  return when.empty() ? time_of_day(time) : when + " " + time_of_day(time);
}

}  // namespace

std::string explain_in_chinese(const Schedule& schedule) {
  if (schedule.is_reboot()) return "每次开机后一次";
  if (schedule.is_every()) return spaced("每隔" + duration(schedule.every().count()));
  std::string text = calendar(schedule);
  if (schedule.timezone() != "UTC") text += "（" + schedule.timezone() + " 时间）";
  if (!schedule.next(std::chrono::sys_seconds::min())) text += "（没有这样的日期，永不触发）";
  return spaced(text);
}

}  // namespace cron
