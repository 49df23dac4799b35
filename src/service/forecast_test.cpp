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
  json::object forecast(ForecastRequest request = {}) { return forecast(forecast_, std::move(request)); }
  static json::object forecast(const Forecast& forecast, ForecastRequest request) {
    request.days = std::max<std::int64_t>(1, request.days);
    auto answer = forecast.of(request);
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

  // As by_task has it, most fires first: "often skipped start_deadline 2 2026-07-01T15:00:00Z".
  static std::vector<std::string> by_task(const json::object& told) {
    std::vector<std::string> rows;
    for (const auto& row : told.at("by_task").as_array()) {
      std::string text;
      for (const char* field : {"task_name", "outcome", "because", "first_at"})
        text += std::string(row.at(field).as_string()) + ' ';
      rows.push_back(text + json::serialize(row.at("count")));
    }
    return rows;
  }
  static std::string that_day(std::string_view time) { return "2026-07-01T" + std::string(time) + "Z"; }

  // With one place in the pool, and no timeout where the task has none.
  Forecast forecast_of(std::int64_t max_running) {
    return {*store_, *tasks_, clock_, {{{"db", 1}}, max_running, 0}};
  }

  Forecast forecast_ = forecast_of(1000);
  Forecast narrow_ = forecast_of(1);
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

TEST_F(ForecastTest, ACancelledRunGivesItsRoomToWhatCancelsItAndThenToWhoWaits) {
  ran(make(R"({"name":"a","cron":"0,5 15 * * *","pool":"db","overlap":"cancel_running"})"), 600);
  ran(make(R"({"name":"b","cron":"1 15 * * *","pool":"db"})"), 60);
  const auto told = forecast({.days = 1});
  EXPECT_EQ(each(told.at("items"), "outcome"), (std::vector<std::string>{"runs", "waits", "cancels"}));
  EXPECT_EQ(each(told.at("items"), "cancelled"), (std::vector<std::string>{"true", "false", "false"}));
  EXPECT_EQ(each(told.at("items"), "expected_start_at"),
            (std::vector<std::string>{that_day("15:00:00"), that_day("15:15:00"), that_day("15:05:00")}));
  EXPECT_EQ(by_task(told), (std::vector<std::string>{"a cancelled overlap " + that_day("15:00:00") + " 1",
                                                     "a cancels overlap " + that_day("15:05:00") + " 1",
                                                     "b waits pool " + that_day("15:01:00") + " 1"}));
}

TEST_F(ForecastTest, ATasksOwnNextRunStandsInLineWithTheOthers) {
  ran(make(R"({"name":"a","cron":"0,3 15 * * *","overlap":"queue"})"), 600);
  ran(make(R"({"name":"older","cron":"1 15 * * *"})"), 60);
  ran(make(R"({"name":"younger","cron":"4 15 * * *"})"), 60);
  ran(make(R"({"name":"urgent","cron":"5 15 * * *","priority":1})"), 60);
  const auto told = forecast(narrow_, {.days = 1});
  EXPECT_EQ(each(told.at("items"), "task_name"),
            (std::vector<std::string>{"a", "older", "a", "younger", "urgent"}));
  EXPECT_EQ(each(told.at("items"), "expected_start_at"),
            (std::vector<std::string>{that_day("15:00:00"), that_day("15:11:00"), that_day("15:12:00"),
                                      that_day("15:22:00"), that_day("15:10:00")}));
}

TEST_F(ForecastTest, WhatWaitsForItsPoolIsCancelledByTheNextFireUnbegun) {
  ran(make(R"({"name":"long","cron":"0 15 * * *","pool":"db"})"), 3600);
  ran(make(R"({"name":"a","cron":"1,2 15 * * *","pool":"db","overlap":"cancel_running"})"), 60);
  const auto told = forecast({.days = 1});
  EXPECT_EQ(each(told.at("items"), "outcome"), (std::vector<std::string>{"runs", "waits", "cancels"}));
  EXPECT_EQ(each(told.at("items"), "cancelled"), (std::vector<std::string>{"false", "true", "false"}));
  EXPECT_EQ(each(told.at("items"), "expected_start_at"),
            (std::vector<std::string>{that_day("15:00:00"), "null", that_day("16:00:00")}));
}

TEST_F(ForecastTest, WhatFindsTheNodeFullWaitsForASlotByPriority) {
  ran(make(R"({"name":"a","cron":"0 15 * * *"})"), 600);
  ran(make(R"({"name":"b","cron":"1 15 * * *"})"), 60);
  ran(make(R"({"name":"c","cron":"2 15 * * *","priority":5})"), 120);
  EXPECT_TRUE(by_task(forecast({.days = 1})).empty()) << "with a thousand slots each runs at once";
  const auto told = forecast(narrow_, {.days = 1});
  EXPECT_EQ(each(told.at("items"), "outcome"), (std::vector<std::string>{"runs", "waits", "waits"}));
  EXPECT_EQ(each(told.at("items"), "waiting"), (std::vector<std::string>{"none", "slot", "slot"}));
  EXPECT_EQ(each(told.at("items"), "expected_start_at"),
            (std::vector<std::string>{that_day("15:00:00"), that_day("15:12:00"), that_day("15:10:00")}));
  EXPECT_EQ(told.at("most_at_once").at("count"), 1);
  EXPECT_EQ(told.at("node"),
            (json::object{{"limit", 1}, {"most_at_once", 3}, {"at", that_day("15:02:00")}, {"waits", 2}}));
}

TEST_F(ForecastTest, AFullPoolsWaitersLeaveTheNodesSlotsToOthers) {
  const auto two = forecast_of(2);
  ran(make(R"({"name":"a","cron":"0 15 * * *","pool":"db"})"), 600);
  ran(make(R"({"name":"b","cron":"1 15 * * *","pool":"db","priority":9})"), 600);
  ran(make(R"({"name":"c","cron":"2 15 * * *"})"), 900);
  ran(make(R"({"name":"d","cron":"3 15 * * *"})"), 60);
  const auto told = forecast(two, {.days = 1});
  EXPECT_EQ(each(told.at("items"), "waiting"), (std::vector<std::string>{"none", "pool", "none", "slot"}));
  EXPECT_EQ(each(told.at("items"), "expected_start_at"),
            (std::vector<std::string>{that_day("15:00:00"), that_day("15:10:00"), that_day("15:02:00"),
                                      that_day("15:17:00")}));
  EXPECT_EQ(told.at("most_at_once").at("count"), 2);
  EXPECT_EQ(told.at("pools").at(0).at("waits"), 1);
  EXPECT_EQ(told.at("node").at("waits"), 1);
}

TEST_F(ForecastTest, WhatWaitsUntilItsStartDeadlineIsSkipped) {
  ran(make(R"({"name":"long","cron":"0 15 * * *","pool":"db"})"), 600);
  ran(make(R"({"name":"in time","cron":"0 15 * * *","pool":"db","start_deadline_s":601})"), 60);
  ran(make(R"({"name":"too late","cron":"0 15 * * *","pool":"db","start_deadline_s":600})"), 60);
  const auto told = forecast({.days = 1});
  EXPECT_EQ(each(told.at("items"), "outcome"), (std::vector<std::string>{"runs", "waits", "skipped"}));
  EXPECT_EQ(each(told.at("items"), "because"), (std::vector<std::string>{"none", "pool", "start_deadline"}));
  EXPECT_EQ(each(told.at("items"), "waiting"), (std::vector<std::string>{"none", "pool", "pool"}));
  EXPECT_EQ(each(told.at("items"), "expected_start_at"),
            (std::vector<std::string>{that_day("15:00:00"), that_day("15:10:00"), "null"}))
      << "what begins just as the deadline passes would begin too late";
}

TEST_F(ForecastTest, AStartDeadlineCountsFromWhenTheFireIsDueAndHoldsWhereverItWaits) {
  const auto spread =
      make(R"({"name":"spread","cron":"0 15 * * *","jitter_s":3000,"pool":"db","start_deadline_s":60})");
  const auto jitter_s = std::chrono::ceil<std::chrono::seconds>(task::jitter_of(spread.definition)).count();
  ASSERT_GT(jitter_s, 120);
  const auto holder = make(R"({"name":"holder","cron":"0 15 * * *","pool":"db","timeout_s":0})");
  ran(holder, jitter_s + 30);
  EXPECT_EQ(by_task(forecast({.days = 1})),
            (std::vector<std::string>{"spread waits pool " + that_day("15:00:00") + " 1"}));
  ASSERT_TRUE(tasks_->remove(actor_of(rights::Role::editor), holder.id));
  ASSERT_TRUE(tasks_->remove(actor_of(rights::Role::editor), spread.id));
  ran(make(R"({"name":"q","cron":"0,1,2 15 * * *","overlap":"queue_all","start_deadline_s":130})"), 150);
  const auto told = forecast({.days = 1});
  EXPECT_EQ(each(told.at("items"), "outcome"), (std::vector<std::string>{"runs", "waits", "skipped"}));
  EXPECT_EQ(each(told.at("items"), "waiting"), (std::vector<std::string>{"none", "overlap", "overlap"}));
  EXPECT_EQ(each(told.at("items"), "expected_start_at"),
            (std::vector<std::string>{that_day("15:00:00"), that_day("15:02:30"), "null"}));
}

TEST_F(ForecastTest, WhatIsSkippedLateLetsTheTasksNextFireWaitInItsPlace) {
  ran(make(R"({"name":"long","cron":"0 15 * * *"})"), 150);
  ran(make(R"({"name":"often","cron":"0,1,2,3 15 * * *","overlap":"queue_all","start_deadline_s":120})"), 6);
  const auto told = forecast(narrow_, {.days = 1});
  EXPECT_EQ(each(told.at("items"), "outcome"),
            (std::vector<std::string>{"runs", "skipped", "waits", "waits", "runs"}));
  EXPECT_EQ(each(told.at("items"), "waiting"),
            (std::vector<std::string>{"none", "slot", "overlap", "overlap", "none"}));
  EXPECT_EQ(each(told.at("items"), "expected_start_at"),
            (std::vector<std::string>{that_day("15:00:00"), "null", that_day("15:02:30"),
                                      that_day("15:02:36"), that_day("15:03:00")}));
}

TEST_F(ForecastTest, OfWhatDoesNotSimplyRunEachTaskHasItsCountsAndTheFirst) {
  ran(make(R"({"name":"self","cron":"*/10 15 * * *"})"), 15 * 60);
  ran(make(R"({"name":"late","cron":"30 15,16 * * *","pool":"db","start_deadline_s":30})"), 60);
  ran(make(R"({"name":"holder","cron":"29 15,16 * * *","pool":"db"})"), 600);
  make(R"({"name":"calm","cron":"45 17 * * *"})");
  EXPECT_EQ(by_task(forecast({.days = 1})),
            (std::vector<std::string>{"self skipped overlap " + that_day("15:10:00") + " 3",
                                      "late skipped start_deadline " + that_day("15:30:00") + " 2"}));
}

TEST_F(ForecastTest, NoRunIsTakenToLastLongerThanItMay) {
  const auto made = make(R"({"name":"a","cron":"0 15 * * *","timeout_s":7200})");
  ran(made, 7000);
  const Forecast of_a_minute{*store_, *tasks_, clock_, {.default_timeout_s = 60}};
  const auto lasts = [&](std::string_view change) {
    const auto told = forecast(of_a_minute, {.days = 1, .task_id = made.id, .draft = fields(change)});
    return told.at("items").at(0).at("expected_ms").as_int64() / 1000;
  };
  EXPECT_EQ(lasts("{}"), 7000);
  EXPECT_EQ(lasts(R"({"timeout_s":600})"), 610) << "and kill_grace_s";
  EXPECT_EQ(lasts(R"({"timeout_s":null})"), 70) << "the server's default_timeout";
  EXPECT_EQ(lasts(R"({"timeout_s":0})"), 7000) << "none";
  EXPECT_EQ(lasts(R"({"timeout_s":600,"retry":{"max_attempts":2,"initial_delay_s":100,"jitter":0}})"),
            2 * 610 + 100);
}

TEST_F(ForecastTest, ARunThatWasTriedAgainLastsFromItsFirstAttemptToTheEndOfItsLast) {
  const auto made =
      make(R"({"name":"a","cron":"* 15 * * *","ends_at":"2026-07-01T15:05:00Z","retry":{"max_attempts":3}})");
  write([&](store::Transaction& tx) {
    task::Execution execution;
    execution.task_id = made.id;
    execution.status = task::ExecutionStatus::failed;
    execution.trigger = task::Trigger::manual;
    execution.started_at = clock_.now();
    execution.attempt.number = 3;
    execution.attempt.started_at = clock_.now() + std::chrono::seconds{89};
    execution.finished_at = execution.attempt.finished_at = clock_.now() + std::chrono::seconds{90};
    tx.insert_execution(execution);
  });
  const auto told = forecast({.days = 1});
  EXPECT_EQ(told.at("items").at(0).at("expected_ms"), 90'000);
  EXPECT_EQ(each(told.at("items"), "outcome"),
            (std::vector<std::string>{"runs", "skipped", "runs", "skipped", "runs", "skipped"}))
      << "a retry delay holds back the next fire too";
}

TEST_F(ForecastTest, OfOneInstantTheOlderTaskIsBookedFirst) {
  ran(make(R"({"name":"zulu","cron":"0 15 * * *"})"), 60);
  const auto second = make(R"({"name":"alpha","cron":"0 14,15 * * *"})");
  ran(second, 60);
  const auto told = forecast(narrow_, {.days = 1});
  EXPECT_EQ(each(told.at("items"), "task_name"), (std::vector<std::string>{"alpha", "zulu", "alpha"}));
  EXPECT_EQ(each(told.at("items"), "outcome"), (std::vector<std::string>{"runs", "runs", "waits"}));
  const auto with_new =
      forecast(narrow_, {.days = 1, .task_id = {}, .draft = fields(R"({"name":"new","cron":"0 15 * * *"})")});
  EXPECT_EQ(each(with_new.at("items"), "task_name"),
            (std::vector<std::string>{"alpha", "zulu", "alpha", "new"}));
  EXPECT_EQ(each(with_new.at("items"), "expected_start_at").back(), that_day("15:02:00"));
  EXPECT_EQ(
      with_new,
      forecast(narrow_, {.days = 1, .task_id = {}, .draft = fields(R"({"name":"new","cron":"0 15 * * *"})")}))
      << "the same question, the same answer";
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
  EXPECT_EQ(each(changed.at("items"), "draft"), (std::vector<std::string>{"true", "false", "true"}));
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
  EXPECT_EQ(each(changes[0].at("touched"), "effect"), (std::vector<std::string>{"once", "twice"}));
  EXPECT_EQ(changes[1].at("at"), "2027-03-28T01:00:00Z");
  EXPECT_EQ(each(changes[1].at("touched"), "effect"), (std::vector<std::string>{"moved", "left_out"}));
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
