// Conformance: pages of executions with every filter, retention, and hourly outcomes.
#pragma once
#include <random>

#include "store/conformance_executions.h"

namespace store {

using namespace std::chrono_literals;

class ListedExecutions : public StoredExecutions {
 protected:
  ExecutionPage page(const ExecutionQuery& query) {
    return read([&](Reader& reader) { return reader.list_executions(query); });
  }
  std::vector<ExecutionId> ids(const ExecutionQuery& query) { return ids_of(page(query).items); }
  ExecutionId made(ExecutionStatus status, Instant created_at = kNoon) {
    return insert(execution_of(task_, status, created_at)).value();
  }
};

TEST_P(ListedExecutions, ComeInPagesNewestFirstAndEachOnce) {
  std::vector<ExecutionId> all;
  for (int i = 0; i < 7; ++i) all.insert(all.begin(), made(ExecutionStatus::success, minute(i)));
  std::vector<ExecutionId> seen;
  std::vector<std::size_t> sizes;
  ExecutionQuery query{.limit = 3};
  do {
    const auto found = page(query);
    for (const auto id : ids_of(found.items)) seen.push_back(id);
    sizes.push_back(found.items.size());
    query.before = found.next_cursor;
    insert(execution_of(task_));  // what comes meanwhile moves nothing
  } while (query.before && sizes.size() < 10);
  EXPECT_EQ(seen, all);
  EXPECT_THAT(sizes, ElementsAre(3, 3, 1));
}

TEST_P(ListedExecutions, HaveNoNextCursorWhenThePageIsJustFull) {
  made(ExecutionStatus::success);
  made(ExecutionStatus::success);
  EXPECT_FALSE(page({.limit = 2}).next_cursor);
  EXPECT_TRUE(page({.limit = 1}).next_cursor);
  EXPECT_FALSE(page({.task_id = TaskId{99}}).next_cursor);
}

TEST_P(ListedExecutions, AreNoneBelowACursorThatNobodyGave) {
  made(ExecutionStatus::success);
  EXPECT_THAT(ids({.before = "nonsense"}), IsEmpty());
  EXPECT_THAT(ids({.before = "-1"}), IsEmpty());
}

// Each term alone and with each other one, on rows that hold every status, trigger, task and time.
TEST_P(ListedExecutions, AreThoseThatEveryTermHoldsFor) {
  const TaskId tasks[] = {task_, insert(task_named("other"))};
  std::vector<Execution> rows;
  write([&](Transaction& transaction) {
    for (int i = 0; i < 2 * 9 * 6; ++i) {
      auto row = execution_of(tasks[i % 2], static_cast<ExecutionStatus>(i / 2 % 9), minute(i));
      row.trigger = static_cast<Trigger>(i / 18);
      row.scheduled_at = minute(i);
      row.id = transaction.insert_execution(row).value();
      rows.push_back(row);
    }
  });
  int combinations = 0;
  for (int status = -1; status < 9; ++status) {
    for (int trigger = -1; trigger < 6; ++trigger) {
      for (int terms = 0; terms < 16; ++terms, ++combinations) {
        ExecutionQuery query{.limit = 200};
        if (status >= 0) query.status = static_cast<ExecutionStatus>(status);
        if (trigger >= 0) query.trigger = static_cast<Trigger>(trigger);
        if (terms & 1) query.task_id = tasks[1];
        if (terms & 2) query.since = rows[15].created_at;
        if (terms & 4) query.until = rows[90].created_at;
        if (terms & 8) query.before = base::to_string(rows[80].id);
        std::vector<ExecutionId> wanted;
        for (const auto& row : rows) {
          const bool holds = (!query.task_id || row.task_id == *query.task_id) &&
                             (!query.status || row.status == *query.status) &&
                             (!query.trigger || row.trigger == *query.trigger) &&
                             (!query.since || row.created_at >= *query.since) &&
                             (!query.until || row.created_at < *query.until) &&
                             (!query.before || row.id < rows[80].id);
          if (holds) wanted.insert(wanted.begin(), row.id);
        }
        ASSERT_EQ(ids(query), wanted) << "status " << status << " trigger " << trigger << " terms " << terms;
      }
    }
  }
  EXPECT_EQ(combinations, 10 * 7 * 16);
}

TEST_P(ListedExecutions, AreThoseThatAnEndStarted) {
  const auto first = made(ExecutionStatus::success);
  const auto second = made(ExecutionStatus::success);
  const auto started = [&](ExecutionId upstream, Trigger trigger, ExecutionStatus status) {
    auto row = execution_of(task_, status);
    row.trigger = trigger;
    row.overrides.env = {{task::kUpstreamVariable, base::to_string(upstream)}};
    return insert(row).value();
  };
  const auto one = started(first, Trigger::chain, ExecutionStatus::success);
  started(second, Trigger::chain, ExecutionStatus::success);
  started(first, Trigger::manual, ExecutionStatus::success);  // run again by hand
  const auto other = started(first, Trigger::chain, ExecutionStatus::pending);
  EXPECT_THAT(ids({.started_by = first}), ElementsAre(other, one));
  EXPECT_THAT(ids({.status = ExecutionStatus::pending, .started_by = first}), ElementsAre(other));
  EXPECT_THAT(ids({.task_id = TaskId{999}, .started_by = first}), ElementsAre());
  EXPECT_THAT(ids({.started_by = first, .limit = 1, .before = base::to_string(other)}), ElementsAre(one));
  EXPECT_THAT(ids({.started_by = one}), ElementsAre());
}

// Runs of every length from none to years, made in any order, against windows of every width: each run that
// was open in some part of the window is there, in pages and with filters too, and no other.
TEST_P(ListedExecutions, AreThoseThatWentOnInAWindow) {
  using enum ExecutionStatus;
  const TaskId tasks[] = {task_, insert(task_named("other"))};
  std::mt19937_64 random(7);
  const auto at_most = [&](std::int64_t most) {
    return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, most)(random));
  };
  const auto of_any_length = [&] {
    std::int64_t most = 1;
    for (auto digits = at_most(11).count(); digits > 0; --digits) most *= 10;
    return at_most(most);
  };
  struct Row {
    Execution execution;
    Instant begins;
    Instant ends;
  };
  std::vector<Row> rows;
  write([&](Transaction& transaction) {
    for (int i = 0; i < 600; ++i) {
      const auto status = static_cast<ExecutionStatus>(at_most(8).count());
      auto row = execution_of(tasks[i % 2], status, minute(i) - (i % 7 == 0 ? std::chrono::minutes(50) : 0s));
      const auto waits = at_most(3).count() == 0 ? of_any_length() : at_most(100);
      row.trigger = Trigger::manual;
      row.started_at.reset();
      row.finished_at.reset();
      auto begins = row.created_at;
      if (status == missed || status == skipped) {
        // told after the fact, which grows with each fire that is folded into it
        row.scheduled_at = begins = row.created_at - waits;
        row.finished_at = row.created_at + (status == skipped ? of_any_length() : 0ms);
      } else if (status != pending) {
        row.started_at = begins = row.created_at + waits;
        if (is_final(status)) row.finished_at = begins + of_any_length();
      }
      row.id = transaction.insert_execution(row).value();
      rows.push_back({row, begins, row.finished_at.value_or(Instant::max())});
    }
  });
  std::size_t found = 0;
  for (int i = 0; i < 300; ++i) {
    ExecutionQuery query{.limit = 700};
    const auto from = minute(0) + at_most(700 * 60'000) - at_most(3) * 30 * 60'000;
    query.during = Window{from, from + (i % 5 == 0 ? 0ms : of_any_length())};
    if (i % 3 == 1) query.task_id = tasks[1];
    if (i % 4 == 1) query.status = static_cast<ExecutionStatus>(i / 4 % 9);
    std::vector<ExecutionId> wanted;
    for (const auto& [row, begins, ends] : rows) {
      const bool holds = begins < query.during->to && ends >= query.during->from &&
                         (!query.task_id || row.task_id == *query.task_id) &&
                         (!query.status || row.status == *query.status);
      if (holds) wanted.insert(wanted.begin(), row.id);
    }
    ASSERT_EQ(ids(query), wanted) << base::to_iso(query.during->from) << ' '
                                  << base::to_iso(query.during->to);
    found += wanted.size();
    std::vector<ExecutionId> in_pages;
    query.limit = 9;
    do {
      const auto step = page(query);
      for (const auto id : ids_of(step.items)) in_pages.push_back(id);
      query.before = step.next_cursor;
    } while (query.before);
    ASSERT_EQ(in_pages, wanted);
  }
  EXPECT_GT(found, 10'000U);
}

TEST_P(ListedExecutions, AreAllInTheirTimeWhenTheClockWasSetBack) {
  const auto first = made(ExecutionStatus::success, minute(10));
  const auto second = made(ExecutionStatus::success, minute(9));
  EXPECT_THAT(ids({.since = minute(9)}), ElementsAre(second, first));
  EXPECT_THAT(ids({.until = minute(10)}), ElementsAre(second));
  EXPECT_THAT(ids({.since = minute(10)}), ElementsAre(first));
}

TEST_P(ListedExecutions, HaveANewestOneOfEachStatus) {
  const auto failed = made(ExecutionStatus::failed);
  const auto success = made(ExecutionStatus::success);
  insert(execution_of(insert(task_named("other")), ExecutionStatus::lost));
  const auto newest = [&](std::optional<ExecutionStatus> status) {
    const auto found = read([&](Reader& reader) { return reader.newest_execution(task_, status); });
    return found ? found->id : ExecutionId{};
  };
  EXPECT_EQ(newest({}), success);
  EXPECT_EQ(newest(ExecutionStatus::failed), failed);
  EXPECT_EQ(newest(ExecutionStatus::lost), ExecutionId{});
}

TEST_P(ListedExecutions, GoBeyondRetentionOldestFirstFailedOnesCountedApart) {
  using enum ExecutionStatus;
  std::vector<ExecutionId> all;
  for (const auto status :
       {success, failed, skipped, timeout, cancelled, lost, missed, pending, success, running}) {
    all.push_back(made(status));
  }
  insert(execution_of(insert(task_named("other"))));
  const auto beyond = [&](std::int64_t keep, std::int64_t keep_failed, std::int64_t limit) {
    return read([&](Reader& reader) { return reader.beyond_retention(task_, keep, keep_failed, limit); });
  };
  // good ones: 0 2 4 6 8; failed ones: 1 3 5; open ones are never given
  EXPECT_THAT(beyond(2, 1, 10), ElementsAre(all[0], all[1], all[2], all[3], all[4]));
  EXPECT_THAT(beyond(2, 1, 2), ElementsAre(all[0], all[1]));
  EXPECT_THAT(beyond(0, 3, 10), ElementsAre(all[0], all[2], all[4], all[6], all[8]));
  EXPECT_THAT(beyond(5, 0, 10), ElementsAre(all[1], all[3], all[5]));
  EXPECT_THAT(beyond(5, 3, 10), IsEmpty());
}

TEST_P(ListedExecutions, ThatAreFinalAndOldAreGivenOldestFirst) {
  using enum ExecutionStatus;
  const auto first = made(success, minute(1));
  made(running, minute(2));
  const auto second = made(failed, minute(3));
  const auto other_task = insert(task_named("other"));
  const auto other = insert(execution_of(other_task, success, minute(4))).value();
  made(success, minute(5));
  const auto old = [&](std::optional<TaskId> task, std::int64_t limit) {
    return read([&](Reader& reader) { return reader.final_before(task, minute(5), limit); });
  };
  EXPECT_THAT(old({}, 10), ElementsAre(first, second, other));
  EXPECT_THAT(old({}, 2), ElementsAre(first, second));
  EXPECT_THAT(old(task_, 10), ElementsAre(first, second));
  EXPECT_THAT(old(other_task, 10), ElementsAre(other));
}

TEST_P(ListedExecutions, AreDeletedWithAttemptsAndOutput) {
  const auto gone = made(ExecutionStatus::success);
  const auto stays = made(ExecutionStatus::success);
  write([&](Transaction& transaction) {
    for (const auto id : {gone, stays}) {
      transaction.keep_attempt(id, {});
      transaction.save_output(id, {"out", ""});
      transaction.save_log(id, 1, "frames");
    }
  });
  const ExecutionId ids[] = {gone, ExecutionId{99}};
  write([&](Transaction& transaction) { transaction.delete_executions(ids); });
  store().read([&](Reader& reader) {
    EXPECT_FALSE(reader.find_execution(gone));
    EXPECT_THAT(reader.earlier_attempts(gone), IsEmpty());
    EXPECT_EQ(reader.find_output(gone).stdout_text, "");
    EXPECT_FALSE(reader.find_log(gone, 1));
    EXPECT_EQ(reader.find_log(stays, 1), "frames");
    EXPECT_EQ(reader.earlier_attempts(stays).size(), 1);
    EXPECT_EQ(reader.find_output(stays).stdout_text, "out");
  });
}

TEST_P(ListedExecutions, GiveTheLastRunsOfATaskInShort) {
  const auto first = made(ExecutionStatus::success, minute(1));
  const auto second = made(ExecutionStatus::running, minute(2));
  insert(execution_of(insert(task_named("other"))));
  const auto runs = [&](std::int64_t limit) {
    return read([&](Reader& reader) { return reader.recent_runs(task_, limit); });
  };
  ASSERT_EQ(runs(10).size(), 2);
  EXPECT_EQ(runs(10)[0].id, second);
  EXPECT_EQ(runs(10)[0].status, ExecutionStatus::running);
  EXPECT_FALSE(runs(10)[0].duration_ms);
  EXPECT_EQ(runs(10)[1].id, first);
  EXPECT_EQ(runs(1).size(), 1);
}

TEST_P(ListedExecutions, TellHowThoseOfATaskEndedNewestFirst) {
  using enum ExecutionStatus;
  made(success, minute(1));
  made(failed, minute(3));
  made(running, minute(4));
  made(success, minute(5));
  insert(execution_of(insert(task_named("other")), success, minute(6)));
  const auto outcomes = [&](int since, std::int64_t limit) {
    std::vector<ExecutionStatus> found;
    for (const auto& outcome :
         read([&](Reader& reader) { return reader.task_outcomes(task_, minute(since), limit); })) {
      EXPECT_EQ(outcome.count, 1);
      found.push_back(outcome.status);
    }
    return found;
  };
  EXPECT_THAT(outcomes(0, 10), ElementsAre(success, failed, success));
  EXPECT_THAT(outcomes(3, 10), ElementsAre(success, failed));
  EXPECT_THAT(outcomes(0, 1), ElementsAre(success));
}

TEST_P(ListedExecutions, OnceDeletedAreRememberedByTheDay) {
  using enum ExecutionStatus;
  const auto day = [](int days) { return kNoon + std::chrono::days(days); };
  const auto deleted = [&](int days) {
    return read([&](Reader& reader) { return reader.deleted_outcomes(task_, day(days)); });
  };
  const auto delete_these = [&](std::vector<ExecutionId> ids) {
    write([&](Transaction& transaction) { transaction.delete_executions(ids); });
  };
  const auto first = made(success, minute(1));
  const auto second = made(success, minute(2));
  const auto third = made(failed, minute(3));
  made(success, minute(4));
  EXPECT_THAT(deleted(0), IsEmpty());
  delete_these({first, third});
  delete_these({second, first});
  EXPECT_THAT(deleted(0), testing::UnorderedElementsAre(TaskOutcome{kNoon, success, 2, 0},
                                                        TaskOutcome{kNoon, failed, 1, 0}));
  EXPECT_THAT(deleted(1), IsEmpty());
  delete_these({made(success, day(401))});
  EXPECT_THAT(deleted(0), ElementsAre(TaskOutcome{day(401), success, 1, 0}))
      << "a year and a month are remembered";
  write([&](Transaction& transaction) { transaction.delete_task(task_); });
  EXPECT_THAT(deleted(0), IsEmpty());
}

TEST_P(ListedExecutions, AddUpToOutcomesByTheHour) {
  const auto hour = [](int hours) { return kNoon + std::chrono::hours(hours); };
  write([&](Transaction& transaction) {
    transaction.add_outcome(hour(0), ExecutionStatus::success, 10);
    transaction.add_outcome(hour(0), ExecutionStatus::success, 5);
    transaction.add_outcome(hour(0), ExecutionStatus::failed, 1);
    transaction.add_outcome(hour(1), ExecutionStatus::success, 2);
    transaction.add_outcome(hour(2), ExecutionStatus::success, 3);
  });
  const auto found = read([&](Reader& reader) { return reader.hourly_outcomes(hour(0), hour(2)); });
  std::vector<std::string> lines;
  for (const auto& row : found) {
    lines.push_back(base::to_iso(row.hour).substr(11, 2) + ' ' + std::string(to_string(row.status)) + ' ' +
                    std::to_string(row.count) + ' ' + std::to_string(row.duration_ms));
  }
  EXPECT_THAT(lines, testing::UnorderedElementsAre("12 SUCCESS 2 15", "12 FAILED 1 1", "13 SUCCESS 1 2"));
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end(),
                             [](const auto& a, const auto& b) { return a.hour < b.hour; }));
}

}  // namespace store
