#include "task/crontab.h"

#include <algorithm>
#include <set>

#include "cron/schedule.h"
#include "task/crontab_line.h"
#include "task/crontab_surroundings.h"
#include "task/definition_json.h"

namespace task {
namespace {

constexpr std::size_t kMaxWordsNameBytes = 60;  // of a name that is made of the command
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kCutMark = "…";

std::string without_control_characters(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

// Without what a terminal would take as an order, and without bytes that are no text.
std::string fit_to_show(std::string text) {
  text = without_control_characters(std::move(text));
  if (is_utf8(text)) return text;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return text;
}

// The first words of a command, for want of a comment.
std::string name_from_command(std::string_view command) {
  std::string name;
  for (auto rest = trim_blanks(command); !rest.empty();) {
    const auto word = first_word(rest);
    if (!name.empty() && name.size() + 1 + word.size() > kMaxWordsNameBytes) return name + " …";
    name += (name.empty() ? "" : " ") + cut_utf8(word, kMaxWordsNameBytes);
    if (word.size() > kMaxWordsNameBytes) return name + "…";
    rest = trim_blanks(rest.substr(word.size()));
  }
  return name;
}

bool is_account_name(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("_.-$@+\\").find(c) != std::string_view::npos;
  });
}

class CrontabReader {
 public:
  explicit CrontabReader(const CrontabOptions& options)
      : options_(options), surroundings_(options.default_timezone) {}

  Crontab read(std::string_view text);

 private:
  void read_line(std::string_view line);
  void read_comment(std::string_view comment);
  void read_assignment_line(const Assignment& assignment);
  void read_job(std::string_view line);
  bool check_time(const JobLine& job, const Expression& expression);
  bool take_user(std::string_view& rest, ImportedTask& task);
  void name_task(ImportedTask& task);
  std::string unique(const std::string& name);

  void refuse(std::string why, std::string mend) { add(result_.refused, std::move(why), std::move(mend)); }
  void note(std::string why, std::string mend) { add(result_.notes, std::move(why), std::move(mend)); }
  void add(std::vector<Refusal>& to, std::string why, std::string mend) const;

  const CrontabOptions& options_;
  Crontab result_;
  std::size_t number_ = 0;
  std::string_view line_;  // as it stands in the file, without its end
  bool noted_returns_ = false;

  // what the lines above say about the next job
  std::vector<std::string> comments_;
  std::string title_;
  CrontabSurroundings surroundings_;

  std::set<std::string> names_;                 // that are taken
  std::map<std::string, std::size_t> numbers_;  // how often a name was wanted beside its first task
};

Crontab CrontabReader::read(std::string_view text) {
  number_ = 1;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    refuse("the file is UTF-16", "convert it, as in iconv -f UTF-16 -t UTF-8 FILE");
    return std::move(result_);
  }
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
    line_ = text.substr(0, text.find('\n'));
    note("a byte order mark stands before the first line, which cron would not read", "");
  }
  for (number_ = 1; !text.empty(); ++number_) {
    const auto end = text.find('\n');
    line_ = text.substr(0, end);
    if (number_ > kMaxCrontabLines) {
      refuse("a crontab has at most " + std::to_string(kMaxCrontabLines) + " lines; the rest is left out",
             "import it in parts");
      break;
    }
    if (line_.ends_with('\r')) {
      line_.remove_suffix(1);
      if (!noted_returns_) note("lines end in carriage returns, which cron would hand to the commands", "");
      noted_returns_ = true;
    }
    read_line(trim_blanks(line_));
    if (end == std::string_view::npos) {
      note("the last line has no line break, and many a cron leaves such a line out; it was read here", "");
      break;
    }
    text.remove_prefix(end + 1);
  }
  return std::move(result_);
}

void CrontabReader::add(std::vector<Refusal>& to, std::string why, std::string mend) const {
  const bool fits = line_.size() <= kMaxShownBytes;
  auto shown = fit_to_show(fits ? std::string(line_) : cut_utf8(line_, kMaxShownBytes - kCutMark.size()));
  if (!fits) shown += kCutMark;
  to.push_back({number_, std::move(shown), std::move(why), std::move(mend)});
}

void CrontabReader::read_line(std::string_view line) {
  if (line.starts_with('#')) return read_comment(line);
  if (!line.empty()) {
    if (line.find('\0') != std::string_view::npos || !is_utf8(line)) {
      refuse("the line holds bytes that are no UTF-8 text",
             "convert the file, as in iconv -f LATIN1 -t UTF-8 FILE");
    } else if (const auto assignment = read_assignment(line)) {
      read_assignment_line(*assignment);
    } else {
      read_job(line);
    }
  }
  comments_.clear();
  title_.clear();
}

void CrontabReader::read_comment(std::string_view comment) {
  if (!is_utf8(comment)) return note("the comment is no UTF-8 text; it is left out", "");
  const auto text = comment_text(comment);
  switch (kind_of_comment(comment)) {
    case CommentKind::text:
      title_ = without_decoration(text);
      comments_.emplace_back(text);
      return;
    case CommentKind::decoration:
    case CommentKind::assignment:
      return;
    case CommentKind::column_header:  // what stands above it is about the file
      comments_.clear();
      title_.clear();
      return;
    case CommentKind::job:
      return note("a job that is commented out; it is left out",
                  "take off the # and import again to have it");
  }
}

void CrontabReader::read_assignment_line(const Assignment& assignment) {
  for (auto& [kind, why, mend] : surroundings_.assign(assignment, number_)) {
    switch (kind) {
      case Remark::Kind::refused:
        refuse(std::move(why), std::move(mend));
        break;
      case Remark::Kind::noted:
        note(std::move(why), std::move(mend));
        break;
    }
  }
}

