#include "auth/accounts.h"

#include <gtest/gtest.h>

#include "auth/auth_fixture.h"
#include "auth/authenticator.h"
#include "auth/fake_store.h"

namespace auth {
namespace {

using base::ErrorKind;
using rights::Role;

const base::Instant kStart = base::from_unix_ms(1'770'000'000'123);

class AccountsTest : public testing::Test {
 protected:
  explicit AccountsTest(AccountOptions options = {})
      : accounts_(store_, clock_, passwords_, cache_, options),
        sessions_(store_, clock_, accounts_, passwords_, cache_, std::string(32, 'k')),
        tokens_(store_, clock_, cache_),
        authenticator_(store_, clock_, sessions_, tokens_, cache_),
        log_(store_, clock_, "", {}) {
    sessions_.use(log_);
    admin_.name = "root";
  }

  base::UserId make(std::string name, Role role = Role::viewer) {
    auto user = accounts_.create(admin_, {name, "password of " + name, role, false});
    EXPECT_TRUE(user) << user.error().message;
    return user->id;
  }
  base::Result<LoggedIn, Refusal> log_in(std::string name, std::string password,
                                         std::string address = "10.0.0.1") {
    return sessions_.log_in({std::move(name), std::move(password), std::move(address), "test", false});
  }
  std::string token_of(const std::string& name) { return log_in(name, "password of " + name)->access_token; }
  std::string last_action() { return store_.audit().back().action; }

