// A second, naive opinion on the dialect, for tests: expressions made together with the plain sets that they
// mean, and a clock that is walked second by second. Shares no code with the engine; the time zones are those
// of Howard Hinnant's date library.
#pragma once
#include <date/tz.h>
#include <rapidcheck.h>

#include <set>
#include <string>
#include <vector>

namespace cron::reference {

struct Field {
  std::string text;
  std::set<int> values;
  std::set<int> last_days;            // of month: n of L-n, 0 for L
  std::set<int> near_days;            // n of nW
  bool last_weekday = false;          // LW
  std::set<std::pair<int, int>> nth;  // d#n
  std::set<int> last_of_kind;         // dL
  bool star() const { return text.front() == '*' || text == "?"; }
};

struct Expression {
  Field second, minute, hour, month_day, month, week_day;
  bool six = false;
  std::string text() const {
    return (six ? second.text + " " : "") + minute.text + " " + hour.text + " " + month_day.text + " " +
           month.text + " " + week_day.text;
  }
  bool wild() const { return (six && second.star()) || minute.star() || hour.star(); }
};

// ---- making expressions

inline int pick(int low, int high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high + 1));
}

struct Range {
  int low, high;
  bool circle;  // may run backwards
};

// What "a-b" lists, one after another.
inline std::vector<int> sequence(int a, int b, Range range) {
  std::vector<int> all;
  for (int value = a;; value = value == range.high ? range.low : value + 1) {
    all.push_back(value);
    if (value == b) return all;
  }
}

inline void take_each(std::set<int>& values, const std::vector<int>& all, int step) {
  for (std::size_t i = 0; i < all.size(); i += static_cast<std::size_t>(step)) values.insert(all[i]);
}

inline void add_item(Field& field, Range range, bool allow_star) {
  if (!field.text.empty()) field.text += ",";
  const int step = pick(1, 3) == 1 ? pick(1, range.high - range.low + 4) : pick(1, 6);
  const bool stepped = pick(0, 2) == 0;
  const std::string suffix = stepped ? "/" + std::to_string(step) : "";
  const int a = pick(range.low, range.high);
  const int b = range.circle ? pick(range.low, range.high) : pick(a, range.high);
  switch (pick(allow_star ? 0 : 1, 3)) {
    case 0:
      field.text += "*" + suffix;
      take_each(field.values, sequence(range.low, range.high, range), stepped ? step : 1);
      return;
    case 1:
      field.text += std::to_string(a) + suffix;
      take_each(field.values, stepped ? sequence(a, range.high, range) : std::vector{a}, step);
      return;
    default:
      field.text += std::to_string(a) + "-" + std::to_string(b) + suffix;
      take_each(field.values, sequence(a, b, range), stepped ? step : 1);
  }
}

inline Field any_field(Range range, bool allow_star = true) {
  Field field;
  for (int items = pick(1, 3); items > 0; --items) add_item(field, range, allow_star);
  return field;
}

inline Field whole_field(Range range) {
  Field field;
  field.text = "*";
  take_each(field.values, sequence(range.low, range.high, range), 1);
  return field;
}

inline Field any_month_day() {
  if (pick(0, 2) == 0) return whole_field({1, 31, true});
  Field field;
  for (int items = pick(1, 3); items > 0; --items) {
    const int n = pick(1, 31);
    switch (pick(0, 5)) {
      case 0:
        field.text += field.text.empty() ? "L" : ",l";
        field.last_days.insert(0);
        break;
      case 1:
        field.text += (field.text.empty() ? "L-" : ",L-") + std::to_string(std::min(n, 30));
        field.last_days.insert(std::min(n, 30));
        break;
      case 2:
        field.text += (field.text.empty() ? "" : ",") + std::to_string(n) + "W";
        field.near_days.insert(n);
        break;
      case 3:
        field.text += field.text.empty() ? "LW" : ",LW";
        field.last_weekday = true;
        break;
      default:
        add_item(field, {1, 31, true}, true);
    }
  }
  return field;
}

inline Field any_week_day() {
  if (pick(0, 2) == 0) return whole_field({0, 6, true});
  static const char* const kNames[] = {"SUN", "mon", "Tue", "WED", "THU", "FRI", "SAT"};
  Field field;
  for (int items = pick(1, 3); items > 0; --items) {
    const int day = pick(0, 6);
    const std::string comma = field.text.empty() ? "" : ",";
    switch (pick(0, 5)) {
      case 0: {
        const int n = pick(1, 5);
        field.text += comma + std::to_string(day == 0 ? 7 : day) + "#" + std::to_string(n);
        field.nth.insert({day, n});
        break;
      }
      case 1:
        field.text += comma + kNames[day] + "L";
        field.last_of_kind.insert(day);
        break;
      case 2:
        field.text += comma + kNames[day];
        field.values.insert(day);
        break;
      default:
        add_item(field, {0, 6, true}, true);
    }
  }
  return field;
}

