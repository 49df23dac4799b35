#include "task/crontab_line.h"

#include <algorithm>
#include <array>

#include "cron/schedule.h"
#include "cron/text.h"

namespace task {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kFields = 5;

struct FieldBounds {
  int first, last;
  std::string_view names;  // three letters each, the first stands for `first`
};
constexpr std::array<FieldBounds, kFields> kBounds{{{0, 59, ""},
                                                    {0, 23, ""},
                                                    {1, 31, ""},
                                                    {1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
                                                    {0, 6, "SUNMONTUEWEDTHUFRISAT"}}};

bool is_letter(char c) {
  return cron::upper(c) >= 'A' && cron::upper(c) <= 'Z';
}

bool is_variable_name(std::string_view name) {
  return !name.empty() && !cron::is_digit(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || cron::is_digit(c) || is_letter(c);
  });
}

// Numbers as they are, names as numbers; nullopt for anything else.
std::optional<std::string> number_of(std::string_view text, const FieldBounds& bounds) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), cron::is_digit)) return std::string(text);
  if (text.size() != 3) return std::nullopt;
  for (std::size_t i = 0; i + 3 <= bounds.names.size(); i += 3) {
    if (cron::is_word(text, bounds.names.substr(i, 3))) {
      return std::to_string(bounds.first + static_cast<int>(i / 3));
    }
  }
  return std::nullopt;
}

// "low~high/step", of which each part may be left out, as H(low-high)/step. What is wrong in it stays, for
// the parser of the dialect to refuse.
std::string without_tilde(std::string_view item, const FieldBounds& bounds) {
  const auto tilde = item.find('~');
  const auto slash = std::min(item.find('/', tilde), item.size());
  const auto low_text = item.substr(0, tilde);
  const auto high_text = item.substr(tilde + 1, slash - tilde - 1);
  const auto low = low_text.empty() ? std::to_string(bounds.first) : number_of(low_text, bounds);
  const auto high = high_text.empty() ? std::to_string(bounds.last) : number_of(high_text, bounds);
  if (!low || !high) return std::string(item);
  return "H(" + *low + '-' + *high + ')' + std::string(item.substr(slash));
}

void append_field(std::string_view word, const FieldBounds& bounds, Expression& to) {
  while (true) {
    const auto comma = std::min(word.find(','), word.size());
    const auto item = word.substr(0, comma);
    if (item.find('~') != std::string_view::npos) {
      to.random = true;
      to.text += without_tilde(item, bounds);
    } else {
      const auto slash = item.find('/');
      const bool has_range = item.find('-') < slash || item.starts_with('*') || item.starts_with('H');
      if (slash != std::string_view::npos && !has_range && to.stepped.empty()) to.stepped = item;
      to.text += item;
    }
    if (comma == word.size()) return;
    to.text += ',';
    word.remove_prefix(comma + 1);
  }
}

}  // namespace

std::string_view trim_blanks(std::string_view text) {
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return text.substr(text.size());
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, std::min(text.find_first_of(kBlanks), text.size()));
}

