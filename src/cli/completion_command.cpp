// `completion`: a script by which a shell completes commands and options, made from the commands themselves.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"

namespace cli {
namespace {

// "list show --json …": what may follow the command.
std::string words_after(const CLI::App& command) {
  std::string words;
  const auto add = [&](const std::string& word) { words += (words.empty() ? "" : " ") + word; };
  for (const auto* each :
       command.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); }))
    add(each->get_name());
  // the outermost command's options may stand after any other
  for (const auto* owner = &command; owner != nullptr; owner = owner->get_parent()) {
    if (owner != &command && owner->get_parent() != nullptr) continue;
    for (const auto* option : owner->get_options()) {
      const bool said = owner != &command && option == owner->get_help_ptr();
      for (const auto& name : option->get_lnames()) {
        if (!said) add("--" + name);
      }
    }
  }
  return words;
}

// A line of the script's `case` for each command, told by the commands before it and its own: " task list".
void add_cases(const CLI::App& command, const std::string& path, std::string& cases) {
  cases += "    '" + path + "') words='" + words_after(command) + "' ;;\n";
  for (const auto* each :
       command.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); }))
    add_cases(*each, path + " " + each->get_name(), cases);
}

std::string script_for_bash(const CLI::App& app) {
  std::string cases;
  add_cases(app, "", cases);
  return "_mini_scheduler_words() {\n"
         "  case \"$1\" in\n" +
         cases +
         "    *) return 1 ;;\n"
         "  esac\n"
         "}\n"
         "_mini_scheduler() {\n"
         "  local path= word words= i\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    word=${COMP_WORDS[i]}\n"
         "    _mini_scheduler_words \"$path $word\" && path=\"$path $word\"\n"
         "  done\n"
         "  _mini_scheduler_words \"$path\"\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\n"
         "complete -o default -F _mini_scheduler mini-scheduler\n";
}

}  // namespace

void add_completion_command(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("completion", "A script for a shell: source <(mini-scheduler completion bash)");
  const auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash or zsh")->required()->check(CLI::IsMember({"bash", "zsh"}));
  command->callback([&app, &context, shell] {
    if (*shell == "zsh") context.out << "autoload -U +X bashcompinit && bashcompinit\n";
    context.out << script_for_bash(app) << std::flush;
  });
}

}  // namespace cli
