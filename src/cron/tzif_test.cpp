#include "cron/tzif.h"

#include <chrono>

namespace cron {
namespace {

std::int64_t utc(int year, unsigned month, unsigned day, int hour) {
  const std::chrono::sys_days date{std::chrono::year{year} / month / day};
  return std::chrono::seconds{date.time_since_epoch()}.count() + hour * 3600;
}

std::string number(std::int64_t value, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

struct File {
  std::vector<std::pair<std::int64_t, int>> transitions;  // instant, type
  std::vector<int> offsets{0};
  std::string footer = "\nUTC0\n";
  int leap_seconds = 0;
  char version = '2';

  std::string header(std::size_t count) const {
    return std::string("TZif") + version + std::string(15, '\0') + number(0, 4) + number(0, 4) +
           number(leap_seconds, 4) + number(static_cast<std::int64_t>(count), 4) +
           number(static_cast<std::int64_t>(offsets.size()), 4) + number(1, 4);
  }
  std::string body(int time_size) const {
    std::string text;
    for (const auto& [at, type] : transitions) text += number(at, time_size);
    for (const auto& [at, type] : transitions) text += static_cast<char>(type);
    for (const int offset : offsets) text += number(offset, 4) + std::string(2, '\0');
    return text + std::string(1, '\0') +
           std::string(static_cast<std::size_t>(leap_seconds * (time_size + 4)), '\0');
  }
  std::string text() const {
    if (version == '\0') return header(transitions.size()) + body(4);
    return header(transitions.size()) + body(4) + header(transitions.size()) + body(8) + footer;
  }
};

TEST(Tzif, ReadsTransitionsOfBothVersions) {
  for (const char version : {'\0', '2', '3', '4'}) {
    const File file{{{1000, 1}, {2000, 0}, {3000, 1}}, {3600, 7200}, "\n\n", 0, version};
    const auto rules = read_tzif(file.text(), 2000);
    ASSERT_TRUE(rules);
    EXPECT_EQ(rules->first_offset, 3600);
    EXPECT_THAT(rules->transitions,
                testing::ElementsAre(Transition{1000, 7200}, Transition{2000, 3600}, Transition{3000, 7200}));
  }
}

TEST(Tzif, LeavesOutChangesThatKeepTheOffset) {
  const File file{{{1000, 1}, {2000, 2}, {3000, 0}}, {0, 3600, 3600}, "\n\n"};
  EXPECT_THAT(read_tzif(file.text(), 2000)->transitions,
              testing::ElementsAre(Transition{1000, 3600}, Transition{3000, 0}));
}

TEST(Tzif, IsCarriedOnByItsFooter) {
  const File file{{{utc(2007, 11, 4, 6), 0}}, {-18000}, "\nEST5EDT,M3.2.0,M11.1.0\n"};
  const auto rules = read_tzif(file.text(), 2009);
  ASSERT_TRUE(rules);
  EXPECT_THAT(
      rules->transitions,
      testing::ElementsAre(Transition{utc(2008, 3, 9, 7), -14400}, Transition{utc(2008, 11, 2, 6), -18000},
                           Transition{utc(2009, 3, 8, 7), -14400}, Transition{utc(2009, 11, 1, 6), -18000}));
}

TEST(Tzif, WithoutTransitionsFollowsItsFooter) {
  const auto fixed = read_tzif(File{{}, {0}, "\n<+0530>-5:30\n"}.text(), 2099);
  ASSERT_TRUE(fixed);
  EXPECT_EQ(fixed->first_offset, 19800);
  EXPECT_TRUE(fixed->transitions.empty());
}

TEST(Tzif, RefusesWhatIsNoSoundFile) {
  const File good{{{1000, 1}, {2000, 0}}, {0, 3600}, "\nUTC0\n"};
  ASSERT_TRUE(read_tzif(good.text(), 2000));
  for (std::size_t length = 0; length < good.text().size(); ++length) {
    EXPECT_FALSE(read_tzif(good.text().substr(0, length), 2000)) << length;
  }
  EXPECT_FALSE(read_tzif("TZif2", 2000));
  EXPECT_FALSE(read_tzif(File{{{2000, 1}, {1000, 0}}, {0, 3600}}.text(), 2000)) << "unsorted";
  EXPECT_FALSE(read_tzif(File{{{1000, 2}}, {0, 3600}}.text(), 2000)) << "no such type";
  EXPECT_FALSE(read_tzif(File{{}, {200000}}.text(), 2000)) << "offset of more than a day";
  EXPECT_FALSE(read_tzif(File{{}, {0}, "\nUTC\n"}.text(), 2000)) << "footer";
  EXPECT_FALSE(read_tzif(File{{}, {0}, "\nUTC0\n", 1}.text(), 2000)) << "leap seconds";
  std::string many_types = good.text();
  many_types.replace(36, 4, number(-1, 4));
  EXPECT_FALSE(read_tzif(many_types, 2000));
}

TEST(PosixRule, ReadsWhatRfc9636Allows) {
  struct Case {
    const char* text;
    int year;
    std::vector<Transition> transitions;
  };
  const Case cases[] = {
      {"EST5", 2025, {}},
      {"<-03>3", 2025, {}},
      {"EST5EDT,M3.2.0,M11.1.0", 2025, {{utc(2025, 3, 9, 7), -14400}, {utc(2025, 11, 2, 6), -18000}}},
      {"CET-1CEST,M3.5.0,M10.5.0/3", 2025, {{utc(2025, 3, 30, 1), 7200}, {utc(2025, 10, 26, 1), 3600}}},
      {"IST-1GMT0,M10.5.0,M3.5.0/1", 2025, {{utc(2025, 3, 30, 1), 3600}, {utc(2025, 10, 26, 1), 0}}},
      {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
       2025,
       {{utc(2025, 4, 5, 15), 37800}, {utc(2025, 10, 4, 15) + 1800, 39600}}},
      {"IST-2IDT,M3.4.4/26,M10.5.0", 2025, {{utc(2025, 3, 28, 0), 10800}, {utc(2025, 10, 25, 23), 7200}}},
      {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
       2025,
       {{utc(2025, 3, 30, 1), -3600}, {utc(2025, 10, 26, 1), -7200}}},
      {"AAA0BBB,J60,J300", 2024, {{utc(2024, 3, 1, 2), 3600}, {utc(2024, 10, 27, 1), 0}}},
      {"AAA0BBB,59,300", 2024, {{utc(2024, 2, 29, 2), 3600}, {utc(2024, 10, 27, 1), 0}}},
  };
  for (const Case& each : cases) {
    const auto rule = PosixRule::parse(each.text);
    ASSERT_TRUE(rule) << each.text;
    EXPECT_EQ(rule->transitions(each.year, each.year), each.transitions) << each.text;
  }
}

TEST(PosixRule, KeepsSummerTimeAllTheYear) {
  const auto rule = PosixRule::parse("XXX3EDT4,0/0,J365/23");
  ASSERT_TRUE(rule);
  for (const Transition& each : rule->transitions(2024, 2026)) {
    EXPECT_EQ(each.offset, each.at < utc(2027, 1, 1, 3) ? -14400 : -10800);
  }
}

TEST(PosixRule, RefusesAnythingElse) {
  for (const char* text :
       {"", "E5", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST25",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J5", "<+05", "EST5x",
        "EST5EDT,M3.2.0,M11.1.0,", "EST5:60", "EST5EDT,M3.2.0/168,M11.1.0", "EST9999999999"}) {
    EXPECT_FALSE(PosixRule::parse(text)) << text;
  }
}

}  // namespace
}  // namespace cron
