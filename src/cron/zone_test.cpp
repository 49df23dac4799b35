#include "cron/zone.h"

#include <date/tz.h>

#include <ctime>
#include <thread>

namespace cron {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

sys_seconds at(std::int64_t seconds_since_1970) {
  return sys_seconds{seconds{seconds_since_1970}};
}

LocalSeconds local(int year, unsigned month, unsigned day, int hour, int minute) {
  const std::chrono::sys_days date{std::chrono::year{year} / month / day};
  return seconds{date.time_since_epoch()}.count() + hour * 3600 + minute * 60;
}

constexpr std::int64_t kYear2037 = 2114380800;  // up to here the date library knows all rules
constexpr std::int64_t kYear2100 = 4102444800;

TEST(Zone, HasTheOffsetsOfTheDateLibraryInEveryZone) {
  std::size_t compared = 0;
  for (const std::string& name : zone_names()) {
    const auto zone = find_zone(name);
    ASSERT_TRUE(zone) << name;
    const date::time_zone* expected = nullptr;
    try {
      expected = date::locate_zone(name);
    } catch (const std::runtime_error&) {
      continue;  // the library leaves out a few old names
    }
    ++compared;
    for (std::int64_t now = 0; now < kYear2037;) {
      const date::sys_info info = expected->get_info(at(now));
      const std::int64_t end = std::min<std::int64_t>(kYear2037, info.end.time_since_epoch().count());
      ASSERT_EQ(zone->offset_at(at(now)), info.offset) << name << " at " << now;
      ASSERT_EQ(zone->offset_at(at(end - 1)), info.offset) << name << " at " << end - 1;
      const std::size_t first = zone->period_at(now);
      const std::size_t last = zone->period_at(end - 1);
      ASSERT_EQ(first, last) << name << " changes between " << now << " and " << end;
      now = end;
    }
  }
  EXPECT_GT(compared, 300U);
  std::cout << compared << " of " << zone_names().size() << " zones compared\n";
}

// The C library reads the same files by its own code, and knows the rules of the years to come.
TEST(Zone, HasTheOffsetsOfTheCLibraryInEveryZoneUntil2099) {
  const char* before = std::getenv("TZ");
  const std::string kept = before != nullptr ? before : "";
  for (const std::string& name : zone_names()) {
    const auto zone = find_zone(name);
    setenv("TZ", name.c_str(), 1);
    tzset();
    const auto expect_same = [&](std::int64_t now) {
      const std::time_t time = now;
      std::tm broken{};
      localtime_r(&time, &broken);
      ASSERT_EQ(zone->offset_at(at(now)).count(), broken.tm_gmtoff) << name << " at " << now;
    };
    for (const Period& period : zone->periods()) {
      if (period.begin < 1 || period.begin >= kYear2100) continue;
      expect_same(period.begin - 1);
      expect_same(period.begin);
    }
    for (std::int64_t now = 0; now < kYear2100; now += 10 * 86400) expect_same(now);
  }
  before != nullptr ? setenv("TZ", kept.c_str(), 1) : unsetenv("TZ");
  tzset();
}

TEST(Zone, TellsAGapFromAnOverlap) {
  struct Case {
    const char* zone;
    LocalSeconds wall;
    LocalTime::Kind kind;
    std::int64_t first, last;
  };
  const Case cases[] = {
      {"America/New_York", local(2025, 3, 9, 1, 59), LocalTime::Kind::unique, 1741503540, 1741503540},
      {"America/New_York", local(2025, 3, 9, 2, 0), LocalTime::Kind::gap, 1741503600, 1741503600},
      {"America/New_York", local(2025, 3, 9, 2, 59), LocalTime::Kind::gap, 1741503600, 1741503600},
      {"America/New_York", local(2025, 3, 9, 3, 0), LocalTime::Kind::unique, 1741503600, 1741503600},
      {"America/New_York", local(2025, 11, 2, 0, 59), LocalTime::Kind::unique, 1762059540, 1762059540},
      {"America/New_York", local(2025, 11, 2, 1, 30), LocalTime::Kind::overlap, 1762061400, 1762065000},
      {"America/New_York", local(2025, 11, 2, 2, 0), LocalTime::Kind::unique, 1762066800, 1762066800},
      {"Pacific/Apia", local(2011, 12, 30, 12, 0), LocalTime::Kind::gap, 1325239200, 1325239200},
      {"UTC", local(2025, 3, 9, 2, 0), LocalTime::Kind::unique, 1741485600, 1741485600},
  };
  for (const Case& each : cases) {
    const LocalTime found = find_zone(each.zone)->resolve(each.wall);
    EXPECT_EQ(found.kind, each.kind) << each.zone << " " << each.wall;
    EXPECT_EQ(found.first, at(each.first)) << each.zone << " " << each.wall;
    EXPECT_EQ(found.last, at(each.last)) << each.zone << " " << each.wall;
  }
}

TEST(Zone, IsUnknownByAnythingButANameOfTheSystem) {
  for (const char* name : {"",
                           "/",
                           "Mars/Base",
                           "../zoneinfo/UTC",
                           "Europe/../UTC",
                           "/usr/share/zoneinfo/UTC",
                           "Europe",
                           "Europe/",
                           "zone.tab",
                           "tzdata.zi",
                           "iso3166.tab",
                           "leapseconds",
                           "right/UTC",
                           ".",
                           "Europe//Berlin",
                           "UTC ",
                           "Europe/Berlin\n",
                           "europe/berlin",
                           "UTC\t",
                           "-05",
                           "EST5EDT4"}) {
    EXPECT_EQ(find_zone(name), nullptr) << name;
  }
  EXPECT_EQ(find_zone(std::string("UTC\0x", 5)), nullptr);
  EXPECT_EQ(find_zone(std::string(100000, 'a')), nullptr);
}

TEST(Zone, IsTheSameObjectForEveryThread) {
  std::vector<std::shared_ptr<const Zone>> found(8);
  std::vector<std::thread> threads;
  for (auto& each : found) {
    threads.emplace_back([&each] {
      for (const char* name : {"Asia/Tokyo", "Asia/Seoul", "Europe/Paris"}) each = find_zone(name);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& each : found) EXPECT_EQ(each, found.front());
}

TEST(Zone, NamesAreSortedAndLeaveOutTheSystemsOwnCopies) {
  const auto& names = zone_names();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_THAT(names,
              testing::IsSupersetOf({"UTC", "Europe/Berlin", "America/North_Dakota/Center", "Etc/GMT+5"}));
  for (const std::string& name : names) {
    EXPECT_FALSE(name.starts_with("right/") || name.starts_with("posix") || name == "localtime") << name;
  }
}

}  // namespace
}  // namespace cron
