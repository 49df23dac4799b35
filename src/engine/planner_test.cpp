#include "engine/planner.h"

#include <map>
#include <random>

namespace engine {
namespace {

using base::from_unix_ms;
using base::TaskId;

std::vector<std::int64_t> ids(const std::vector<Planner::Due>& due) {
  std::vector<std::int64_t> result;
  for (const auto& entry : due) result.push_back(entry.task_id.value);
  return result;
}

TEST(Planner, GivesWhatIsDueSoonestFirstAndOnlyOnce) {
  Planner planner;
  planner.set(TaskId{3}, from_unix_ms(300));
  planner.set(TaskId{1}, from_unix_ms(100));
  planner.set(TaskId{2}, from_unix_ms(200));
  EXPECT_EQ(planner.next_due_at(), from_unix_ms(100));
  EXPECT_EQ(ids(planner.take_due(from_unix_ms(250), 10)), (std::vector<std::int64_t>{1, 2}));
  EXPECT_TRUE(planner.take_due(from_unix_ms(250), 10).empty());
  EXPECT_EQ(planner.size(), 1u);
}

TEST(Planner, AMovedTaskComesAtItsNewTimeOnly) {
  Planner planner;
  planner.set(TaskId{1}, from_unix_ms(100));
  planner.set(TaskId{1}, from_unix_ms(500));
  EXPECT_TRUE(planner.take_due(from_unix_ms(499), 10).empty());
  EXPECT_EQ(planner.take_due(from_unix_ms(500), 10).size(), 1u);
  EXPECT_FALSE(planner.next_due_at());
}

TEST(Planner, AMovedBackTaskComesOnceThoughItsOldEntryIsValidAgain) {
  Planner planner;
  planner.set(TaskId{1}, from_unix_ms(100));
  planner.set(TaskId{1}, from_unix_ms(500));
  planner.set(TaskId{1}, from_unix_ms(100));
  EXPECT_EQ(planner.take_due(from_unix_ms(1000), 10).size(), 1u);
}

TEST(Planner, ATaskTakenAwayNeverComes) {
  Planner planner;
  planner.set(TaskId{1}, from_unix_ms(100));
  planner.set(TaskId{1}, std::nullopt);
  EXPECT_TRUE(planner.take_due(from_unix_ms(1000), 10).empty());
  EXPECT_EQ(planner.size(), 0u);
}

TEST(Planner, AgreesWithASimpleMapOverRandomChanges) {
  std::mt19937 random(7);
  Planner planner;
  std::map<std::int64_t, std::int64_t> model;
  std::int64_t now = 1;
  for (int step = 0; step < 200'000; ++step) {
    const std::int64_t id = 1 + random() % 300 * 977;
    const auto choice = random() % 10;
    if (choice < 6) {
      const std::int64_t at = now + 1 + random() % 1000;
      planner.set(TaskId{id}, from_unix_ms(at));
      model[id] = at;
    } else if (choice < 7) {
      planner.set(TaskId{id}, std::nullopt);
      model.erase(id);
    } else {
      now += random() % 50;
      std::size_t expected = std::erase_if(model, [now](const auto& entry) { return entry.second <= now; });
      EXPECT_EQ(planner.take_due(from_unix_ms(now), 1'000'000).size(), expected);
    }
    ASSERT_EQ(planner.size(), model.size());
  }
}

}  // namespace
}  // namespace engine
