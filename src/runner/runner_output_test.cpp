// What jobs say, on its way and at their end.
#include "runner/runner_fixture.h"

namespace runner {
namespace {

TEST_F(RunnerTest, KeepsBothStreamsInOrderAndApart) {
  // two pipes have no order of their own: each piece comes when the one before it has been taken
  const auto when = [&](const char* name) {
    return "until [ -e " + path(name) + " ]; do sleep 0.01; done; ";
  };
  const auto wanted =
      shell("echo one; " + when("first") + "echo two >&2; " + when("second") + "printf 'three\\000\\377'");
  client_->start({wanted});
  client_->watch_output(wanted.key, true);
  reports_->grown(1);
  std::ofstream(path("first")).flush();
  reports_->grown(2);
  std::ofstream(path("second")).flush();
  const auto finished = reports_->finished(wanted.key);
  EXPECT_EQ(output(wanted), std::string("one\ntwo\nthree\0\xff", 15));
  EXPECT_EQ(output(wanted, Selection::standard_error), "two\n");
  EXPECT_EQ(finished.output_bytes, 15u);
  const auto ends = log(wanted).ends(4);
  EXPECT_EQ(ends.stderr_text, "two\n");
}

TEST_F(RunnerTest, BeyondTheLimitTheMiddleIsDroppedWithAMarkAndTheJobGoesOn) {
  auto wanted = shell("seq 1 200000");
  wanted.max_output_bytes = 100'000;
  const auto finished = run(wanted);
  EXPECT_EQ(finished.exit_code, 0);
  std::string whole;
  for (int i = 1; i <= 200'000; ++i) whole += std::to_string(i) + "\n";
  EXPECT_EQ(finished.output_bytes, whole.size());
  const auto kept = output(wanted);
  EXPECT_LE(kept.size(), 100'000u + 200);
  EXPECT_GE(kept.size(), 70'000u);
  const auto mark =
      kept.find("\n[... " + std::to_string(finished.output_dropped_bytes) + " bytes of output dropped");
  ASSERT_NE(mark, std::string::npos);
  EXPECT_EQ(kept.substr(0, mark), whole.substr(0, mark));
  const auto tail = kept.substr(kept.find("...]\n", mark) + 5);
  EXPECT_EQ(tail, whole.substr(whole.size() - tail.size()));
  EXPECT_EQ(mark + tail.size() + finished.output_dropped_bytes, whole.size());
  EXPECT_FALSE(std::filesystem::exists(wanted.log_path + ".tail0"));
}

TEST_F(RunnerTest, OutputIsThereWhileTheJobRuns) {
  auto wanted = shell("echo early; echo $$ >" + path("pid") + "; sleep 600");
  client_->start({wanted});
  client_->watch_output(wanted.key, true);
  reports_->grown(1);
  while (output(wanted) != "early\n") std::this_thread::yield();
  client_->cancel(wanted.key);
  EXPECT_EQ(reports_->finished(wanted.key).cause, EndCause::cancelled);
}

TEST_F(RunnerTest, LittleOutputTravelsWithTheReportAndMakesNoFile) {
  const auto little = shell("echo out; echo err >&2");
  EXPECT_FALSE(run(little).log.empty());
  EXPECT_EQ(output(little, Selection::standard_error), "err\n");
  EXPECT_FALSE(std::filesystem::exists(little.log_path));
  const auto much = shell("seq 1 2000");
  EXPECT_TRUE(run(much).log.empty());
  EXPECT_TRUE(output(much).ends_with("\n2000\n"));
  EXPECT_TRUE(std::filesystem::exists(much.log_path));
}

TEST_F(RunnerTest, LittleOutputOfAJobThatRunsOnGoesToItsFile) {
  const auto wanted = shell("echo early; exec sleep 600");
  client_->start({wanted});
  while (output(wanted) != "early\n") std::this_thread::yield();
  client_->cancel(wanted.key);
  EXPECT_TRUE(reports_->finished(wanted.key).log.empty());
}

TEST_F(RunnerTest, APlaceGoesOnWhereTheLastReadEnded) {
  const auto wanted = shell("i=0; while [ $i -lt 300 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done");
  run(wanted);
  for (const auto selection : {Selection::both, Selection::standard_output, Selection::standard_error}) {
    const auto whole = output(wanted, selection);
    for (const std::size_t step : {1u, 7u, 64u, 5000u}) {
      LogPlace place;
      std::string text;
      while (text.size() < whole.size()) text += log(wanted).read(selection, text.size(), step, &place);
      EXPECT_EQ(text, whole);
      EXPECT_EQ(log(wanted).read(selection, 3, 10, &place), whole.substr(3, 10))
          << "an offset before the place";
    }
  }
}

}  // namespace
}  // namespace runner
