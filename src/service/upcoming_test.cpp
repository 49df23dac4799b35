// What will fire: the soonest, and counts of all of it.
#include <boost/json/serialize.hpp>

#include "service/ledger_view_fixture.h"
#include "task/cursor.h"

namespace service {
namespace {

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

}  // namespace
}  // namespace service
