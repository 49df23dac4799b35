// Conformance: users, sessions and tokens; and what is only appended or remembered: audit, answers, settings.
#pragma once
#include "store/audit_chain.h"
#include "store/conformance.h"

namespace store {

using testing::ElementsAre;
using testing::IsEmpty;

class StoredAccounts : public Conformance {
 protected:
  static Session session_of(UserId user, std::string id, Instant created_at = kNoon) {
    return {.id = std::move(id),
            .user_id = user,
            .created_at = created_at,
            .expires_at = created_at + std::chrono::hours(1),
            .address = "192.0.2.1",
            .user_agent = "browser"};
  }
  static Token token_of(UserId user, std::string hash) {
    return {.user_id = user, .name = "ci", .hash = std::move(hash), .created_at = kNoon};
  }
  std::vector<std::string> sessions(UserId user) {
    std::vector<std::string> found;
    for (const auto& session : read([&](Reader& reader) { return reader.list_sessions(user, 10); })) {
      found.push_back(session.id);
    }
    return found;
  }
};

TEST_P(StoredAccounts, ReadBackAsTheyWereWrittenAndSaved) {
  auto user = user_named("Alice");
  user.password_hash = "$argon2id$";
  user.role = rights::Role::admin;
  user.must_change_password = true;
  user.id = insert(user);
  const auto check = [&] {
    const auto found = read([&](Reader& reader) { return reader.find_user(user.id).value(); });
    EXPECT_EQ(found.id, user.id);
    EXPECT_EQ(found.name, user.name);
    EXPECT_EQ(found.password_hash, user.password_hash);
    EXPECT_EQ(found.role, user.role);
    EXPECT_EQ(found.disabled, user.disabled);
    EXPECT_EQ(found.must_change_password, user.must_change_password);
    EXPECT_EQ(found.created_at, user.created_at);
    EXPECT_EQ(found.updated_at, user.updated_at);
    EXPECT_EQ(found.last_login_at, user.last_login_at);
  };
  check();
  user.name = "Alicia";
  user.password_hash = "";
  user.role = rights::Role::operator_;
  user.disabled = true;
  user.must_change_password = false;
  user.updated_at = minute(1);
  user.last_login_at = minute(2);
  write([&](Transaction& transaction) { transaction.save_user(user); });
  check();
}

TEST_P(StoredAccounts, AreFoundByNameWhateverItsLettersCase) {
  const auto alice = insert(user_named("Alice"));
  const auto bob = insert(user_named("bob"));
  const auto id_of = [&](const char* name) {
    const auto user = read([&](Reader& reader) { return reader.find_user_by_name(name); });
    return user ? user->id : UserId{};
  };
  EXPECT_EQ(id_of("ALICE"), alice);
  EXPECT_EQ(id_of("alice"), alice);
  EXPECT_EQ(id_of("Bob"), bob);
  EXPECT_EQ(id_of("Bo"), UserId{});
  EXPECT_EQ(id_of("%"), UserId{});
  EXPECT_THAT(read([](Reader& reader) { return ids_of(reader.list_users(10)); }), ElementsAre(alice, bob));
  EXPECT_THAT(read([](Reader& reader) { return ids_of(reader.list_users(1)); }), ElementsAre(alice));
}

TEST_P(StoredAccounts, RefuseASecondOfTheSameNameAndGoOn) {
  insert(user_named("alice"));
  const auto insert_named = [](const char* name) {
    return [name](Transaction& transaction) {
      transaction.insert_user(user_named(name));
      return base::Result<void>();
    };
  };
  EXPECT_FALSE(store().write(insert_named("ALICE")));
  EXPECT_TRUE(store().write(insert_named("bob")));
  EXPECT_EQ(read([](Reader& reader) { return reader.list_users(10).size(); }), 2);
}

TEST_P(StoredAccounts, TakeSessionsAndTokensWithThemWhenDeleted) {
  const auto alice = insert(user_named("alice"));
  const auto bob = insert(user_named("bob"));
  write([&](Transaction& transaction) {
    for (const auto user : {alice, bob}) {
      transaction.insert_session(session_of(user, "session of " + base::to_string(user)));
      transaction.insert_token(token_of(user, "hash of " + base::to_string(user)));
    }
    transaction.delete_user(alice);
  });
  store().read([&](Reader& reader) {
    EXPECT_FALSE(reader.find_user(alice));
    EXPECT_FALSE(reader.find_session("session of " + base::to_string(alice)));
    EXPECT_FALSE(reader.find_token_by_hash("hash of " + base::to_string(alice)));
    EXPECT_EQ(reader.list_sessions(bob, 10).size(), 1);
    EXPECT_EQ(reader.list_tokens(bob, 10).size(), 1);
  });
}

TEST_P(StoredAccounts, HaveSessionsThatEnd) {
  const auto user = insert(user_named("alice"));
  const auto other = insert(user_named("bob"));
  write([&](Transaction& transaction) {
    transaction.insert_session(session_of(user, "second", minute(1)));
    transaction.insert_session(session_of(user, "first", minute(0)));
    transaction.insert_session(session_of(user, "third", minute(2)));
    transaction.insert_session(session_of(other, "other", minute(3)));
  });
  const auto found = read([](Reader& reader) { return reader.find_session("second").value(); });
  EXPECT_EQ(found.user_id, user);
  EXPECT_EQ(found.created_at, minute(1));
  EXPECT_EQ(found.expires_at, minute(61));
  EXPECT_EQ(found.address, "192.0.2.1");
  EXPECT_EQ(found.user_agent, "browser");
  EXPECT_THAT(sessions(user), ElementsAre("first", "second", "third"));
  write([](Transaction& transaction) { transaction.forget_sessions_before(minute(61)); });
  EXPECT_THAT(sessions(user), ElementsAre("second", "third"));
  write([&](Transaction& transaction) { transaction.delete_sessions_of(user, "third"); });
  EXPECT_THAT(sessions(user), ElementsAre("third"));
  write([&](Transaction& transaction) { transaction.delete_session("third"); });
  EXPECT_THAT(sessions(user), IsEmpty());
  EXPECT_THAT(sessions(other), ElementsAre("other"));
}

TEST_P(StoredAccounts, HaveTokensThatTheirOwnerAloneDeletes) {
  const auto user = insert(user_named("alice"));
  auto token = token_of(user, "hash");
  token.scope = rights::Scope::write;
  token.expires_at = minute(1);
  const auto id = written([&](Transaction& transaction) { return transaction.insert_token(token); });
  write([&](Transaction& transaction) { transaction.touch_token(id, minute(2)); });
  const auto found = read([](Reader& reader) { return reader.find_token_by_hash("hash").value(); });
  EXPECT_EQ(found.id, id);
  EXPECT_EQ(found.user_id, user);
  EXPECT_EQ(found.name, "ci");
  EXPECT_EQ(found.hash, "hash");
  EXPECT_EQ(found.scope, rights::Scope::write);
  EXPECT_EQ(found.created_at, kNoon);
  EXPECT_EQ(found.expires_at, minute(1));
  EXPECT_EQ(found.last_used_at, minute(2));
  const auto remove = [&](UserId owner) {
    return written([&](Transaction& transaction) { return transaction.delete_token(owner, id); });
  };
  EXPECT_FALSE(remove(insert(user_named("bob"))));
  EXPECT_TRUE(remove(user));
  EXPECT_FALSE(remove(user));
}

TEST_P(StoredAccounts, HaveOneSecondFactorThatGoesWithThem) {
  const auto user = insert(user_named("alice"));
  const auto factor = [&] { return read([&](Reader& reader) { return reader.find_second_factor(user); }); };
  EXPECT_FALSE(factor());
  SecondFactor wanted{.user_id = user,
                      .sealed = std::string("\0bytes\xff", 7),
                      .confirmed = false,
                      .last_step = 5,
                      .recovery_hashes = {"one", "two"},
                      .created_at = kNoon};
  for (const bool confirmed : {false, true}) {
    wanted.confirmed = confirmed;
    wanted.recovery_hashes.resize(confirmed ? 0 : 2);
    write([&](Transaction& transaction) { transaction.save_second_factor(wanted); });
    const auto found = factor();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->sealed, wanted.sealed);
    EXPECT_EQ(found->confirmed, confirmed);
    EXPECT_EQ(found->last_step, 5);
    EXPECT_EQ(found->recovery_hashes, wanted.recovery_hashes);
    EXPECT_EQ(found->created_at, kNoon);
  }
  const auto remove = [&](Transaction& transaction) { return transaction.delete_second_factor(user); };
  EXPECT_TRUE(written(remove));
  EXPECT_FALSE(written(remove));
  write([&](Transaction& transaction) {
    transaction.save_second_factor(wanted);
    transaction.delete_user(user);
  });
  EXPECT_FALSE(factor());
}

