// From a task's command to the words that are executed.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace task {

// A command without shell syntax is executed directly, word by word; any other goes to `shell -c`
// (/bin/sh where `shell` is empty; a given `shell` is always used). `args` follow, each as one word, whatever
// it holds.
std::vector<std::string> to_argv(std::string_view command, std::string_view shell,
                                 const std::vector<std::string>& args);

// One word that a POSIX shell reads back as exactly this text.
std::string shell_quote(std::string_view word);

}  // namespace task
