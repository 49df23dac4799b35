// What of a schedule is worth saying, before it is said in a language.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "cron/schedule.h"

namespace cron {

// The values of a field and the shape that they have.
struct Wording {
  std::vector<int> values;  // in order
  int size = 0;             // of the whole range
  int step = 0;  // n when the values are all of 0, n, 2n, ..; else 0. Only for three values or more

  bool all() const { return static_cast<int>(values.size()) == size; }
  bool one() const { return values.size() == 1; }
  bool stepped() const { return step > 1; }
  bool even() const { return step > 0 && size % step == 0; }  // the step goes on across the range's end
  bool run() const {
    return !values.empty() && values.back() - values.front() + 1 == static_cast<int>(values.size());
  }
};

// How the time of day is best said. "Often" is what goes on within an hour: every minute, every 15 minutes.
struct TimeWording {
  enum class Kind : std::uint8_t {
    times,       // at 09:00 and 17:30
    every_hour,  // every hour at minute 30
    hour_steps,  // every 2 hours at minute 30
    hour_run,    // every hour from 9 to 17 at minute 30
    hour_list,   // at minute 30 of the hours 1, 5 and 6
    often,       // every 15 minutes, in all hours
    often_steps,
    often_run,
    often_list,
  };
  Kind kind;
  Wording seconds, minutes, hours;

  bool on_the_minute() const { return seconds.one() && seconds.values.front() == 0; }
  bool on_the_hour() const { return on_the_minute() && minutes.one() && minutes.values.front() == 0; }
  // "09:30", or with seconds where they matter.
  std::string clock(int hour, int minute, int second) const;
  std::vector<std::string> times() const;
  std::string first_of(int hour) const;
  std::string last_of(int hour) const;
};

// Which of the two day fields decide.
enum class DayRule : std::uint8_t { every_day, month_days, week_days, both, either };

TimeWording word_time(const Pattern& pattern);
DayRule day_rule(const Pattern& pattern);
Wording word_bits(std::uint64_t mask, int low, int high);
Wording word_years(const Pattern& pattern);

// Runs of values; a run of one has first == last.
struct Run {
  int first, last;
};
std::vector<Run> runs_of(const std::vector<int>& values);
// Seven values or more at one distance of at least 2: "1, 3, 5 .. 31" says it all.
bool is_progression(const std::vector<int>& values);

std::string explain_in_english(const Schedule& schedule);
std::string explain_in_chinese(const Schedule& schedule);

}  // namespace cron
