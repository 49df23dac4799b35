#include "task/crontab_surroundings.h"

#include <algorithm>
#include <charconv>

#include "cron/schedule.h"
#include "task/definition_json.h"

namespace task {
namespace {

constexpr std::int64_t kMaxDelayMinutes = 24 * 60;  // what a task's jitter_s takes

bool is_any_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::pair<std::string, std::string> halves(const std::string& message) {
  const auto middle = message.find("; ");
  if (middle == std::string::npos) return {message, {}};
  return {message.substr(0, middle), message.substr(middle + 2)};
}

std::vector<Remark> CrontabSurroundings::assign(const Assignment& assignment, std::size_t line) {
  line_ = line;
  remarks_.clear();
  take(assignment);
  return std::move(remarks_);
}

void CrontabSurroundings::give_to(ImportedTask& task) const {
  task.timezone = timezone_;
  task.env = env_;
  task.shell = shell_;
  task.working_dir = working_dir_;
  task.jitter_s = jitter_s_;
}

void CrontabSurroundings::take(const Assignment& assignment) {
  const auto& [name, value, quoted, wrong] = assignment;
  if (!wrong.empty()) return refuse(wrong, "write NAME=value, as in PATH=/usr/bin:/bin or NAME='two words'");
  if (name.starts_with("MINI_SCHEDULER_")) {
    return refuse("'" + name + "' is set by the scheduler itself", "choose a name without MINI_SCHEDULER_");
  }
  if (value.size() > kMaxTextBytes) {
    return refuse("the value has " + std::to_string(value.size()) + " bytes; at most " +
                      std::to_string(kMaxTextBytes) + " are allowed",
                  "set it within the command, or read it from a file there");
  }
  if (name == "CRON_TZ") return set_timezone(value);
  if (name == "RANDOM_DELAY") return set_delay(value);
  if (name == "LOGNAME") return note("LOGNAME is always the user that runs the command; ignored", "");
  if (!env_.contains(name) && env_.size() == kMaxListItems) {
    return refuse("a task has at most " + std::to_string(kMaxListItems) + " variables",
                  "set the further ones within the commands");
  }
  if (name == "SHELL") set_shell(value);
  if (name == "HOME") return set_home(value);
  env_.insert_or_assign(name, value);
  warn_of_value(assignment);
}

void CrontabSurroundings::warn_of_value(const Assignment& assignment) {
  const auto& [name, value, quoted, wrong] = assignment;
  if (is_any_of(name, {"MAILTO", "MAILFROM", "CONTENT_TYPE", "CONTENT_TRANSFER_ENCODING"})) {
    if (value.empty()) return;  // no mail was wanted
    return note(name + " is ignored: output is kept with each run and not mailed (the commands still see it)",
                "let on_failure name a task that sends word of failures");
  }
  if (name == "TZ") {
    note("TZ is set for the commands only, as cron has it; the times stay in the time zone that they were in",
         "write CRON_TZ=" + value + " if the times are meant, too");
  }
  if (value.find('$') != std::string::npos) {
    note("cron expands no variables, so the $ is part of the value, here as there",
         "write the whole value, or set it within the commands");
  }
  if (!quoted && value.find(" #") != std::string::npos) {
    note("cron knows no comments behind a value, so the # and what follows are part of it, here as there",
         "move the comment to a line of its own");
  }
}

void CrontabSurroundings::set_timezone(const std::string& name) {
  wrong_zone_.clear();
  timezone_ = name.empty() ? default_timezone_ : name;
  if (name.empty()) return;
  const auto parsed = cron::Schedule::parse("* * * * *", name);
  if (parsed) return;
  const auto [why, mend] = halves(parsed.error().message);
  wrong_zone_ = why + " (CRON_TZ in line " + std::to_string(line_) + ")";
  refuse(why + ", so no job below it is taken", mend);
}

void CrontabSurroundings::set_shell(const std::string& path) {
  shell_ = path;
  wrong_shell_.clear();
  if (path.starts_with('/')) return;
  wrong_shell_ = "the shell '" + path + "' is no absolute path (SHELL in line " + std::to_string(line_) + ")";
  refuse("the shell is no absolute path, so no job below it is taken",
         "write it in full, as in SHELL=/bin/bash");
}

void CrontabSurroundings::set_home(const std::string& folder) {
  if (!folder.starts_with('/')) {
    return refuse("HOME is no absolute path",
                  "write the folder that commands are to start in, as in HOME=/srv/app");
  }
  env_.insert_or_assign("HOME", folder);
  working_dir_ = folder;
}

void CrontabSurroundings::set_delay(const std::string& minutes) {
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(minutes.data(), minutes.data() + minutes.size(), number);
  if (error != std::errc{} || end != minutes.data() + minutes.size() || number < 0 ||
      number > kMaxDelayMinutes) {
    return refuse("RANDOM_DELAY is no number of minutes from 0 to " + std::to_string(kMaxDelayMinutes),
                  "write one, as in RANDOM_DELAY=15");
  }
  jitter_s_ = number * 60;
}

}  // namespace task
