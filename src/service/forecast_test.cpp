#include "service/forecast.h"

#include <boost/json/serialize.hpp>
#include <set>

#include "service/service_fixture.h"
#include "task/cursor.h"

namespace service {
namespace {

namespace json = boost::json;

class ForecastTest : public ServiceTest {
 protected:
  json::object forecast(ForecastRequest request = {}) {
    request.days = std::max<std::int64_t>(1, request.days);
    auto answer = forecast_.of(request);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? *answer : json::object{};
  }
  task::Task make(std::string_view text) { return create(text).value(); }
  static json::object fields(std::string_view text) { return json::parse(text).as_object(); }
  // What a run of that task took: so many seconds.
  void ran(const task::Task& task, std::int64_t took_s) {
    write([&](store::Transaction& tx) {
      task::Execution execution;
      execution.task_id = task.id;
      execution.status = task::ExecutionStatus::success;
      execution.trigger = task::Trigger::manual;
      execution.started_at = clock_.now();
      execution.finished_at = clock_.now() + std::chrono::seconds{took_s};
      tx.insert_execution(execution);
    });
  }
  static std::vector<std::string> each(const json::value& list, std::string_view field) {
    std::vector<std::string> values;
    for (const auto& item : list.as_array()) {
      const auto& value = item.at(field);
      values.push_back(value.is_string() ? std::string(value.as_string()) : json::serialize(value));
    }
    return values;
  }

