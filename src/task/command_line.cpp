#include "task/command_line.h"

#include <algorithm>
#include <array>

namespace task {
namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kLineEnds = "\n\r";
constexpr std::string_view kShellSyntax = "|&;<>()$`\\\"'*?[]#~!{}^\n\r\v\f";
constexpr std::string_view kShellSyntaxOfFirstWord = "=%";

// Words that only a shell knows, or that would act on nothing outside of one.
constexpr std::array<std::string_view, 44> kShellWords{
    ".",    ":",        "alias",  "bg",      "break",   "case",   "cd",   "command", "continue",
    "do",   "done",     "elif",   "else",    "esac",    "eval",   "exec", "exit",    "export",
    "fc",   "fg",       "fi",     "for",     "getopts", "hash",   "if",   "jobs",    "local",
    "read", "readonly", "return", "set",     "shift",   "source", "then", "times",   "trap",
    "type", "ulimit",   "umask",  "unalias", "unset",   "until",  "wait", "while"};

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(kBlank), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

bool needs_shell(std::string_view command, const std::vector<std::string>& words) {
  return words.empty() || command.find_first_of(kShellSyntax) != std::string_view::npos ||
         words.front().find_first_of(kShellSyntaxOfFirstWord) != std::string::npos ||
         std::find(kShellWords.begin(), kShellWords.end(), words.front()) != kShellWords.end();
}

}  // namespace

std::string shell_quote(std::string_view word) {
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted += '\'';
}

std::vector<std::string> to_argv(std::string_view command, std::string_view shell,
                                 const std::vector<std::string>& args) {
  // a form's text often ends with a line's end; behind it the arguments would be a command of their own
  command.remove_prefix(std::min(command.find_first_not_of(kLineEnds), command.size()));
  command = command.substr(0, command.find_last_not_of(kLineEnds) + 1);
  auto words = split_words(command);
  if (shell.empty() && !needs_shell(command, words)) {
    words.insert(words.end(), args.begin(), args.end());
    return words;
  }
  std::string script(command);
  for (const auto& arg : args) script += ' ' + shell_quote(arg);
  return {shell.empty() ? "/bin/sh" : std::string(shell), "-c", std::move(script)};
}

}  // namespace task
