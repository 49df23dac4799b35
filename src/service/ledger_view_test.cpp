#include "service/ledger_view.h"

#include <boost/json/serialize.hpp>

#include "service/service_fixture.h"
#include "task/cursor.h"

namespace service {
namespace {

using cron::Language;
using task::ExecutionStatus;

class LedgerViewTest : public ServiceTest {
 protected:
  std::string verdict(const task::Task& task, std::string_view time) {
    return std::string(view_.why(task.id, at(time), Language::en)->at("verdict").as_string());
  }
  // "HH:MM" of each fire between the two, with the first letter of its task's name.
  std::vector<std::string> upcoming(std::string_view from, std::string_view to) {
    std::vector<std::string> fires;
    const auto answer = view_.upcoming(at(from), at(to));
    for (const auto& item : answer.at("items").as_array()) {
      fires.push_back(std::string(item.at("task_name").as_string().subview(0, 1)) + ' ' +
                      std::string(item.at("scheduled_at").as_string().subview(11, 5)));
    }
    return fires;
  }

  LedgerView view_{*store_, *tasks_, clock_};
};

TEST_F(LedgerViewTest, ARecordAnswersWithItsVerdictItsReasonAndItself) {
  const struct {
    ExecutionStatus status;
    const char* reason;
    const char* verdict;
    const char* sentence;
  } kCases[] = {
      {ExecutionStatus::success, "", "ran", "It ran as execution 1 and ended as SUCCESS"},
      {ExecutionStatus::failed, "", "ran", "It ran as execution 2 and ended as FAILED"},
      {ExecutionStatus::cancelled, "cancelled by bob", "ran",
       "It ran as execution 3 and ended as CANCELLED: cancelled by bob"},
      {ExecutionStatus::skipped, "one runs already", "skipped", "It was skipped: one runs already"},
      {ExecutionStatus::missed, "the server was down", "missed", "It was missed: the server was down"},
      {ExecutionStatus::pending, "", "waiting", "It waits as execution 6"},
      {ExecutionStatus::running, "", "running", "It runs as execution 7"},
  };
  const auto made = create(R"({"cron":"* * * * *"})");
  auto fire = at("2026-07-01T12:01:00Z");
  for (const auto& one : kCases) {
    const auto id = keep(*made, one.status, fire, one.reason);
    const auto answer = view_.why(made->id, fire, Language::en);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->at("verdict"), one.verdict);
    EXPECT_EQ(answer->at("answer"), one.sentence);
    EXPECT_EQ(answer->at("execution_id"), id.value);
    EXPECT_EQ(answer->at("execution").at("status").as_string(), to_string(one.status));
    fire += std::chrono::minutes{1};
  }
}

TEST_F(LedgerViewTest, WhatEndedBeforeItBeganDidNotRun) {
  const auto made = create(R"({"cron":"* * * * *"})");
  task::Execution unbegun;
  unbegun.task_id = made->id;
  unbegun.status = ExecutionStatus::cancelled;
  unbegun.reason = "cancelled by bob";
  unbegun.scheduled_at = at("2026-07-01T12:01:00Z");
  keep(unbegun);
  unbegun.status = ExecutionStatus::failed;
  unbegun.reason.clear();
  unbegun.attempt.error = "spawn failed: no such folder";
  unbegun.scheduled_at = at("2026-07-01T12:02:00Z");
  keep(unbegun);
  EXPECT_EQ(verdict(*made, "2026-07-01T12:01:00Z"), "cancelled");
  EXPECT_EQ(view_.why(made->id, at("2026-07-01T12:01:00Z"), Language::en)->at("answer"),
            "It was cancelled before it began, as execution 1: cancelled by bob");
  EXPECT_EQ(verdict(*made, "2026-07-01T12:02:00Z"), "not_started");
  EXPECT_EQ(view_.why(made->id, at("2026-07-01T12:02:00Z"), Language::en)->at("answer"),
            "It could not be started, as execution 2: spawn failed: no such folder");
}

TEST_F(LedgerViewTest, AFoldedRecordAnswersForEachFireInItsRange) {
  const auto made = create(R"({"cron":"* * * * *"})");
  task::Execution missed;
  missed.task_id = made->id;
  missed.status = ExecutionStatus::missed;
  missed.trigger = task::Trigger::misfire;
  missed.scheduled_at = at("2026-07-01T12:05:00Z");
  missed.scheduled_until = at("2026-07-01T12:07:00Z");
  missed.count = 3;
  keep(missed);
  for (const char* time : {"2026-07-01T12:05:00Z", "2026-07-01T12:06:00Z", "2026-07-01T12:07:00Z"}) {
    EXPECT_EQ(verdict(*made, time), "missed") << time;
  }
  EXPECT_EQ(verdict(*made, "2026-07-01T12:08:00Z"), "future");
  EXPECT_EQ(verdict(*made, "2026-07-01T12:06:30Z"), "not_a_fire_time")
      << "the range is no answer for what lies in it";
}

TEST_F(LedgerViewTest, WithoutARecordTheScheduleTheWindowAndTheTaskAnswer) {
  const auto made = create(R"({"starts_at":"2026-07-01T14:00:00Z"})");
  clock_.set(at("2026-07-01T18:30:00Z"));
  EXPECT_EQ(verdict(*made, "2026-07-01T11:00:00Z"), "before_creation");
  EXPECT_EQ(verdict(*made, "2026-07-01T15:30:00Z"), "not_a_fire_time");
  EXPECT_EQ(verdict(*made, "2026-07-01T13:00:00Z"), "outside_window");
  EXPECT_EQ(verdict(*made, "2026-07-01T19:00:00Z"), "future");
  EXPECT_EQ(verdict(*made, "2026-07-01T17:00:00Z"), "due");
  write([&](store::Transaction& tx) {
    auto task = tx.find_task(made->id).value();
    task.next_run_at = task.next_due_at = at("2026-07-01T19:00:00Z");
    tx.save_task_state(task);
  });
  EXPECT_EQ(verdict(*made, "2026-07-01T17:00:00Z"), "deleted");
  EXPECT_EQ(view_.why(TaskId{99}, {}, Language::en).error().kind, base::ErrorKind::not_found);
}

TEST_F(LedgerViewTest, WhilePausedNothingIsMissed) {
  const auto made = create(R"({"status":"PAUSED"})");
  clock_.set(at("2026-07-01T18:30:00Z"));
  EXPECT_EQ(verdict(*made, "2026-07-01T17:00:00Z"), "paused");
}

TEST_F(LedgerViewTest, APauseThatIsOverAnswersForTheFiresInIt) {
  const auto made = create("{}");
  clock_.set(at("2026-07-01T13:30:00Z"));
  ASSERT_TRUE(tasks_->set_paused(actor_of(rights::Role::operator_), made->id, true));
  clock_.set(at("2026-07-01T15:30:00Z"));
  ASSERT_TRUE(tasks_->set_paused(actor_of(rights::Role::operator_), made->id, false));
  clock_.set(at("2026-07-01T15:45:00Z"));
  EXPECT_EQ(verdict(*made, "2026-07-01T14:00:00Z"), "paused");
  EXPECT_EQ(verdict(*made, "2026-07-01T15:00:00Z"), "paused");
  EXPECT_EQ(verdict(*made, "2026-07-01T16:00:00Z"), "future");
  EXPECT_NE(verdict(*made, "2026-07-01T13:00:00Z"), "paused");
  const auto answer = view_.why(made->id, at("2026-07-01T14:00:00Z"), Language::en)->at("answer").as_string();
  EXPECT_EQ(answer,
            "The task was paused from 2026-07-01T13:30:00Z to 2026-07-01T15:30:00Z: nothing fires, and "
            "nothing is made up");
}

TEST_F(LedgerViewTest, AnotherScheduleAnswersForTheTimeInWhichItStood) {
  const auto made = create(R"({"cron":"10 * * * *"})");
  clock_.set(at("2026-07-01T12:40:00Z"));
  ASSERT_TRUE(tasks_->change(actor_of(rights::Role::editor), made->id,
                             boost::json::object{{"cron", "20 * * * *"}}, false, {}));
  clock_.set(at("2026-07-01T13:30:00Z"));
  EXPECT_EQ(verdict(*made, "2026-07-01T12:35:00Z"), "not_a_fire_time");
  EXPECT_EQ(verdict(*made, "2026-07-01T13:10:00Z"), "not_a_fire_time");
  clock_.set(at("2026-07-01T14:00:00Z"));
  ASSERT_TRUE(tasks_->change(actor_of(rights::Role::editor), made->id,
                             boost::json::object{{"cron", "35 * * * *"}}, false, {}));
  EXPECT_EQ(verdict(*made, "2026-07-01T12:35:00Z"), "other_schedule");
  for (std::int64_t i = 0; i < TaskService::kMaxRevisions; ++i) {
    ASSERT_TRUE(tasks_->change(actor_of(rights::Role::editor), made->id,
                               boost::json::object{{"description", std::to_string(i)}}, false, {}));
  }
  EXPECT_EQ(verdict(*made, "2026-07-01T12:35:00Z"), "other_schedule") << "however often it was changed since";
}

TEST_F(LedgerViewTest, FiresWhoseJitterAChangeOrAPauseCutShortAreSkippedInOneRecord) {
  const auto made = create(R"({"cron":"*/10 * * * *","jitter_s":86400})");
  const auto jitter = task::jitter_of(made->definition);
  ASSERT_GT(jitter, std::chrono::minutes{30});
  const auto editor = actor_of(rights::Role::editor);
  const auto records = [&] {
    store::ExecutionPage page;
    store_->read([&](store::Reader& reader) { page = reader.list_executions({.task_id = made->id}); });
    return page.items;
  };
  clock_.set(at("2026-07-01T12:40:01Z"));
  ASSERT_TRUE(tasks_->change(editor, made->id, boost::json::object{{"command", "date"}}, false, {}));
  EXPECT_TRUE(records().empty()) << "its times are the same";
  ASSERT_TRUE(tasks_->change(editor, made->id, boost::json::object{{"cron", "5 * * * *"}}, false, {}));
  ASSERT_EQ(records().size(), 1u);
  const auto cut_short = records().front();
  EXPECT_EQ(cut_short.status, ExecutionStatus::skipped);
  EXPECT_EQ(cut_short.scheduled_until, at("2026-07-01T12:40:00Z"));
  EXPECT_EQ(cut_short.count,
            (*cut_short.scheduled_until - *cut_short.scheduled_at) / std::chrono::minutes{10} + 1);
  EXPECT_EQ(cut_short.due_at, *cut_short.scheduled_at + jitter);
  EXPECT_EQ(verdict(*made, "2026-07-01T12:40:00Z"), "skipped");
  EXPECT_EQ(verdict(*made, "2026-07-01T12:50:00Z"), "not_a_fire_time") << "of the schedule that is there now";

  clock_.set(at("2026-07-01T13:06:00Z"));
  ASSERT_TRUE(tasks_->set_paused(editor, made->id, true));
  ASSERT_EQ(records().size(), 2u);
  EXPECT_EQ(records().front().scheduled_at, at("2026-07-01T13:05:00Z"));
  EXPECT_EQ(records().front().count, 1);
  EXPECT_NE(records().front().reason.find("paused"), std::string::npos);
  EXPECT_EQ(verdict(*made, "2026-07-01T13:05:00Z"), "skipped");
  clock_.set(at("2026-07-03T00:00:00Z"));
  EXPECT_EQ(verdict(*made, "2026-07-01T14:05:00Z"), "paused");
}

TEST_F(LedgerViewTest, WithoutATimeTheLatestFireIsMeant) {
  const auto made = create("{}");
  clock_.set(at("2026-07-01T14:59:59.500Z"));
  const auto id = keep(*made, ExecutionStatus::success, at("2026-07-01T14:00:00Z"));
  const auto answer = view_.why(made->id, {}, Language::zh);
  EXPECT_EQ(answer->at("at"), "2026-07-01T14:00:00Z");
  EXPECT_EQ(answer->at("execution_id"), id.value);
  EXPECT_EQ(answer->at("answer"), "它已运行，执行 1，结果 SUCCESS");
  EXPECT_EQ(answer->at("previous_fire"), "2026-07-01T13:00:00Z");
  EXPECT_EQ(answer->at("next_fire"), "2026-07-01T15:00:00Z");
}

TEST_F(LedgerViewTest, NoFireBeforeTheCreationIsOffered) {
  const auto made = create(R"({"cron":"30 * * * *"})");
  clock_.set(at("2026-07-01T14:59:59Z"));
  const auto of = [&](const char* time) { return *view_.why(made->id, at(time), Language::en); };
  EXPECT_EQ(of("2026-07-01T09:00:00Z").at("previous_fire"), nullptr);
  EXPECT_EQ(of("2026-07-01T09:00:00Z").at("next_fire"), "2026-07-01T12:30:00Z");
  EXPECT_EQ(of("2026-07-01T12:30:00Z").at("previous_fire"), nullptr);
  EXPECT_EQ(of("2026-07-01T13:30:00Z").at("previous_fire"), "2026-07-01T12:30:00Z");
}

TEST_F(LedgerViewTest, NoFireOutsideOfStartsAtAndEndsAtIsOffered) {
  const auto made =
      create(R"({"cron":"30 * * * *","starts_at":"2026-07-01T14:00:00Z","ends_at":"2026-07-01T16:30:00Z"})");
  clock_.set(at("2026-07-01T20:00:00Z"));
  const auto of = [&](const char* time) { return *view_.why(made->id, at(time), Language::en); };
  EXPECT_EQ(of("2026-07-01T13:30:00Z").at("previous_fire"), nullptr);
  EXPECT_EQ(of("2026-07-01T13:30:00Z").at("next_fire"), "2026-07-01T14:30:00Z");
  EXPECT_EQ(of("2026-07-01T14:30:00Z").at("previous_fire"), nullptr);
  EXPECT_EQ(of("2026-07-01T15:30:00Z").at("next_fire"), "2026-07-01T16:30:00Z");
  EXPECT_EQ(of("2026-07-01T16:30:00Z").at("next_fire"), nullptr);
  EXPECT_EQ(of("2026-07-01T19:30:00Z").at("previous_fire"), "2026-07-01T16:30:00Z");
  EXPECT_EQ(of("2026-07-01T19:30:00Z").at("next_fire"), nullptr);
  EXPECT_EQ(view_.why(made->id, {}, Language::en)->at("at"), "2026-07-01T16:30:00Z") << "its latest";
}

TEST_F(LedgerViewTest, TheFiresBeforeAndAfterAreOfTheScheduleThatStoodAtTheirTime) {
  const auto made = create(R"({"cron":"10 * * * *"})");
  const auto change = [&](const char* when, const char* cron) {
    clock_.set(at(when));
    ASSERT_TRUE(tasks_->change(actor_of(rights::Role::editor), made->id, boost::json::object{{"cron", cron}},
                               false, {}));
  };
  change("2026-07-01T14:40:00Z", "50 * * * *");
  change("2026-07-01T14:45:00Z", "0 0 1 1 *");
  const auto of = [&](const char* time) { return *view_.why(made->id, at(time), Language::en); };
  EXPECT_EQ(of("2026-07-01T13:20:00Z").at("previous_fire"), "2026-07-01T13:10:00Z");
  EXPECT_EQ(of("2026-07-01T13:20:00Z").at("next_fire"), "2026-07-01T14:10:00Z");
  EXPECT_EQ(of("2026-07-01T14:20:00Z").at("next_fire"), "2027-01-01T00:00:00Z")
      << "neither 14:50 nor 15:10, whose schedules did not live so long";
  EXPECT_EQ(of("2026-07-01T14:46:00Z").at("previous_fire"), "2026-07-01T14:10:00Z");
}

TEST_F(LedgerViewTest, FiresOfAnEveryScheduleThatIsNoMoreAreFoundByTheirRecords) {
  const auto made = create(R"({"cron":"@every 1h"})");
  clock_.set(at("2026-07-01T13:00:30Z"));
  keep(*made, ExecutionStatus::success, at("2026-07-01T13:00:30Z"));
  clock_.set(at("2026-07-01T16:30:00Z"));
  ASSERT_TRUE(tasks_->change(actor_of(rights::Role::editor), made->id,
                             boost::json::object{{"cron", "0 0 1 1 *"}}, false, {}));
  const auto answer = view_.why(made->id, at("2026-07-01T14:20:00Z"), Language::en);
  EXPECT_EQ(answer->at("previous_fire"), "2026-07-01T14:00:30Z");
  EXPECT_EQ(answer->at("next_fire"), "2026-07-01T15:00:30Z");
}

TEST_F(LedgerViewTest, FiresOfAnEveryScheduleAreFoundByItsStep) {
  const auto made = create(R"({"cron":"@every 1h"})");
  const auto id = keep(*made, ExecutionStatus::skipped, at("2026-07-01T13:00:30Z"), "one runs already");
  clock_.set(at("2026-07-01T13:20:00Z"));
  write([&](store::Transaction& tx) {
    auto task = tx.find_task(made->id).value();
    task.next_run_at = task.next_due_at = at("2026-07-01T14:00:30Z");
    tx.save_task_state(task);
  });
  for (const bool paused : {false, true}) {
    ASSERT_TRUE(tasks_->set_paused(actor_of(rights::Role::operator_), made->id, paused));
    const auto answer = view_.why(made->id, {}, Language::en);
    EXPECT_EQ(answer->at("at"), "2026-07-01T13:00:30Z");
    EXPECT_EQ(answer->at("execution_id"), id.value);
    EXPECT_EQ(answer->at("next_fire"), "2026-07-01T14:00:30Z");
    EXPECT_EQ(verdict(*made, "2026-07-01T13:10:00Z"), "not_a_fire_time");
    EXPECT_EQ(verdict(*made, "2026-07-01T15:00:30Z"), "future");
  }
}

TEST_F(LedgerViewTest, UpcomingMergesTheFiresOfActiveTasksSoonestFirst) {
  ASSERT_TRUE(create(R"({"name":"a","cron":"0 * * * *"})"));
  ASSERT_TRUE(create(R"({"name":"b","cron":"30 14 * * *"})"));
  ASSERT_TRUE(create(R"({"name":"c","cron":"0 * * * *","ends_at":"2026-07-01T14:00:00Z"})"));
  ASSERT_TRUE(create(R"({"name":"d","status":"PAUSED"})"));
  EXPECT_EQ(upcoming("2026-07-01T14:00:00Z", "2026-07-01T16:00:00Z"),
            (std::vector<std::string>{"a 14:00", "c 14:00", "b 14:30", "a 15:00"}));
}

TEST_F(LedgerViewTest, UpcomingTellsOfAFireThatWaitsOutItsJitter) {
  const auto made = create(R"({"name":"l","cron":"50 * * * *","jitter_s":86400})");
  const auto jitter = task::jitter_of(made->definition);
  ASSERT_GT(jitter, std::chrono::minutes{20});
  ASSERT_TRUE(create(R"({"name":"o","cron":"5 13 * * *"})"));
  clock_.set(at("2026-07-01T13:00:00Z"));
  EXPECT_EQ(upcoming("2026-07-01T13:00:00Z", "2026-07-01T14:00:00Z"),
            (std::vector<std::string>{"l 12:50", "o 13:05", "l 13:50"}));
  EXPECT_EQ(upcoming("2026-07-01T13:01:00Z", "2026-07-01T14:00:00Z"),
            (std::vector<std::string>{"o 13:05", "l 13:50"}))
      << "of a time to come only what is planned then";
  const auto fire = at("2026-07-01T12:50:00Z");
  clock_.set(fire + jitter);
  EXPECT_NE(upcoming(base::to_iso(fire + jitter).c_str(), "2026-07-03T00:00:00Z").at(0), "l 12:50");
}

TEST_F(LedgerViewTest, UpcomingFiresOfAnEveryScheduleKeepItsStepWhereverTheWindowBegins) {
  ASSERT_TRUE(create(R"({"name":"a","cron":"@every 1h","ends_at":"2026-07-01T16:30:00Z"})"));
  const std::vector<std::string> expected{"a 15:00", "a 16:00"};
  for (const char* from : {"2026-07-01T14:17:05Z", "2026-07-01T14:17:05.250Z", "2026-07-01T15:00:30Z"}) {
    EXPECT_EQ(upcoming(from, "2026-07-01T20:00:00Z"), expected) << from;
  }
}

TEST_F(LedgerViewTest, UpcomingIsCutAtItsLimitAndSaysSo) {
  ASSERT_TRUE(create(R"({"cron":"* * * * * *"})"));
  const auto day = view_.upcoming(clock_.now(), clock_.now() + std::chrono::days{1});
  EXPECT_EQ(day.at("items").as_array().size(), LedgerView::kMaxUpcoming);
  EXPECT_EQ(day.at("more"), true);
  EXPECT_EQ(view_.upcoming(clock_.now(), clock_.now() + std::chrono::minutes{1}).at("more"), false);
}

TEST_F(LedgerViewTest, StatisticsSumWhatEndedByStatusHourAndDay) {
  ASSERT_TRUE(create("{}"));
  ASSERT_TRUE(create(R"({"status":"PAUSED"})"));
  write([&](store::Transaction& tx) {
    for (int i = 0; i < 3; ++i) tx.add_outcome(at("2026-07-01T12:00:00Z"), ExecutionStatus::success, 100);
    tx.add_outcome(at("2026-06-30T23:00:00Z"), ExecutionStatus::failed, 500);
    tx.add_outcome(at("2026-06-30T23:00:00Z"), ExecutionStatus::cancelled, 900);
    tx.add_outcome(at("2026-06-01T00:00:00Z"), ExecutionStatus::failed, 1);
  });
  const auto figures = view_.statistics(7);
  EXPECT_EQ(figures.at("executions").at("SUCCESS"), 3);
  EXPECT_EQ(figures.at("total"), 5);
  EXPECT_EQ(figures.at("success_rate"), 0.75);
  EXPECT_EQ(figures.at("average_duration_ms"), 200);
  EXPECT_EQ(figures.at("tasks").at("ACTIVE"), 1);
  EXPECT_EQ(figures.at("tasks").at("total"), 2);
  ASSERT_EQ(figures.at("by_day").as_array().size(), 2u);
  EXPECT_EQ(figures.at("by_day").at(0).at("day"), "2026-06-30T00:00:00Z");
  EXPECT_EQ(figures.at("by_hour").at(1).at("hour"), "2026-07-01T12:00:00Z");
  EXPECT_EQ(figures.at("by_hour").at(1).at("success_rate"), 1.0);
}

TEST_F(LedgerViewTest, StatisticsOfNothingHaveNoRate) {
  EXPECT_TRUE(view_.statistics(1).at("success_rate").is_null());
  EXPECT_EQ(view_.statistics(1).at("total"), 0);
}

TEST_F(LedgerViewTest, ATasksFiguresHoldItsNextFiresAndItsLastRuns) {
  const auto made = create("{}");
  for (const auto status : {ExecutionStatus::success, ExecutionStatus::failed, ExecutionStatus::skipped}) {
    task::Execution execution;
    execution.task_id = made->id;
    execution.trigger = task::Trigger::manual;
    execution.status = status;
    if (status != ExecutionStatus::skipped) execution.started_at = clock_.now();
    execution.finished_at = clock_.now() + base::Milliseconds{400};
    keep(execution);
  }
  const auto figures = view_.figures(*made);
  ASSERT_EQ(figures.at("next_fires").as_array().size(), 5u);
  EXPECT_EQ(figures.at("next_fires").at(0), "2026-07-01T13:00:00Z");
  const auto& recent = figures.at("recent");
  EXPECT_EQ(recent.at("success_rate"), 0.5);
  EXPECT_EQ(recent.at("average_duration_ms"), 400);
  EXPECT_EQ(recent.at("strip").at(0).at("status"), "SKIPPED") << "the newest is first";
  EXPECT_TRUE(recent.at("strip").at(0).at("duration_ms").is_null());
}

TEST_F(LedgerViewTest, CountsOfWhatComesAreByTheHourAndNameTheSecondsThatSeveralShare) {
  clock_.set(at("2026-07-01T12:00:00Z"));
  ASSERT_TRUE(create(R"({"name":"b","cron":"30 * * * *"})"));
  ASSERT_TRUE(create(R"({"name":"c","cron":"30 * * * *"})"));
  ASSERT_TRUE(create(R"({"name":"a","cron":"0,30 13 * * *"})"));
  const auto answer =
      view_.upcoming(at("2026-07-01T12:00:00Z"), at("2026-07-01T15:00:00Z"), {.limit = 2, .counts = true});
  EXPECT_EQ(answer.at("items").as_array().size(), 2);
  EXPECT_EQ(answer.at("more"), true);
  const auto& counts = answer.at("counts").as_object();
  EXPECT_EQ(boost::json::serialize(counts.at("by_hour")),
            R"([{"hour":"2026-07-01T12:00:00Z","count":2},{"hour":"2026-07-01T13:00:00Z","count":4},)"
            R"({"hour":"2026-07-01T14:00:00Z","count":2}])");
  EXPECT_EQ(boost::json::serialize(counts.at("collisions")),
            R"([{"at":"2026-07-01T13:30:00Z","count":3,"names":["a","b","c"],"tasks":[)"
            R"({"task_id":3,"task_name":"a"},{"task_id":1,"task_name":"b"},{"task_id":2,"task_name":"c"}]},)"
            R"({"at":"2026-07-01T12:30:00Z","count":2,"names":["b","c"],"tasks":[)"
            R"({"task_id":1,"task_name":"b"},{"task_id":2,"task_name":"c"}]},)"
            R"({"at":"2026-07-01T14:30:00Z","count":2,"names":["b","c"],"tasks":[)"
            R"({"task_id":1,"task_name":"b"},{"task_id":2,"task_name":"c"}]}])");
  EXPECT_EQ(counts.at("total"), 8);
  EXPECT_EQ(counts.at("complete"), true);
}

TEST_F(LedgerViewTest, FiresThatLieCloseTogetherAreToldAsOneBand) {
  ASSERT_TRUE(create(R"({"name":"dense","cron":"*/10 * 13 * * *"})"));
  ASSERT_TRUE(create(R"({"name":"uneven","cron":"0,5,20 14 * * *"})"));
  ASSERT_TRUE(create(R"({"name":"rare","cron":"30 * * * *"})"));
  const auto answer = view_.upcoming(at("2026-07-01T12:00:00Z"), at("2026-07-01T15:00:00Z"),
                                     {.limit = 2, .fold = std::chrono::minutes{15}});
  EXPECT_EQ(boost::json::serialize(answer.at("tasks")),
            R"([{"task_id":3,"task_name":"rare","bands":[)"
            R"({"from":"2026-07-01T12:30:00Z","to":"2026-07-01T12:30:00Z","count":1,"every_ms":null},)"
            R"({"from":"2026-07-01T13:30:00Z","to":"2026-07-01T13:30:00Z","count":1,"every_ms":null},)"
            R"({"from":"2026-07-01T14:30:00Z","to":"2026-07-01T14:30:00Z","count":1,"every_ms":null}]},)"
            R"({"task_id":1,"task_name":"dense","bands":[)"
            R"({"from":"2026-07-01T13:00:00Z","to":"2026-07-01T13:59:50Z","count":360,"every_ms":10000}]}])");
  EXPECT_EQ(answer.at("task_total"), 3);
  EXPECT_EQ(answer.at("more_tasks"), true);
  const auto one = view_.upcoming(at("2026-07-01T12:00:00Z"), at("2026-07-01T15:00:00Z"),
                                  {.fold = std::chrono::minutes{15}, .search = "UNEV"});
  EXPECT_EQ(boost::json::serialize(one.at("tasks").at(0).at("bands")),
            R"([{"from":"2026-07-01T14:00:00Z","to":"2026-07-01T14:20:00Z","count":3,"every_ms":null}])");
  EXPECT_EQ(one.at("task_total"), 1);
}

TEST_F(LedgerViewTest, WhatIsTooMuchToCountIsABandToTheWindowsEnd) {
  ASSERT_TRUE(create(R"({"name":"second","cron":"* * * * * *"})"));
  ASSERT_TRUE(create(R"({"name":"every","cron":"@every 1s","ends_at":"2026-07-20T00:00:00Z"})"));
  ASSERT_TRUE(create(R"({"name":"office","cron":"* * 9-16 * * *"})"));
  const auto answer =
      view_.upcoming(at("2026-07-02T00:00:00Z"), at("2026-08-01T00:00:00Z"), {.fold = std::chrono::hours{1}});
  const auto bands = [&](std::size_t task) { return answer.at("tasks").at(task).at("bands").as_array(); };
  EXPECT_EQ(boost::json::serialize(bands(0)),
            R"([{"from":"2026-07-02T00:00:00Z","to":"2026-07-31T23:59:59Z","count":null,"every_ms":null}])");
  EXPECT_EQ(bands(1).size(), 1);
  EXPECT_EQ(bands(1).at(0).at("to"), "2026-07-20T00:00:00Z");
  ASSERT_EQ(bands(2).size(), 30);
  EXPECT_EQ(bands(2).at(29).at("to"), "2026-07-31T16:59:59Z");
}

TEST_F(LedgerViewTest, AFewOfWhatComesAreTheSoonestOfAll) {
  clock_.set(at("2026-07-01T12:00:00Z"));
  for (const char* minute : {"40", "20", "10", "30"})
    ASSERT_TRUE(create(R"({"name":")" + std::string(minute) + R"(","cron":")" + minute + R"( * * * *"})"));
  const auto answer = view_.upcoming(at("2026-07-01T12:00:00Z"), at("2026-07-02T12:00:00Z"), {.limit = 3});
  std::string names;
  for (const auto& item : answer.at("items").as_array()) names += item.at("task_name").as_string();
  EXPECT_EQ(names, "102030");
  EXPECT_EQ(answer.at("more"), true);
}

TEST_F(LedgerViewTest, FiguresOfATaskGoByTheReadersDays) {
  const auto made = create(R"({"cron":"0 * * * *"})");
  keep(*made, ExecutionStatus::success, at("2026-07-01T15:00:00Z"), "");
  keep(*made, ExecutionStatus::failed, at("2026-07-01T17:00:00Z"), "");
  keep(*made, ExecutionStatus::skipped, at("2026-07-01T18:00:00Z"), "one runs already");
  clock_.set(at("2026-07-02T00:00:00Z"));
  const auto days = [&](const char* zone) {
    std::string text;
    const auto answer = view_.task_statistics(made->id, 371, *cron::find_zone(zone));
    for (const auto& day : answer->at("by_day").as_array()) {
      text +=
          std::string(day.at("day").as_string()) + ' ' + boost::json::serialize(day.at("executions")) + ' ';
    }
    return text;
  };
  EXPECT_EQ(days("UTC"), R"(2026-07-01 {"SUCCESS":1,"FAILED":1,"SKIPPED":1} )");
  EXPECT_EQ(days("Asia/Shanghai"), R"(2026-07-01 {"SUCCESS":1} 2026-07-02 {"FAILED":1,"SKIPPED":1} )");
  EXPECT_FALSE(view_.task_statistics(base::TaskId{99}, 7, *cron::find_zone("UTC")));

  std::vector<base::ExecutionId> all;
  store_->read([&](store::Reader& reader) { all = reader.final_before(made->id, clock_.now(), 10); });
  ASSERT_TRUE(store_->write([&](store::Transaction& tx) -> base::Result<void> {
    tx.delete_executions(all);
    return {};
  }));
  EXPECT_EQ(days("UTC"), R"(2026-07-01 {"SUCCESS":1,"FAILED":1,"SKIPPED":1} )") << "deleted, not forgotten";
}

}  // namespace
}  // namespace service
