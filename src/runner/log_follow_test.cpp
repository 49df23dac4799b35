// What a follower gets of a log that is written while it reads.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "runner/log_reader.h"
#include "runner/log_writer.h"

namespace runner {
namespace {

constexpr std::uint64_t kMaxBytes = 8000;  // the first 4000, then two tails of 2000
constexpr std::size_t kFits = 1500;  // less than a tail: a follower that looks after each misses nothing

class LogFollowTest : public testing::Test {
 protected:
  LogFollowTest() {
    std::string pattern = testing::TempDir() + "follow_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = (folder_ / "1.1.log").string();
    writer_ = std::make_unique<LogWriter>(path_, kMaxBytes);
    writer_->spill();
  }
  ~LogFollowTest() override { std::filesystem::remove_all(folder_); }

  void write(std::size_t size, Stream stream = Stream::standard_output) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + (whole_.size() + i) % 23);
    writer_->append(stream, text, {});
    whole_ += text;
  }
  // All that there is now. Each piece goes on where the one before it ended and says what was written there.
  std::vector<FollowedPiece> read(FollowPlace& place, std::size_t limit = 1u << 20) const {
    std::vector<FollowedPiece> all;
    while (true) {
      auto position = place.position;
      auto pieces = LogReader(path_).follow(Selection::both, limit, place);
      if (pieces.empty()) return all;
      for (auto& piece : pieces) {
        EXPECT_EQ(piece.begin, position);
        if (piece.stream == Stream::mark)
          EXPECT_EQ(gap_size(piece.bytes), piece.end - piece.begin);
        else
          EXPECT_EQ(piece.bytes, whole_.substr(piece.begin, piece.end - piece.begin));
        position = piece.end;
        all.push_back(std::move(piece));
      }
      EXPECT_EQ(place.position, position);
    }
  }
  static std::size_t marks(const std::vector<FollowedPiece>& pieces) {
    return static_cast<std::size_t>(std::count_if(
        pieces.begin(), pieces.end(), [](const auto& piece) { return piece.stream == Stream::mark; }));
  }

  std::filesystem::path folder_;
  std::string path_, whole_;
  std::unique_ptr<LogWriter> writer_;
};

TEST_F(LogFollowTest, OneWhoKeepsUpMissesNothingHoweverMuchIsWritten) {
  std::mt19937 random(7);
  FollowPlace place;
  for (int step = 0; step < 200; ++step) {
    write(1 + random() % kFits);
    EXPECT_EQ(marks(read(place)), 0) << step;
    EXPECT_EQ(place.position, whole_.size());
  }
  writer_->finish({});
  EXPECT_TRUE(read(place).empty());
}

TEST_F(LogFollowTest, OneWhoComesSeldomGetsAMarkForWhatWasDroppedAndGoesOn) {
  std::mt19937 random(11);
  FollowPlace place;
  std::size_t gaps = 0;
  for (int step = 0; step < 60; ++step) {
    for (auto writes = random() % 9; writes > 0; --writes) write(1 + random() % kFits);
    gaps += marks(read(place, 1 + random() % 3000));
    EXPECT_EQ(place.position, whole_.size());
  }
  EXPECT_GT(gaps, 10u);
}

TEST_F(LogFollowTest, APositionAloneIsEnoughToGoOnAlsoAfterTheEnd) {
  std::mt19937 random(13);
  for (int step = 0; step < 40; ++step) write(1 + random() % kFits);
  const auto live_end = whole_.size();
  for (const std::uint64_t position :
       {0ul, 10ul, 3999ul, 4000ul, 4001ul, live_end - 2000, live_end - 1, live_end}) {
    FollowPlace place{.position = position};
    EXPECT_EQ(marks(read(place)), position < live_end - 4000 ? 1u : 0u) << position;
    EXPECT_EQ(place.position, live_end);
  }
  writer_->finish({});
  for (const std::uint64_t position : {0ul, 4000ul, 5000ul, live_end - 1, live_end}) {
    FollowPlace place{.position = position};
    read(place);
    EXPECT_EQ(place.position, live_end) << position;
  }
}

TEST_F(LogFollowTest, TheEndOfTheFileIsTheSameAsWhatWasSeenLive) {
  FollowPlace live;
  for (int step = 0; step < 30; ++step) {
    write(700, step % 2 == 0 ? Stream::standard_output : Stream::standard_error);
    read(live);
  }
  writer_->finish({});
  FollowPlace errors;
  for (const auto& piece : LogReader(path_).follow(Selection::standard_error, 1u << 20, errors)) {
    EXPECT_NE(piece.stream, Stream::standard_output);
    if (piece.stream == Stream::standard_error) {
      EXPECT_EQ(piece.bytes, whole_.substr(piece.begin, piece.bytes.size()));
    }
  }
  EXPECT_EQ(errors.position, live.position);
}

}  // namespace
}  // namespace runner