void CrontabReader::read_job(std::string_view line) {
  if (line.starts_with('-')) line = trim_blanks(line.substr(1));  // cronie's "do not log this"
  const auto job = split_job(line);
  const auto expression = to_dialect(job.time);
  if (!check_time(job, expression)) return;
  if (!surroundings_.obstacle().empty()) return refuse(surroundings_.obstacle(), "mend that line");

  ImportedTask task{.line = number_, .cron = expression.text};
  auto rest = job.rest;
  if (options_.system && !take_user(rest, task)) return;
  auto [command, input] = split_percent(rest);
  task.command = trim_blanks(command);
  task.stdin_text = std::move(input);
  if (task.command.empty()) {
    return refuse(options_.system ? "no command follows the user" : "no command follows the time",
                  "write what is to run at the end of the line");
  }
  surroundings_.give_to(task);
  name_task(task);
  const auto checked = read_definition(to_json(to_definition(task)), {});
  if (!checked) {  // the rest follows from the first
    const auto& first = checked.error().fields.front();
    return refuse(first.loc.back() + ": " + first.msg,
                  "shorten it, or put it into a script that the job calls");
  }

  names_.insert(task.name);
  result_.tasks.push_back(std::move(task));
  if (expression.random) {
    note("~ is taken as H: a time within the range that is settled by the task's name, not drawn anew", "");
  }
  if (!expression.stepped.empty()) {
    note("'" + expression.stepped +
             "' is taken as from the first number on in steps; some crons take it as that number alone",
         "");
  }
  if (!options_.system && first_word(rest) == "root") {
    note("the command begins with 'root', which looks like the user of a system crontab",
         "import it as a system crontab (--system on the command line)");
  }
}

bool CrontabReader::check_time(const JobLine& job, const Expression& expression) {
  const bool is_nickname = job.time.starts_with('@');
  const auto words =
      static_cast<std::size_t>(std::count(expression.text.begin(), expression.text.end(), ' ')) + 1;
  if (!is_nickname && words < 5) {
    refuse("the line has only " + std::to_string(words) + (words == 1 ? " word" : " words"),
           "write five fields (minute, hour, day of month, month, day of week) and the command");
    return false;
  }
  // The original text keeps the columns, the translated one is what counts.
  const auto parsed = cron::Schedule::parse(expression.random ? std::string_view(expression.text) : job.time);
  if (parsed) return true;
  auto [why, mend] = halves(parsed.error().message);
  if (!expression.random) {
    const auto begin = static_cast<std::size_t>(job.time.data() - line_.data());
    why += " (column " + std::to_string(begin + parsed.error().position + 1) + ")";
  }
  refuse(std::move(why), std::move(mend));
  return false;
}

bool CrontabReader::take_user(std::string_view& rest, ImportedTask& task) {
  task.run_as = first_word(rest);
  if (task.run_as.empty()) {
    refuse("no user and no command follow the time", "write both at the end of the line");
    return false;
  }
  if (!is_account_name(task.run_as)) {
    refuse(
        "'" + cut_utf8(task.run_as, 60) + "' stands where a system crontab has the user",
        "write the user before the command, or import it as a user's crontab (--user on the command line)");
    return false;
  }
  rest = trim_blanks(rest.substr(task.run_as.size()));
  return true;
}

void CrontabReader::name_task(ImportedTask& task) {
  for (const auto& comment : comments_) {
    task.description += (task.description.empty() ? "" : "\n") + comment;
  }
  task.description = cut_utf8(task.description, kMaxTextBytes);
  auto name = without_control_characters(title_.empty() ? name_from_command(task.command) : title_);
  name = trim_blanks(cut_utf8(name, kMaxNameBytes));
  task.name = unique(name.empty() ? "job" : name);
}

std::string CrontabReader::unique(const std::string& name) {
  std::string result = name;
  for (std::size_t& number = numbers_[name]; names_.contains(result);) {
    const auto suffix = " (" + std::to_string(++number + 1) + ")";
    result = cut_utf8(name, kMaxNameBytes - suffix.size()) + suffix;
  }
  return result;
}

}  // namespace

TaskDefinition to_definition(const ImportedTask& task) {
  TaskDefinition definition;
  definition.name = task.name;
  definition.cron = task.cron;
  definition.timezone = task.timezone;
  definition.command = task.command;
  definition.description = task.description;
  definition.env = task.env;
  definition.run_as = task.run_as;
  definition.shell = task.shell;
  definition.working_dir = task.working_dir;
  definition.stdin_text = task.stdin_text;
  definition.jitter_s = task.jitter_s;
  definition.timeout_s = 0;
  definition.overlap = OverlapPolicy::allow;
  definition.kill_mode = KillMode::main;
  return definition;
}

Crontab read_crontab(std::string_view text, const CrontabOptions& options) {
  return CrontabReader(options).read(text);
}

bool looks_like_system_crontab(std::string_view text, std::string_view path) {
  if (path.ends_with("/etc/crontab") || path.find("/etc/cron.d/") != std::string_view::npos) return true;
  if (path.find("/var/spool/cron/") != std::string_view::npos) return false;
  std::size_t jobs = 0;
  std::size_t with_user = 0;
  for (std::size_t line = 0; !text.empty() && line < kMaxCrontabLines; ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto job = split_job(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (job.rest.empty() || job.time.starts_with('#') || !cron::Schedule::parse(to_dialect(job.time).text))
      continue;
    ++jobs;
    const auto user = first_word(job.rest);
    if (user.size() < job.rest.size() && is_well_known_account(user)) ++with_user;
  }
  return with_user * 2 > jobs;
}

}  // namespace task
