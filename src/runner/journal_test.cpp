#include "runner/journal.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace runner {
namespace {

class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    std::string pattern = testing::TempDir() + "journal_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = (folder_ / "runner.journal").string();
  }
  ~JournalTest() override { std::filesystem::remove_all(folder_); }

  static StartRequest request(std::int64_t id) {
    StartRequest made;
    made.key = {base::ExecutionId{id}, 1};
    made.log_path = "/x/" + std::to_string(id);
    return made;
  }
  static Finished finished(std::int64_t id) {
    Finished made;
    made.key = {base::ExecutionId{id}, 1};
    made.exit_code = 5;
    made.error = "why";
    return made;
  }
  void fill() {
    Journal journal(path_, "boot-a");
    for (std::int64_t id = 1; id <= 4; ++id) journal.intend(request(id));
    journal.started({request(2).key, 77, base::from_unix_ms(1000)}, {4242, 4250});
    journal.started({request(3).key, 78, base::from_unix_ms(1000)}, {4243, 4243});
    journal.finished(finished(3));
    journal.forget({request(4).key});
    EXPECT_TRUE(journal.flush());
  }
  std::string bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(JournalTest, ReadsBackWhatItWrote) {
  fill();
  const Journal journal(path_, "boot-a");
  ASSERT_EQ(journal.entries().size(), 3u);
  EXPECT_TRUE(journal.same_boot());
  EXPECT_FALSE(journal.entries().at(request(1).key).started);
  EXPECT_EQ(journal.entries().at(request(2).key).born.to_ticks, 4250u);
  EXPECT_EQ(journal.entries().at(request(3).key).finished->exit_code, 5);
  EXPECT_EQ(journal.entries().at(request(3).key).log_path, "/x/3");
  EXPECT_FALSE(journal.knows(request(4).key));
}

TEST_F(JournalTest, KnowsThatTheMachineWasRestarted) {
  fill();
  EXPECT_FALSE(Journal(path_, "boot-b").same_boot());
}

TEST_F(JournalTest, ACutOrChangedTailLosesNothingBeforeIt) {
  fill();
  const auto whole = bytes();
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    std::ofstream(path_, std::ios::binary) << whole.substr(0, length);
    const Journal journal(path_, "boot-a");
    EXPECT_LE(journal.entries().size(), 4u);
    if (length == whole.size()) {
      EXPECT_EQ(journal.entries().size(), 3u);
    }
  }
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    auto changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    std::ofstream(path_, std::ios::binary) << changed;
    EXPECT_LE(Journal(path_, "boot-a").entries().size(), 4u);
  }
}

TEST_F(JournalTest, ARecordThatWasChangedOnTheDiskIsNotBelieved) {
  fill();
  auto changed = bytes();
  const auto path = changed.find("/x/1");
  ASSERT_NE(path, std::string::npos);
  changed[path + 3] = '7';
  std::ofstream(path_, std::ios::binary) << changed;
  EXPECT_FALSE(Journal(path_, "boot-a").knows(request(1).key));
}

// Opening a journal writes it anew, as does its growth.
TEST_F(JournalTest, AnEndThatNobodyAcknowledgedOutlivesEachRewriting) {
  fill();
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(Journal(path_, "boot-a").flush());
  {
    Journal journal(path_, "boot-a");
    for (std::int64_t id = 10; id <= 20'000; ++id) {
      journal.intend(request(id));
      journal.finished(finished(id));
      journal.forget({request(id).key});
      journal.flush();
    }
  }
  const Journal journal(path_, "boot-a");
  ASSERT_EQ(journal.entries().size(), 3u);
  EXPECT_FALSE(journal.entries().at(request(1).key).started);
  EXPECT_EQ(journal.entries().at(request(2).key).started->pid, 77);
  EXPECT_EQ(journal.entries().at(request(2).key).born.to_ticks, 4250u);
  EXPECT_FALSE(journal.entries().at(request(2).key).finished);
  ASSERT_TRUE(journal.entries().at(request(3).key).finished);
  EXPECT_EQ(journal.entries().at(request(3).key).finished->exit_code, 5);
  EXPECT_EQ(journal.entries().at(request(3).key).finished->error, "why");
}

TEST_F(JournalTest, StaysSmallWhenEndsAreAcknowledged) {
  Journal journal(path_, "boot-a");
  for (std::int64_t id = 1; id <= 20'000; ++id) {
    journal.intend(request(id));
    journal.finished(finished(id));
    journal.forget({request(id).key});
    journal.flush();
  }
  EXPECT_LT(std::filesystem::file_size(path_), 2u << 20);
}

}  // namespace
}  // namespace runner
