#include "rights/actor.h"

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

TEST(Actor, RolesAndScopesReadBackAsTheyPrint) {
  for (const auto role : {Role::viewer, Role::operator_, Role::editor, Role::admin}) {
    EXPECT_EQ(parse_role(to_string(role)), role);
  }
  EXPECT_FALSE(parse_role("root"));
  EXPECT_FALSE(parse_role(""));
}

}  // namespace
}  // namespace rights
