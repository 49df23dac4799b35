#include "task/cursor.h"

#include <gtest/gtest.h>

namespace task {
namespace {

base::Milliseconds jitter(const std::string& name, std::int64_t jitter_s) {
  TaskDefinition definition;
  definition.name = name;
  definition.jitter_s = jitter_s;
  return jitter_of(definition);
}

// Reckoned by hand of the 64-bit FNV-1a of the name, modulo jitter_s * 1000 + 1: another value here moves the
// runs of everybody's tasks.
TEST(Jitter, IsTheSameOfANameInEachProcessAndEachVersion) {
  const struct {
    const char* name;
    std::int64_t jitter_s;
    std::int64_t ms;
  } kCases[] = {
      {"backup", 0, 0},      {"backup", 1, 287},
      {"backup", 60, 7574},  {"backup", 3600, 458051},
      {"a", 30, 18966},      {"nightly report", 900, 714675},
      {"备份", 300, 193882}, {"task 7", 86400, 61513080},
  };
  for (const auto& one : kCases) EXPECT_EQ(jitter(one.name, one.jitter_s).count(), one.ms) << one.name;
}

TEST(Jitter, IsNeverMoreThanAskedForAndSpreadsOverAllOfIt) {
  std::int64_t least = 1'000'000, most = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto ms = jitter("task " + std::to_string(i), 10).count();
    least = std::min(least, ms);
    most = std::max(most, ms);
  }
  EXPECT_GE(least, 0);
  EXPECT_LT(least, 100);
  EXPECT_GT(most, 9'900);
  EXPECT_LE(most, 10'000);
}

TEST(Cursor, TimesAreTheSameOnlyWhereAllThatTheyComeFromIs) {
  TaskDefinition one;
  one.name = "backup";
  one.cron = "H 3 * * *";
  EXPECT_TRUE(have_same_times(one, one));
  const auto differs = [&](const auto& change) {
    auto other = one;
    change(other);
    return !have_same_times(one, other);
  };
  EXPECT_TRUE(differs([](auto& other) { other.cron = "H 4 * * *"; }));
  EXPECT_TRUE(differs([](auto& other) { other.timezone = "Europe/Berlin"; }));
  EXPECT_TRUE(differs([](auto& other) { other.name = "other"; })) << "the seed of H";
  EXPECT_TRUE(differs([](auto& other) { other.jitter_s = 1; }));
  EXPECT_TRUE(differs([](auto& other) { other.starts_at = base::from_unix_ms(0); }));
  EXPECT_TRUE(differs([](auto& other) { other.ends_at = base::from_unix_ms(0); }));
  EXPECT_FALSE(differs([](auto& other) { other.command = "true"; }));
}

}  // namespace
}  // namespace task
