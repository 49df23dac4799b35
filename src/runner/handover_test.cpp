#include "runner/handover.h"

#include <gtest/gtest.h>

#include "runner/protocol.h"
#include "runner/wire.h"

namespace runner {
namespace {

StartRequest some_request() {
  StartRequest request;
  request.key = {base::ExecutionId{7}, 2};
  request.argv = {"/bin/true"};
  return request;
}

TEST(Handover, ReadsBackWhatWaitsAsItWasWritten) {
  Handover written;
  written.lock = 3;
  written.program = "p";
  auto request = some_request();
  request.files = {"one", "two"};
  written.waiting.push_back({request, 4, true});
  const auto read = read_handover(to_bytes(written, {}));
  ASSERT_TRUE(read && read->waiting.size() == 1);
  EXPECT_EQ(read->lock, 3);
  EXPECT_EQ(read->waiting[0].request.key, request.key);
  EXPECT_EQ(read->waiting[0].request.files, request.files);
  EXPECT_EQ(read->waiting[0].tries, 4);
  EXPECT_TRUE(read->waiting[0].watched);
}

TEST(Handover, AJobTakesAlongAllThatItsEndHangsOn) {
  Job job;
  job.key = {base::ExecutionId{7}, 2};
  job.kill_grace = Milliseconds{1'500};
  job.ended_by_us = EndCause::cancelled;
  job.timeout_at = SteadyTime{std::chrono::seconds{4}};
  job.kill_at = SteadyTime{std::chrono::seconds{5}};
  job.drain_until = SteadyTime{std::chrono::seconds{6}};
  job.spill_at = SteadyTime{std::chrono::seconds{7}};
  job.maskers[1] = std::make_unique<Masker>(std::vector<std::string>{"a secret"});
  ASSERT_EQ(job.maskers[1]->feed("it is a se"), "it is ");
  const auto read = read_handover(to_bytes({}, {&job}));
  ASSERT_TRUE(read && read->jobs.size() == 1);
  const auto& taken = *read->jobs[0];
  EXPECT_EQ(taken.kill_grace, job.kill_grace);
  EXPECT_EQ(taken.ended_by_us, EndCause::cancelled);
  EXPECT_EQ(taken.timeout_at, job.timeout_at);
  EXPECT_EQ(taken.kill_at, job.kill_at);
  EXPECT_EQ(taken.drain_until, job.drain_until);
  EXPECT_EQ(taken.spill_at, job.spill_at);
  EXPECT_FALSE(taken.maskers[0]);
  ASSERT_TRUE(taken.maskers[1]);
  EXPECT_EQ(taken.maskers[1]->feed("cret!"), "***!");
}

TEST(Handover, ReadsVersionOneWhoseRequestsHadNoFiles) {
  std::string body;
  append_request(body, some_request());
  body.resize(body.size() - sizeof(std::int64_t));  // the empty list
  std::string bytes;
  Writer out(bytes);
  out.i64(1);
  out.i64(3);
  out.i64(4);
  out.text("p");
  out.i64(0);  // jobs
  out.i64(1);  // waiting
  out.text(body);
  out.i64(5);
  out.u8(0);
  const auto read = read_handover(bytes);
  ASSERT_TRUE(read && read->waiting.size() == 1);
  EXPECT_EQ(read->waiting[0].request.argv, some_request().argv);
  EXPECT_TRUE(read->waiting[0].request.files.empty());
  EXPECT_EQ(read->waiting[0].tries, 5);
}

TEST(Handover, ReadsVersionTwoWhoseJobsHadOneMoreMoment) {
  Job job;
  job.key = {base::ExecutionId{7}, 2};
  job.kill_at = SteadyTime{std::chrono::seconds{5}};
  std::string bytes = to_bytes({}, {&job});
  std::string two;
  Writer version(two);
  version.i64(2);
  std::string moment;
  Writer out(moment);
  out.u8(0);
  out.i64(0);
  bytes.replace(0, two.size(), two);
  bytes.insert(bytes.size() - sizeof(std::int64_t), moment);  // before the empty list of what waits
  const auto read = read_handover(bytes);
  ASSERT_TRUE(read && read->jobs.size() == 1);
  EXPECT_EQ(read->jobs[0]->key, job.key);
  EXPECT_EQ(read->jobs[0]->kill_at, job.kill_at);
}

TEST(Handover, RefusesALaterVersion) {
  std::string bytes;
  Writer out(bytes);
  out.i64(kHandoverVersion + 1);
  EXPECT_FALSE(read_handover(bytes));
  EXPECT_FALSE(can_read_handover(kHandoverVersion + 1));
  EXPECT_TRUE(can_read_handover(1));
}

}  // namespace
}  // namespace runner