std::optional<Assignment> read_assignment(std::string_view line) {
  const auto is_quote = [](std::string_view text) { return text.starts_with('\'') || text.starts_with('"'); };
  Assignment result;
  std::string_view rest = line;
  if (is_quote(rest)) {
    const auto end = rest.find(rest.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    result.name = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    const auto end = std::min(rest.find_first_of(" \t="), rest.size());
    result.name = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  rest = trim_blanks(rest);
  if (!rest.starts_with('=')) return std::nullopt;
  rest = trim_blanks(rest.substr(1));
  if (!is_variable_name(result.name)) {
    result.wrong = "'" + cut_utf8(result.name, 60) + "' is no name of a variable";
  } else if (!is_quote(rest)) {
    result.value = rest;
  } else {
    result.quoted = true;
    const auto end = rest.find(rest.front(), 1);
    if (end == std::string_view::npos) {
      result.wrong = "the quote of the value is not closed";
    } else if (end + 1 != rest.size()) {
      result.wrong = "text follows the closing quote of the value";
    } else {
      result.value = rest.substr(1, end - 1);
    }
  }
  return result;
}

JobLine split_job(std::string_view line) {
  line = trim_blanks(line);
  std::size_t words = kFields;
  if (line.starts_with('@')) words = cron::is_word(first_word(line), "@EVERY") ? 2 : 1;
  std::size_t end = 0;
  for (std::size_t i = 0; i < words && end < line.size(); ++i) {
    const auto begin = line.find_first_not_of(kBlanks, end);
    end = std::min(line.find_first_of(kBlanks, begin), line.size());
  }
  return {line.substr(0, end), trim_blanks(line.substr(end))};
}

Expression to_dialect(std::string_view time) {
  Expression result;
  const bool is_nickname = time.starts_with('@');
  std::size_t field = 0;
  for (auto rest = trim_blanks(time); !rest.empty(); ++field) {
    const auto word = first_word(rest);
    rest = trim_blanks(rest.substr(word.size()));
    if (field > 0) result.text += ' ';
    if (is_nickname || field >= kFields) {
      result.text += word;
    } else {
      append_field(word, kBounds[field], result);
    }
  }
  return result;
}

CommandText split_percent(std::string_view text) {
  CommandText result;
  bool in_input = false;
  bool escaped = false;
  for (const char c : text) {
    std::string& to = in_input ? result.input : result.command;
    if (c == '%' && escaped) {
      to.back() = '%';
    } else if (c == '%' && !in_input) {
      in_input = true;
    } else {
      to += c == '%' ? '\n' : c;
    }
    // Before the first % cron takes characters behind a backslash in pairs, after it each one anew.
    escaped = c == '\\' && (in_input || !escaped);
  }
  if (!result.input.empty() && result.input.back() != '\n') result.input += '\n';
  return result;
}

std::string_view comment_text(std::string_view comment) {
  comment.remove_prefix(std::min(comment.find_first_not_of("# \t"), comment.size()));
  return trim_blanks(comment);
}

std::string_view without_decoration(std::string_view text) {
  constexpr std::string_view kDecoration = "#=-*~_.:| \t";
  const auto begin = text.find_first_not_of(kDecoration);
  if (begin == std::string_view::npos) return {};
  constexpr std::string_view kAtTheEnd = "#=-*~_| \t";
  return text.substr(begin, text.find_last_not_of(kAtTheEnd) - begin + 1);
}

CommentKind kind_of_comment(std::string_view comment) {
  const auto text = comment_text(comment);
  const auto is_word_byte = [](char c) {
    return cron::is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
  };
  const auto job = split_job(text);
  if (!job.rest.empty() && (cron::is_digit(text.front()) || text.front() == '*' || text.front() == '@')) {
    // "@daily jobs" after a blank is prose, "#@daily jobs" and "# @daily /usr/bin/jobs" are jobs
    const bool is_prose = text.starts_with('@') && !comment.starts_with("#@") && job.rest.front() != '/';
    const bool is_columns = job.rest.find("command to be executed") != std::string_view::npos;
    if (is_columns) return CommentKind::column_header;
    if (!is_prose && cron::Schedule::parse(to_dialect(job.time).text)) return CommentKind::job;
  }
  if (text.starts_with('|') || text.starts_with(".-")) return CommentKind::column_header;
  if (std::none_of(text.begin(), text.end(), is_word_byte)) return CommentKind::decoration;
  const auto first = first_word(text);
  const auto second = first_word(trim_blanks(text.substr(first.size())));
  for (const auto& [minute, hour] :
       {std::pair{"M", "H"}, {"MIN", "HOUR"}, {"MINUTE", "HOUR"}, {"MM", "HH"}}) {
    if (cron::is_word(first, minute) && cron::is_word(second, hour)) return CommentKind::column_header;
  }
  const auto assignment = read_assignment(text);
  if (assignment && assignment->wrong.empty() && text.substr(assignment->name.size()).starts_with('=')) {
    return CommentKind::assignment;
  }
  return CommentKind::text;
}

bool is_well_known_account(std::string_view word) {
  constexpr std::array<std::string_view, 24> kAccounts{
      "root",     "daemon", "bin",   "sys",    "man",    "lp",       "mail",   "news",
      "www-data", "apache", "nginx", "httpd",  "nobody", "postgres", "mysql",  "redis",
      "backup",   "list",   "munin", "nagios", "git",    "jenkins",  "ubuntu", "ec2-user"};
  return std::find(kAccounts.begin(), kAccounts.end(), word) != kAccounts.end();
}

// The table of well-formed sequences of the Unicode standard: no overlong forms, no surrogates.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      const bool first = k == 1;
      const unsigned low = first && lead == 0xE0 ? 0xA0 : first && lead == 0xF0 ? 0x90 : 0x80;
      const unsigned high = first && lead == 0xED ? 0x9F : first && lead == 0xF4 ? 0x8F : 0xBF;
      if (byte < low || byte > high) return false;
    }
    i += length;
  }
  return true;
}

std::string cut_utf8(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  while (max_bytes > 0 && (static_cast<unsigned char>(text[max_bytes]) & 0xC0) == 0x80) --max_bytes;
  return std::string(text.substr(0, max_bytes));
}

}  // namespace task