  FakeStore store_;
  base::ManualClock clock_{kStart};
  Passwords passwords_{kCheap};
  IdentityCache cache_;
  Accounts accounts_;
  Sessions sessions_;
  Tokens tokens_;
  Authenticator authenticator_;
  AuditLog log_;
  rights::Actor admin_;
};

TEST_F(AccountsTest, AFirstStartMakesAnAdminWhoMustChangeTheKnownPassword) {
  EXPECT_FALSE(accounts_.demo_password_stands());
  ASSERT_TRUE(accounts_.ensure_first_admin(std::nullopt));
  EXPECT_TRUE(accounts_.demo_password_stands());
  const auto admin = accounts_.find("admin");
  ASSERT_TRUE(admin);
  EXPECT_EQ(admin->role, Role::admin);
  EXPECT_TRUE(admin->must_change_password);
  ASSERT_TRUE(accounts_.ensure_first_admin(std::nullopt));
  EXPECT_EQ(accounts_.list().size(), 1u);
}

TEST_F(AccountsTest, AnUnattendedInstallBringsItsOwnPassword) {
  ASSERT_TRUE(accounts_.ensure_first_admin("a good password"));
  EXPECT_FALSE(accounts_.demo_password_stands());
  EXPECT_FALSE(accounts_.find("admin")->must_change_password);
  EXPECT_TRUE(log_in("admin", "a good password"));
}

TEST_F(AccountsTest, AGivenPasswordTakesTheKnownOnesPlaceButNoOthers) {
  ASSERT_TRUE(accounts_.ensure_first_admin(std::nullopt));
  EXPECT_FALSE(accounts_.ensure_first_admin("short"));
  ASSERT_TRUE(accounts_.ensure_first_admin("a good password"));
  EXPECT_FALSE(accounts_.demo_password_stands());
  ASSERT_TRUE(accounts_.ensure_first_admin("another password"));
  EXPECT_TRUE(log_in("admin", "a good password"));
}

TEST_F(AccountsTest, TheKnownPasswordIsRefusedElsewhereAndGoneOnceChanged) {
  ASSERT_TRUE(accounts_.ensure_first_admin(std::nullopt));
  EXPECT_EQ(log_in("admin", "admin123").error().kind, ErrorKind::forbidden);
  auto here = sessions_.log_in({"admin", "admin123", "127.0.0.1", "test", true});
  ASSERT_TRUE(here);
  const auto identity = authenticator_.identify(here->access_token, "127.0.0.1");
  ASSERT_TRUE(identity);
  EXPECT_TRUE(identity->must_change_password);
  EXPECT_EQ(accounts_.change_own_password(identity->actor, "admin123", "admin123").error().kind,
            ErrorKind::invalid);
  EXPECT_EQ(accounts_.change_own_password(identity->actor, "wrong", "better password").error().kind,
            ErrorKind::forbidden);
  ASSERT_TRUE(accounts_.change_own_password(identity->actor, "admin123", "better password"));
  EXPECT_FALSE(accounts_.demo_password_stands());
  EXPECT_FALSE(accounts_.find("admin")->must_change_password);
  EXPECT_FALSE(authenticator_.identify(here->access_token, "127.0.0.1"));
  EXPECT_FALSE(sessions_.log_in({"admin", "admin123", "127.0.0.1", "test", true}));
}

TEST_F(AccountsTest, NamesAreOneInAnyCase) {
  make("Bob");
  EXPECT_EQ(accounts_.create(admin_, {"BOB", "long enough", Role::viewer, false}).error().kind,
            ErrorKind::conflict);
  EXPECT_TRUE(log_in("bOB", "password of Bob"));
}

TEST_F(AccountsTest, BadNamesAndPasswordsAreNamed) {
  for (const std::string name : {"", "a b", "a/b", "a\nb", "<b>", "\xC3\xB6",
                                 "0123456789012345678901234567890123456789012345678901234567890123x"}) {
    const auto made = accounts_.create(admin_, {name, "long enough", Role::viewer, false});
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().fields.at(0).loc.back(), "username");
  }
  EXPECT_EQ(accounts_.create(admin_, {"bob", "short", Role::viewer, false}).error().fields.at(0).loc.back(),
            "password");
}

TEST_F(AccountsTest, EveryRefusalOfALogInSaysTheSame) {
  const auto bob = make("bob");
  make("admin2", Role::admin);
  ASSERT_TRUE(accounts_.change(admin_, bob, {{}, true, {}, {}}));
  const auto disabled = log_in("bob", "password of bob");
  const auto wrong = log_in("admin2", "wrong password");
  const auto unknown = log_in("nobody", "wrong password");
  for (const auto* refusal : {&disabled, &wrong, &unknown}) {
    ASSERT_FALSE(*refusal);
    EXPECT_EQ(refusal->error().kind, ErrorKind::unauthenticated);
    EXPECT_EQ(refusal->error().message, wrong.error().message);
  }
  EXPECT_EQ(last_action(), "auth.login_failed");
}

TEST_F(AccountsTest, GuessingIsThrottledByAccountAndAddress) {
  make("bob");
  for (int attempt = 0; attempt < 10; ++attempt)
    EXPECT_EQ(log_in("bob", "guess").error().kind, ErrorKind::unauthenticated);
  const auto throttled = log_in("BOB", "password of bob");
  ASSERT_FALSE(throttled);
  EXPECT_EQ(throttled.error().kind, ErrorKind::too_many);
  EXPECT_GT(throttled.error().retry_after->count(), 0);
  EXPECT_TRUE(log_in("bob", "password of bob", "10.0.0.2"));
  clock_.advance(*throttled.error().retry_after);
  EXPECT_TRUE(log_in("bob", "password of bob"));
}

TEST_F(AccountsTest, AnOldHashIsMadeAnewAtLogIn) {
  const auto bob = make("bob");
  store_.write(
      [&](store::Transaction& transaction) -> base::Result<void> {
        auto user = *transaction.find_user(bob);
        user.password_hash = "$5$saltstring$OH4IDuTlsuTYPdED1gsuiRMyTAwNlRWyA6Xr3I4/dQ5";
        transaction.save_user(user);
        return {};
      },
      [](const base::Result<void>&) {});
  const auto logged_in = log_in("bob", "password");
  ASSERT_TRUE(logged_in);
  EXPECT_TRUE(accounts_.find(bob)->password_hash.starts_with("$argon2id$"));
  EXPECT_TRUE(authenticator_.identify(logged_in->access_token, "10.0.0.1"));
  EXPECT_TRUE(log_in("bob", "password"));
}

TEST_F(AccountsTest, ASessionEndsAtOnce) {
  struct Case {
    std::string_view name;
    std::function<void(base::UserId, const Identity&)> end;
  };
  const Case cases[] = {
      {"log-out",
       [&](auto, const Identity& who) { ASSERT_TRUE(sessions_.log_out(who.actor, who.session_id)); }},
      {"password",
       [&](auto, const Identity& who) {
         ASSERT_TRUE(
             accounts_.change_own_password(who.actor, "password of " + who.actor.name, "another one"));
       }},
      {"reset",
       [&](auto id, const Identity&) {
         ASSERT_TRUE(accounts_.change(admin_, id, {{}, {}, "another one", {}}));
       }},
      {"disabled",
       [&](auto id, const Identity&) {
         ASSERT_TRUE(accounts_.change(admin_, id, {{}, true, {}, {}}));
       }},
      {"deleted", [&](auto id, const Identity&) { ASSERT_TRUE(accounts_.remove(admin_, id)); }},
      {"time", [&](auto, const Identity&) { clock_.advance(std::chrono::hours(24)); }},
  };
  for (const auto& [name, end] : cases) {
    const auto id = make("user." + std::string(name));
    const std::string token = token_of("user." + std::string(name));
    const auto before = authenticator_.identify(token, "10.0.0.1");
    ASSERT_TRUE(before) << name;
    ASSERT_TRUE(*authenticator_.identify_quickly(token, "10.0.0.1")) << name;
    end(id, *before);
    EXPECT_FALSE(authenticator_.identify(token, "10.0.0.1")) << name;
  }
}

TEST_F(AccountsTest, ANewRoleCountsFromTheNextRequestOn) {
  const auto bob = make("bob");
  const std::string token = token_of("bob");
  EXPECT_EQ(authenticator_.identify(token, "")->actor.role, Role::viewer);
  ASSERT_TRUE(accounts_.change(admin_, bob, {Role::editor, {}, {}, {}}));
  EXPECT_EQ(authenticator_.identify(token, "")->actor.role, Role::editor);
}

TEST_F(AccountsTest, TheLastAdminStays) {
  const auto only = make("only", Role::admin);
  const auto disabled = make("disabled", Role::admin);
  ASSERT_TRUE(accounts_.change(admin_, disabled, {{}, true, {}, {}}));
  EXPECT_EQ(accounts_.remove(admin_, only).error().kind, ErrorKind::conflict);
  EXPECT_EQ(accounts_.change(admin_, only, {{}, true, {}, {}}).error().kind, ErrorKind::conflict);
  EXPECT_EQ(accounts_.change(admin_, only, {Role::editor, {}, {}, {}}).error().kind, ErrorKind::conflict);
  ASSERT_TRUE(accounts_.change(admin_, only, {{}, {}, "another one", {}}));
  make("second", Role::admin);
  EXPECT_TRUE(accounts_.remove(admin_, only));
  EXPECT_EQ(accounts_.remove(admin_, only).error().kind, ErrorKind::not_found);
}

TEST_F(AccountsTest, EveryChangeIsAuditedWithoutSecrets) {
  const auto bob = make("bob");
  ASSERT_TRUE(accounts_.change(admin_, bob, {Role::editor, {}, "another one", {}}));
  const auto entry = store_.audit().back();
  EXPECT_EQ(entry.action, "user.update");
  EXPECT_EQ(entry.actor, "root");
  EXPECT_EQ(entry.object, "user:bob");
  EXPECT_NE(entry.before.find("viewer"), std::string::npos);
  EXPECT_NE(entry.after.find("editor"), std::string::npos);
  for (const auto& row : store_.audit()) {
    EXPECT_EQ((row.before + row.after).find("argon2"), std::string::npos) << row.action;
    EXPECT_EQ((row.before + row.after).find("another one"), std::string::npos) << row.action;
  }
}

TEST_F(AccountsTest, TokensAreShownOnceNarrowTheRoleAndEnd) {
  make("bob", Role::editor);
  const auto who = authenticator_.identify(token_of("bob"), "")->actor;
  const auto created = tokens_.create(who, {"ci", rights::Scope::run, kStart + std::chrono::hours(1)});
  ASSERT_TRUE(created);
  EXPECT_TRUE(created->text.starts_with("mst_"));
  EXPECT_EQ(tokens_.list(who.user).at(0).hash.find(created->text), std::string::npos);
  const auto identity = authenticator_.identify(created->text, "10.0.0.9");
  ASSERT_TRUE(identity);
  EXPECT_TRUE(rights::may(identity->actor, rights::Right::run));
  EXPECT_FALSE(rights::may(identity->actor, rights::Right::edit));
  EXPECT_EQ(identity->actor.address, "10.0.0.9");
  EXPECT_EQ(tokens_.list(who.user).at(0).last_used_at, kStart);
  EXPECT_EQ(tokens_.create(identity->actor, {"wider", rights::Scope::write, {}}).error().kind,
            ErrorKind::forbidden);
  clock_.advance(std::chrono::hours(1));
  EXPECT_FALSE(authenticator_.identify(created->text, ""));
  EXPECT_FALSE(authenticator_.identify(created->text + "x", ""));
  EXPECT_FALSE(authenticator_.identify("mst_", ""));
}

TEST_F(AccountsTest, ARevokedTokenEndsAtOnceAndOnlyItsOwnerRevokesIt) {
  make("bob");
  make("eve");
  const auto bob = authenticator_.identify(token_of("bob"), "")->actor;
  const auto eve = authenticator_.identify(token_of("eve"), "")->actor;
  const auto created = tokens_.create(bob, {"ci", rights::Scope::read, {}});
  ASSERT_TRUE(authenticator_.identify(created->text, ""));
  EXPECT_EQ(tokens_.revoke(eve, created->token.id).error().kind, ErrorKind::not_found);
  ASSERT_TRUE(tokens_.revoke(bob, created->token.id));
  EXPECT_FALSE(authenticator_.identify(created->text, ""));
}

TEST_F(AccountsTest, AnyoneMayRegisterWhereThatIsOpen) {
  const auto made = accounts_.register_user("newcomer", "long enough", std::nullopt, "10.0.0.3");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->role, Role::viewer);
  EXPECT_EQ(store_.audit().back().actor, "newcomer");
}

