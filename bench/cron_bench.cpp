// How long the cron engine takes: next fire, parse, count. Targets stand in docs/performance.md.
#include <benchmark/benchmark.h>

#include "cron/schedule.h"
#include "cron/zone.h"

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr sys_seconds kStart{seconds{1767225600}};  // 2026-01-01T00:00:00Z

// Walks from fire to fire, as the planner does, through a year and then again.
void next_fire(benchmark::State& state, const char* expression, const char* zone, seconds stride) {
  const auto schedule = cron::Schedule::parse(expression, zone).value();
  sys_seconds at = kStart;
  const sys_seconds end = kStart + std::chrono::hours{24 * 365};
  for (auto _ : state) {
    benchmark::DoNotOptimize(schedule.next(at));
    at += stride;
    if (at > end) at = kStart;
  }
}
constexpr seconds kOdd{9973};  // so that the instants fall anywhere in the day
BENCHMARK_CAPTURE(next_fire, utc_every_five_minutes, "*/5 * * * *", "UTC", kOdd);
BENCHMARK_CAPTURE(next_fire, utc_weekdays, "30 9 * * 1-5", "UTC", kOdd);
BENCHMARK_CAPTURE(next_fire, new_york_every_five_minutes, "*/5 * * * *", "America/New_York", kOdd);
BENCHMARK_CAPTURE(next_fire, new_york_weekdays, "30 9 * * 1-5", "America/New_York", kOdd);
BENCHMARK_CAPTURE(next_fire, new_york_in_the_gap, "30 2 * * *", "America/New_York", kOdd);
BENCHMARK_CAPTURE(next_fire, utc_29_february, "0 0 29 2 *", "UTC", kOdd);
BENCHMARK_CAPTURE(next_fire, new_york_29_february, "0 0 29 2 *", "America/New_York", kOdd);
BENCHMARK_CAPTURE(next_fire, new_york_29_february_monday, "0 0 * 2 MON#5", "America/New_York", kOdd);
BENCHMARK_CAPTURE(next_fire, new_york_31_february, "0 0 31 2 *", "America/New_York", kOdd);

void parse(benchmark::State& state, const char* expression, const char* zone) {
  for (auto _ : state) benchmark::DoNotOptimize(cron::Schedule::parse(expression, zone, "nightly report"));
}
BENCHMARK_CAPTURE(parse, simple, "*/5 * * * *", "UTC");
BENCHMARK_CAPTURE(parse, weekdays, "30 9 * * MON-FRI", "America/New_York");
BENCHMARK_CAPTURE(parse, rich, "0 0,15,30,45 8-18/2 1,15,L,LW JAN-JUN MON#1,FRIL 2026-2030",
                  "America/New_York");
BENCHMARK_CAPTURE(parse, hash, "H H(1-5) * * *", "UTC");
BENCHMARK_CAPTURE(parse, refused, "30 25 * * *", "UTC");

void count_ten_years(benchmark::State& state, const char* expression) {
  const auto schedule = cron::Schedule::parse(expression, "America/New_York").value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(schedule.count(kStart, kStart + std::chrono::hours{24 * 3652}));
  }
}
BENCHMARK_CAPTURE(count_ten_years, every_second, "* * * * * *");
BENCHMARK_CAPTURE(count_ten_years, weekdays, "30 9 * * 1-5");

void offset_at(benchmark::State& state) {
  const auto zone = cron::find_zone("America/New_York");
  sys_seconds at = kStart;
  for (auto _ : state) {
    benchmark::DoNotOptimize(zone->offset_at(at));
    at = sys_seconds{seconds{(at.time_since_epoch().count() + 1234567) & 0x7FFFFFFF}};
  }
}
BENCHMARK(offset_at);

void resolve(benchmark::State& state) {
  const auto zone = cron::find_zone("America/New_York");
  std::int64_t local = kStart.time_since_epoch().count();
  for (auto _ : state) {
    benchmark::DoNotOptimize(zone->resolve(local));
    local = (local + 1234567) & 0x7FFFFFFF;
  }
}
BENCHMARK(resolve);

void find_zone(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(cron::find_zone("America/New_York"));
}
BENCHMARK(find_zone);

}  // namespace

BENCHMARK_MAIN();