TEST_P(StoredAccounts, KeepPreferencesOfTheirOwnThatGoWithThem) {
  const auto alice = insert(user_named("alice"));
  const auto bob = insert(user_named("bob"));
  const auto kept = [&](UserId user) {
    return read([&](Reader& reader) { return reader.find_preferences(user); });
  };
  EXPECT_FALSE(kept(alice));
  write([&](Transaction& transaction) {
    transaction.save_preferences(bob, {.document = "{}", .revision = 1});
    transaction.save_preferences(alice, {.document = "{}", .revision = 1});
    transaction.save_preferences(alice, {.document = R"({"pins":[1],"name":"ä¸­"})", .revision = 2});
  });
  ASSERT_TRUE(kept(alice));
  EXPECT_EQ(kept(alice)->document, R"({"pins":[1],"name":"ä¸­"})");
  EXPECT_EQ(kept(alice)->revision, 2);
  write([&](Transaction& transaction) { transaction.delete_user(alice); });
  EXPECT_FALSE(kept(alice));
  EXPECT_EQ(kept(bob)->document, "{}");
}

TEST_P(StoredAccounts, KeepSecretsByNameAndKnowWhichTasksUseThem) {
  const Secret first{.name = "first",
                     .sealed = std::string("\0sealed\xff", 8),
                     .created_at = kNoon,
                     .updated_at = minute(1),
                     .updated_by = "alice"};
  write([&](Transaction& transaction) {
    transaction.save_secret({.name = "second", .sealed = "old"});
    transaction.save_secret(first);
    transaction.save_secret({.name = "second", .sealed = "new"});
  });
  const auto found = read([](Reader& reader) { return reader.find_secret("first").value(); });
  EXPECT_EQ(found.sealed, first.sealed);
  EXPECT_EQ(found.created_at, kNoon);
  EXPECT_EQ(found.updated_at, minute(1));
  EXPECT_EQ(found.updated_by, "alice");
  const auto all = read([](Reader& reader) { return reader.list_secrets(10); });
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, "first");
  EXPECT_EQ(all[1].sealed, "new");
  const auto users = [&] {
    return read([](Reader& reader) { return reader.tasks_using_secret("first", 10); });
  };
  auto task = task_named("uses it");
  task.definition.secrets = {{"A", "first"}, {"B", "first"}, {"C", "second"}};
  task.id = insert(task);
  EXPECT_EQ(find(task.id).definition.secrets, task.definition.secrets);
  EXPECT_THAT(users(), ElementsAre(task.id));
  task.definition.secrets.erase("A");
  ++task.revision;
  write([&](Transaction& transaction) { transaction.save_definition(task, "alice"); });
  EXPECT_THAT(users(), ElementsAre(task.id));
  task.definition.secrets.erase("B");
  ++task.revision;
  write([&](Transaction& transaction) { transaction.save_definition(task, "alice"); });
  EXPECT_THAT(users(), IsEmpty());
  const auto remove = [](Transaction& transaction) { return transaction.delete_secret("second"); };
  EXPECT_TRUE(written(remove));
  EXPECT_FALSE(written(remove));
}

