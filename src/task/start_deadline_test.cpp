#include "task/start_deadline.h"

#include <gtest/gtest.h>

#include "base/time_fixture.h"

namespace task {
namespace {

using base::at;
using std::chrono::seconds;

TEST(StartDeadline, CountsFromTheFireOrFromTheRequest) {
  const auto due = at("2026-01-01T12:00:00Z"), created = at("2026-01-01T12:00:11Z");
  TaskDefinition definition;
  definition.start_deadline_s = 2;
  const std::pair<Trigger, Instant> cases[] = {{Trigger::schedule, due},     {Trigger::misfire, due},
                                               {Trigger::backfill, created}, {Trigger::manual, created},
                                               {Trigger::chain, created},    {Trigger::heartbeat, created}};
  for (const auto& [trigger, since] : cases) {
    Execution execution;
    execution.trigger = trigger;
    execution.due_at = due;
    execution.created_at = created;
    EXPECT_EQ(start_deadline(definition, execution), since + seconds{2}) << to_string(trigger);
    EXPECT_FALSE(is_past_start_deadline(definition, execution, since + seconds{1})) << to_string(trigger);
    EXPECT_TRUE(is_past_start_deadline(definition, execution, since + seconds{2})) << to_string(trigger);
    execution.attempt.number = 2;
    EXPECT_FALSE(start_deadline(definition, execution)) << "it has begun before";
  }
}

TEST(StartDeadline, ThereIsNoneUnlessTheTaskHasOne) {
  EXPECT_FALSE(start_deadline({}, {}));
  EXPECT_FALSE(is_past_start_deadline({}, {}, at("2036-01-01T12:00:00Z")));
}

}  // namespace
}  // namespace task
