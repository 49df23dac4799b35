#include "auth/identity_cache.h"

#include <gtest/gtest.h>

namespace auth {
namespace {

const base::Instant kAsked = base::from_unix_ms(1'770'000'000'000);

Identity identity_of(std::int64_t user) {
  Identity identity;
  identity.actor.user = base::UserId{user};
  return identity;
}

TEST(IdentityCache, ForgetsByKeyByUserAndByAge) {
  IdentityCache cache;
  cache.keep("a", identity_of(1), std::nullopt, kAsked, cache.generation());
  cache.keep("b", identity_of(2), std::nullopt, kAsked, cache.generation());
  cache.keep("c", identity_of(2), std::nullopt, kAsked, cache.generation());
  EXPECT_TRUE(cache.find("a", kAsked));
  EXPECT_FALSE(cache.find("a", kAsked + IdentityCache::kLifetime + base::Milliseconds{1}));
  EXPECT_FALSE(cache.find("a", kAsked - base::Milliseconds{1}));
  cache.forget("a");
  EXPECT_FALSE(cache.find("a", kAsked));
  cache.forget_user(base::UserId{2});
  EXPECT_FALSE(cache.find("b", kAsked));
  EXPECT_FALSE(cache.find("c", kAsked));
}

TEST(IdentityCache, WhatWasReadBeforeAChangeIsNotKeptAfterIt) {
  IdentityCache cache;
  const auto generation = cache.generation();
  cache.forget_user(base::UserId{1});
  cache.keep("a", identity_of(1), std::nullopt, kAsked, generation);
  EXPECT_FALSE(cache.find("a", kAsked));
}

TEST(IdentityCache, WhoWatchesIsWokenByHisOwnUserAndSessionOnlyAndOnceNothingIsKnown) {
  IdentityCache cache;
  Identity watched = identity_of(1);
  watched.session_id = "a";
  cache.keep("a", watched, std::nullopt, kAsked, cache.generation());
  int woken = 0;
  auto watch = cache.watch(watched, [&] {
    ++woken;
    EXPECT_FALSE(cache.find("a", kAsked));
  });
  cache.forget("b");
  cache.forget_user(base::UserId{2});
  EXPECT_EQ(woken, 0);
  cache.forget("a");
  EXPECT_EQ(woken, 1);
  cache.forget_user(base::UserId{1});
  EXPECT_EQ(woken, 2);
  watch.reset();
  cache.forget("a");
  EXPECT_EQ(woken, 2);
}

TEST(IdentityCache, AnEntryEndsWithWhatItStandsFor) {
  IdentityCache cache;
  cache.keep("a", identity_of(1), kAsked + base::Milliseconds{10}, kAsked, cache.generation());
  EXPECT_TRUE(cache.find("a", kAsked + base::Milliseconds{9}));
  EXPECT_FALSE(cache.find("a", kAsked + base::Milliseconds{10}));
}

}  // namespace
}  // namespace auth