class StoredHistory : public Conformance {};

TEST_P(StoredHistory, ChainsTheAuditWithoutGapsAlsoWhereAWorkWasUndone) {
  const auto append = [](const char* action) {
    return [action](Transaction& transaction) { transaction.append_audit({.at = kNoon, .action = action}); };
  };
  write(append("one"));
  static_cast<void>(store().write([&](Transaction& transaction) -> base::Result<void> {
    append("undone")(transaction);
    return base::make_error(base::ErrorKind::conflict, "no");
  }));
  write(append("two"));
  write(append("three"));
  const auto rows = read([](Reader& reader) { return reader.audit_after(1, 10); });
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].id, 2);
  EXPECT_EQ(rows[0].action, "two");
  AuditCheck check("", AuditHead{1, read([](Reader& reader) { return reader.audit_after(0, 1)[0].hash; })});
  for (const auto& row : rows) EXPECT_TRUE(check.add(row)) << check.fault()->why;
  EXPECT_EQ(check.rows(), 2);
}

TEST_P(StoredHistory, ListsTheAuditNewestFirstInPages) {
  write([](Transaction& transaction) {
    for (int i = 0; i < 5; ++i) {
      transaction.append_audit({.at = minute(i),
                                .actor = "alice",
                                .address = "192.0.2.1",
                                .action = "task.create",
                                .object = "task:" + std::to_string(i),
                                .before = "",
                                .after = "{}"});
    }
  });
  std::vector<std::string> objects;
  std::optional<std::string> before;
  int pages = 0;
  do {
    const auto page = read([&](Reader& reader) { return reader.list_audit({.limit = 2, .before = before}); });
    for (const auto& entry : page.items) objects.push_back(entry.object);
    before = page.next_cursor;
  } while (before && ++pages < 10);
  EXPECT_THAT(objects, ElementsAre("task:4", "task:3", "task:2", "task:1", "task:0"));
  const auto first = read([](Reader& reader) { return reader.list_audit({.limit = 1}).items.at(0); });
  EXPECT_EQ(first.at, minute(4));
  EXPECT_EQ(first.actor, "alice");
  EXPECT_EQ(first.address, "192.0.2.1");
  EXPECT_EQ(first.action, "task.create");
  EXPECT_EQ(first.before, "");
  EXPECT_EQ(first.after, "{}");
  EXPECT_THAT(read([](Reader& reader) { return reader.list_audit({.before = "nonsense"}).items.size(); }), 0);
}

