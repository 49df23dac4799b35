#include "service/task_service.h"

#include "rights/task_fields.h"
#include "service/service_fixture.h"
#include "service/task_json.h"
#include "task/definition_json.h"

namespace service {
namespace {

using base::ErrorKind;
using rights::Role;

class TaskServiceTest : public ServiceTest {
 protected:
  base::Result<task::Task> patch(TaskId id, std::string_view body, Role role = Role::editor,
                                 std::optional<std::int64_t> revision = {}) {
    return tasks_->change(actor_of(role), id, object(body), false, revision);
  }
  static std::vector<std::string> places(const base::Error& error) {
    std::vector<std::string> names;
    for (const auto& field : error.fields) names.push_back(field.loc.back());
    return names;
  }
};

TEST_F(TaskServiceTest, ANewTaskIsKeptWithItsNextFireItsMakerAndItsAuditRow) {
  const auto made = create(R"({"env":{"KEY":"secret"}})");
  ASSERT_TRUE(made);
  const auto found = tasks_->find(made->id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->definition, made->definition);
  EXPECT_EQ(found->revision, 1);
  EXPECT_EQ(found->created_by, "editor");
  EXPECT_EQ(found->next_run_at, at("2026-07-01T13:00:00Z"));
  ASSERT_EQ(audit().size(), 1u);
  EXPECT_EQ(audit()[0].action, "task.create");
  EXPECT_EQ(audit()[0].object, "task:" + base::to_string(made->id));
  EXPECT_EQ(audit()[0].after.find("secret"), std::string::npos)
      << "values of variables are not for the audit";
}

TEST_F(TaskServiceTest, AllThatIsWrongIsToldAtOnceAndNothingIsKept) {
  const auto made = create(R"({"cron":"30 25 * * *","comand":"x","timeout_s":-1,"id":7})");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::invalid);
  auto wrong = places(made.error());
  std::sort(wrong.begin(), wrong.end());
  EXPECT_EQ(wrong, (std::vector<std::string>{"comand", "cron", "id", "timeout_s"}));
  EXPECT_EQ(tasks_->list({}).total, 0);
  EXPECT_TRUE(audit().empty());
}

TEST_F(TaskServiceTest, ATaskCanBeMadePausedAndNothingElseCanBeItsStatus) {
  const auto made = create(R"({"status":"PAUSED"})");
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->paused);
  EXPECT_EQ(made->next_run_at, std::nullopt);
  for (const char* wrong : {R"({"status":"RUNNING"})", R"({"status":1})", R"({"status":null})"}) {
    const auto refused = create(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(places(refused.error()), std::vector<std::string>{"status"}) << wrong;
  }
}

TEST_F(TaskServiceTest, APatchChangesWhatItNamesAndAReplacementTheRestToo) {
  const auto id = create(R"({"description":"old","timeout_s":5})")->id;
  const auto patched = patch(id, R"({"description":"new"})");
  ASSERT_TRUE(patched);
  EXPECT_EQ(patched->definition.description, "new");
  EXPECT_EQ(patched->definition.timeout_s, 5);
  EXPECT_EQ(patched->revision, 2);
  const auto reset = patch(id, R"({"timeout_s":null})");
  ASSERT_TRUE(reset);
  EXPECT_EQ(reset->definition.timeout_s, std::nullopt);
  const auto replaced = tasks_->change(actor_of(Role::editor), id,
                                       object(R"({"name":"b","cron":"@daily","command":"ls"})"), true, {});
  ASSERT_TRUE(replaced);
  EXPECT_EQ(replaced->definition.description, "");
  EXPECT_EQ(tasks_->find(id)->definition.command, "ls");
}

TEST_F(TaskServiceTest, APatchOfTheStatusPausesForGood) {
  const auto id = create("{}")->id;
  ASSERT_TRUE(patch(id, R"({"status":"PAUSED"})"));
  EXPECT_TRUE(tasks_->find(id)->paused);
  EXPECT_EQ(tasks_->find(id)->next_run_at, std::nullopt);
  ASSERT_TRUE(patch(id, R"({"status":"ACTIVE"})"));
  EXPECT_EQ(tasks_->find(id)->next_run_at, at("2026-07-01T13:00:00Z"));
}

TEST_F(TaskServiceTest, AChangeThatChangesNothingIsNoRevision) {
  const auto id = create("{}")->id;
  ASSERT_TRUE(patch(id, R"({"command":"true"})"));
  EXPECT_EQ(tasks_->find(id)->revision, 1);
  EXPECT_EQ(audit().size(), 1u);
}

TEST_F(TaskServiceTest, ADueFireIsBookedAsTheTaskWasBeforeTheEdit) {
  const auto id = create("{}")->id;
  clock_.set(at("2026-07-01T13:00:02Z"));
  ASSERT_TRUE(patch(id, R"({"cron":"30 * * * *","command":"ls"})"));
  EXPECT_EQ(tasks_->find(id)->next_run_at, at("2026-07-01T13:30:00Z"));
  const auto fires = executions_of(id);
  ASSERT_EQ(fires.size(), 1u);
  EXPECT_EQ(fires[0].scheduled_at, at("2026-07-01T13:00:00Z"));
  EXPECT_EQ(fires[0].task_revision, 1);
}

TEST_F(TaskServiceTest, WhatWasMissedBeforeAPauseHasItsRecord) {
  const auto id = create(R"({"misfire":{"policy":"skip"}})")->id;
  clock_.set(at("2026-07-01T15:30:00Z"));
  ASSERT_TRUE(tasks_->set_paused(actor_of(Role::operator_), id, true));
  const auto missed = executions_of(id);
  ASSERT_EQ(missed.size(), 1u);
  EXPECT_EQ(missed[0].status, task::ExecutionStatus::missed);
  EXPECT_EQ(missed[0].count, 3);
}

TEST_F(TaskServiceTest, AChangeOfWhatWasChangedMeanwhileIsRefused) {
  const auto id = create("{}")->id;
  ASSERT_TRUE(patch(id, R"({"command":"one"})", Role::editor, 1));
  const auto late = patch(id, R"({"command":"two"})", Role::editor, 1);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::precondition_failed);
  EXPECT_EQ(tasks_->find(id)->definition.command, "one");
  EXPECT_TRUE(patch(id, R"({"command":"two"})", Role::editor, 2));
}

