// Conformance: what a commit is, who hears of it, what a reader sees, and the copy that backup makes.
#pragma once
#include <future>
#include <thread>

#include "store/conformance.h"

namespace store {

using testing::ElementsAre;

class Transactions : public Conformance {
 protected:
  // Works that are queued while this lives wait together, and so commit together.
  class HeldWriter {
   public:
    explicit HeldWriter(Store& store) {
      std::promise<void> started;
      store.write(
          [&started, gate = gate_.get_future().share(), first = true](Transaction&) mutable {
            if (std::exchange(first, false)) started.set_value();
            gate.wait();
            return base::Result<void>();
          },
          {});
      started.get_future().wait();
    }
    ~HeldWriter() { gate_.set_value(); }

   private:
    std::promise<void> gate_;
  };

  using Outcome = std::future<base::Result<void>>;

  Outcome queue(Store::Work work) {
    auto outcome = std::make_shared<std::promise<base::Result<void>>>();
    store().write(std::move(work), [outcome](base::Result<void> result) { outcome->set_value(result); });
    return outcome->get_future();
  }

  static Store::Work inserts(std::string name) {
    return [name](Transaction& transaction) {
      transaction.insert_task(task_named(name));
      return base::Result<void>();
    };
  }

  std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const auto& task : read([](Reader& reader) { return reader.list_tasks({}); }).items) {
      found.push_back(task.definition.name);
    }
    return found;
  }
};

inline base::Result<void> insert_and_refuse(Transaction& transaction) {
  transaction.insert_task(task_named("refused"));
  return base::make_error(base::ErrorKind::conflict, "no");
}

inline base::Result<void> insert_and_throw(Transaction& transaction) {
  transaction.insert_task(task_named("thrown"));
  throw std::runtime_error("why");
}

// Breaks a rule of the schema: no such task.
inline base::Result<void> insert_an_orphan(Transaction& transaction) {
  transaction.insert_task(task_named("beside an orphan"));
  transaction.insert_execution(execution_of(TaskId{99}));
  return {};
}

TEST_P(Transactions, ThatFailUndoTheirOwnWorkAloneWhileTheOthersOfTheirCommitStay) {
  std::vector<Outcome> outcomes;
  {
    const HeldWriter held(store());
    for (const auto& work :
         {inserts("first"), Store::Work(insert_and_refuse), inserts("second"), Store::Work(insert_and_throw),
          inserts("third"), Store::Work(insert_an_orphan), inserts("fourth")}) {
      outcomes.push_back(queue(work));
    }
  }
  std::vector<bool> kept;
  for (auto& outcome : outcomes) kept.push_back(outcome.get().has_value());
  EXPECT_THAT(kept, ElementsAre(true, false, true, false, true, false, true));
  EXPECT_THAT(names(), ElementsAre("first", "second", "third", "fourth"));
}

TEST_P(Transactions, ThatFailAloneSayWhyAndLeaveNothing) {
  const auto refused = store().write(insert_and_refuse);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::conflict);
  EXPECT_EQ(refused.error().message, "no");
  const auto thrown = store().write(insert_and_throw);
  ASSERT_FALSE(thrown);
  EXPECT_THAT(thrown.error().message, testing::HasSubstr("why"));
  EXPECT_FALSE(store().write(insert_an_orphan));
  EXPECT_TRUE(store().write(inserts("kept")));
  EXPECT_THAT(names(), ElementsAre("kept"));
}

TEST_P(Transactions, SeeWhatTheyWroteThemselves) {
  write([](Transaction& transaction) {
    const auto id = transaction.insert_task(task_named("a"));
    EXPECT_TRUE(transaction.find_task(id));
    transaction.delete_task(id);
    EXPECT_FALSE(transaction.find_task(id));
  });
}

TEST_P(Transactions, AreTakenInTheOrderInWhichTheyCame) {
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 2000; ++i) {
    outcomes.push_back(queue([i](Transaction& transaction) {
      const auto before = transaction.find_setting("at").value_or("-1");
      if (before != std::to_string(i - 1)) return base::Result<void>(base::make_error({}, before));
      transaction.set_setting("at", std::to_string(i));
      return base::Result<void>();
    }));
  }
  for (auto& outcome : outcomes) EXPECT_TRUE(outcome.get());
}