TEST_P(StoredHistory, ListsOfTheAuditWhatWasDoneByWhomToWhat) {
  write([](Transaction& transaction) {
    for (const char* actor : {"alice", "bob"}) {
      for (const char* action : {"task.create", "task.update"}) {
        for (const char* object : {"task:1", "task:2"})
          transaction.append_audit({.at = kNoon, .actor = actor, .action = action, .object = object});
      }
    }
  });
  const auto ids = [&](AuditQuery query) {
    std::vector<std::int64_t> found;
    query.limit = 2;
    do {
      const auto page = read([&](Reader& reader) { return reader.list_audit(query); });
      for (const auto& entry : page.items) found.push_back(entry.id);
      query.before = page.next_cursor;
    } while (query.before);
    return found;
  };
  EXPECT_THAT(ids({.actor = "bob"}), ElementsAre(8, 7, 6, 5));
  EXPECT_THAT(ids({.action = "task.update"}), ElementsAre(8, 7, 4, 3));
  EXPECT_THAT(ids({.object = "task:1"}), ElementsAre(7, 5, 3, 1));
  EXPECT_THAT(ids({.actor = "alice", .object = "task:2"}), ElementsAre(4, 2));
  EXPECT_THAT(ids({.actor = "bob", .action = "task.create", .object = "task:1"}), ElementsAre(5));
  EXPECT_THAT(ids({.actor = "nobody"}), ElementsAre());
}

TEST_P(StoredHistory, RemembersAnswersUntilTheyAreOld) {
  const UserId user{1};
  const auto answer = [&](UserId who, const char* key) {
    const auto found = read([&](Reader& reader) { return reader.find_answer(who, key); });
    return found ? found->answer : "none";
  };
  write([&](Transaction& transaction) {
    transaction.remember_answer(user, "old", {"print", "first", minute(0)});
    transaction.remember_answer(user, "old", {"print", "second", minute(0)});
    transaction.remember_answer(user, "new", {"print", "new", minute(1)});
  });
  EXPECT_EQ(answer(user, "old"), "second");
  EXPECT_EQ(answer(UserId{2}, "old"), "none");
  const auto found = read([&](Reader& reader) { return reader.find_answer(user, "new").value(); });
  EXPECT_EQ(found.fingerprint, "print");
  EXPECT_EQ(found.at, minute(1));
  write([](Transaction& transaction) { transaction.forget_answers_before(minute(1)); });
  EXPECT_EQ(answer(user, "old"), "none");
  EXPECT_EQ(answer(user, "new"), "new");
}

TEST_P(StoredHistory, KeepsTheLatestValueOfASetting) {
  const auto value = [&] { return read([](Reader& reader) { return reader.find_setting("key"); }); };
  EXPECT_EQ(value(), std::nullopt);
  for (const char* text : {"one", "two"}) {
    write([&](Transaction& transaction) { transaction.set_setting("key", text); });
    EXPECT_EQ(value(), text);
  }
}

}  // namespace store
