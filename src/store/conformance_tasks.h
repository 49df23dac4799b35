// Conformance: tasks, their revisions, lists and counts.
#pragma once
#include "store/conformance.h"

namespace store {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class StoredTasks : public Conformance {
 protected:
  std::vector<std::string> names(const TaskQuery& query) {
    std::vector<std::string> found;
    for (const auto& task : read([&](Reader& reader) { return reader.list_tasks(query); }).items) {
      found.push_back(task.definition.name);
    }
    return found;
  }
};

TEST_P(StoredTasks, ReadBackAsTheyWereWritten) {
  auto task = task_named("nightly \xE6\x9D\x8E '\"%");
  task.definition.tags = {"b", "a"};
  task.definition.env = {{"LANG", "C"}};
  task.definition.timeout_s = 0;
  task.definition.starts_at = minute(1);
  task.paused = true;
  task.running = 2;
  task.queued = 3;
  task.waiting = 1;
  task.last_failed = true;
  task.last_run_at = minute(2);
  task.next_run_at = minute(3);
  task.next_due_at = minute(4);
  task.last_error = "exit code 1";
  task.force_run_at = minute(5);
  task.updated_at = minute(6);
  const auto id = insert(task);
  const auto found = find(id);
  EXPECT_EQ(found.id, id);
  EXPECT_EQ(found.revision, 1);
  EXPECT_EQ(found.definition, task.definition);
  EXPECT_TRUE(found.paused);
  EXPECT_EQ(found.running, 2);
  EXPECT_EQ(found.queued, 3);
  EXPECT_EQ(found.waiting, 1);
  EXPECT_TRUE(found.last_failed);
  EXPECT_EQ(found.last_run_at, task.last_run_at);
  EXPECT_EQ(found.next_run_at, task.next_run_at);
  EXPECT_EQ(found.next_due_at, task.next_due_at);
  EXPECT_EQ(found.last_error, "exit code 1");
  EXPECT_EQ(found.force_run_at, task.force_run_at);
  EXPECT_EQ(found.created_at, task.created_at);
  EXPECT_EQ(found.updated_at, task.updated_at);
  EXPECT_EQ(found.created_by, "alice");
}

TEST_P(StoredTasks, AreAbsentUnderAnIdThatNobodyHas) {
  EXPECT_FALSE(read([](Reader& reader) { return reader.find_task(TaskId{99}).has_value(); }));
  EXPECT_FALSE(read([](Reader& reader) { return reader.find_task_by_legacy_id("99").has_value(); }));
}

TEST_P(StoredTasks, NeverTakeTheIdOfADeletedOne) {
  const auto first = insert(task_named("a"));
  write([&](Transaction& transaction) { transaction.delete_task(first); });
  EXPECT_GT(insert(task_named("b")), first);
}

TEST_P(StoredTasks, AreFoundByNameSeveralOfThem) {
  const auto first = insert(task_named("same"));
  insert(task_named("other"));
  const auto second = insert(task_named("same"));
  const auto by_name = [&](const char* name, std::int64_t limit) {
    return read([&](Reader& reader) { return ids_of(reader.find_tasks_by_name(name, limit)); });
  };
  EXPECT_THAT(by_name("same", 10), ElementsAre(first, second));
  EXPECT_THAT(by_name("same", 1), ElementsAre(first));
  EXPECT_THAT(by_name("none", 10), IsEmpty());
}

TEST_P(StoredTasks, KeepEachRevisionNewestFirst) {
  auto task = find(insert(task_named("a")));
  for (const char* command : {"two", "three"}) {
    task.revision += 1;
    task.definition.command = command;
    task.updated_at += std::chrono::minutes(1);
    write([&](Transaction& transaction) { transaction.save_definition(task, "bob"); });
  }
  EXPECT_EQ(find(task.id).definition.command, "three");
  EXPECT_EQ(find(task.id).revision, 3);
  const auto revisions = read([&](Reader& reader) { return reader.list_revisions(task.id, 2); });
  ASSERT_EQ(revisions.size(), 2);
  EXPECT_EQ(revisions[0].number, 3);
  EXPECT_EQ(revisions[0].definition.command, "three");
  EXPECT_EQ(revisions[0].changed_by, "bob");
  EXPECT_EQ(revisions[0].changed_at, minute(2));
  EXPECT_EQ(revisions[1].number, 2);
  const auto first = read([&](Reader& reader) { return reader.find_revision(task.id, 1); });
  ASSERT_TRUE(first);
  EXPECT_EQ(first->definition.command, "true");
  EXPECT_EQ(first->changed_by, "alice");
  EXPECT_FALSE(read([&](Reader& reader) { return reader.find_revision(task.id, 4).has_value(); }));
}

TEST_P(StoredTasks, TellTheRevisionInForceAtAnInstant) {
  auto task = find(insert(task_named("a")));
  // the clock was set back before the last
  for (const int written : {2, 5, 3}) {
    task.revision += 1;
    task.updated_at = minute(written);
    write([&](Transaction& transaction) { transaction.save_definition(task, "bob"); });
  }
  const auto number_at = [&](Instant at) {
    return read([&](Reader& reader) { return reader.revision_at(task.id, at).value().number; });
  };
  EXPECT_EQ(number_at(minute(2)), 2);
  EXPECT_EQ(number_at(minute(2) - std::chrono::milliseconds{1}), 1);
  EXPECT_EQ(number_at(minute(3)), 4);
  EXPECT_EQ(number_at(minute(9)), 4);
  EXPECT_EQ(number_at(minute(-9)), 1) << "before the first";
  EXPECT_FALSE(read([&](Reader& reader) { return reader.revision_at(TaskId{999}, minute(9)).has_value(); }));
}

inline void note_a_run(task::Task& task) {
  task.running = 1;
  task.queued = 2;
  task.waiting = 1;
  task.last_failed = true;
  task.last_run_at = minute(1);
  task.last_error = "why";
  task.force_run_at = minute(2);
}

inline void expect_the_run(const task::Task& found) {
  EXPECT_EQ(found.running, 1);
  EXPECT_EQ(found.queued, 2);
  EXPECT_EQ(found.waiting, 1);
  EXPECT_TRUE(found.last_failed);
  EXPECT_EQ(found.last_run_at, minute(1));
  EXPECT_EQ(found.last_error, "why");
  EXPECT_EQ(found.force_run_at, minute(2));
}

TEST_P(StoredTasks, KeepTheirDefinitionWhenTheirStateIsSaved) {
  auto task = find(insert(task_named("a")));
  task.definition.command = "not saved";
  task.paused = true;
  note_a_run(task);
  write([&](Transaction& transaction) { transaction.save_task_state(task); });
  const auto found = find(task.id);
  EXPECT_EQ(found.definition.command, "true");
  EXPECT_EQ(found.revision, 1);
  EXPECT_TRUE(found.paused);
  expect_the_run(found);
}

TEST_P(StoredTasks, KeepTheirCursorWhenARunChangesThem) {
  auto task = task_named("a");
  task.next_run_at = task.next_due_at = minute(5);
  task = find(insert(task));
  task.paused = true;
  task.next_run_at = task.next_due_at = minute(6);
  note_a_run(task);
  write([&](Transaction& transaction) { transaction.save_run_state(task); });
  const auto found = find(task.id);
  EXPECT_FALSE(found.paused);
  EXPECT_EQ(found.next_run_at, minute(5));
  EXPECT_EQ(found.next_due_at, minute(5));
  expect_the_run(found);
}

TEST_P(StoredTasks, AreSearchedInNameCommandDescriptionAndTags) {
  auto task = task_named("Backup 100%");
  task.definition.command = "tar c_f";
  task.definition.description = "weekly";
  task.definition.tags = {"ops"};
  insert(task);
  insert(task_named("other"));
  struct Case {
    const char* search;
    bool found;
  };
  for (const auto& [search, found] : {Case{"backup", true},
                                      {"BACK", true},
                                      {"tar", true},
                                      {"WEEK", true},
                                      {"ops", true},
                                      {"100%", true},
                                      {"c_f", true},
                                      {"1%0", false},
                                      {"c_r", false},
                                      {"ta_ c", false},
                                      {"nothing", false}}) {
    EXPECT_EQ(names({.search = search}).size(), found ? 1 : 0) << search;
  }
  EXPECT_EQ(names({}).size(), 2);
}

}  // namespace store
