// Power loss: what was written but not synced may be on the disk, or not, or half. The writes of a run are
// noted, and the run's files made again as they may have been found after a loss at any moment, by chance and
// seed.
#include <cstdlib>
#include <fstream>
#include <random>

#include "store/sqlite/recording_vfs_test.h"
#include "store/sqlite/temporary_folder_test.h"

namespace store {
namespace {

constexpr int kWrites = 700;          // enough for several checkpoints
constexpr int kAtOnce = 8;            // so that some commit together
constexpr std::size_t kSector = 512;  // of which a disk writes all or nothing
constexpr int kMoments = 100;         // at which the power is lost, for each way
constexpr int kDisks = 2;             // that it may leave, each

std::string key_of(int number) {
  return "written " + std::to_string(number);
}

// A database at work: made, migrated, written to, checkpointed.
std::vector<Deed> record(const std::filesystem::path& path, bool synchronous_full) {
  RecordingVfs vfs;
  {
    const auto store = open_sqlite({.path = path, .synchronous_full = synchronous_full}).value();
    std::atomic<int> waiting = 0;
    for (int i = 0; i < kWrites; ++i) {
      for (int now = waiting; now >= kAtOnce; now = waiting) waiting.wait(now);
      ++waiting;
      store->write(
          [i](Transaction& transaction) {
            // some new, some over older ones, so that pages are written again and again
            transaction.set_setting(key_of(i),
                                    std::string(static_cast<std::size_t>(100 + i * 37 % 9000), 'x'));
            transaction.set_setting("last", std::to_string(i));
            return base::Result<void>();
          },
          [&, i](const base::Result<void>& kept) {
            EXPECT_TRUE(kept);
            vfs.note(Acknowledgement{i});
            --waiting;
            waiting.notify_one();
          });
    }
    EXPECT_TRUE(store->write([](Transaction&) { return base::Result<void>(); }));
  }
  return vfs.take();
}

std::size_t count_checkpoints(const std::vector<Deed>& deeds, const std::string& database) {
  std::size_t count = 0;
  for (const auto& deed : deeds) {
    const auto* sync = std::get_if<Sync>(&deed);
    count += sync != nullptr && sync->file == database;
  }
  return count;
}

class PowerLoss : public InTemporaryFolder, public testing::WithParamInterface<bool> {
 protected:
  // What is surely there after the deeds before `moment`, and what may be.
  struct Loss {
    Disk surely;
    std::vector<const Deed*> maybe;
    int acknowledged = -1;
  };

  // A sync brings its own file's deeds to the disk, and what was done to the folder.
  static Loss lose(const std::vector<Deed>& deeds, std::size_t moment) {
    Loss loss;
    for (std::size_t i = 0; i < moment; ++i) {
      const auto& deed = deeds[i];
      if (const auto* number = std::get_if<Acknowledgement>(&deed)) {
        loss.acknowledged = std::max(loss.acknowledged, number->number);
      } else if (const auto* sync = std::get_if<Sync>(&deed)) {
        std::vector<const Deed*> later;
        for (const auto* waiting : loss.maybe) {
          if (file_of(*waiting) == sync->file || std::holds_alternative<Deletion>(*waiting))
            carry_out(loss.surely, *waiting);
          else
            later.push_back(waiting);
        }
        loss.maybe = std::move(later);
      } else {
        loss.maybe.push_back(&deed);
      }
    }
    return loss;
  }

  static std::string file_of(const Deed& deed) {
    if (const auto* write = std::get_if<Write>(&deed)) return write->file;
    if (const auto* truncation = std::get_if<Truncation>(&deed)) return truncation->file;
    if (const auto* deletion = std::get_if<Deletion>(&deed)) return deletion->file;
    return {};
  }

  // All that was written but the power held, or none, or each by chance and some of them half.
  static Disk leave(const Loss& loss, int way, std::mt19937& random) {
    Disk disk = loss.surely;
    for (const auto* deed : loss.maybe) {
      if (way == 0) continue;
      const auto* write = std::get_if<Write>(deed);
      if (way == 1 || write == nullptr) {
        if (way == 1 || random() % 2 == 0) carry_out(disk, *deed);
        continue;
      }
      for (std::size_t at = 0; at < write->bytes.size(); at += kSector) {
        if (random() % 2 == 0) continue;
        carry_out(disk, Write{write->file, write->offset + at, write->bytes.substr(at, kSector)});
      }
    }
    return disk;
  }

  std::filesystem::path put(const Disk& disk, int number) const {
    const auto folder = folder_ / std::to_string(number);
    std::filesystem::create_directories(folder);
    for (const auto& [name, content] : disk) {
      if (name.ends_with("-shm")) continue;
      std::ofstream(folder / name, std::ios::binary)
          .write(content.data(), static_cast<std::streamsize>(content.size()));
    }
    return folder / path_.filename();
  }
};

TEST_P(PowerLoss, LeavesASoundDatabaseAndWithFullSyncAllThatWasAcknowledged) {
  const bool full = GetParam();
  const char* given = std::getenv("POWER_LOSS_SEED");
  const auto seed = given != nullptr ? static_cast<unsigned>(std::atol(given)) : std::random_device{}();
  SCOPED_TRACE("POWER_LOSS_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  const auto deeds = record(path_, full);
  const auto database = path_.filename().string();
  EXPECT_GE(count_checkpoints(deeds, database), 2u) << "too little was written to mean anything";

  int images = 0, behind = 0;
  std::vector<std::size_t> moments{deeds.size()};
  while (moments.size() < kMoments) moments.push_back(1 + random() % deeds.size());
  for (const auto moment : moments) {
    const auto loss = lose(deeds, moment);
    for (int way = 0; way < 2 + kDisks; ++way) {
      if (HasFailure()) return;
      const auto disk = leave(loss, way, random);
      SCOPED_TRACE("moment " + std::to_string(moment) + " of " + std::to_string(deeds.size()) + ", way " +
                   std::to_string(way));
      if (!disk.contains(database) || disk.at(database).empty()) {
        EXPECT_EQ(full ? loss.acknowledged : -1, -1) << "the file is not there";
        continue;
      }
      const auto path = put(disk, images++);
      const auto opened = open_sqlite({.path = path});
      ASSERT_TRUE(opened) << opened.error().message;
      int last = -1;
      (*opened)->read([&](Reader& reader) {
        if (const auto text = reader.find_setting("last")) last = std::stoi(*text);
        // no holes: a later commit is there only with all before it
        for (int i = 0; i <= last; ++i) ASSERT_TRUE(reader.find_setting(key_of(i))) << i << " of " << last;
        EXPECT_FALSE(reader.find_setting(key_of(last + 1)));
      });
      if (full) {
        EXPECT_GE(last, loss.acknowledged);
      }
      behind += last < loss.acknowledged;
      SQLite::Database raw(path.string());
      EXPECT_EQ(raw.execAndGet("PRAGMA integrity_check").getString(), "ok");
      std::filesystem::remove_all(path.parent_path());
    }
  }
  // the trial is one only if the power really took something
  if (!full) {
    EXPECT_GT(behind, 0);
  }
  RecordProperty("seed", std::to_string(seed));
  std::printf("POWER_LOSS_SEED=%u, synchronous %s: %zu deeds, %d disks\n", seed, full ? "full" : "normal",
              deeds.size(), images);
}

INSTANTIATE_TEST_SUITE_P(Synchronous, PowerLoss, testing::Bool(),
                         [](const auto& full) { return full.param ? "full" : "normal"; });

}  // namespace
}  // namespace store
