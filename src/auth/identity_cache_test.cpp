#include "auth/identity_cache.h"

#include <gtest/gtest.h>

namespace auth {
namespace {

const base::Instant kNow = base::from_unix_ms(1'770'000'000'000);

Identity identity_of(std::int64_t user) {
  Identity identity;
  identity.actor.user = base::UserId{user};
  return identity;
}

TEST(IdentityCache, ForgetsByKeyByUserAndByAge) {
  IdentityCache cache;
  cache.keep("a", identity_of(1), std::nullopt, kNow, cache.generation());
  cache.keep("b", identity_of(2), std::nullopt, kNow, cache.generation());
  cache.keep("c", identity_of(2), std::nullopt, kNow, cache.generation());
  EXPECT_TRUE(cache.find("a", kNow));
  EXPECT_FALSE(cache.find("a", kNow + IdentityCache::kLifetime + base::Milliseconds{1}));
  EXPECT_FALSE(cache.find("a", kNow - base::Milliseconds{1}));
  cache.forget("a");
  EXPECT_FALSE(cache.find("a", kNow));
  cache.forget_user(base::UserId{2});
  EXPECT_FALSE(cache.find("b", kNow));
  EXPECT_FALSE(cache.find("c", kNow));
}

TEST(IdentityCache, WhatWasReadBeforeAChangeIsNotKeptAfterIt) {
  IdentityCache cache;
  const auto generation = cache.generation();
  cache.forget_user(base::UserId{1});
  cache.keep("a", identity_of(1), std::nullopt, kNow, generation);
  EXPECT_FALSE(cache.find("a", kNow));
}

TEST(IdentityCache, AnEntryEndsWithWhatItStandsFor) {
  IdentityCache cache;
  cache.keep("a", identity_of(1), kNow + base::Milliseconds{10}, kNow, cache.generation());
  EXPECT_TRUE(cache.find("a", kNow + base::Milliseconds{9}));
  EXPECT_FALSE(cache.find("a", kNow + base::Milliseconds{10}));
}

}  // namespace
}  // namespace auth