TEST_F(TaskServiceTest, WhatDoesNotExistIsNotFoundWhateverIsAsked) {
  const TaskId none{99};
  const auto editor = actor_of(Role::editor);
  EXPECT_EQ(tasks_->find(none).error().kind, ErrorKind::not_found);
  EXPECT_EQ(patch(none, "{}").error().kind, ErrorKind::not_found);
  EXPECT_EQ(tasks_->set_paused(editor, none, true).error().kind, ErrorKind::not_found);
  EXPECT_EQ(tasks_->toggle(editor, none).error().kind, ErrorKind::not_found);
  EXPECT_EQ(tasks_->remove(editor, none).error().kind, ErrorKind::not_found);
  EXPECT_EQ(tasks_->run(editor, none, {}, false).error().kind, ErrorKind::not_found);
  EXPECT_EQ(tasks_->cleanup(editor, none, 1, {}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(tasks_->revisions(none).error().kind, ErrorKind::not_found);
  EXPECT_EQ(tasks_->restore(editor, none, 1).error().kind, ErrorKind::not_found);
  EXPECT_EQ(tasks_->resolve("nightly").error().kind, ErrorKind::not_found);
}

TEST_F(TaskServiceTest, PauseAndResumeMoveTheCursorAndWriteOneAuditRowEach) {
  const auto id = create("{}")->id;
  const auto operating = actor_of(Role::operator_);
  ASSERT_TRUE(tasks_->set_paused(operating, id, true));
  ASSERT_TRUE(tasks_->set_paused(operating, id, true));
  EXPECT_EQ(tasks_->find(id)->next_run_at, std::nullopt);
  clock_.advance(std::chrono::hours{5});
  ASSERT_TRUE(tasks_->toggle(operating, id));
  EXPECT_EQ(tasks_->find(id)->next_run_at, at("2026-07-01T18:00:00Z"));
  ASSERT_EQ(audit().size(), 3u);
  EXPECT_EQ(audit()[0].action, "task.resume");
  EXPECT_EQ(audit()[1].action, "task.pause");
}

TEST_F(TaskServiceTest, ADeletedTaskIsGoneAndAudited) {
  const auto id = create("{}")->id;
  ASSERT_TRUE(tasks_->remove(actor_of(Role::editor), id));
  EXPECT_FALSE(tasks_->find(id));
  EXPECT_EQ(audit()[0].action, "task.delete");
  EXPECT_NE(audit()[0].before.find("backup"), std::string::npos);
}

TEST_F(TaskServiceTest, OfABulkRequestOneUnknownIdSpoilsNothing) {
  const auto first = create("{}")->id;
  const auto second = create("{}")->id;
  const std::vector<TaskId> ids{first, TaskId{99}, second};
  for (const auto action :
       {BulkAction::pause, BulkAction::resume, BulkAction::force_run, BulkAction::remove}) {
    const auto outcomes = tasks_->bulk(actor_of(Role::editor), action, ids);
    ASSERT_EQ(outcomes.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(outcomes[i].id, ids[i]);
    EXPECT_FALSE(outcomes[0].error);
    ASSERT_TRUE(outcomes[1].error);
    EXPECT_EQ(outcomes[1].error->kind, ErrorKind::not_found);
    EXPECT_FALSE(outcomes[2].error);
    EXPECT_EQ(outcomes[0].execution_id.has_value(), action == BulkAction::force_run);
    EXPECT_EQ(tasks_->list({}).total, action == BulkAction::remove ? 0 : 2);
    if (action == BulkAction::pause) {
      EXPECT_TRUE(tasks_->find(second)->paused);
    }
    if (action == BulkAction::resume) {
      EXPECT_FALSE(tasks_->find(second)->paused);
    }
  }
}

TEST_F(TaskServiceTest, OnlyAnAdminChoosesTheUserOfATask) {
  const auto refused = create(R"({"run_as":"root"})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
  EXPECT_EQ(places(refused.error()), std::vector<std::string>{"run_as"});
  const auto id = create(R"({"run_as":"root"})", Role::admin)->id;
  EXPECT_EQ(patch(id, R"({"run_as":null})").error().kind, ErrorKind::forbidden);
  EXPECT_TRUE(patch(id, R"({"run_as":null})", Role::admin));
  const auto restored = tasks_->restore(actor_of(Role::editor), id, 1);
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().kind, ErrorKind::forbidden);
}

TEST_F(TaskServiceTest, WhatRunsAsAChosenUserIsWrittenByAnAdmin) {
  const auto id = create(R"({"run_as":"root","env":{"A":"1"}})", Role::admin)->id;
  for (const char* body : {R"({"command":"id"})", R"({"env":{"LD_PRELOAD":"/tmp/x.so"}})",
                           R"({"shell":"/tmp/sh"})", R"({"stdin":"id"})", R"({"working_dir":"/tmp"})"}) {
    const auto refused = patch(id, body);
    ASSERT_FALSE(refused) << body;
    EXPECT_EQ(refused.error().kind, ErrorKind::forbidden) << body;
    EXPECT_EQ(places(refused.error()), std::vector<std::string>{std::string(object(body).begin()->key())})
        << body;
    EXPECT_TRUE(patch(id, body, Role::admin)) << body;
  }
  EXPECT_TRUE(patch(id, R"({"cron":"@daily","description":"when, not what"})"));
  EXPECT_EQ(tasks_->restore(actor_of(Role::editor), id, 1).error().kind, ErrorKind::forbidden);
  const task::RunOverrides words{.env = {}, .args = {"x"}};
  EXPECT_EQ(tasks_->run(actor_of(Role::editor), id, words, false).error().kind, ErrorKind::forbidden);
  EXPECT_TRUE(tasks_->run(actor_of(Role::operator_), id, {}, false));
  EXPECT_TRUE(tasks_->run(actor_of(Role::admin), id, words, true));
}

// Whoever adds a field decides here who may set it; until then it is an admin's.
TEST_F(TaskServiceTest, EveryFieldOfATaskHasItsRight) {
  for (const auto& [name, value] : task::to_json(task::TaskDefinition{}))
    EXPECT_TRUE(rights::is_known_task_field(name)) << name << " has no line in rights/task_fields.cpp";
}

TEST_F(TaskServiceTest, VariablesAndWordsOfARunAreForEditors) {
  const auto id = create("{}")->id;
  const auto operating = actor_of(Role::operator_);
  for (const task::RunOverrides& overrides :
       {task::RunOverrides{.env = {{"A", "1"}}, .args = {}}, task::RunOverrides{.env = {}, .args = {"x"}}}) {
    const auto refused = tasks_->run(operating, id, overrides, false);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
    EXPECT_EQ(places(refused.error()), std::vector<std::string>{overrides.env.empty() ? "args" : "env"});
  }
  EXPECT_TRUE(tasks_->run(operating, id, {}, false));
  EXPECT_EQ(tasks_->run(operating, id, {}, false).error().kind, ErrorKind::conflict);
  EXPECT_TRUE(tasks_->run(operating, id, {}, true)) << "force goes beside what runs";
}

TEST_F(TaskServiceTest, ValuesOfVariablesAreShownToEditorsOnly) {
  const auto made = create(R"({"env":{"KEY":"secret"}})");
  EXPECT_EQ(to_json(*made, may_see_env(actor_of(Role::editor))).at("env").at("KEY"), "secret");
  EXPECT_EQ(to_json(*made, may_see_env(actor_of(Role::operator_))).at("env").at("KEY"), "***");
}

TEST_F(TaskServiceTest, WhatAnAddressGivesAwayIsShownToEditorsOnly) {
  const struct {
    const char* url;
    const char* shown;
  } kCases[] = {
      {"https://h/p", "https://h/p"},
      {"https://h/p?token=abc&page=2#part", "https://h/p?token=***&page=***#part"},
      {"https://h/p?abc", "https://h/p?***"},
      {"https://h/p?", "https://h/p?"},
      {"https://h/p?a=b=c&d&", "https://h/p?a=***&***&"},
      {"https://bob:abc@h:8443/p@2?t=1", "https://bob:***@h:8443/p@2?t=***"},
      {"https://h:8443/a@b", "https://h:8443/a@b"},
      {"http://h/#a?b", "http://h/#a?b"},
  };
  auto task = *create("{}");
  for (const auto& [url, shown] : kCases) {
    task.definition.http = task::HttpCall{.url = url};
    EXPECT_EQ(to_json(task, true).at("http").at("url"), url);
    EXPECT_EQ(to_json(task, false).at("http").at("url"), shown);
  }
}

TEST_F(TaskServiceTest, ARestoredRevisionIsANewOne) {
  const auto id = create(R"({"cron":"0 6 * * *"})")->id;
  ASSERT_TRUE(patch(id, R"({"cron":"0 7 * * *","command":"ls"})"));
  const auto restored = tasks_->restore(actor_of(Role::editor), id, 1);
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->revision, 3);
  EXPECT_EQ(restored->definition.command, "true");
  EXPECT_EQ(tasks_->find(id)->next_run_at, at("2026-07-02T06:00:00Z"));
  ASSERT_EQ(tasks_->revisions(id)->size(), 3u);
  EXPECT_EQ(tasks_->revisions(id)->front().number, 3);
  EXPECT_EQ(tasks_->restore(actor_of(Role::editor), id, 9).error().kind, ErrorKind::not_found);
}

TEST_F(TaskServiceTest, AChainMustNotBeALoopNorLeadNowhere) {
  const auto first = create("{}")->id;
  const auto second = create(R"({"on_success":[)" + base::to_string(first) + "]}")->id;
  const auto loop = patch(first, R"({"on_failure":[)" + base::to_string(second) + "]}");
  ASSERT_FALSE(loop);
  EXPECT_EQ(places(loop.error()), std::vector<std::string>{"on_failure"});
  const auto nowhere = create(R"({"on_success":[99]})");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(places(nowhere.error()), std::vector<std::string>{"on_success"});
}

TEST_F(TaskServiceTest, AChainOfBothKindsMustNotBeALoop) {
  const auto text = [](TaskId id) { return base::to_string(id); };
  const auto first = create("{}")->id;
  const auto second = create(R"({"after":{"tasks":[)" + text(first) + "]}}")->id;
  const auto third = create(R"({"after":{"tasks":[)" + text(second) + R"(],"need":"any","on":"any"}})")->id;
  const auto refused = [&](TaskId id, const std::string& body) {
    const auto changed = patch(id, body);
    return changed ? std::vector<std::string>{} : places(changed.error());
  };
  EXPECT_EQ(refused(first, R"({"after":{"tasks":[)" + text(third) + "]}}"),
            std::vector<std::string>{"after"});
  EXPECT_EQ(refused(third, R"({"on_success":[)" + text(first) + "]}"),
            std::vector<std::string>{"on_success"});
  EXPECT_EQ(refused(first, R"({"after":{"tasks":[)" + text(first) + "]}}"),
            std::vector<std::string>{"after"});
  EXPECT_EQ(refused(first, R"({"after":{"tasks":[99]}})"), std::vector<std::string>{"after"});
  EXPECT_EQ(refused(first, R"({"on_failure":[)" + text(third) + "]}"), std::vector<std::string>{})
      << "two ways to one task are no loop";
  const auto both =
      create(R"({"on_success":[)" + text(first) + R"(],"after":{"tasks":[)" + text(third) + "]}}");
  ASSERT_FALSE(both) << "a new task can close a loop too";
  EXPECT_EQ(places(both.error()), std::vector<std::string>{"on_success"});
  EXPECT_TRUE(patch(second, R"({"after":null,"on_success":[)" + text(first) + "]}"))
      << "what it ran after counts no more";
}

TEST_F(TaskServiceTest, ATaskThatNamesADeletedOneCanStillBeChanged) {
  const auto text = [](TaskId id) { return base::to_string(id); };
  const auto gone = create("{}")->id;
  const auto other = create("{}")->id;
  const auto names = R"("on_failure":[)" + text(gone) + R"(],"after":{"tasks":[)" + text(other) + "]}";
  const auto id = create("{" + names + "}")->id;
  const auto waiting = create(R"({"after":{"tasks":[)" + text(gone) + "]}}")->id;
  ASSERT_TRUE(tasks_->remove(actor_of(Role::editor), gone));
  EXPECT_TRUE(patch(id, R"({"description":"x"})"));
  EXPECT_TRUE(patch(waiting, R"({"description":"x"})"));
  const auto whole = object(R"({"name":"b","cron":"@daily","command":"ls",)" + names + "}");
  EXPECT_TRUE(tasks_->change(actor_of(Role::editor), id, whole, true, {}));
  EXPECT_TRUE(patch(id, R"({"on_failure":[],"after":null})"));
  const auto anew = patch(id, R"({"on_failure":[)" + text(gone) + "]}");
  ASSERT_FALSE(anew) << "what was named no more is a new name";
  EXPECT_EQ(places(anew.error()), std::vector<std::string>{"on_failure"});
  EXPECT_TRUE(tasks_->restore(actor_of(Role::editor), id, 1)) << "it was named so once";
}

TEST_F(TaskServiceTest, CleanupKeepsTheNewestAndTellsHowManyWent) {
  const auto made = create("{}");
  for (int i = 0; i < 5; ++i) keep(*made, task::ExecutionStatus::success, {});
  EXPECT_EQ(*tasks_->cleanup(actor_of(Role::editor), made->id, 2, {}), 3);
  EXPECT_EQ(*tasks_->cleanup(actor_of(Role::editor), made->id, {}, 1), 0);
  clock_.advance(std::chrono::days{2});
  EXPECT_EQ(*tasks_->cleanup(actor_of(Role::editor), made->id, {}, 1), 2);
}

// Reads, and can't write.
class FullStore : public store::Store {
 public:
  explicit FullStore(store::Store& behind) : behind_(behind) {}
  void read(const std::function<void(store::Reader&)>& ask) override { behind_.read(ask); }
  void write(Work, Done done) override {
    done(base::make_error(base::ErrorKind::unavailable, "the disk is full"));
  }
  using store::Store::write;
  void set_listener(Listener) override {}
  base::Result<void> backup(const std::string&) override { return {}; }
  std::string description() const override { return behind_.description(); }

 private:
  store::Store& behind_;
};

TEST_F(TaskServiceTest, CleanupDeletesNothingOfWhichTheAuditDoesNotTell) {
  const auto made = create("{}");
  for (int i = 0; i < 3; ++i) keep(*made, task::ExecutionStatus::success, {});
  FullStore full(*store_);
  TaskService unable(full, *engine_, clock_);
  EXPECT_EQ(unable.cleanup(actor_of(Role::editor), made->id, 1, {}).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(executions_of(made->id).size(), 3u);
  EXPECT_TRUE(tasks_->cleanup(actor_of(Role::editor), made->id, 1, {}));
  EXPECT_TRUE(tasks_->cleanup(actor_of(Role::editor), made->id, {}, 30));
  const auto rows = audit();
  EXPECT_EQ(rows.at(0).after, R"({"older_than_days":30})");
  EXPECT_EQ(rows.at(1).after, R"({"keep":1})");
  EXPECT_EQ(rows.at(1).action, "task.cleanup");
}

TEST_F(TaskServiceTest, CleanupFindsWhatEndedBehindAPageOfWhatStillWaits) {
  const auto made = create("{}");
  keep(*made, task::ExecutionStatus::success, {});
  write([&](store::Transaction& tx) {
    task::Execution waiting;
    waiting.task_id = made->id;
    waiting.trigger = task::Trigger::manual;
    waiting.waiting = task::Waiting::overlap;
    for (int i = 0; i < 600; ++i) tx.insert_execution(waiting);
  });
  EXPECT_EQ(*tasks_->cleanup(actor_of(Role::editor), made->id, 0, {}), 1);
}

TEST_F(TaskServiceTest, NextFiresAreToldOfAPausedTaskToo) {
  const auto made = create(R"({"status":"PAUSED","ends_at":"2026-07-01T14:00:00Z"})");
  EXPECT_EQ(tasks_->next_fires(*made, clock_.now(), 5),
            (std::vector<base::Instant>{at("2026-07-01T13:00:00Z"), at("2026-07-01T14:00:00Z")}));
}

}  // namespace
}  // namespace service
