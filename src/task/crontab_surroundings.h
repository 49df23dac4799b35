// What the lines NAME=value of a crontab say about the jobs below them. See crontab.h for the rules.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "task/crontab.h"
#include "task/crontab_line.h"

namespace task {

// Something to tell about a line; see Refusal.
struct Remark {
  enum class Kind { refused, noted };
  Kind kind;
  std::string why;
  std::string mend;
};

// A sentence "what is wrong; how to mend it" in its two parts.
std::pair<std::string, std::string> halves(const std::string& message);

class CrontabSurroundings {
 public:
  explicit CrontabSurroundings(std::string default_timezone)
      : default_timezone_(std::move(default_timezone)), timezone_(default_timezone_) {}

  // Takes one line, and says what is to be told about it.
  std::vector<Remark> assign(const Assignment& assignment, std::size_t line);

  // Why no job can be taken now: an unknown time zone or shell. Empty where jobs can.
  const std::string& obstacle() const { return wrong_zone_.empty() ? wrong_shell_ : wrong_zone_; }

  // Sets timezone, env, shell, working_dir and jitter_s.
  void give_to(ImportedTask& task) const;

 private:
  void take(const Assignment& assignment);
  void set_timezone(const std::string& name);
  void set_shell(const std::string& path);
  void set_home(const std::string& folder);
  void set_delay(const std::string& minutes);
  void warn_of_value(const Assignment& assignment);

  void refuse(std::string why, std::string mend) {
    remarks_.push_back({Remark::Kind::refused, std::move(why), std::move(mend)});
  }
  void note(std::string why, std::string mend) {
    remarks_.push_back({Remark::Kind::noted, std::move(why), std::move(mend)});
  }

  std::string default_timezone_;
  std::string timezone_, shell_, working_dir_;
  std::map<std::string, std::string> env_;
  std::int64_t jitter_s_ = 0;
  std::string wrong_zone_, wrong_shell_;

  std::size_t line_ = 0;         // of the line that is being taken
  std::vector<Remark> remarks_;  // about it
};

}  // namespace task