TEST_P(Transactions, AreReadableWhenDoneIsCalled) {
  std::promise<std::vector<std::string>> seen;
  store().write(inserts("a"), [&](base::Result<void>) { seen.set_value(names()); });
  EXPECT_THAT(seen.get_future().get(), ElementsAre("a"));
}

TEST_P(Transactions, FromManyThreadsAreAllKept) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 25; ++k) {
        EXPECT_TRUE(store().write(inserts(std::to_string(i) + '.' + std::to_string(k))));
        EXPECT_GE(read([](Reader& reader) { return reader.list_tasks({}).total; }), k + 1);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(read([](Reader& reader) { return reader.list_tasks({}).total; }), 100);
}

TEST_P(Transactions, TellTheListenerWhatWasKeptAndOnlyThat) {
  std::vector<Change> changes;
  store().set_listener([&](std::span<const Change> some) {
    for (const auto& change : some) changes.push_back(change);
  });
  auto draft = task_named("a");
  draft.next_due_at = minute(1);
  Task task;
  ExecutionId execution;
  {
    std::vector<Outcome> outcomes;
    {
      const HeldWriter held(store());
      queue(insert_and_refuse);
      outcomes.push_back(queue([&](Transaction& transaction) {
        task = transaction.find_task(transaction.insert_task(draft)).value();
        execution = transaction.insert_execution(fire_of(task.id, minute(1))).value();
        transaction.insert_execution(fire_of(task.id, minute(1)));  // had its execution already
        return base::Result<void>();
      }));
      queue(insert_and_throw);
    }
    EXPECT_TRUE(outcomes.front().get());
  }
  task.revision = 2;
  task.next_due_at = minute(2);
  write([&](Transaction& transaction) { transaction.save_definition(task, "bob"); });
  task.next_due_at = std::nullopt;
  write([&](Transaction& transaction) { transaction.save_task_state(task); });
  auto ended = find(execution);
  ended.status = ExecutionStatus::success;
  write([&](Transaction& transaction) { transaction.save_execution(ended); });
  write([&](Transaction& transaction) { transaction.delete_executions({&execution, 1}); });
  write([&](Transaction& transaction) { transaction.delete_task(task.id); });
  write([&](Transaction& transaction) { transaction.delete_task(task.id); });  // gone already

  using enum Change::Kind;
  std::vector<Change::Kind> kinds;
  for (const auto& change : changes) {
    kinds.push_back(change.kind);
    EXPECT_EQ(change.task_id, task.id);
  }
  ASSERT_THAT(kinds, ElementsAre(task_created, execution_created, task_updated, task_state, execution_updated,
                                 executions_deleted, task_deleted));
  EXPECT_EQ(changes[0].next_due_at, minute(1));
  EXPECT_EQ(changes[2].next_due_at, minute(2));
  EXPECT_EQ(changes[3].next_due_at, std::nullopt);
  for (const int i : {1, 4, 5}) EXPECT_EQ(changes[i].execution_id, execution);
  EXPECT_EQ(changes[1].status, ExecutionStatus::pending);
  EXPECT_EQ(changes[4].status, ExecutionStatus::success);
}

TEST_P(Transactions, DoNotMoveAViewThatIsBeingRead) {
  insert(task_named("a"));
  store().read([&](Reader& reader) {
    EXPECT_EQ(reader.list_tasks({}).total, 1);
    insert(task_named("b"));
    EXPECT_EQ(reader.list_tasks({}).total, 1);
    EXPECT_EQ(read([](Reader& other) { return other.list_tasks({}).total; }), 2);  // a view of its own
  });
}

TEST_P(Transactions, AreSeenByLaterReadsWhenAnEarlierOneThrew) {
  auto due = task_named("a");
  due.next_due_at = minute(1);
  insert(due);
  insert(due);
  const auto fail_half_way = [](Reader& reader) {
    reader.for_each_due([](TaskId, Instant) { throw std::runtime_error("why"); });
  };
  EXPECT_THROW(store().read(fail_half_way), std::runtime_error);
  insert(task_named("b"));
  EXPECT_EQ(read([](Reader& reader) { return reader.list_tasks({}).total; }), 3);
}

}  // namespace store
