#include "service/ledger_view_fixture.h"
#include "task/cursor.h"

namespace service {
namespace {

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

}  // namespace
}  // namespace service