  Forecast forecast_{*store_, *tasks_, clock_, {{"db", 1}}};
};

TEST_F(ForecastTest, TellsEachFireOfActiveTasksSoonestFirst) {
  make(R"({"name":"a","cron":"0 */6 * * *"})");
  make(R"({"name":"b","cron":"30 13 * * *"})");
  make(R"({"name":"c","cron":"* * * * *","status":"PAUSED"})");
  const auto told = forecast({.days = 1});
  EXPECT_EQ(told.at("fires"), 5);
  EXPECT_EQ(told.at("tasks"), 2);
  EXPECT_EQ(told.at("complete"), true);
  EXPECT_EQ(each(told.at("items"), "scheduled_at"),
            (std::vector<std::string>{"2026-07-01T13:30:00Z", "2026-07-01T18:00:00Z", "2026-07-02T00:00:00Z",
                                      "2026-07-02T06:00:00Z", "2026-07-02T12:00:00Z"}));
  EXPECT_EQ(forecast({.days = 1, .items = 2}).at("items").as_array().size(), 2u);
}

TEST_F(ForecastTest, CountsWhatFiresAndWhatRunsAtOnce) {
  for (const char* name : {"a", "b", "c"}) {
    const auto made = make(R"({"cron":"0 15 * * *","pool":"db","name":")" + std::string(name) + "\"}");
    ran(made, 600);
  }
  ran(make(R"({"name":"d","cron":"5 15 * * *"})"), 60);
  const auto told = forecast({.days = 1});
  EXPECT_EQ(told.at("most_at_once").at("count"), 2) << "one in the pool, and the one without";
  EXPECT_EQ(told.at("most_at_once").at("at"), "2026-07-01T15:05:00Z");
  EXPECT_EQ(each(told.at("busiest"), "fires"), std::vector<std::string>{"3"});
  const auto& pool = told.at("pools").as_array().at(0);
  EXPECT_EQ(pool.at("pool"), "db");
  EXPECT_EQ(pool.at("limit"), 1);
  EXPECT_EQ(pool.at("most_at_once"), 3);
  EXPECT_EQ(pool.at("waits"), 2);
}

TEST_F(ForecastTest, AFireWhosePoolIsFullWaitsForRoomByPriority) {
  ran(make(R"({"name":"a","cron":"0 15 * * *","pool":"db"})"), 600);
  ran(make(R"({"name":"b","cron":"1 15 * * *","pool":"db"})"), 60);
  ran(make(R"({"name":"c","cron":"2 15 * * *","pool":"db","priority":5})"), 120);
  ran(make(R"({"name":"d","cron":"0 15 * * *","pool":"unlimited"})"), 600);
  const auto told = forecast({.days = 1});
  EXPECT_EQ(each(told.at("items"), "task_name"), (std::vector<std::string>{"a", "d", "b", "c"}));
  EXPECT_EQ(each(told.at("items"), "outcome"), (std::vector<std::string>{"runs", "runs", "waits", "waits"}));
  EXPECT_EQ(each(told.at("items"), "waiting"), (std::vector<std::string>{"none", "none", "pool", "pool"}));
  EXPECT_EQ(each(told.at("items"), "expected_start_at"),
            (std::vector<std::string>{"2026-07-01T15:00:00Z", "2026-07-01T15:00:00Z", "2026-07-01T15:12:00Z",
                                      "2026-07-01T15:10:00Z"}));
  EXPECT_TRUE(told.at("overlaps").as_array().empty()) << "none meets a run of its own";
}

TEST_F(ForecastTest, WhatWaitsForAPoolHoldsBackItsOwnNextFire) {
  ran(make(R"({"name":"long","cron":"0 15 * * *","pool":"db"})"), 1200);
  ran(make(R"({"name":"often","cron":"5,10,30 15 * * *","pool":"db"})"), 60);
  const auto told = forecast({.days = 1});
  EXPECT_EQ(each(told.at("items"), "outcome"),
            (std::vector<std::string>{"runs", "waits", "skipped", "runs"}));
  EXPECT_EQ(each(told.at("items"), "expected_start_at"),
            (std::vector<std::string>{"2026-07-01T15:00:00Z", "2026-07-01T15:20:00Z", "null",
                                      "2026-07-01T15:30:00Z"}));
}

TEST_F(ForecastTest, WhenAWaitEndsIsNotGuessedWhereADurationIsUnknown) {
  make(R"({"name":"new","cron":"0 15 * * *","pool":"db"})");
  ran(make(R"({"name":"old","cron":"0 15 * * *","pool":"db"})"), 60);
  const auto told = forecast({.days = 1});
  EXPECT_EQ(each(told.at("items"), "outcome"), (std::vector<std::string>{"runs", "waits"}));
  EXPECT_EQ(each(told.at("items"), "expected_start_at"),
            (std::vector<std::string>{"2026-07-01T15:00:00Z", "null"}));
}

TEST_F(ForecastTest, ACancelledRunGivesItsRoomBack) {
  ran(make(R"({"name":"a","cron":"0,5 15 * * *","pool":"db","overlap":"cancel_running"})"), 600);
  ran(make(R"({"name":"b","cron":"1 15 * * *","pool":"db"})"), 60);
  const auto told = forecast({.days = 1});
  EXPECT_EQ(each(told.at("items"), "outcome"), (std::vector<std::string>{"runs", "waits", "cancels"}));
  // the one that waited longer goes first
  EXPECT_EQ(
      each(told.at("items"), "expected_start_at"),
      (std::vector<std::string>{"2026-07-01T15:00:00Z", "2026-07-01T15:05:00Z", "2026-07-01T15:06:00Z"}));
}

TEST_F(ForecastTest, TellsWhenEachFireIsDueWithItsJitter) {
  const auto made = make(R"({"name":"spread","cron":"0 15 * * *","jitter_s":3000})");
  const auto jitter = task::jitter_of(made.definition);
  ASSERT_GT(jitter, base::Milliseconds{0});
  const auto told = forecast({.days = 1});
  const auto& item = told.at("items").as_array().at(0);
  EXPECT_EQ(item.at("scheduled_at"), "2026-07-01T15:00:00Z");
  EXPECT_EQ(item.at("due_at").as_string(), base::to_iso(*base::parse_iso("2026-07-01T15:00:00Z") + jitter));
  EXPECT_EQ(item.at("expected_start_at"), item.at("due_at"));
}

TEST_F(ForecastTest, ADraftNeedsNoNameAndNothingToRun) {
  const auto told = forecast({.days = 1, .task_id = {}, .draft = fields(R"({"cron":"30 13 * * *"})")});
  EXPECT_EQ(told.at("fires"), 1);
  EXPECT_EQ(forecast_.of({.task_id = {}, .draft = fields(R"({"name":"n"})")}).error().fields.at(0).loc,
            (std::vector<std::string>{"body", "cron"}));
}

TEST_F(ForecastTest, AFireThatMeetsTheRunBeforeItIsToldByTheOverlapPolicy) {
  const struct {
    const char* overlap;
    std::vector<std::string> outcomes;
  } kCases[] = {
      {"skip", {"runs", "skipped", "skipped", "runs"}},
      {"queue", {"runs", "waits", "skipped", "waits"}},
      {"queue_all", {"runs", "waits", "waits", "waits"}},
      {"cancel_running", {"runs", "cancels", "cancels", "cancels"}},
      {"allow", {"runs", "runs", "runs", "runs"}},
  };
  for (const auto& one : kCases) {
    const auto made = make(R"({"cron":"0,20,40 15,16 * * *","ends_at":"2026-07-01T16:00:00Z","overlap":")" +
                           std::string(one.overlap) + "\"}");
    ran(made, 50 * 60);
    const auto told = forecast({.days = 1});
    EXPECT_EQ(each(told.at("items"), "outcome"), one.outcomes) << one.overlap;
    EXPECT_EQ(told.at("overlaps").as_array().size(), std::string_view(one.overlap) == "allow" ? 0u : 1u);
    ASSERT_TRUE(tasks_->remove(actor_of(rights::Role::editor), made.id));
  }
}