class ClosedAccountsTest : public AccountsTest {
 protected:
  ClosedAccountsTest() : AccountsTest({Registration::closed, Role::viewer}) {}
};

TEST_F(ClosedAccountsTest, NobodyRegisters) {
  EXPECT_EQ(accounts_.register_user("newcomer", "long enough", "code", "").error().kind,
            ErrorKind::forbidden);
}

class InvitedAccountsTest : public AccountsTest {
 protected:
  InvitedAccountsTest() : AccountsTest({Registration::invite, Role::viewer}) {}
};

TEST_F(InvitedAccountsTest, AnInviteWorksOnceAndInTime) {
  const auto invite = accounts_.create_invite(admin_, Role::editor);
  ASSERT_TRUE(invite);
  EXPECT_EQ(accounts_.register_user("one", "long enough", std::nullopt, "").error().kind,
            ErrorKind::forbidden);
  EXPECT_EQ(accounts_.register_user("one", "long enough", "wrong", "").error().kind, ErrorKind::forbidden);
  const auto made = accounts_.register_user("one", "long enough", invite->code, "");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->role, Role::editor);
  EXPECT_EQ(accounts_.register_user("two", "long enough", invite->code, "").error().kind,
            ErrorKind::forbidden);
  const auto late = accounts_.create_invite(admin_, Role::viewer);
  clock_.advance(kInviteLifetime);
  EXPECT_EQ(accounts_.register_user("three", "long enough", late->code, "").error().kind,
            ErrorKind::forbidden);
}

}  // namespace
}  // namespace auth
