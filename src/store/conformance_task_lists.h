// Conformance: lists of tasks, counts, what is due, and what goes with a task that is deleted.
#pragma once
#include "store/conformance_tasks.h"

namespace store {

class ListedTasks : public StoredTasks {
 protected:
  std::int64_t total(const TaskQuery& query) {
    return read([&](Reader& reader) { return reader.list_tasks(query).total; });
  }
};

TEST_P(ListedTasks, AreNarrowedByStatusTagAndSearchTogether) {
  auto paused = task_named("paused");
  paused.paused = true;
  paused.running = 1;  // PAUSED stands over RUNNING
  paused.definition.tags = {"x"};
  auto failed = task_named("failed");
  failed.last_failed = true;
  failed.definition.tags = {"x", "y"};
  auto running = task_named("running");
  running.running = 2;
  running.waiting = 1;
  auto pending = task_named("pending");
  pending.queued = 1;
  auto held = task_named("held");  // by a limit: nothing of it goes on
  held.running = held.waiting = 2;
  for (const auto& task : {paused, failed, running, pending, held, task_named("active")}) insert(task);

  EXPECT_THAT(names({.status = TaskStatus::paused}), ElementsAre("paused"));
  EXPECT_THAT(names({.status = TaskStatus::failed}), ElementsAre("failed"));
  EXPECT_THAT(names({.status = TaskStatus::running}), ElementsAre("running"));
  EXPECT_THAT(names({.status = TaskStatus::pending}), ElementsAre("pending", "held"));
  EXPECT_THAT(names({.status = TaskStatus::active}), ElementsAre("active"));
  EXPECT_THAT(names({.tag = "x"}), ElementsAre("paused", "failed"));
  EXPECT_THAT(names({.tag = "X"}), IsEmpty());
  EXPECT_THAT(names({.search = "fail", .status = TaskStatus::failed, .tag = "y"}), ElementsAre("failed"));
  EXPECT_THAT(names({.search = "fail", .status = TaskStatus::active, .tag = "y"}), IsEmpty());
  EXPECT_EQ(total({.tag = "x"}), 2);

  const auto counts = read([](Reader& reader) { return reader.count_tasks_by_status(); });
  EXPECT_THAT(counts, UnorderedElementsAre(Pair(TaskStatus::paused, 1), Pair(TaskStatus::failed, 1),
                                           Pair(TaskStatus::running, 1), Pair(TaskStatus::pending, 2),
                                           Pair(TaskStatus::active, 1)));
  const auto matching = [&](const TaskQuery& query) {
    return read([&](Reader& reader) { return reader.count_matching_by_status(query); });
  };
  EXPECT_EQ(matching({.status = TaskStatus::active}), counts);
  const auto both = UnorderedElementsAre(Pair(TaskStatus::paused, 1), Pair(TaskStatus::failed, 1));
  EXPECT_THAT(matching({.status = TaskStatus::active, .tag = "x"}), both);
  EXPECT_THAT(matching({.search = "FAIL"}), UnorderedElementsAre(Pair(TaskStatus::failed, 1)));
  EXPECT_THAT(matching({.search = "nothing", .tag = "x"}), IsEmpty());
  const auto tags = read([](Reader& reader) { return reader.count_tasks_by_tag(10); });
  EXPECT_THAT(tags, UnorderedElementsAre(Pair("x", 2), Pair("y", 1)));
  EXPECT_EQ(read([](Reader& reader) { return reader.count_tasks_by_tag(1).size(); }), 1);
}

TEST_P(ListedTasks, AreNarrowedToThosePausedAfterAFailure) {
  auto well = task_named("well");
  well.paused = true;
  auto ill = task_named("ill");
  ill.paused = ill.last_failed = true;
  auto failed = task_named("failed");
  failed.last_failed = true;
  for (const auto& task : {well, ill, failed}) insert(task);
  EXPECT_THAT(names({.need = TaskNeed::paused_failed}), ElementsAre("ill"));
  EXPECT_EQ(total({.need = TaskNeed::paused_failed}), 1);
}

TEST_P(ListedTasks, AreNarrowedToThoseThatShouldHaveRunAndNeverDid) {
  const auto add = [&](const char* name, auto change) {
    auto task = task_named(name);
    task.created_at = minute(1);
    change(task);
    return insert(task);
  };
  const auto missed = [&](TaskId id) {
    ExecutionId record;
    write([&](Transaction& transaction) {
      record = transaction.insert_execution(execution_of(id, ExecutionStatus::missed)).value();
    });
    return record;
  };
  missed(add("missed", [](Task& task) { task.next_run_at = minute(9); }));
  const auto record = missed(add("missed long ago", [](Task& task) { task.next_run_at = minute(9); }));
  write([&](Transaction& transaction) { transaction.delete_executions({&record, 1}); });
  missed(add("ran", [](Task& task) { task.last_run_at = minute(2); }));
  missed(add("paused", [](Task& task) { task.paused = true; }));
  const auto upstream = add("to come", [](Task& task) { task.next_run_at = minute(9); });
  add("no fire", [](Task&) {});
  add("no fire, new", [](Task& task) { task.created_at = minute(5); });
  add("at a restart", [](Task& task) { task.definition.cron = "@reboot"; });
  add("after another", [&](Task& task) { task.definition.after.tasks = {upstream}; });
  EXPECT_THAT(names({.need = TaskNeed::never_ran, .made_before = minute(5)}),
              ElementsAre("missed", "missed long ago", "no fire"));
  EXPECT_EQ(total({.need = TaskNeed::never_ran, .made_before = minute(5)}), 3);
}

TEST_P(ListedTasks, ComeInTheOrderThatIsAskedFor) {
  auto a = task_named("a");
  a.updated_at = minute(3);
  a.next_run_at = minute(2);
  auto b = task_named("b");
  b.updated_at = minute(1);
  b.last_run_at = minute(2);
  b.next_run_at = minute(1);
  b.paused = true;
  auto c = task_named("c");
  c.updated_at = minute(2);
  c.last_run_at = minute(1);
  c.last_failed = true;
  insert(b);
  insert(a);
  insert(c);
  struct Case {
    TaskSort sort;
    std::vector<std::string> up, down;
  };
  // what has no time stands last both ways; equal ones by id
  const Case cases[] = {
      {TaskSort::id, {"b", "a", "c"}, {"c", "a", "b"}},
      {TaskSort::name, {"a", "b", "c"}, {"c", "b", "a"}},
      {TaskSort::status, {"a", "c", "b"}, {"b", "c", "a"}},
      {TaskSort::created_at, {"b", "a", "c"}, {"c", "a", "b"}},
      {TaskSort::updated_at, {"b", "c", "a"}, {"a", "c", "b"}},
      {TaskSort::last_run_at, {"c", "b", "a"}, {"b", "c", "a"}},
      {TaskSort::next_run_at, {"b", "a", "c"}, {"a", "b", "c"}},
  };
  for (const auto& [sort, up, down] : cases) {
    EXPECT_EQ(names({.sort = sort}), up) << static_cast<int>(sort);
    EXPECT_EQ(names({.sort = sort, .descending = true}), down) << static_cast<int>(sort);
  }
}

TEST_P(ListedTasks, ComeInPagesWithTheTotalOfAll) {
  std::vector<TaskId> all;
  for (int i = 0; i < 5; ++i) all.push_back(insert(task_named("task " + std::to_string(i))));
  EXPECT_THAT(names({.page = 1, .page_size = 2}), ElementsAre("task 0", "task 1"));
  EXPECT_THAT(names({.page = 3, .page_size = 2}), ElementsAre("task 4"));
  EXPECT_THAT(names({.page = 4, .page_size = 2}), IsEmpty());
  EXPECT_EQ(total({.page = 4, .page_size = 2}), 5);
  // ids know no page
  const auto ids = [&](const TaskQuery& query, std::int64_t limit) {
    return read([&](Reader& reader) { return reader.list_task_ids(query, limit); });
  };
  EXPECT_EQ(ids({.page = 3, .page_size = 2}, 10), all);
  EXPECT_THAT(ids({}, 2), ElementsAre(all[0], all[1]));
  EXPECT_THAT(ids({.search = "task 3"}, 10), ElementsAre(all[3]));
}

TEST_P(ListedTasks, LoseTheTagsAndWordsThatANewDefinitionLacks) {
  auto draft = task_named("before");
  draft.definition.tags = {"old"};
  auto task = find(insert(draft));
  task.revision = 2;
  task.definition.name = "after";
  task.definition.tags = {"new"};
  write([&](Transaction& transaction) { transaction.save_definition(task, "bob"); });
  EXPECT_THAT(names({.tag = "old"}), IsEmpty());
  EXPECT_THAT(names({.search = "before"}), IsEmpty());
  EXPECT_THAT(names({.search = "after", .tag = "new"}), ElementsAre("after"));
}

TEST_P(ListedTasks, AreDueInTheOrderOfTheirNextRun) {
  auto soon = task_named("soon");
  soon.next_run_at = minute(1);
  soon.next_due_at = minute(10);
  auto later = task_named("later");
  later.next_run_at = later.next_due_at = minute(2);
  const auto later_id = insert(later);
  const auto soon_id = insert(soon);
  insert(task_named("never"));
  const auto due = [&](Instant until, std::int64_t limit) {
    return read([&](Reader& reader) { return ids_of(reader.tasks_due_before(until, limit)); });
  };
  EXPECT_THAT(due(minute(3), 10), ElementsAre(soon_id, later_id));
  EXPECT_THAT(due(minute(3), 1), ElementsAre(soon_id));
  EXPECT_THAT(due(minute(2), 10), ElementsAre(soon_id));
  const auto entries = read([](Reader& reader) {
    std::vector<std::pair<TaskId, Instant>> found;
    reader.for_each_due([&](TaskId id, Instant due_at) { found.emplace_back(id, due_at); });
    return found;
  });
  EXPECT_THAT(entries, UnorderedElementsAre(Pair(soon_id, minute(10)), Pair(later_id, minute(2))));
}

TEST_P(ListedTasks, WithoutANextFireAreReadInStepsByIdUnlessTheyArePaused) {
  auto fires = task_named("fires");
  fires.next_run_at = fires.next_due_at = minute(1);
  auto paused = task_named("paused");
  paused.paused = true;
  const auto first = insert(task_named("ended"));
  insert(fires);
  insert(paused);
  const auto second = insert(task_named("ended too"));
  const auto third = insert(task_named("and this one"));
  const auto step = [&](TaskId after) {
    return read([&](Reader& reader) { return reader.tasks_without_fire(after, 2); });
  };
  EXPECT_THAT(step(TaskId{}), ElementsAre(first, second));
  EXPECT_THAT(step(second), ElementsAre(third));
  EXPECT_THAT(step(third), IsEmpty());
}

TEST_P(ListedTasks, ThatRunAtRebootAreReadInStepsById) {
  std::vector<TaskId> ids;
  for (const char* cron : {"@reboot", "0 3 * * *", "@REBOOT", "@reboot"}) {
    auto task = task_named("a");
    task.definition.cron = cron;
    ids.push_back(insert(task));
  }
  const auto step = [&](TaskId after) {
    return read([&](Reader& reader) { return ids_of(reader.tasks_with_cron("@reboot", after, 2)); });
  };
  EXPECT_THAT(step(TaskId{}), ElementsAre(ids[0], ids[2]));
  EXPECT_THAT(step(ids[2]), ElementsAre(ids[3]));
  EXPECT_THAT(step(ids[3]), IsEmpty());
}

TEST_P(ListedTasks, TakeAllTheyHaveWithThemWhenDeleted) {
  auto draft = task_named("a");
  draft.definition.tags = {"x"};
  const auto id = insert(draft);
  const auto other = insert(task_named("b"));
  insert(execution_of(other));
  const auto execution = *insert(execution_of(id));
  write([&](Transaction& transaction) {
    transaction.keep_attempt(execution, {});
    transaction.save_output(execution, {"out", "err"});
  });
  write([&](Transaction& transaction) { transaction.delete_task(id); });
  store().read([&](Reader& reader) {
    EXPECT_FALSE(reader.find_task(id));
    EXPECT_THAT(reader.list_revisions(id, 10), IsEmpty());
    EXPECT_THAT(reader.count_tasks_by_tag(10), IsEmpty());
    EXPECT_FALSE(reader.find_execution(execution));
    EXPECT_THAT(reader.earlier_attempts(execution), IsEmpty());
    EXPECT_EQ(reader.find_output(execution).stdout_text, "");
    EXPECT_TRUE(reader.find_task(other));
    EXPECT_EQ(reader.list_executions({}).items.size(), 1);
  });
}

}  // namespace store
