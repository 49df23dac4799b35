#include "task/crontab.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "cron/schedule.h"
#include "task/definition_json.h"

namespace task {
namespace {

// The one task of a crontab that has to have exactly one.
ImportedTask only_task(const std::string& text, const CrontabOptions& options = {}) {
  const auto crontab = read_crontab(text, options);
  EXPECT_EQ(crontab.tasks.size(), 1U) << text;
  EXPECT_TRUE(crontab.refused.empty()) << text << "\n" << crontab.refused.front().why;
  return crontab.tasks.empty() ? ImportedTask{} : crontab.tasks.front();
}

std::string told(const std::vector<Refusal>& list) {
  std::string result;
  for (const auto& [line, text, why, mend] : list) result += std::to_string(line) + ": " + why + "\n";
  return result;
}

std::string names_of(const Crontab& crontab) {
  std::string result;
  for (const auto& task : crontab.tasks) result += (result.empty() ? "" : " | ") + task.name;
  return result;
}

TEST(CrontabTime, IsHandedOverAsTheDialectReadsIt) {
  const std::pair<std::string, std::string> cases[] = {
      {"0 5 * * * x", "0 5 * * *"},
      {"  0\t5 *  * \t* x", "0 5 * * *"},
      {"*/15 0-6,20-23/2 1,15 JAN-mar Mon,fri x", "*/15 0-6,20-23/2 1,15 JAN-mar Mon,fri"},
      {"0 0 13 * 7 x", "0 0 13 * 7"},
      {"-*/5 * * * * x", "*/5 * * * *"},
      {"@daily x", "@daily"},
      {"@Reboot x", "@Reboot"},
      {"@every 1h30m x", "@every 1h30m"},
      {"0~30 ~ * * * x", "H(0-30) H(0-23) * * *"},
      {"~10,20~ * ~/7 mar~may mon~fri x", "H(0-10),H(20-59) * H(1-31)/7 H(3-5) H(1-5)"},
  };
  for (const auto& [line, cron] : cases) {
    const auto task = only_task(line + "\n");
    EXPECT_EQ(task.cron, cron);
    EXPECT_EQ(task.command, "x") << line;
  }
}

TEST(CrontabCommand, EndsAtTheFirstPercentAndTheRestIsItsInput) {
  struct Case {
    std::string text, command, input;
  };
  const Case cases[] = {
      {R"(echo a  b)", "echo a  b", ""},
      {R"(date +\%F)", "date +%F", ""},
      {R"(date +\%Y-\%m >/dev/null)", "date +%Y-%m >/dev/null", ""},
      {R"(cat%one)", "cat", "one\n"},
      {R"(cat%one%two)", "cat", "one\ntwo\n"},
      {R"(cat%one%two%)", "cat", "one\ntwo\n"},
      {R"(cat % one%%two)", "cat", " one\n\ntwo\n"},
      {R"(cat%100\%)", "cat", "100%\n"},
      {R"(cat%a\\%b\c\)", "cat", "a\\%b\\c\\\n"},
      {R"(echo \\%in)", R"(echo \\)", "in\n"},
      {R"(echo \\\%x)", R"(echo \\%x)", ""},
      {R"(true%)", "true", ""},
      {R"(echo x # no comment)", "echo x # no comment", ""},
  };
  for (const auto& [text, command, input] : cases) {
    const auto task = only_task("* * * * * " + text + "\n");
    EXPECT_EQ(task.command, command) << text;
    EXPECT_EQ(task.stdin_text, input) << text;
  }
}

TEST(CrontabVariable, IsReadAsCronReadsIt) {
  const std::pair<std::string, std::string> cases[] = {
      {"A=1", "1"},           {"A = 1 2 ", "1 2"},  {"A='1 '", "1 "},
      {"A=\" 1\"  ", " 1"},   {"A=", ""},           {"A=\"\"", ""},
      {"\"A\"=1", "1"},       {"A=it's", "it's"},   {"A=$HOME", "$HOME"},
      {"A=b=c", "b=c"},       {"A=b # c", "b # c"}, {"\tA=1", "1"},
      {"A=\"it's\"", "it's"},
  };
  for (const auto& [line, value] : cases) {
    const auto task = only_task(line + "\n@daily x\n");
    EXPECT_EQ(task.env, (std::map<std::string, std::string>{{"A", value}})) << line;
  }
}

TEST(CrontabVariable, HoldsForTheLinesBelowIt) {
  const auto crontab = read_crontab("@daily a\nA=1\n@daily b\nA=2\nB=3\n@daily c\n", {});
  ASSERT_EQ(crontab.tasks.size(), 3U);
  EXPECT_EQ(crontab.tasks[0].env.size(), 0U);
  EXPECT_EQ(crontab.tasks[1].env, (std::map<std::string, std::string>{{"A", "1"}}));
  EXPECT_EQ(crontab.tasks[2].env, (std::map<std::string, std::string>{{"A", "2"}, {"B", "3"}}));
}

TEST(CrontabVariable, SomeSayWhereAndHowAJobRuns) {
  const auto task =
      only_task("SHELL=/bin/bash\nHOME=/srv/app\nRANDOM_DELAY=15\nCRON_TZ=Asia/Tokyo\n@daily x\n");
  EXPECT_EQ(task.shell, "/bin/bash");
  EXPECT_EQ(task.working_dir, "/srv/app");
  EXPECT_EQ(task.jitter_s, 900);
  EXPECT_EQ(task.timezone, "Asia/Tokyo");
  EXPECT_EQ(task.env, (std::map<std::string, std::string>{{"HOME", "/srv/app"}, {"SHELL", "/bin/bash"}}));
}

TEST(CrontabVariable, CronTzEndsWithAnEmptyOne) {
  const auto crontab = read_crontab("@daily a\nCRON_TZ=Asia/Tokyo\n@daily b\nCRON_TZ=\n@daily c\n",
                                    {.default_timezone = "UTC"});
  ASSERT_EQ(crontab.tasks.size(), 3U);
  EXPECT_EQ(crontab.tasks[0].timezone, "UTC");
  EXPECT_EQ(crontab.tasks[1].timezone, "Asia/Tokyo");
  EXPECT_EQ(crontab.tasks[2].timezone, "UTC");
}

TEST(CrontabVariable, TzIsTheCommandsAndNeverTheSchedules) {
  const auto task = only_task("TZ=Asia/Tokyo\n@daily x\n");
  EXPECT_EQ(task.timezone, "");
  EXPECT_EQ(task.env, (std::map<std::string, std::string>{{"TZ", "Asia/Tokyo"}}));
}

TEST(CrontabName, IsTheLastCommentLineAboveTheJob) {
  const std::pair<std::string, std::string> cases[] = {
      {"# Backup\n@daily x", "Backup"},
      {"# Head\n# Backup  \n@daily x", "Backup"},
      {"## === Backup === ##\n@daily x", "Backup"},
      {"# Backup\n#-----\n@daily x", "Backup"},
      {"# Backup\n#0 1 * * * old\n@daily x", "Backup"},
      {"# Backup\n# DEBUG=1\n@daily x", "Backup"},
      {"# Backup\n\n@daily x", "x"},
      {"# Backup\nA=1\n@daily x", "x"},
      {"# Old\n# m h  dom mon dow   command\n@daily x", "x"},
      {"# Example:\n# |  .---- hour (0 - 23)\n# *  *  *  *  * user-name command to be executed\n@daily x",
       "x"},
      {"# @daily jobs\n@daily x", "@daily jobs"},
      {"# Backup (C++)\n@daily x", "Backup (C++)"},
      {"# 备份\n@daily x", "备份"},
      {"# a\tb\n@daily x", "a b"},
      {"@daily x  y", "x y"},
      {"@daily /usr/local/bin/backup --all --compress --target /mnt/backup/daily --keep 14",
       "/usr/local/bin/backup --all --compress --target …"},
      {"@daily " + std::string(70, 'x'), std::string(60, 'x') + "…"},
  };
  for (const auto& [text, name] : cases) EXPECT_EQ(names_of(read_crontab(text + "\n", {})), name) << text;
}

TEST(CrontabName, IsUnique) {
  EXPECT_EQ(names_of(read_crontab("# A\n@daily x\n# A\n@daily y\n# A (2)\n@daily z\n# A\n@daily w\n", {})),
            "A | A (2) | A (2) (2) | A (3)");
  EXPECT_EQ(names_of(read_crontab("@daily x\n@weekly x\n@daily x\n", {})), "x | x (2) | x (3)");
}

TEST(CrontabName, IsCutBetweenCharacters) {
  std::string comment;
  for (int i = 0; i < 100; ++i) comment += "备";
  const auto crontab = read_crontab("# " + comment + "\n@daily x\n# " + comment + "\n@daily y\n", {});
  ASSERT_EQ(crontab.tasks.size(), 2U);
  EXPECT_EQ(crontab.tasks[0].name, comment.substr(0, 198));
  EXPECT_EQ(crontab.tasks[1].name, comment.substr(0, 195) + " (2)");
}

TEST(CrontabName, LeavesTheWholeCommentToTheDescription) {
  EXPECT_EQ(only_task("# Keeps 14 days.\n#\n# Backup\n@daily x\n").description, "Keeps 14 days.\nBackup");
}

TEST(CrontabUser, StandsInTheSixthFieldOfASystemCrontab) {
  const auto task = only_task("17 * * * *\troot    cd / && run-parts /etc/cron.hourly\n", {.system = true});
  EXPECT_EQ(task.run_as, "root");
  EXPECT_EQ(task.command, "cd / && run-parts /etc/cron.hourly");
  EXPECT_EQ(only_task("@reboot www-data x\n", {.system = true}).run_as, "www-data");
  EXPECT_EQ(only_task("@reboot x\n").run_as, "");
}

TEST(CrontabRefusal, SaysWhichLineAndWhy) {
  const std::pair<std::string, std::string> cases[] = {
      {"61 * * * * x", "1: minute 61 is outside 0-59 (column 1)\n"},
      {"  0 25 * * * x", "1: hour 25 is outside 0-23 (column 5)\n"},
      {"@dayly x", "1: nickname '@dayly' is unknown (column 1)\n"},
      {"0 5 * * *", "1: no command follows the time\n"},
      {"@daily %in", "1: no command follows the time\n"},
      {"0 5 *", "1: the line has only 3 words\n"},
      {"hello", "1: the line has only 1 word\n"},
      {"A-B=1", "1: 'A-B' is no name of a variable\n"},
      {"A='1", "1: the quote of the value is not closed\n"},
      {"A='1' # x", "1: text follows the closing quote of the value\n"},
      {"MINI_SCHEDULER_X=1", "1: 'MINI_SCHEDULER_X' is set by the scheduler itself\n"},
      {"RANDOM_DELAY=soon", "1: RANDOM_DELAY is no number of minutes from 0 to 1440\n"},
      {"HOME=here", "1: HOME is no absolute path\n"},
      {"@daily echo \xE9", "1: the line holds bytes that are no UTF-8 text\n"},
      {"@daily " + std::string(70'000, 'x'), "1: command: is longer than 65536 bytes\n"},
      {"CRON_TZ=Mars/Base\n\n@daily x",
       "1: time zone 'Mars/Base' is unknown, so no job below it is taken\n"
       "3: time zone 'Mars/Base' is unknown (CRON_TZ in line 1)\n"},
      {"SHELL=bash\n@daily x",
       "1: the shell is no absolute path, so no job below it is taken\n"
       "2: the shell 'bash' is no absolute path (SHELL in line 1)\n"},
  };
  for (const auto& [text, why] : cases) {
    const auto crontab = read_crontab(text + "\n", {});
    EXPECT_EQ(told(crontab.refused), why) << text.substr(0, 100);
    EXPECT_EQ(crontab.tasks.size(), 0U) << text.substr(0, 100);
  }
}

TEST(CrontabRefusal, OfASystemCrontabNamesTheUser) {
  const std::pair<std::string, std::string> cases[] = {
      {"0 5 * * *", "1: no user and no command follow the time\n"},
      {"0 5 * * * root", "1: no command follows the user\n"},
      {"0 5 * * * /bin/x y", "1: '/bin/x' stands where a system crontab has the user\n"},
  };
  for (const auto& [text, why] : cases) {
    EXPECT_EQ(told(read_crontab(text + "\n", {.system = true}).refused), why) << text;
  }
}

TEST(CrontabRefusal, NeverStopsTheRest) {
  const auto crontab = read_crontab("@daily a\n61 * * * * b\n@daily c\nnonsense\n@daily d\n", {});
  EXPECT_EQ(names_of(crontab), "a | c | d");
  EXPECT_EQ(crontab.tasks[2].line, 5U);
  EXPECT_EQ(crontab.refused.size(), 2U);
}

TEST(CrontabRefusal, ShowsNoBytesThatATerminalObeys) {
  const auto crontab = read_crontab("x\x1b[2J\xE9" + std::string(300, 'y') + "\n", {});
  ASSERT_EQ(crontab.refused.size(), 1U);
  EXPECT_EQ(crontab.refused[0].text, "x [2J?" + std::string(151, 'y') + "…");
}

TEST(CrontabRefusal, ShowsABoundedPieceOfItsLine) {
  for (const std::string filler : {"x", "é", "\xFF"}) {
    for (std::size_t size = kMaxShownBytes - 8; size < kMaxShownBytes + 8; ++size) {
      std::string line = "no schedule ";
      while (line.size() < size) line += filler;
      const auto refused = read_crontab(line + "\n", {}).refused;
      ASSERT_EQ(refused.size(), 1u) << line;
      EXPECT_LE(refused[0].text.size(), kMaxShownBytes) << line;
      EXPECT_EQ(refused[0].text.ends_with("…"), line.size() > kMaxShownBytes) << line;
    }
  }
}

TEST(CrontabRefusal, EndsWhereACrontabIsTooLong) {
  std::string text;
  for (std::size_t i = 0; i < kMaxCrontabLines + 2; ++i) text += "\n";
  const auto crontab = read_crontab(text, {});
  ASSERT_EQ(crontab.refused.size(), 1U);
  EXPECT_EQ(crontab.refused[0].line, kMaxCrontabLines + 1);
}

TEST(CrontabNote, TellsWhatIsTakenWithAChange) {
  const std::pair<std::string, std::string> cases[] = {
      {"@daily x\n", ""},
      {"MAILTO=ops\n@daily x\n",
       "1: MAILTO is ignored: output is kept with each run and not mailed (the commands still see it)\n"},
      {"MAILTO=\"\"\n@daily x\n", ""},
      {"LOGNAME=joe\n@daily x\n", "1: LOGNAME is always the user that runs the command; ignored\n"},
      {"TZ=Asia/Tokyo\n@daily x\n",
       "1: TZ is set for the commands only, as cron has it; the times stay in the time zone that they were "
       "in\n"},
      {"PATH=$PATH:/opt\n@daily x\n",
       "1: cron expands no variables, so the $ is part of the value, here as there\n"},
      {"#0 5 * * * old\n@daily x\n", "1: a job that is commented out; it is left out\n"},
      {"#@weekly old\n# @weekly /bin/old\n@daily x\n",
       "1: a job that is commented out; it is left out\n2: a job that is commented out; it is left out\n"},
      {"~ 5 * * * x\n",
       "1: ~ is taken as H: a time within the range that is settled by the task's name, not drawn anew\n"},
      {"5/15 * * * * x\n",
       "1: '5/15' is taken as from the first number on in steps; some crons take it as that number alone\n"},
      {"@daily root x\n",
       "1: the command begins with 'root', which looks like the user of a system crontab\n"},
      {"@daily x",
       "1: the last line has no line break, and many a cron leaves such a line out; it was read here\n"},
      {"\xEF\xBB\xBF@daily x\n",
       "1: a byte order mark stands before the first line, which cron would not read\n"},
      {"\r\n@daily x\r\n", "1: lines end in carriage returns, which cron would hand to the commands\n"},
      {"# caf\xE9\n@daily x\n", "1: the comment is no UTF-8 text; it is left out\n"},
  };
  for (const auto& [text, notes] : cases) {
    const auto crontab = read_crontab(text, {});
    EXPECT_EQ(told(crontab.notes), notes) << text;
    EXPECT_EQ(told(crontab.refused), "") << text;
    ASSERT_EQ(crontab.tasks.size(), 1U) << text;
    EXPECT_EQ(crontab.tasks[0].command.back(), 'x') << text;
  }
}

TEST(Crontab, OfNothingIsEmpty) {
  for (const std::string text : {"", "\n", "# only a comment\n", " \t\n\n"}) {
    const auto crontab = read_crontab(text, {});
    EXPECT_TRUE(crontab.tasks.empty() && crontab.refused.empty() && crontab.notes.empty()) << text;
  }
}

TEST(Crontab, InUtf16IsRefusedInOnePiece) {
  const auto crontab = read_crontab(std::string_view("\xFF\xFE#\0\n\0", 6), {});
  EXPECT_EQ(told(crontab.refused), "1: the file is UTF-16\n");
}

TEST(CrontabDefinition, HasThePoliciesOfCron) {
  const auto definition = to_definition(only_task("# Backup\n@daily cat%in\n"));
  EXPECT_EQ(definition.name, "Backup");
  EXPECT_EQ(definition.stdin_text, "in\n");
  EXPECT_EQ(definition.timeout_s, 0);
  EXPECT_EQ(definition.overlap, OverlapPolicy::allow);
  EXPECT_EQ(definition.kill_mode, KillMode::main);
}

TEST(SystemCrontab, IsToldByItsPathOrItsUsers) {
  struct Case {
    std::string text, path;
    bool system;
  };
  const Case cases[] = {
      {"@daily x\n", "/etc/crontab", true},
      {"@daily x\n", "/mnt/old/etc/cron.d/php", true},
      {"@daily root x\n", "/var/spool/cron/crontabs/joe", false},
      {"@daily root x\n", "-", true},
      {"@daily root\n", "-", false},
      {"@daily root x\n@daily postgres x\n@daily deploy x\n", "crontab.txt", true},
      {"@daily root x\n@daily x y\n", "crontab.txt", false},
      {"# @daily root x\nA=1\n", "", false},
      {"", "", false},
  };
  for (const auto& [text, path, system] : cases) {
    EXPECT_EQ(looks_like_system_crontab(text, path), system) << text << path;
  }
}

// What is told of each line, without the reasons, which stand above.
std::string lines_of(const std::vector<Refusal>& list) {
  std::string result;
  for (const auto& refusal : list) result += std::to_string(refusal.line) + " ";
  return result;
}

class RealCrontab : public testing::Test {
 protected:
  RealCrontab() {
    std::ifstream in(SOURCE_DIR "/tests/data/crontab.real", std::ios::binary);
    EXPECT_TRUE(in.good());
    text_ << in.rdbuf();
    crontab_ = read_crontab(text_.str(), {});
  }
  const ImportedTask& at(std::size_t line) const {
    const auto found = std::find_if(crontab_.tasks.begin(), crontab_.tasks.end(),
                                    [line](const auto& task) { return task.line == line; });
    EXPECT_NE(found, crontab_.tasks.end()) << line;
    return found == crontab_.tasks.end() ? crontab_.tasks.front() : *found;
  }
  std::ostringstream text_;
  Crontab crontab_;
};

TEST_F(RealCrontab, IsTakenButForItsWrongLines) {
  EXPECT_FALSE(looks_like_system_crontab(text_.str(), "crontab.real"));
  EXPECT_EQ(crontab_.tasks.size(), 48U);
  EXPECT_EQ(told(crontab_.refused),
            "102: time zone 'Mars/Base' is unknown, so no job below it is taken\n"
            "104: time zone 'Mars/Base' is unknown (CRON_TZ in line 102)\n"
            "115: minute 61 is outside 0-59 (column 1)\n"
            "117: no command follows the time\n");
  EXPECT_EQ(lines_of(crontab_.notes), "8 47 113 ");  // MAILTO, a job that is commented out, MAILFROM
}

TEST_F(RealCrontab, KeepsWhatEachLineSays) {
  EXPECT_EQ(at(16).name, "Laravel scheduler");
  EXPECT_EQ(at(21).name, "true");
  EXPECT_EQ(at(22).command, "date -u +%Y-%m-%dT%H:%M:%SZ");
  EXPECT_EQ(at(27).command, "cat");
  EXPECT_EQ(at(27).stdin_text, "Dear team,\nall is well (100%).\n");
  EXPECT_EQ(at(58).name, "Full backup of /srv");
  EXPECT_EQ(at(58).description,
            "Backup\nCopies /srv to the backup host and keeps 14 days.\nFull backup of /srv");
  EXPECT_EQ(at(71).cron, "@reboot");
  EXPECT_EQ(at(96).timezone, "America/New_York");
  EXPECT_EQ(at(101).timezone, "Asia/Tokyo");
  EXPECT_EQ(at(112).timezone, "");
  EXPECT_EQ(at(112).shell, "/bin/bash");
  EXPECT_EQ(at(112).working_dir, "/");
  EXPECT_EQ(at(16).shell, "/bin/sh");
  EXPECT_EQ(at(16).working_dir, "");
  EXPECT_EQ(at(16).env.at("APP_ENV"), "production");
  EXPECT_EQ(at(16).env.at("BACKUP_LABEL"), "nightly run");
  EXPECT_EQ(at(119).cron, "10 1,4 * * *");
  EXPECT_EQ(at(119).command, "echo \"prices\"   >/dev/null");
  EXPECT_EQ(at(121).name, "Prices, twice a night (2)");
  EXPECT_EQ(at(123).name, "日次レポート");
}

TEST_F(RealCrontab, EachTaskIsOneThatTheServerTakesAsItIs) {
  std::set<std::string> names;
  for (const auto& task : crontab_.tasks) {
    const auto definition = to_definition(task);
    const auto read = read_definition(to_json(definition), {});
    ASSERT_TRUE(read) << task.line << read.error().message;
    EXPECT_EQ(*read, definition) << task.line;
    EXPECT_TRUE(names.insert(task.name).second) << task.name;
  }
}

}  // namespace
}  // namespace task
