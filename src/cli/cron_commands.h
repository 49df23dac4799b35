// The commands `cron next` and `cron explain`. They need no server.
// Each returns the exit code of the program: 0 done, 2 wrong usage (with one line on `err` that names it).
#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>

#include "base/clock.h"

namespace cli {

inline constexpr std::int64_t kMaxFires = 10'000;       // fire times in one answer
inline constexpr std::size_t kMaxRequestLine = 65'536;  // bytes of one JSON line; an expression has 8 KiB

struct CronNextOptions {
  std::string expression;
  std::string timezone = "UTC";
  std::string from;        // ISO 8601; empty: now
  std::int64_t count = 5;  // 1 to kMaxFires
  std::string seed;        // what H hashes: a task's name
  bool json = false;
  bool caret = false;  // also point at the wrong character, in further lines: for a person at a terminal
};

// Prints the next fire times: a line each, in the schedule's zone and in UTC, or with `json`
// {"next":["2026-01-01T00:00:00Z",...]}. A wrong expression is also told as {"error":{...}} on `out` then.
int cron_next(const CronNextOptions& options, std::ostream& out, std::ostream& err,
              base::Instant now = base::SystemClock{}.now());

// `cron next --json -`: for each line {"expr","tz","from","count","seed"} of `in` that is not blank, of which
// all but "expr" may be left out, one line on `out`: {"next":[...]} or {"error":{"field","text","position",
// "message"}}. A bad line gets an error and stops nothing. Other keys are not looked at. Always returns 0.
int cron_next_lines(std::istream& in, std::ostream& out, base::Instant now = base::SystemClock{}.now());

struct CronExplainOptions {
  std::string expression;
  std::string timezone = "UTC";
  std::string language = "en";  // or "zh"
  std::string seed;
  bool json = false;
  bool caret = false;
};

// Prints the schedule in plain words, or with `json` {"cron","timezone","explanation"}.
int cron_explain(const CronExplainOptions& options, std::ostream& out, std::ostream& err);

}  // namespace cli