inline Expression any_expression(bool six) {
  Expression expression;
  expression.six = six;
  expression.second = six ? any_field({0, 59, true}) : Field{"0", {0}, {}, {}, false, {}, {}};
  expression.minute = any_field({0, 59, true});
  expression.hour = any_field({0, 23, true});
  expression.month_day = any_month_day();
  expression.month = pick(0, 1) == 0 ? whole_field({1, 12, true}) : any_field({1, 12, true});
  expression.week_day = any_week_day();
  return expression;
}

// ---- what they mean

inline bool matches_day(const Expression& expression, date::year_month_day date) {
  using namespace date;
  const sys_days day = date;
  const int number = static_cast<int>(static_cast<unsigned>(date.day()));
  const int last = static_cast<int>(static_cast<unsigned>((date.year() / date.month() / date::last).day()));
  const auto weekday_of = [&](int n) {
    return static_cast<int>(weekday{sys_days{date.year() / date.month() / n}}.c_encoding());
  };
  const int today = static_cast<int>(weekday{day}.c_encoding());
  const auto working = [&](int n) { return weekday_of(n) >= 1 && weekday_of(n) <= 5; };

  const Field& d = expression.month_day;
  bool by_month_day = d.values.count(number) > 0 || d.last_days.count(last - number) > 0;
  for (const int wanted : d.near_days) {
    if (wanted > last) continue;
    int best = 0;  // the nearest working day, looking ever farther
    for (int distance = 0; best == 0; ++distance) {
      for (const int candidate : {wanted - distance, wanted + distance}) {
        if (candidate >= 1 && candidate <= last && working(candidate) && best == 0) best = candidate;
      }
    }
    by_month_day = by_month_day || best == number;
  }
  if (d.last_weekday) {
    int n = last;
    while (!working(n)) --n;
    by_month_day = by_month_day || n == number;
  }

  const Field& w = expression.week_day;
  bool by_week_day = w.values.count(today) > 0;
  by_week_day = by_week_day || w.nth.count({today, (number + 6) / 7}) > 0;
  by_week_day = by_week_day || (w.last_of_kind.count(today) > 0 && number + 7 > last);

  const bool month = expression.month.values.count(static_cast<int>(static_cast<unsigned>(date.month()))) > 0;
  return month && (d.star() || w.star() ? by_month_day && by_week_day : by_month_day || by_week_day);
}

inline bool matches(const Expression& expression, date::local_seconds local) {
  const auto day = date::floor<date::days>(local);
  const auto time = (local - day).count();
  return expression.hour.values.count(static_cast<int>(time / 3600)) > 0 &&
         expression.minute.values.count(static_cast<int>(time / 60 % 60)) > 0 &&
         expression.second.values.count(static_cast<int>(time % 60)) > 0 &&
         matches_day(expression, date::year_month_day{day});
}

// Every fire in (from, until], found by walking the clock second by second (minute by minute when only
// second 0 can fire). `from` lies far from a change of the clock.
inline std::vector<std::chrono::sys_seconds> walk(const Expression& expression, const date::time_zone& zone,
                                                  std::chrono::sys_seconds from,
                                                  std::chrono::sys_seconds until) {
  using std::chrono::seconds;
  const seconds tick{expression.six ? 1 : 60};
  std::vector<std::chrono::sys_seconds> fires;
  date::sys_info info = zone.get_info(from);
  date::local_seconds shown = date::local_seconds{(from + info.offset).time_since_epoch()};
  for (auto now = from + tick; now <= until; now += tick) {
    if (now >= info.end) info = zone.get_info(now);
    const date::local_seconds wall{(now + info.offset).time_since_epoch()};
    bool fire = false;
    if (expression.wild()) {
      fire = matches(expression, wall);
    } else {
      const bool jumped = wall > shown + tick + std::chrono::hours{3};
      for (auto passed = jumped ? wall : shown + tick; passed <= wall && !fire; passed += tick) {
        fire = matches(expression, passed);
      }
    }
    shown = std::max(shown, wall);
    if (fire) fires.push_back(now);
  }
  return fires;
}

}  // namespace cron::reference