TEST_F(ForecastTest, ADraftStandsInPlaceOfItsTaskAndNothingIsSaved) {
  const auto made = make(R"({"name":"a","cron":"0 15 * * *"})");
  make(R"({"name":"b","cron":"0 16 * * *"})");
  const auto changed =
      forecast({.days = 1, .task_id = made.id, .draft = fields(R"({"cron":"0 16,17 * * *"})")});
  EXPECT_EQ(changed.at("fires"), 3);
  EXPECT_EQ(each(changed.at("items"), "draft"), (std::vector<std::string>{"false", "true", "true"}));
  EXPECT_EQ(changed.at("busiest").as_array().size(), 1u);
  EXPECT_EQ(tasks_->find(made.id)->definition.cron, "0 15 * * *");
  const auto added = forecast(
      {.days = 1, .task_id = {}, .draft = fields(R"({"name":"n","cron":"0 18 * * *","command":"x"})")});
  EXPECT_EQ(added.at("fires"), 3);
  EXPECT_EQ(added.at("items").as_array().back().at("task_id"), nullptr);
  EXPECT_EQ(forecast({.days = 1, .task_id = made.id, .draft = fields(R"({"status":"PAUSED"})")}).at("fires"),
            1);
}

TEST_F(ForecastTest, WhatIsWrongWithADraftIsTold) {
  const auto wrong =
      forecast_.of({.task_id = {}, .draft = fields(R"({"name":"n","cron":"61 * * * *","command":"x"})")});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().fields.at(0).loc, (std::vector<std::string>{"body", "cron"}));
  EXPECT_EQ(forecast_.of({.task_id = TaskId{99}, .draft = json::object{}}).error().kind,
            base::ErrorKind::not_found);
}

TEST_F(ForecastTest, NightsOnWhichAClockIsSetAreToldWithTheTasksTheyTouch) {
  make(R"({"name":"fixed","cron":"30 2 * * *","timezone":"Europe/Berlin"})");
  make(R"({"name":"wild","cron":"*/10 2 * * *","timezone":"Europe/Berlin"})");
  make(R"({"name":"noon","cron":"0 12 * * *","timezone":"Europe/Berlin"})");
  make(R"({"name":"utc","cron":"30 2 * * *"})");
  const auto told = forecast({.days = 366});
  const auto& changes = told.at("clock_changes").as_array();
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].at("at"), "2026-10-25T01:00:00Z");
  EXPECT_EQ(changes[0].at("by_s"), -3600);
  EXPECT_EQ(changes[0].at("tasks"), 3);
  EXPECT_EQ(each(changes[0].at("touched"), "effect"), (std::vector<std::string>{"twice", "once"}));
  EXPECT_EQ(changes[1].at("at"), "2027-03-28T01:00:00Z");
  EXPECT_EQ(each(changes[1].at("touched"), "effect"), (std::vector<std::string>{"left_out", "moved"}));
}

TEST_F(ForecastTest, AWildcardThatFiresOnThroughTheGapIsNotLeftOut) {
  for (const std::string cron :
       {"30 * * * *", "@hourly", "* * * * *", "*/10 * * * *", "0 */2 * * *", "*/10 1-2 * * *"})
    make(R"({"name":")" + cron + R"(","timezone":"Europe/Berlin","cron":")" + cron + R"("})");
  make(R"({"name":"half","cron":"15 * * * *","timezone":"Australia/Lord_Howe"})");
  const auto told = forecast({.days = 366});
  std::set<std::string> left_out;
  for (const auto& change : told.at("clock_changes").as_array()) {
    if (change.at("by_s").as_int64() < 0) continue;
    for (const auto& name : each(change.at("touched"), "task_name")) left_out.insert(name);
  }
  // a gap of half an hour takes the quarter past, and the next is an hour and a half after the one before
  EXPECT_EQ(left_out, (std::set<std::string>{"half", "0 */2 * * *", "*/10 1-2 * * *"}));
}

TEST_F(ForecastTest, WhereThereAreTooManyFiresItEndsSoonerAndSaysSo) {
  for (int i = 0; i < 5; ++i) make(R"({"name":"t","cron":"* * * * * *"})");
  const auto told = forecast({.days = 30});
  EXPECT_EQ(told.at("complete"), false);
  EXPECT_LE(told.at("fires").as_int64(), kMaxForecastFires);
  EXPECT_GT(told.at("fires").as_int64(), kMaxForecastFires / 4);
  EXPECT_LT(told.at("until").as_string(), told.at("to").as_string());
}

}  // namespace
}  // namespace service
