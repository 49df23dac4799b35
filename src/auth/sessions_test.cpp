#include "auth/sessions.h"

#include "auth/auth_fixture.h"

namespace auth {
namespace {

using base::ErrorKind;

class SessionsTest : public AuthTest {};

TEST_F(SessionsTest, AreListedNewestFirstAndEndedOneByOneOrAll) {
  const auto bob = make("bob");
  make("eve");
  std::vector<std::string> tokens;
  for (int i = 0; i < 3; ++i) {
    tokens.push_back(log_in("bob", password_of("bob"), "10.0.0." + std::to_string(i))->access_token);
    clock_.advance(std::chrono::seconds(2));
  }
  const auto eves = log_in("eve", password_of("eve"))->access_token;
  const auto id_of = [&](const std::string& token) { return sessions_.read(token)->session_id; };
  const auto listed = sessions_.list(bob.user, id_of(tokens[1]));
  ASSERT_EQ(listed.size(), 3u);
  EXPECT_EQ(listed[0].session.address, "10.0.0.2");
  EXPECT_FALSE(listed[0].current);
  EXPECT_TRUE(listed[1].current);
  const auto works = [&](const std::string& token) { return bool(authenticator_.identify(token, "")); };
  EXPECT_EQ(sessions_.end(bob, id_of(eves)).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(works(tokens[0]));
  ASSERT_TRUE(sessions_.end(bob, id_of(tokens[0])));
  EXPECT_FALSE(works(tokens[0]));
  EXPECT_EQ(*sessions_.end_all(bob, id_of(tokens[1])), 1);
  EXPECT_TRUE(works(tokens[1]));
  EXPECT_FALSE(works(tokens[2]));
  EXPECT_EQ(*sessions_.end_all(bob, ""), 1);
  EXPECT_FALSE(works(tokens[1]));
  EXPECT_TRUE(works(eves));
}

TEST_F(SessionsTest, ThePreviousKeyVerifiesWhatItSignedBeforeItWasReplaced) {
  make("bob");
  const auto token = log_in("bob", password_of("bob"))->access_token;
  clock_.advance(std::chrono::minutes(1));
  const auto ring = rotated(KeyRing(std::string(32, 'k')), clock_.now());
  const Sessions fresh(store_, clock_, accounts_, passwords_, cache_, ring);
  EXPECT_TRUE(fresh.read(token));
  const Sessions dropped(store_, clock_, accounts_, passwords_, cache_, KeyRing(ring.current));
  EXPECT_FALSE(dropped.read(token));
  // a thief of the old key signs nothing new with it
  clock_.advance(std::chrono::minutes(1));
  const auto now = clock_.now();
  const auto forged = sign_jwt({base::UserId{1}, "id", now, now + std::chrono::hours(1)}, ring.previous);
  EXPECT_FALSE(fresh.read(forged));
  EXPECT_TRUE(fresh.read(sign_jwt({base::UserId{1}, "id", now, now + std::chrono::hours(1)}, ring.current)));
}

}  // namespace
}  // namespace auth
