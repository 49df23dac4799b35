#include "cli/task_file.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace cli {
namespace {

namespace json = boost::json;

const char* const kTasks = R"({"tasks": [
{"name": "a 'b' \"c\"", "cron": "0 9 * * 1-5", "command": "echo \"x\\n\"\necho 'y'\n\ttrue", "tags": ["x", "y"],
 "env": {"A": "b c", "WITH.DOT": "ü 中"}, "retry": {"max_attempts": 3, "jitter": 0.5}, "success_exit_codes": [0, 3],
 "rerun_lost": true, "timeout_s": 0, "after": {"tasks": ["n"]}},
{"name": "n", "cron": "@daily", "http": {"method": "POST", "url": "http://localhost/", "headers": {"X": "y"}}}]})";

TEST(TaskFile, ReadsBackWhatItPrints) {
  const auto tasks = read_task_file(kTasks);
  ASSERT_TRUE(tasks);
  for (const auto format : {TaskFileFormat::toml, TaskFileFormat::json}) {
    const auto text = print_task_file(*tasks, format);
    const auto again = read_task_file(text);
    ASSERT_TRUE(again) << again.error().message << '\n' << text;
    ASSERT_EQ(*again, *tasks) << text;
  }
}

TEST(TaskFile, OfTomlIsReadableAndBeginsWithTheName) {
  const auto tasks = read_task_file(kTasks);
  const auto text = print_task_file(*tasks, TaskFileFormat::toml);
  EXPECT_TRUE(text.starts_with("[[tasks]]\nname = ")) << text;
  EXPECT_NE(text.find("\ncron = '0 9 * * 1-5'\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n\n[[tasks]]\nname = 'n'\n"), std::string::npos) << text;
}

TEST(TaskFile, TakesTimesOfToml) {
  const auto tasks = read_task_file("[[tasks]]\nname = 'a'\nstarts_at = 2026-01-31T09:00:00Z\n");
  ASSERT_TRUE(tasks);
  EXPECT_EQ((*tasks)[0].at("starts_at"), "2026-01-31T09:00:00Z");
}

TEST(TaskFile, OfNothingHasNoTasks) {
  for (const auto* text : {"", "\n# only a comment\n", "{}", R"({"tasks": []})"}) {
    const auto tasks = read_task_file(text);
    ASSERT_TRUE(tasks) << text;
    EXPECT_TRUE(tasks->empty());
  }
}

TEST(TaskFile, SaysWhatIsWrongAndWhere) {
  const std::pair<const char*, const char*> cases[] = {
      {"[[tasks]]\nname = 'a'\ncron = \n", "line 3"},
      {"{\"tasks\": [\n{\"name\": \"a\",}]}", "line 2"},
      {"{\"tasks\": []} x", "more follows its end"},
      {"{\"tasks\": [", "this is no JSON"},
      {"{\"tasks\": 3}", "are no list"},
      {"{\"task\": []}", "'task' beside"},
      {"[tasks.a]\ncron = 'x'", "are no list"},
      {"[[tasks]]\nname = 'a'\n[[tasks]]\ncron = 'x'", "task 2 has no `name`"},
      {"[[tasks]]\nname = 'a'\n[[tasks]]\nname = 'a'", "two of its tasks are named 'a'"},
  };
  for (const auto& [text, why] : cases) {
    const auto tasks = read_task_file(text);
    ASSERT_FALSE(tasks) << text;
    EXPECT_NE(tasks.error().message.find(why), std::string::npos) << tasks.error().message;
  }
}

}  // namespace
}  // namespace cli
