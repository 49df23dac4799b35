#include "beat.h"

#include <algorithm>

namespace simulator {
namespace {

constexpr std::int64_t kDayMinutes = 1440;

std::int64_t floor_to(std::int64_t minute, std::int64_t period) {
  return (minute >= 0 ? minute / period : (minute - period + 1) / period) * period;
}

// 01:00 UTC on the last Sunday of the month, in minutes since 1970.
std::int64_t last_sunday(std::chrono::year year, std::chrono::month month) {
  const std::chrono::sys_days day = year / month / std::chrono::Sunday[std::chrono::last];
  return day.time_since_epoch().count() * kDayMinutes + 60;
}

struct Summer {
  std::int64_t begin, end;
};
Summer summer_of(std::int64_t minute) {
  const std::chrono::sys_days day{std::chrono::days{floor_to(minute, kDayMinutes) / kDayMinutes}};
  const auto year = std::chrono::year_month_day{day}.year();
  return {last_sunday(year, std::chrono::March), last_sunday(year, std::chrono::October)};
}
std::int64_t offset_in_berlin(std::int64_t minute) {
  const auto summer = summer_of(minute);
  return summer.begin <= minute && minute < summer.end ? 120 : 60;
}

}  // namespace

std::vector<std::int64_t> Beat::fires(std::int64_t first, std::int64_t last) const {
  std::vector<std::int64_t> found;
  if (kind == Kind::plain) {
    auto minute = floor_to(first, period) + phase;
    while (minute < first) minute += period;
    for (; minute <= last; minute += period) found.push_back(minute);
    return found;
  }
  for (auto day = floor_to(first, kDayMinutes) - kDayMinutes; day <= last + kDayMinutes; day += kDayMinutes) {
    for (const auto time : on_the_wall) {
      const auto wall = day + time;
      const bool in_summer = offset_in_berlin(wall - 120) == 120,
                 in_winter = offset_in_berlin(wall - 60) == 60;
      if (in_summer) found.push_back(wall - 120);
      if (in_winter && (!in_summer || wild)) found.push_back(wall - 60);              // the second pass
      if (!in_summer && !in_winter && !wild) found.push_back(summer_of(wall).begin);  // right after the gap
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::erase_if(found, [&](std::int64_t minute) { return minute < first || minute > last; });
  return found;
}

Milliseconds jitter_of(std::string_view name, std::int64_t jitter_s) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  return Milliseconds{static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(jitter_s * 1000 + 1))};
}

Beat random_beat(Simulation& simulation) {
  const bool is_in_herd = simulation.chance(0.2);  // as people choose times: many at once
  const auto minute = is_in_herd ? 0 : simulation.between(0, 59);
  const auto hour = is_in_herd ? 3 : simulation.between(0, 23);
  const auto weekday = simulation.between(0, 6);
  const auto minute_text = std::to_string(minute);
  const auto time_text = minute_text + ' ' + std::to_string(hour);
  constexpr std::int64_t kThursday = 4;  // 1970-01-01
  switch (simulation.between(0, 99)) {
    case 0:
      return {.period = 10, .cron = "*/10 * * * *", .wild = true};
    case 1:
    case 2:
    case 3:
      return {.phase = minute, .cron = minute_text + " * * * *", .wild = true};
    case 4:
      return {.phase = minute, .cron = minute_text + " 0-23 * * *"};
    case 5:
    case 6:
    case 7: {
      Beat beat{
          .kind = Beat::Kind::berlin_fixed, .cron = minute_text + " 2 * * *", .timezone = "Europe/Berlin"};
      beat.on_the_wall = {120 + minute};
      return beat;
    }
    case 8: {
      Beat beat{
          .kind = Beat::Kind::berlin_wild, .cron = "*/20 2 * * *", .timezone = "Europe/Berlin", .wild = true};
      beat.on_the_wall = {120, 140, 160};
      return beat;
    }
    default:
      if (simulation.chance(0.4))
        return {.period = kDayMinutes, .phase = hour * 60 + minute, .cron = time_text + " * * *"};
      return {.period = 7 * kDayMinutes,
              .phase = ((weekday - kThursday + 7) % 7) * kDayMinutes + hour * 60 + minute,
              .cron = time_text + " * * " + std::to_string(weekday)};
  }
}

Beat hourly_beat(Simulation& simulation) {
  const auto minute = simulation.between(0, 59);
  return {.phase = minute, .cron = std::to_string(minute) + " 0-23 * * *"};
}

}  // namespace simulator
