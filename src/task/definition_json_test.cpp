#include "task/definition_json.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace task {
namespace {

namespace json = boost::json;

base::Result<TaskDefinition> read(const std::string& text) {
  return read_definition(json::parse(text).as_object(), {});
}

// The smallest body with some fields more.
std::string body(const std::string& more) {
  return R"({"name":"n","cron":"* * * * *","command":"true")" + (more.empty() ? "" : "," + more) + "}";
}

TaskDefinition full() {
  TaskDefinition definition;
  definition.name = "nightly 备份";
  definition.cron = "0 3 * * *";
  definition.timezone = "Asia/Shanghai";
  definition.command = "backup";
  definition.description = "d";
  definition.tags = {"a", "b"};
  definition.env = {{"A", "1"}};
  definition.working_dir = "/tmp";
  definition.run_as = "nobody";
  definition.shell = "/bin/bash";
  definition.stdin_text = "in\n";
  definition.timeout_s = 0;
  definition.kill_grace_s = 3;
  definition.limits = {1 << 30, 60, 256, 20, -5};
  definition.success_exit_codes = {0, 7};
  definition.retry = {5, 1.5, 3, 100, 0};
  definition.overlap = OverlapPolicy::queue_all;
  definition.misfire = {MisfirePolicy::skip, 60};
  definition.jitter_s = 9;
  definition.starts_at = base::parse_iso("2026-01-01");
  definition.ends_at = base::parse_iso("2027-01-01");
  definition.priority = -3;
  definition.pool = "db";
  definition.node_labels = {{"zone", "a"}};
  definition.kill_mode = KillMode::main;
  definition.rerun_lost = true;
  definition.keep_executions = 7;
  definition.keep_failed = 8;
  definition.on_success = {{4}};
  definition.on_failure = {{5}, {6}};
  definition.after = {.tasks = {{7}, {8}}, .need = ChainNeed::any, .on = ChainOn::failure};
  definition.start_deadline_s = 90;
  definition.notify = {"ops"};
  return definition;
}

TEST(DefinitionJson, ReadsBackAllThatItWrites) {
  const auto again = read_definition(to_json(full()), {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, full());
  EXPECT_EQ(from_compact_json(to_compact_json(full())), full());
  TaskDefinition call;
  call.name = "call";
  call.cron = "@daily";
  call.http = HttpCall{"POST", "https://example.org/", {{"X", "y"}}, "b", {200, 204}};
  const auto call_again = read_definition(to_json(call), {});
  ASSERT_TRUE(call_again) << call_again.error().message;
  EXPECT_EQ(*call_again, call);
  EXPECT_EQ(from_compact_json(to_compact_json(call)), call);
}

TEST(DefinitionJson, ReadsBackWhatMostTasksHaveAndOneFieldMore) {
  TaskDefinition common;
  common.name = "n";
  common.cron = "@daily";
  common.command = "true";
  common.timezone = "Asia/Shanghai";
  common.description = "d";
  common.tags = {"a", "b"};
  common.keep_executions = 7;
  common.keep_failed = 8;
  EXPECT_EQ(from_compact_json(to_compact_json(common)), common);
  auto more = common;
  more.jitter_s = 5;
  EXPECT_EQ(from_compact_json(to_compact_json(more)), more);
}

TEST(DefinitionJson, TheSmallestBodyGetsTheDefaults) {
  const auto definition = read(body(""));
  ASSERT_TRUE(definition);
  EXPECT_EQ(definition->overlap, OverlapPolicy::skip);
  EXPECT_EQ(definition->retry.max_attempts, 1);
  EXPECT_FALSE(definition->timeout_s);
  EXPECT_EQ(json::serialize(to_compact_json(*definition)),
            R"({"name":"n","cron":"* * * * *","command":"true"})");
}

TEST(DefinitionJson, EachWrongFieldIsNamedWithItsPlace) {
  struct Case {
    const char* more;
    const char* loc;  // without "body"
  };
  const Case cases[] = {
      {R"("nope":1)", "nope"},
      {R"("id":1)", "id"},
      {R"("created_at":"2026-01-01")", "created_at"},
      {R"("timezone":"Mars/Base")", "timezone"},
      {R"("tags":"a")", "tags"},
      {R"("tags":[""])", "tags"},
      {R"("env":{"1A":"x"})", "env"},
      {R"("env":{"A":1})", "env.A"},
      {R"("env":{"MINI_SCHEDULER_TASK_ID":"1"})", "env"},
      {R"("working_dir":"x")", "working_dir"},
      {R"("shell":"bash")", "shell"},
      {R"("timeout_s":-1)", "timeout_s"},
      {R"("timeout_s":1.5)", "timeout_s"},
      {R"("timeout_s":"60")", "timeout_s"},
      {R"("success_exit_codes":[256])", "success_exit_codes"},
      {R"("retry":{"max_attempts":0})", "retry.max_attempts"},
      {R"("retry":{"jitter":1.1})", "retry.jitter"},
      {R"("retry":{"tries":1})", "retry.tries"},
      {R"("retry":3)", "retry"},
      {R"("overlap":"maybe")", "overlap"},
      {R"("misfire":{"policy":"never"})", "misfire.policy"},
      {R"("starts_at":"tomorrow")", "starts_at"},
      {R"("start_deadline_s":-1)", "start_deadline_s"},
      {R"("after":[3])", "after"},
      {R"("after":{"tasks":["a"]})", "after.tasks"},
      {R"("after":{"need":"most"})", "after.need"},
      {R"("after":{"on":"end"})", "after.on"},
      {R"("after":{"task":3})", "after.task"},
      {R"("starts_at":"2026-02-01","ends_at":"2026-01-01")", "ends_at"},
      {R"("priority":1001)", "priority"},
      {R"("kill_mode":"all")", "kill_mode"},
      {R"("rerun_lost":1)", "rerun_lost"},
      {R"("on_success":[0])", "on_success"},
      {R"("http":{"url":"http://x"})", "http"},
      {R"("stdin":"a\u0000b")", "stdin"},
      {R"("limits":{"memory_bytes":1000})", "limits.memory_bytes"},
      {R"("limits":{"cpu_s":0})", "limits.cpu_s"},
      {R"("limits":{"open_files":2})", "limits.open_files"},
      {R"("limits":{"processes":0})", "limits.processes"},
      {R"("limits":{"nice":20})", "limits.nice"},
      {R"("limits":{"nice":-21})", "limits.nice"},
      {R"("limits":{"disk":1})", "limits.disk"},
      {R"("limits":7)", "limits"},
  };
  for (const auto& [more, loc] : cases) {
    const auto definition = read(body(more));
    ASSERT_FALSE(definition) << more;
    ASSERT_EQ(definition.error().fields.size(), 1u) << more << ": " << definition.error().message;
    std::string path;
    for (std::size_t i = 1; i < definition.error().fields[0].loc.size(); ++i) {
      path += (i > 1 ? "." : "") + definition.error().fields[0].loc[i];
    }
    EXPECT_EQ(path, loc) << more;
  }
}

TEST(DefinitionJson, WhatIsWrongIsNotMissingToo) {
  for (const json::value& wrong : {json::value(7), json::value(std::string(70'000, 'x'))}) {
    for (const auto* field : {"name", "cron", "command"}) {
      auto task = json::parse(R"({"name":"n","cron":"0 9 * * *","command":"true"})").as_object();
      task[field] = wrong;
      const auto definition = read(json::serialize(task));
      ASSERT_FALSE(definition) << field;
      EXPECT_EQ(definition.error().fields.size(), 1u) << field << ": " << definition.error().message;
    }
  }
}

TEST(DefinitionJson, AWrongExpressionIsPointedAt) {
  const auto definition = read(R"({"name":"n","cron":"30 25 * * *","command":"true"})");
  ASSERT_FALSE(definition);
  EXPECT_EQ(definition.error().fields.at(0).loc, (std::vector<std::string>{"body", "cron"}));
  EXPECT_EQ(definition.error().fields.at(0).position, 3);
}

TEST(DefinitionJson, AllErrorsAreFoundAtOnce) {
  const auto definition = read(R"({"cron":"x","priority":"high","nope":1})");
  ASSERT_FALSE(definition);
  EXPECT_EQ(definition.error().fields.size(), 5u) << definition.error().message;
}

TEST(DefinitionJson, NullGivesTheDefaultBackAndAbsenceKeepsWhatWas) {
  ReadOptions options;
  options.base = full();
  const auto changed =
      read_definition(json::parse(R"({"overlap":null,"retry":null,"timeout_s":null})").as_object(), options);
  ASSERT_TRUE(changed);
  auto expected = full();
  expected.overlap = OverlapPolicy::skip;
  expected.retry = {};
  expected.timeout_s.reset();
  EXPECT_EQ(*changed, expected);
}

}  // namespace
}  // namespace task
