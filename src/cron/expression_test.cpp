#include "cron/schedule.h"

namespace cron {
namespace {

// ---- what is refused

struct Refusal {
  std::string text, field, piece;
  std::size_t position;
};

class RefusedExpression : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedExpression, NamesFieldPieceAndPosition) {
  const Refusal& expected = GetParam();
  const auto schedule = Schedule::parse(expected.text);
  ASSERT_FALSE(schedule) << expected.text;
  EXPECT_EQ(schedule.error().field, expected.field) << expected.text;
  EXPECT_EQ(schedule.error().text, expected.piece) << expected.text;
  EXPECT_EQ(schedule.error().position, expected.position) << expected.text;
  EXPECT_GT(schedule.error().message.size(), 15U) << expected.text;
  EXPECT_EQ(schedule.error().message.find('\n'), std::string::npos) << expected.text;
}

INSTANTIATE_TEST_SUITE_P(DialectTable, RefusedExpression,
                         testing::ValuesIn(std::vector<Refusal>{
                             {"", "expression", "", 0},
                             {"* * * *", "expression", "* * * *", 0},
                             {"* * * * * * * *", "expression", "* * * * * * * *", 0},
                             {"60 * * * *", "minute", "60", 0},
                             {"* 24 * * *", "hour", "24", 2},
                             {"* * 0 * *", "day-of-month", "0", 4},
                             {"* * * 13 *", "month", "13", 6},
                             {"* * * * 8", "day-of-week", "8", 8},
                             {"*/0 * * * *", "minute", "0", 2},
                             {"*/x * * * *", "minute", "x", 2},
                             {"/5 * * * *", "minute", "/5", 0},
                             {"5/ * * * *", "minute", "5/", 0},
                             {"1,,2 * * * *", "minute", "1,,2", 2},
                             {"1, * * * *", "minute", "1,", 2},
                             {"5- * * * *", "minute", "5-", 0},
                             {"-5 * * * *", "minute", "-5", 0},
                             {"1-2-3 * * * *", "minute", "2-3", 2},
                             {"*5 * * * *", "minute", "*5", 0},
                             {"? * * * *", "minute", "?", 0},
                             {"0 0 ?,5 * *", "day-of-month", "?", 4},
                             {"0 0 L/2 * *", "day-of-month", "L", 4},
                             {"0 0 10-15W * *", "day-of-month", "15W", 7},
                             {"0 0 L-31 * *", "day-of-month", "L-31", 4},
                             {"0 0 * FEBR *", "month", "FEBR", 6},
                             {"0 0 * * MON#6", "day-of-week", "6", 12},
                             {"0 0 * * 2-4#2", "day-of-week", "4#2", 10},
                             {"0 0 * * L", "day-of-week", "L", 8},
                             {"0 0 0 1 1 ? 1969", "year", "1969", 12},
                             {"@wekly", "nickname", "@wekly", 0},
                             {"CRON_TZ=Mars/Base 0 0 * * *", "timezone", "Mars/Base", 8},
                         }));

INSTANTIATE_TEST_SUITE_P(Further, RefusedExpression,
                         testing::ValuesIn(std::vector<Refusal>{
                             {"   ", "expression", "", 3},
                             {" 1 2 ", "expression", "1 2", 1},
                             {"CRON_TZ=UTC", "expression", "", 11},
                             {"CRON_TZ=UTC 1 2", "expression", "1 2", 12},
                             {"CRON_TZ= 0 0 * * *", "timezone", "", 8},
                             {"  TZ=../UTC 0 0 * * *", "timezone", "../UTC", 5},
                             {"TZ=UTC 0 25 * * *", "hour", "25", 9},
                             {"0 25 32 * *", "hour", "25", 2},
                             {"60 * * * * *", "second", "60", 0},
                             {"0 60 * * * *", "minute", "60", 2},
                             {"99999999999999999999 * * * *", "minute", "99999999999999999999", 0},
                             {"5/10,70 * * * *", "minute", "70", 5},
                             {"70/0 * * * *", "minute", "70", 0},
                             {"5-70/0 * * * *", "minute", "70", 2},
                             {"*/ * * * *", "minute", "*/", 0},
                             {"*/2/3 * * * *", "minute", "2/3", 2},
                             {"** * * * *", "minute", "**", 0},
                             {"5,*x * * * *", "minute", "*x", 2},
                             {"+5 * * * *", "minute", "+5", 0},
                             {"1.5 * * * *", "minute", "1.5", 0},
                             {"0x1 * * * *", "minute", "0x1", 0},
                             {"1--2 * * * *", "minute", "-2", 2},
                             {"L * * * *", "minute", "L", 0},
                             {"0 ?/2 * * *", "hour", "?", 2},
                             {"0 0 LL * *", "day-of-month", "LL", 4},
                             {"0 0 L-0 * *", "day-of-month", "L-0", 4},
                             {"0 0 L- * *", "day-of-month", "L-", 4},
                             {"0 0 L-2W * *", "day-of-month", "L-2W", 4},
                             {"0 0 L-3/2 * *", "day-of-month", "L-3", 4},
                             {"0 0 29-L * *", "day-of-month", "L", 7},
                             {"0 0 LW/2 * *", "day-of-month", "LW", 4},
                             {"0 0 15W/2 * *", "day-of-month", "15W", 4},
                             {"0 0 15W-20 * *", "day-of-month", "15W", 4},
                             {"0 0 32W * *", "day-of-month", "32", 4},
                             {"0 0 W * *", "day-of-month", "W", 4},
                             {"0 0 WL * *", "day-of-month", "WL", 4},
                             {"0 0 * 0 *", "month", "0", 6},
                             {"0 0 * JAN-FOO *", "month", "FOO", 10},
                             {"0 0 * MON *", "month", "MON", 6},
                             {"0 0 * * FRIDAY", "day-of-week", "FRIDAY", 8},
                             {"0 0 * * +MON", "day-of-week", "+MON", 8},
                             {"0 0 * * MON#0", "day-of-week", "0", 12},
                             {"0 0 * * MON#", "day-of-week", "MON#", 8},
                             {"0 0 * * #2", "day-of-week", "#2", 8},
                             {"0 0 * * FRI#L", "day-of-week", "L", 12},
                             {"0 0 * * 8#1", "day-of-week", "8", 8},
                             {"0 0 * * MON-FRI#1", "day-of-week", "FRI#1", 12},
                             {"0 0 * * MON#1-3", "day-of-week", "MON#1", 8},
                             {"0 0 * * MON#1/2", "day-of-week", "MON#1", 8},
                             {"0 0 * * 2-5L", "day-of-week", "5L", 10},
                             {"0 0 * * 5L/2", "day-of-week", "5L", 8},
                             {"0 0 * * 8L", "day-of-week", "8", 8},
                             {"0 0 * * L5", "day-of-week", "L5", 8},
                             {"0 0 * * 1,L", "day-of-week", "L", 10},
                             {"0 0 * * L-1", "day-of-week", "L", 8},
                             {"0 0 0 1 1 ? 2100", "year", "2100", 12},
                             {"0 0 0 1 1 ? 2030-2020", "year", "2030-2020", 12},
                             {"0 0 0 1 1 ? L", "year", "L", 12},
                             {"H(10-5)/2 * * * *", "minute", "10-5", 2},
                             {"H(0-60) * * * *", "minute", "60", 4},
                             {"H( * * * *", "minute", "H(", 0},
                             {"H() * * * *", "minute", "H()", 0},
                             {"H(5) * * * *", "minute", "H(5)", 0},
                             {"H(-5) * * * *", "minute", "H(-5)", 0},
                             {"H(1-5)x * * * *", "minute", "H(1-5)x", 0},
                             {"H/0 * * * *", "minute", "0", 2},
                             {"HH * * * *", "minute", "HH", 0},
                             {"1-H * * * *", "minute", "H", 2},
                             {"@", "nickname", "@", 0},
                             {"@daily x", "expression", "@daily x", 0},
                             {"@ 16 * * MON-FRI", "expression", "@ 16 * * MON-FRI", 0},
                             {"@every", "every", "@every", 0},
                             {"@every 0s", "every", "0s", 7},
                             {"@every 5", "every", "5", 7},
                             {"@every -5m", "every", "-5m", 7},
                             {"@every 5m1h", "every", "5m1h", 7},
                             {"@every 1h1h", "every", "1h1h", 7},
                             {"@every 1.5h", "every", "1.5h", 7},
                             {"@every 1h 30m", "every", "30m", 10},
                             {"@every5m", "nickname", "@every5m", 0},
                         }));

TEST(RefusedExpression, SaysWhatIsWrongAndHowToMendIt) {
  EXPECT_EQ(Schedule::parse("0 25 * * *").error().message, "hour 25 is outside 0-23");
  EXPECT_EQ(Schedule::parse("0 0 * * 9").error().message,
            "day-of-week 9 is outside 0-7 (0 and 7 are Sunday)");
  EXPECT_EQ(Schedule::parse("0 0 * FEBR *").error().message,
            "month 'FEBR' is not a number in 1-12 or a name JAN to DEC");
  EXPECT_EQ(Schedule::parse("TZ=europe/berlin 0 0 * * *").error().message,
            "time zone 'europe/berlin' is unknown; did you mean Europe/Berlin?");
}

TEST(RefusedExpression, IncludesOneInAnUnknownZone) {
  const auto schedule = Schedule::parse("0 0 * * *", "Mars/Base");
  ASSERT_FALSE(schedule);
  EXPECT_EQ(schedule.error().field, "timezone");
  EXPECT_EQ(schedule.error().text, "Mars/Base");
}

TEST(RefusedExpression, IncludesOneThatIsTooLong) {
  const std::string list = std::string(Schedule::kMaxExpression, '1');
  EXPECT_EQ(Schedule::parse(list + " * * * *").error().field, "expression");
}

// ---- what is understood alike

TEST(Expression, HasSeveralSpellings) {
  const std::pair<const char*, const char*> same[] = {
      {"@yearly", "0 0 1 1 *"},
      {"@ANNUALLY", "0 0 1 1 *"},
      {"@monthly", "0 0 1 * *"},
      {"@Weekly", "0 0 * * 0"},
      {"@daily", "0 0 * * *"},
      {"@midnight", "0 0 * * ?"},
      {"@hourly", "0 * * * *"},
      {" \t0\t0  * * *\n", "0 0 * * *"},
      {"0 0 0 * * *", "0 0 * * *"},
      {"0 0 0 * * * *", "0 0 * * *"},
      {"0 0 * * SUN", "0 0 * * 7"},
      {"0 0 * jan-Mar mon-5", "0 0 * 1-3 1,2,3,4,5"},
      {"0 0 * * FRI-SUN", "0 0 * * 5-7"},
      {"0 0 * * 6-0", "0 0 * * 6-7"},
      {"0 0 * * 5-7/2", "0 0 * * 5,0"},
      {"0 0 * * 0-7", "0 0 * * 0-6"},
      {"0 0 * * 7/2", "0 0 * * 0"},
      {"0 0 * * 1/2", "0 0 * * 1,3,5"},
      {"0 0 * * 7-2", "0 0 * * 0,1,2"},
      {"0 22-4/3 * * *", "0 1,4,22 * * *"},
      {"0 0 25-5/2 * *", "0 0 2,4,25,27,29,31 * *"},
      {"0 0 * 11-2 *", "0 0 * 1,2,11,12 *"},
      {"50-10/10 * * * *", "50,0,10 * * * *"},
      {"0005 * * * *", "5 * * * *"},
      {"0,0,0 0 * * *", "0 0 * * *"},
      {"5/99999999999999999999 * * * *", "5 * * * *"},
      {"0 0 l,lw,l-3,15w * *", "0 0 15W,L-3,LW,L * *"},
      {"0 0 * * fril,5#1", "0 0 * * 5#1,FRIL"},
      {"0 0 0 1 1 * 1970-2099", "0 0 0 1 1 *"},
      {"@every 90m", "@every 1h30m"},
      {"@every 1D", "@every 24h"},
      {"CRON_TZ=UTC 0 0 * * *", "tz=UTC 0 0 * * *"},
  };
  for (const auto& [left, right] : same) {
    const auto a = Schedule::parse(left);
    const auto b = Schedule::parse(right);
    ASSERT_TRUE(a) << left << ": " << a.error().message;
    ASSERT_TRUE(b) << right << ": " << b.error().message;
    EXPECT_TRUE(*a == *b) << left << " and " << right << ": " << a->print() << ", " << b->print();
  }
}

TEST(Expression, IsPrintedInOneWay) {
  const std::pair<const char*, const char*> cases[] = {
      {"* * * * *", "* * * * *"},
      {"0-59 0/15 ? JAN-DEC SUN-SAT", "0-59 0,15 * * 0-6"},
      {"*/15 * * * *", "*/15 * * * *"},
      {"*/15,3 * * * *", "*/15,3 * * * *"},
      {"*/90 * * * *", "*/60 * * * *"},
      {"1,2,3,5,6 * * * *", "1-3,5,6 * * * *"},
      {"*/2 0 * * *", "*/2 0 * * *"},
      {"30 0 9 L,15W,LW * MON#1,FRIL 2030", "30 0 9 L,15W,LW * 1#1,5L 2030"},
      {"@every 90061s", "@every 1d1h1m1s"},
      {"@REBOOT", "@reboot"},
      {"TZ=Asia/Tokyo @every 5m", "CRON_TZ=Asia/Tokyo @every 5m"},
      {"TZ=Asia/Tokyo @daily", "CRON_TZ=Asia/Tokyo 0 0 * * *"},
  };
  for (const auto& [text, printed] : cases) {
    const auto schedule = Schedule::parse(text);
    ASSERT_TRUE(schedule) << text << ": " << schedule.error().message;
    EXPECT_EQ(schedule->print(), printed) << text;
  }
}

TEST(Expression, KeepsApartWhatFiresDifferently) {
  const std::pair<const char*, const char*> cases[] = {
      {"* * * * *", "0-59 * * * *"},       // wild, and fixed but for its hour
      {"0 0 1 * */2", "0 0 1 * 0,2,4,6"},  // both days, either day
      {"TZ=Asia/Tokyo 0 0 * * *", "0 0 * * *"},
      {"@reboot", "@every 1m"},
  };
  for (const auto& [left, right] : cases) {
    EXPECT_FALSE(*Schedule::parse(left) == *Schedule::parse(right)) << left << " and " << right;
  }
}

TEST(Expression, TakesHFromTheSeed) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"H H H H *", "hello", "10 11 1 9 *"},
      {"H H H(3-5) * *", "hello", "10 11 5 * *"},
      {"H/15 * * * *", "2", "7,22,37,52 * * * *"},
      {"H/60 * * * *", "79", "59 * * * *"},
  };
  for (const auto& [text, seed, printed] : cases) {
    EXPECT_EQ(Schedule::parse(text, "UTC", seed)->print(), printed) << text;
  }
  EXPECT_FALSE(Schedule::parse("H H * * *", "UTC", "job")->is_wild());
}

TEST(Expression, PrefersTheZoneOfItsPrefix) {
  EXPECT_EQ(Schedule::parse("CRON_TZ=Asia/Tokyo 0 0 * * *", "Europe/Berlin")->timezone(), "Asia/Tokyo");
  EXPECT_EQ(Schedule::parse("CRON_TZ=Asia/Tokyo 0 0 * * *", "Mars/Base")->timezone(), "Asia/Tokyo");
  EXPECT_EQ(Schedule::parse("0 0 * * *", "Europe/Berlin")->timezone(), "Europe/Berlin");
}

}  // namespace
}  // namespace cron
