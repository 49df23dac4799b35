#include "task/command_line.h"

namespace task {
namespace {

using Words = std::vector<std::string>;

TEST(CommandLine, ExecutesDirectlyWhatHasNoShellSyntax) {
  EXPECT_EQ(to_argv("/bin/true", "", {}), (Words{"/bin/true"}));
  EXPECT_EQ(to_argv("  ls  -l\t/tmp ", "", {}), (Words{"ls", "-l", "/tmp"}));
  EXPECT_EQ(to_argv("ls", "", {"a b", "$x"}), (Words{"ls", "a b", "$x"}));
  EXPECT_EQ(to_argv("date +%F --iso=s", "", {}), (Words{"date", "+%F", "--iso=s"}));
  EXPECT_EQ(to_argv("\n/bin/true\r\n", "", {"x"}), (Words{"/bin/true", "x"}));
}

TEST(CommandLine, GivesShellSyntaxAndBuiltinsToTheShell) {
  for (const std::string command :
       {"echo hi | wc", "echo $HOME", "a && b", "FOO=1 env", "echo 'x'", "ls *.c", "cd /tmp", "exit 3",
        "while true", "echo a\necho b", "ls ~", "echo \"x\"", "sleep 1 &"}) {
    EXPECT_EQ(to_argv(command, "", {}), (Words{"/bin/sh", "-c", command})) << command;
  }
}

TEST(CommandLine, AGivenShellIsAlwaysUsed) {
  EXPECT_EQ(to_argv("true", "/bin/bash", {}), (Words{"/bin/bash", "-c", "true"}));
}

TEST(CommandLine, ArgumentsReachAShellAsSingleWords) {
  EXPECT_EQ(to_argv("echo $A", "", {"it's", "b c"}), (Words{"/bin/sh", "-c", "echo $A 'it'\\''s' 'b c'"}));
  EXPECT_EQ(to_argv("echo $A\n", "", {"b"}), (Words{"/bin/sh", "-c", "echo $A 'b'"}));
}

}  // namespace
}  // namespace task
