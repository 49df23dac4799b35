#include "auth/secrets.h"

#include <gmock/gmock.h>

#include "auth/auth_fixture.h"

namespace auth {
namespace {

using base::ErrorKind;
using testing::HasSubstr;
using testing::Not;

class SecretsTest : public AuthTest {
 protected:
  std::string sealed(const std::string& name) {
    std::string found;
    store_.read([&](store::Reader& reader) { found = reader.find_secret(name).value().sealed; });
    return found;
  }
};

TEST_F(SecretsTest, AreKeptSealedAndComeBackToJobsOnly) {
  ASSERT_TRUE(secrets_.put(admin_, "db", "canary value"));
  EXPECT_EQ(*secrets_.value_of("db"), "canary value");
  EXPECT_THAT(sealed("db"), Not(HasSubstr("canary")));
  ASSERT_TRUE(secrets_.put(admin_, "db", "another"));
  EXPECT_EQ(*secrets_.value_of("db"), "another");
  ASSERT_EQ(secrets_.list().size(), 1u);
  for (const auto& entry : store_.audit()) {
    EXPECT_THAT(entry.before + entry.after, Not(HasSubstr("canary")));
    EXPECT_EQ(entry.object, "secret:db");
  }
  EXPECT_EQ(actions(), (std::vector<std::string>{"secret.create", "secret.replace"}));
}

TEST_F(SecretsTest, BadNamesAndValuesAreNamed) {
  for (const std::string name : {"", "a b", "a/b", "../x", "\xC3\xA4"})
    EXPECT_EQ(secrets_.put(admin_, name, "v").error().fields.at(0).loc.back(), "name") << name;
  for (const std::string& value :
       {std::string(), std::string("a\0b", 3), std::string(kMaxSecretBytes + 1, 'x')})
    EXPECT_EQ(secrets_.put(admin_, "ok", value).error().fields.at(0).loc.back(), "value");
  EXPECT_EQ(secrets_.value_of("none").error().kind, ErrorKind::not_found);
}

TEST_F(SecretsTest, AreNotDeletedWhileATaskUsesThem) {
  ASSERT_TRUE(secrets_.put(admin_, "db", "value"));
  store_.use_secret(base::TaskId{17}, "db");
  const auto refused = secrets_.remove(admin_, "db");
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("17"));
  ASSERT_TRUE(secrets_.put(admin_, "free", "value"));
  EXPECT_TRUE(secrets_.remove(admin_, "free"));
  EXPECT_EQ(secrets_.remove(admin_, "free").error().kind, ErrorKind::not_found);
}

TEST_F(SecretsTest, SealedBytesOfOneAreNoGoodInThePlaceOfAnother) {
  ASSERT_TRUE(secrets_.put(admin_, "mine", "value"));
  auto moved = store::Secret{.name = "yours", .sealed = sealed("mine")};
  store_.write(
      [&](store::Transaction& transaction) -> base::Result<void> {
        transaction.save_secret(moved);
        return {};
      },
      [](const base::Result<void>&) {});
  EXPECT_EQ(secrets_.value_of("yours").error().kind, ErrorKind::internal);
}

TEST_F(SecretsTest, AChangeOfTheKeySealsAllAnewAndKeepsBothKeysMeanwhile) {
  ASSERT_TRUE(secrets_.put(admin_, "a", "value of a"));
  ASSERT_TRUE(secrets_.put(admin_, "b", "value of b"));
  const auto bob = make("bob");
  ASSERT_TRUE(factors_.enrol(bob));
  const auto before = sealed("a");
  const auto old = sealer_.ring().current;
  std::vector<KeyRing> kept;
  const auto count = secrets_.rotate_key(admin_, [&](const KeyRing& ring) -> base::Result<void> {
    kept.push_back(ring);
    return {};
  });
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 3);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].previous, old);
  EXPECT_EQ(kept[1].previous, "");
  EXPECT_NE(sealed("a"), before);
  EXPECT_EQ(*secrets_.value_of("a"), "value of a");
  EXPECT_FALSE(Sealer(KeyRing(old)).open("secret:a", sealed("a"))) << "the old key opens nothing any more";
  EXPECT_EQ(*Sealer(kept[1]).open("secret:b", sealed("b")), "value of b");
}

TEST_F(SecretsTest, AKeyThatCanNotBeKeptIsNotUsed) {
  ASSERT_TRUE(secrets_.put(admin_, "a", "value"));
  const auto before = sealed("a");
  EXPECT_FALSE(secrets_.rotate_key(admin_, [](const KeyRing&) -> base::Result<void> {
    return base::make_error(ErrorKind::unavailable, "the disk is full");
  }));
  EXPECT_EQ(sealed("a"), before);
  EXPECT_EQ(*secrets_.value_of("a"), "value");
}

}  // namespace
}  // namespace auth
