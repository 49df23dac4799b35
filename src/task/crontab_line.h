// The pieces of one line of a crontab. See crontab.h for the rules.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace task {

std::string_view trim_blanks(std::string_view text);  // blanks and tabs, as cron does
std::string_view first_word(std::string_view text);   // of a trimmed text
bool is_utf8(std::string_view text);
std::string cut_utf8(std::string_view text, std::size_t max_bytes);  // never within a character

// NAME = value. `wrong` says why a line that begins like one is none.
struct Assignment {
  std::string name;
  std::string value;
  bool quoted = false;
  std::string wrong;
};

// nullopt for a line that is no assignment: one without a word and an = at its begin.
std::optional<Assignment> read_assignment(std::string_view line);

// The time of a job and the rest of its line, both trimmed. A nickname is one word, @every two.
struct JobLine {
  std::string_view time;
  std::string_view rest;
};
JobLine split_job(std::string_view line);

// The text that this program's dialect reads as the same time: blanks single, and ranges of random times
// ("0~30", "~", "~/10") as H. `random` says that there were such, `stepped` names the first item such as
// "5/15" (a start and a step without a range), which not every cron takes.
struct Expression {
  std::string text;
  bool random = false;
  std::string stepped;
};
Expression to_dialect(std::string_view time);

// A command and what it gets on its standard input, taken apart at the first % without a backslash.
struct CommandText {
  std::string command;
  std::string input;
};
CommandText split_percent(std::string_view text);

enum class CommentKind { text, decoration, column_header, assignment, job };

// `comment` is a trimmed line that begins with #.
CommentKind kind_of_comment(std::string_view comment);

// Without the # and the blanks at its begin.
std::string_view comment_text(std::string_view comment);

// What is left for a name of "=== Backups ===".
std::string_view without_decoration(std::string_view comment_text);

bool is_well_known_account(std::string_view word);

}  // namespace task
