#include "cli/task_plan.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "task/definition_json.h"

namespace cli {
namespace {

namespace json = boost::json;
using Kind = TaskChange::Kind;

// A task as the API gives it.
json::object on_server(std::int64_t id, const char* fields, bool paused = false) {
  auto task = task::to_json(task::TaskDefinition{});
  const auto given = json::parse(fields);
  for (const auto& [field, value] : given.as_object()) task[field] = value;
  task["id"] = id;
  task["paused"] = paused;
  task["revision"] = 7;
  return task;
}
std::vector<json::object> in_file(std::initializer_list<const char*> entries) {
  std::vector<json::object> file;
  for (const auto* entry : entries) file.push_back(json::parse(entry).as_object());
  return file;
}
std::string said(const std::vector<TaskChange>& plan) {
  std::string text;
  for (const auto& change : plan) {
    text += std::string(text.empty() ? "" : "; ") +
            "~+-="[change.kind == Kind::update   ? 0
                   : change.kind == Kind::create ? 1
                   : change.kind == Kind::remove ? 2
                                                 : 3] +
            change.name + change.id;
    for (const auto& field : change.fields)
      text += " " + field.field + ":" + json::serialize(field.from) + ">" + json::serialize(field.to);
  }
  return text;
}

constexpr const char* kA = R"({"name":"a","cron":"@daily","command":"true"})";
constexpr const char* kB = R"({"name":"b","cron":"@daily","command":"true"})";

TEST(TaskPlan, SaysWhatIsNewWhatDiffersAndWhatGoes) {
  const json::array present{on_server(3, R"({"name":"a","cron":"@daily","command":"true"})"),
                            on_server(4, R"({"name":"old","cron":"@daily","command":"true"})")};
  EXPECT_EQ(said(*plan_tasks(in_file({kA, kB}), present, false)), "=a3; +b");
  EXPECT_EQ(said(*plan_tasks(in_file({kA, kB}), present, true)), "=a3; +b; -old4");
  const auto changed = in_file(
      {R"({"name":"a","cron":"@hourly","command":"true","env":{"X":"y"},"retry":{"max_attempts":3}})"});
  EXPECT_EQ(said(*plan_tasks(changed, present, false)),
            R"(~a3 cron:"@daily">"@hourly" env.X:null>"y" retry.max_attempts:1>3)");
}

TEST(TaskPlan, WhatTheFileDoesNotNameGetsItsDefault) {
  const json::array present{on_server(
      3,
      R"({"name":"a","cron":"@daily","command":"true","timeout_s":5,"tags":["x"],"env":{"X":"y"},"priority":2})")};
  EXPECT_EQ(said(*plan_tasks(in_file({kA}), present, false)),
            R"(~a3 tags:["x"]>[] env.X:"y">null timeout_s:5>null priority:2>0)");
}

TEST(TaskPlan, WhetherATaskIsPausedStaysUnlessTheFileSays) {
  const json::array present{on_server(3, kA, true)};
  EXPECT_EQ(said(*plan_tasks(in_file({kA}), present, false)), "=a3");
  EXPECT_EQ(said(*plan_tasks(in_file({R"({"name":"a","cron":"@daily","command":"true","status":"PAUSED"})"}),
                             present, false)),
            "=a3");
  EXPECT_EQ(said(*plan_tasks(in_file({R"({"name":"a","cron":"@daily","command":"true","status":"ACTIVE"})"}),
                             present, false)),
            R"(~a3 status:"PAUSED">"ACTIVE")");
}

TEST(TaskPlan, TasksNameEachOther) {
  const json::array present{
      on_server(
          3,
          R"({"name":"a","cron":"@daily","command":"true","on_success":[4],"after":{"tasks":[4],"need":"all","on":"success"}})"),
      on_server(4, kB)};
  const char* same =
      R"({"name":"a","cron":"@daily","command":"true","on_success":["b"],"after":{"tasks":["b"]}})";
  const char* other =
      R"({"name":"a","cron":"@daily","command":"true","on_success":["c"],"after":{"tasks":["b"]}})";
  EXPECT_EQ(said(*plan_tasks(in_file({same, kB}), present, false)), "=a3; =b4");
  EXPECT_EQ(said(*plan_tasks(in_file({same}), present, false)), "=a3");
  const auto plan =
      plan_tasks(in_file({other, kB, R"({"name":"c","cron":"@daily","command":"true","on_failure":["a"]})"}),
                 present, false);
  EXPECT_EQ(said(*plan), R"(~a3 on_success:["b"]>["c"]; =b4; +c)");
  EXPECT_EQ(json::serialize(*changed_fields((*plan)[0], {{"c", 5}})), R"({"on_success":[5]})");
  EXPECT_FALSE(changed_fields((*plan)[0], {{"b", 4}}));
  EXPECT_EQ(json::serialize(changed_fields((*plan)[2], {{"a", 3}})->at("on_failure")), "[3]");
  EXPECT_TRUE(has_references((*plan)[2].wanted));
  EXPECT_FALSE(has_references(without_references((*plan)[2].wanted)));
  EXPECT_FALSE(has_references((*plan)[1].wanted));
}

TEST(TaskPlan, OfWhatWasExportedChangesNothing) {
  const json::array present{
      on_server(
          3,
          R"({"name":"a","cron":"*/5 * * * *","command":"true","on_failure":[4],"tags":["x"],"limits":{"memory_bytes":1048576,"cpu_s":null,"open_files":null,"processes":null,"nice":null},"retry":{"max_attempts":2,"initial_delay_s":10,"factor":2,"max_delay_s":600,"jitter":0.5}})",
          true),
      on_server(
          4,
          R"({"name":"b","cron":"@daily","command":"","http":{"method":"GET","url":"http://localhost/","headers":{},"body":"","expect_status":[]}})")};
  std::vector<json::object> file;
  for (const auto& task : present) file.push_back(to_file_entry(task.as_object(), present));
  EXPECT_EQ(json::serialize(file[0].at("on_failure")), R"(["b"])");
  EXPECT_EQ(file[0].at("status"), "PAUSED");
  EXPECT_FALSE(file[1].contains("timeout_s"));
  const auto plan = plan_tasks(file, present, true);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(said(*plan), "=a3; =b4");
}

TEST(TaskPlan, ADeletedTaskIsNamedNoMore) {
  const json::array present{
      on_server(
          3,
          R"({"name":"a","cron":"@daily","command":"true","on_success":[9,4],"on_failure":[9],"after":{"tasks":[9],"need":"all","on":"success"}})"),
      on_server(4, kB)};
  const auto entry = to_file_entry(present[0].as_object(), present);
  EXPECT_EQ(json::serialize(entry.at("on_success")), R"(["b"])");
  EXPECT_FALSE(entry.contains("on_failure"));
  EXPECT_FALSE(entry.contains("after"));
  const auto plan = plan_tasks({entry}, present, false);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(said(*plan), "=a3");
}

TEST(TaskPlan, SaysWhichTaskIsWrong) {
  const json::array present{on_server(3, kB), on_server(4, kB),
                            on_server(5, R"({"name":"c","cron":"@daily","command":"true"})")};
  const std::pair<const char*, const char*> cases[] = {
      {R"({"name":"a","cron":"61 * * * *","command":"true"})", "task 'a': cron: "},
      {R"({"name":"a","cron":"@daily","command":"true","colour":1})", "task 'a': colour: "},
      {R"({"name":"a","cron":"@daily","command":"true","status":"RUNNING"})", "status must be"},
      {R"({"name":"a","cron":"@daily","command":"true","on_success":["z"]})",
       "on_success: there is no task 'z'"},
      {R"({"name":"a","cron":"@daily","command":"true","on_success":["c"]})", "there is no task 'c'"},
      {R"({"name":"a","cron":"@daily","command":"true","after":{"tasks":[3]}})",
       "after.tasks: tasks stand here by their names"},
      {R"({"name":"b","cron":"@daily","command":"true"})", "several of that name (3, 4)"},
  };
  for (const auto& [entry, why] : cases) {
    const auto plan = plan_tasks(in_file({entry}), present, true);
    ASSERT_FALSE(plan) << entry;
    EXPECT_NE(plan.error().message.find(why), std::string::npos) << plan.error().message;
  }
}

}  // namespace
}  // namespace cli
