#include "engine/reboot.h"

#include "engine/ledger_fixture.h"

namespace engine {
namespace {

class RebootTest : public LedgerTest {
 protected:
  std::vector<TaskId> after(const std::string& boot) {
    std::vector<TaskId> ids;
    book([&](auto& tx, auto&, auto&) { ids = take_reboot_tasks(tx, boot, kNoon); });
    return ids;
  }
};

TEST_F(RebootTest, EachRestartOfTheMachineIsSeenOnceAndTheFirstStartIsNone) {
  const auto id = make({.cron = "@reboot"});
  EXPECT_TRUE(after("one").empty()) << "nothing is known of an earlier boot";
  EXPECT_TRUE(after("one").empty());
  EXPECT_EQ(after("two"), std::vector{id});
  EXPECT_TRUE(after("two").empty());
}

TEST_F(RebootTest, APausedTaskAndOneOutsideOfItsWindowStayOut) {
  const auto paused = make({.name = "paused", .cron = "@reboot"});
  book([&](auto& tx, auto&, auto&) {
    auto task = *tx.find_task(paused);
    task.paused = true;
    tx.save_task_state(task);
  });
  make({.name = "over", .cron = "@reboot", .ends_at = kNoon - seconds{1}});
  make({.name = "to come", .cron = "@reboot", .starts_at = kNoon + seconds{1}});
  const auto last = make({.name = "its last", .cron = "@reboot", .ends_at = kNoon});
  after("one");
  EXPECT_EQ(after("two"), std::vector{last});
}

}  // namespace
}  // namespace engine
