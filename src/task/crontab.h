// A crontab as tasks: what `import crontab` reads. Pure: no files, no server, no clock.
//
// The rules are those of cronie, which vixie cron and Debian's share but for details:
// - NAME = value holds for the lines below it, quotes are taken off, nothing is expanded. CRON_TZ sets the
//   time zone of the schedule; TZ is no more than a variable of the command. SHELL is the shell and HOME also
//   the folder that commands start in. RANDOM_DELAY is in minutes. MAILTO and its like are set for the
//   commands, but no mail is sent.
// - The first % that has no backslash ends the command; what follows is its standard input, in which each
//   further % is a line break.
// - The comment lines directly above a job are its description, the last of them is its name. Jobs that are
//   commented out, decoration and the line that heads the columns are no names.
// - cron knows no time limit, starts a run beside one that still goes on, and leaves alone what a command
//   puts into the background: so does an imported task.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "task/task.h"

namespace task {

inline constexpr std::size_t kMaxCrontabLines = 100'000;  // what follows is refused in one piece
inline constexpr std::size_t kMaxShownBytes = 160;  // of a line in a Refusal, the mark of a cut included

struct CrontabOptions {
  bool system = false;           // the sixth field is the user, as in /etc/crontab and /etc/cron.d
  std::string default_timezone;  // where no CRON_TZ holds; empty: the server's
};

struct ImportedTask {
  std::size_t line = 0;  // 1-based
  std::string name;      // unique within the crontab
  std::string cron;
  std::string timezone;  // empty: the server's
  std::string command;
  std::string description;
  std::map<std::string, std::string> env;
  std::string run_as;
  std::string shell;
  std::string working_dir;
  std::string stdin_text;
  std::int64_t jitter_s = 0;
  bool paused = false;
  bool operator==(const ImportedTask&) const = default;
};

// The task as the server takes it, with cron's policies: no time limit, overlap `allow`, kill mode `main`.
TaskDefinition to_definition(const ImportedTask& task);

// A line that was not taken, or in the notes one that was taken with a change. For a person to read.
struct Refusal {
  std::size_t line = 0;  // 1-based
  std::string text;      // the line, or its beginning and "…"
  std::string why;       // one clause, without a full stop
  std::string mend;      // likewise; empty where there is nothing to do
  bool operator==(const Refusal&) const = default;
};

// Each of the three in the order of the lines.
struct Crontab {
  std::vector<ImportedTask> tasks;
  std::vector<Refusal> refused;
  std::vector<Refusal> notes;
};

// Takes every line that can be taken; a bad one stops nothing. Each task passes the server's own check of
// definitions. `options.default_timezone` has to be a known zone or empty.
Crontab read_crontab(std::string_view text, const CrontabOptions& options);

// A guess, for want of a flag: true for the paths /etc/crontab and /etc/cron.d/*, false for those of users'
// crontabs (/var/spool/cron/*), else where more than half of the jobs have a well-known account (root,
// www-data, postgres, ...) and a further word after the time.
bool looks_like_system_crontab(std::string_view text, std::string_view path);

}  // namespace task
