#include "service/execution_search.h"

#include <gmock/gmock.h>

#include <cstring>

#include "runner/log_frame.h"
#include "service/service_fixture.h"

namespace service {
namespace {

using testing::ElementsAre;
using enum task::ExecutionStatus;

class ExecutionSearch : public ServiceTest {
 protected:
  // Each made a minute after the one before.
  ExecutionId said(task::ExecutionStatus status, const store::Output& output) {
    clock_.advance(std::chrono::minutes(1));
    task::Execution execution;
    execution.task_id = task_.id;
    execution.task_name = task_.definition.name;
    execution.status = execution.attempt.status = status;
    execution.created_at = clock_.now();
    execution.attempt.output_bytes =
        static_cast<std::int64_t>(output.stdout_text.size() + output.stderr_text.size());
    const auto id = keep(execution);
    write([&](store::Transaction& tx) { tx.save_output(id, output); });
    return id;
  }
  FoundExecutions search(std::string_view text, store::ExecutionQuery query = {}, SearchBound bound = {}) {
    FoundExecutions found;
    store_->read([&](store::Reader& reader) { found = search_outputs(reader, query, text, bound); });
    return found;
  }
  static std::vector<ExecutionId> ids(const FoundExecutions& found) {
    std::vector<ExecutionId> ids;
    for (const auto& execution : found.page.items) ids.push_back(execution.id);
    return ids;
  }

  const task::Task task_ = create("{}").value();
};

TEST_F(ExecutionSearch, FindsThoseWhoseOutputHoldsTheText) {
  const auto first = said(failed, {"starts\nno Disk left\nends\n", ""});
  const auto oldest = clock_.now();
  said(failed, {"no memory left\n", ""});
  const auto third = said(success, {"fine\n", "warning: DISK slow\n"});
  said(running, {"the disk of an attempt before", ""});
  said(success, {});
  const auto found = search("disk");
  EXPECT_THAT(ids(found), ElementsAre(third, first));
  ASSERT_EQ(found.matches.size(), 2);
  EXPECT_TRUE(found.matches[0].in_stderr);
  EXPECT_EQ(found.matches[0].text, "warning: DISK slow");
  EXPECT_FALSE(found.matches[1].in_stderr);
  EXPECT_EQ(found.matches[1].text, "no Disk left");
  EXPECT_FALSE(found.page.next_cursor);
  EXPECT_EQ(found.searched_until, oldest);
  EXPECT_THAT(ids(search("disk", {.status = failed})), ElementsAre(first));
  EXPECT_THAT(ids(search("disk", {.before = base::to_string(third)})), ElementsAre(first));
  EXPECT_THAT(ids(search("disk%")), ElementsAre());
  EXPECT_FALSE(search("disk", {.task_id = TaskId{999}}).searched_until);
}

TEST_F(ExecutionSearch, LooksIntoShortOutputsThatAreKeptAsTheyCame) {
  const auto id = said(success, {});
  std::string frames;
  for (const auto& [stream, text] : {std::pair{runner::Stream::standard_output, "half a nee"},
                                     {runner::Stream::standard_error, "something else\n"},
                                     {runner::Stream::standard_output, "dle\n"}}) {
    char header[runner::kFrameHeaderBytes];
    runner::encode({stream, static_cast<std::uint32_t>(std::strlen(text)), clock_.now()}, header);
    frames.append(header, sizeof header).append(text);
  }
  write([&](store::Transaction& tx) {
    auto execution = tx.find_execution(id).value();
    execution.attempt.output_bytes = 30;
    tx.save_execution(execution);
    tx.save_log(id, execution.attempt.number, frames);
  });
  const auto found = search("needle");
  EXPECT_THAT(ids(found), ElementsAre(id));
  ASSERT_EQ(found.matches.size(), 1);
  EXPECT_EQ(found.matches[0].text, "half a needle");
  EXPECT_TRUE(search("something").matches.at(0).in_stderr);
}

TEST_F(ExecutionSearch, EndsAtItsBoundAndGoesOnFromThere) {
  std::vector<ExecutionId> all;
  std::vector<base::Instant> times;
  for (int i = 0; i < 10; ++i) {
    all.push_back(said(success, {i % 4 == 0 ? "needle" : "straw.", ""}));
    times.push_back(clock_.now());
  }
  struct Case {
    SearchBound bound;
    std::int64_t limit;
    int before;  // of all; -1: from the newest
    std::vector<int> found;
    int until;
    bool more;
  };
  for (const auto& [bound, limit, before, wanted, until, more] : std::initializer_list<Case>{
           {{.executions = 4}, 50, -1, {8}, 6, true},
           {{.executions = 4}, 50, 6, {4}, 2, true},
           {{.executions = 4}, 50, 2, {0}, 0, false},
           {{.executions = 1}, 50, 8, {}, 7, true},
           {{.executions = 10}, 50, -1, {8, 4, 0}, 0, false},
           {{.output_bytes = 12}, 50, -1, {8}, 8, true},
           {{}, 1, -1, {8}, 8, true},
           {{}, 1, 8, {4}, 4, true},
           {{}, 3, -1, {8, 4, 0}, 0, false},
       }) {
    store::ExecutionQuery query{.limit = limit};
    if (before >= 0) query.before = base::to_string(all[before]);
    const auto found = search("needle", query, bound);
    std::vector<ExecutionId> expected;
    for (const int each : wanted) expected.push_back(all[each]);
    const auto of = "until " + std::to_string(until);
    EXPECT_EQ(ids(found), expected) << of;
    EXPECT_EQ(found.searched_until, times[until]) << of;
    EXPECT_EQ(found.page.next_cursor, more ? std::optional(base::to_string(all[until])) : std::nullopt) << of;
  }
}

// More than are read at once.
TEST_F(ExecutionSearch, GoesThroughThousands) {
  const auto first = said(success, {"needle", ""});
  write([&](store::Transaction& tx) {
    auto execution = tx.find_execution(first).value();
    for (int i = 0; i < 1100; ++i) tx.insert_execution(execution);
  });
  EXPECT_THAT(ids(search("needle")), ElementsAre(first));
  EXPECT_THAT(ids(search("needle", {}, {.executions = 1100})), ElementsAre());
  EXPECT_EQ(search("needle", {}, {.executions = 1100}).page.next_cursor,
            base::to_string(ExecutionId{first.value + 1}));
}

}  // namespace
}  // namespace service
