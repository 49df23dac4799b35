#include "rights/actor.h"

#include "rights/task_fields.h"

namespace rights {
namespace {

TEST(Actor, EachRoleMayDoWhatTheMatrixSays) {
  struct Case {
    Role role;
    bool read, run, edit, administer;
  };
  const Case cases[] = {{Role::viewer, true, false, false, false},
                        {Role::operator_, true, true, false, false},
                        {Role::editor, true, true, true, false},
                        {Role::admin, true, true, true, true}};
  for (const auto& c : cases) {
    const Actor actor{.user = {1}, .name = "x", .role = c.role, .scope = {}, .address = {}};
    EXPECT_EQ(may(actor, Right::read), c.read);
    EXPECT_EQ(may(actor, Right::run), c.run);
    EXPECT_EQ(may(actor, Right::edit), c.edit);
    EXPECT_EQ(may(actor, Right::administer), c.administer);
  }
}

TEST(Actor, ATokensScopeNarrowsTheRoleAndNeverWidensIt) {
  Actor actor{.user = {1}, .name = "x", .role = Role::admin, .scope = Scope::read, .address = {}};
  EXPECT_TRUE(may(actor, Right::read));
  EXPECT_FALSE(may(actor, Right::run));
  actor.scope = Scope::run;
  EXPECT_TRUE(may(actor, Right::run));
  EXPECT_FALSE(may(actor, Right::edit));
  actor = {.user = {1}, .name = "x", .role = Role::viewer, .scope = Scope::write, .address = {}};
  EXPECT_FALSE(may(actor, Right::run));
}

TEST(TaskFields, WhatRunsAndAsWhomAreRightsOfTheirOwn) {
  struct Case {
    std::string_view field;
    Right right;
    bool steers;
  };
  const Case cases[] = {{"name", Right::edit, false},          {"cron", Right::edit, false},
                        {"command", Right::set_command, true}, {"http", Right::set_command, true},
                        {"stdin", Right::set_command, true},   {"working_dir", Right::set_command, true},
                        {"env", Right::set_env, true},         {"shell", Right::set_shell, true},
                        {"run_as", Right::set_user, true},     {"added later", Right::administer, true}};
  for (const auto& [field, right, steers] : cases) {
    EXPECT_EQ(task_field(field).right, right) << field;
    EXPECT_EQ(task_field(field).steers_process, steers) << field;
  }
  const Actor editor{.user = {1}, .name = "x", .role = Role::editor, .scope = {}, .address = {}};
  for (const auto right : {Right::set_command, Right::set_env, Right::set_shell})
    EXPECT_TRUE(may(editor, right));
  EXPECT_FALSE(may(editor, Right::set_user));
  const Actor reading{.user = {1}, .name = "x", .role = Role::admin, .scope = Scope::run, .address = {}};
  for (const auto right : {Right::set_command, Right::set_env, Right::set_shell, Right::set_user})
    EXPECT_FALSE(may(reading, right));
}

TEST(Actor, RolesAndScopesReadBackAsTheyPrint) {
  for (const auto role : {Role::viewer, Role::operator_, Role::editor, Role::admin}) {
    EXPECT_EQ(parse_role(to_string(role)), role);
  }
  EXPECT_FALSE(parse_role("root"));
  EXPECT_FALSE(parse_role(""));
}

}  // namespace
}  // namespace rights
