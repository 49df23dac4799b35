// A disk that takes the first bytes of a write and no more.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>

#include "runner/journal.h"
#include "runner/log_reader.h"
#include "runner/log_writer.h"

namespace runner {
namespace {

// No file of this process grows beyond that size while it lives.
class FullDisk {
 public:
  explicit FullDisk(std::uintmax_t size) {
    before_ = signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit full{size, limit_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    signal(SIGXFSZ, before_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  sighandler_t before_;
  rlimit limit_{};
};

class ShortWriteTest : public testing::Test {
 protected:
  ShortWriteTest() {
    std::string pattern = testing::TempDir() + "short_write_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ShortWriteTest() override { std::filesystem::remove_all(folder_); }

  static StartRequest request(std::int64_t id) {
    StartRequest made;
    made.key = {base::ExecutionId{id}, 1};
    return made;
  }

  std::filesystem::path folder_;
};

TEST_F(ShortWriteTest, HalfARecordOfTheJournalHidesNothingThatFollows) {
  const auto path = (folder_ / "runner.journal").string();
  {
    Journal journal(path, "boot");
    journal.intend(request(1));
    ASSERT_TRUE(journal.flush());
    journal.intend(request(2));
    {
      const FullDisk full(std::filesystem::file_size(path) + 11);
      EXPECT_FALSE(journal.flush());
    }
    journal.intend(request(3));
    EXPECT_TRUE(journal.flush());
  }
  const Journal journal(path, "boot");
  EXPECT_TRUE(journal.knows(request(1).key));
  EXPECT_FALSE(journal.knows(request(2).key));
  EXPECT_TRUE(journal.knows(request(3).key));
}

TEST_F(ShortWriteTest, HalfAFrameOfOutputHidesNothingThatFollows) {
  const auto path = (folder_ / "1.1.log").string();
  LogWriter writer(path, 1u << 20);
  writer.append(Stream::standard_output, "before\n", base::Instant{});
  writer.spill();
  {
    const FullDisk full(std::filesystem::file_size(path) + kFrameHeaderBytes + 3);
    writer.append(Stream::standard_output, "is not kept\n", base::Instant{});
  }
  writer.append(Stream::standard_output, "after\n", base::Instant{});
  writer.finish(base::Instant{});
  EXPECT_EQ(writer.dropped_bytes(), std::string_view("is not kept\n").size());
  const auto kept = LogReader(path).read(Selection::both, 0, 1000);
  EXPECT_TRUE(kept.starts_with("before\n")) << kept;
  EXPECT_NE(kept.find("after\n"), kept.npos) << kept;
  EXPECT_EQ(kept.find("is not"), kept.npos) << kept;
}

}  // namespace
}  // namespace runner
