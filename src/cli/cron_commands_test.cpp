#include "cli/cron_commands.h"

#include <sstream>

namespace cli {
namespace {

const base::Instant kNow = base::parse_iso("2026-01-01T00:00:00Z").value();

struct Output {
  int exit_code;
  std::string out, err;
};

Output next(const CronNextOptions& options) {
  std::ostringstream out, err;
  const int exit_code = cron_next(options, out, err, kNow);
  return {exit_code, out.str(), err.str()};
}

Output explained(const CronExplainOptions& options) {
  std::ostringstream out, err;
  const int exit_code = cron_explain(options, out, err);
  return {exit_code, out.str(), err.str()};
}

std::string lines(const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out;
  EXPECT_EQ(cron_next_lines(in, out, kNow), 0);
  return out.str();
}

TEST(CronNext, PrintsALineAFire) {
  const auto result = next({.expression = "0 9 * * *", .count = 2});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "2026-01-01T09:00:00Z\n2026-01-02T09:00:00Z\n");
}

TEST(CronNext, PrintsTheWallTimeOfAnotherZoneFirst) {
  const auto result = next({.expression = "0 9 * * *", .timezone = "America/St_Johns", .count = 1});
  EXPECT_EQ(result.out, "2026-01-01T09:00:00-03:30  2026-01-01T12:30:00Z\n");
}

TEST(CronNext, PrintsJson) {
  const auto result =
      next({.expression = "H H * * *", .from = "2026-06-01", .count = 1, .seed = "hello", .json = true});
  EXPECT_EQ(result.out, "{\"next\":[\"2026-06-01T11:10:00Z\"]}\n");
}

TEST(CronNext, SaysThatNothingEverFires) {
  EXPECT_EQ(next({.expression = "0 0 31 2 *"}).out, "no fire time until the end of 2099\n");
  EXPECT_EQ(next({.expression = "@reboot"}).out,
            "no fire by time: it fires once after each start of the machine\n");
  EXPECT_EQ(next({.expression = "0 0 31 2 *", .json = true}).out, "{\"next\":[]}\n");
}

TEST(CronNext, RefusesAWrongExpressionInOneLine) {
  const auto result = next({.expression = "0 25 * * *"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "cron: hour 25 is outside 0-23 (column 3 of '0 25 * * *')\n");
}

TEST(CronNext, PointsAtTheWrongCharacterForAPerson) {
  const auto result = next({.expression = "ä,0 25 * * *", .caret = true});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(next({.expression = "0 0 * ä,FEBR *", .caret = true}).err,
            "cron: month 'ä' is not a number in 1-12 or a name JAN to DEC (column 7 of '0 0 * ä,FEBR *')\n"
            "  0 0 * ä,FEBR *\n"
            "        ^\n");
}

TEST(CronNext, KeepsControlCharactersOutOfTheTerminal) {
  const auto result = next({.expression = "0\n\x1b[31m *"});
  EXPECT_EQ(result.err,
            "cron: '0  [31m *' has 3 fields; write 5 (minute hour day-of-month month day-of-week), 6 (a "
            "second before them) or 7 (a year after those) (column 1 of '0  [31m *')\n");
}

TEST(CronNext, RefusesWrongOptions) {
  EXPECT_EQ(next({.expression = "* * * * *", .count = 0}).exit_code, 2);
  EXPECT_EQ(next({.expression = "* * * * *", .count = kMaxFires + 1}).exit_code, 2);
  EXPECT_EQ(next({.expression = "* * * * *", .from = "yesterday"}).exit_code, 2);
  const auto zone = next({.expression = "* * * * *", .timezone = "Mars/Base"});
  EXPECT_EQ(zone.exit_code, 2);
  EXPECT_EQ(zone.err, "cron: time zone 'Mars/Base' is unknown; write a name such as Europe/Berlin or UTC\n");
}

TEST(CronNextLines, AnswersEachLineThatIsNotBlank) {
  EXPECT_EQ(
      lines("{\"expr\":\"0 9 * * *\",\"tz\":\"Asia/Tokyo\",\"from\":\"2026-01-01T00:00:00Z\",\"count\":2}\n"
            "\n"
            "  \r\n"
            "{\"expr\":\"H * * * *\",\"seed\":\"hello\",\"count\":1,\"class\":\"ignored\"}"),
      "{\"next\":[\"2026-01-02T00:00:00Z\",\"2026-01-03T00:00:00Z\"]}\n"
      "{\"next\":[\"2026-01-01T00:10:00Z\"]}\n");
}

TEST(CronNextLines, AnswersABadLineWithAnErrorAndGoesOn) {
  const std::pair<const char*, const char*> cases[] = {
      {"{", "line"},
      {"[]", "line"},
      {"nonsense", "line"},
      {"\xff", "line"},
      {"{}", "expr"},
      {"{\"expr\":5}", "expr"},
      {"{\"expr\":null}", "expr"},
      {"{\"expr\":\"* * * * *\",\"tz\":1}", "tz"},
      {"{\"expr\":\"* * * * *\",\"seed\":[]}", "seed"},
      {"{\"expr\":\"* * * * *\",\"from\":\"tomorrow\"}", "from"},
      {"{\"expr\":\"* * * * *\",\"from\":7}", "from"},
      {"{\"expr\":\"* * * * *\",\"count\":0}", "count"},
      {"{\"expr\":\"* * * * *\",\"count\":-1}", "count"},
      {"{\"expr\":\"* * * * *\",\"count\":10001}", "count"},
      {"{\"expr\":\"* * * * *\",\"count\":99999999999999999999}", "count"},
      {"{\"expr\":\"* * * * *\",\"count\":2.5}", "count"},
      {"{\"expr\":\"* * * * *\",\"count\":\"3\"}", "count"},
      {"{\"expr\":\"0 25 * * *\"}", "hour"},
      {"{\"expr\":\"* * * * *\",\"tz\":\"Mars/Base\"}", "timezone"},
  };
  for (const auto& [line, field] : cases) {
    const std::string answer = lines(std::string(line) + "\n{\"expr\":\"0 0 * * *\",\"count\":1}\n");
    EXPECT_THAT(answer, testing::StartsWith("{\"error\":{\"field\":\"" + std::string(field) + "\",")) << line;
    EXPECT_THAT(answer, testing::EndsWith("}\n{\"next\":[\"2026-01-02T00:00:00Z\"]}\n")) << line;
  }
}

TEST(CronNextLines, RefusesALineThatIsTooLongAndGoesOn) {
  const std::string answer =
      lines(std::string(3 * kMaxRequestLine, 'x') + "\n{\"expr\":\"0 0 * * *\",\"count\":1}\n");
  EXPECT_THAT(answer, testing::StartsWith("{\"error\":{\"field\":\"line\""));
  EXPECT_THAT(answer, testing::EndsWith("{\"next\":[\"2026-01-02T00:00:00Z\"]}\n"));
}

TEST(CronExplain, SpeaksBothLanguages) {
  EXPECT_EQ(explained({.expression = "0 9 * * MON-FRI"}).out, "At 09:00, Monday to Friday\n");
  EXPECT_EQ(explained({.expression = "0 9 * * MON-FRI", .language = "zh"}).out, "每个工作日 09:00\n");
  EXPECT_EQ(explained({.expression = "@daily", .json = true}).out,
            "{\"cron\":\"0 0 * * *\",\"timezone\":\"UTC\",\"explanation\":\"At 00:00, every day\"}\n");
}

TEST(CronExplain, RefusesWrongUsage) {
  EXPECT_EQ(explained({.expression = "0 9 * * *", .language = "fr"}).exit_code, 2);
  EXPECT_EQ(explained({.expression = "0 9 * *"}).exit_code, 2);
}

}  // namespace
}  // namespace cli
