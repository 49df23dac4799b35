// What has run, in figures.
#include <boost/json/serialize.hpp>

#include "service/ledger_view_fixture.h"

namespace service {
namespace {

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
