// What was acknowledged survives kill -9. This program runs itself again as the writer that is killed: with
// kWriteTo in its environment it writes to that file instead of running tests, and tells each write that is
// done on kAcknowledgements.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "store/sqlite/temporary_folder_test.h"

namespace store {
namespace {

constexpr const char* kWriteTo = "STORE_TEST_WRITE_TO";
constexpr int kAcknowledgements = 3;  // a descriptor
constexpr int kMaxWrites = 1'000'000;
constexpr int kWaiting = 64;  // writes queued at once, so that several commit together

// Never returns.
[[noreturn]] void write_until_killed(const char* path) {
  const auto store = open_sqlite({.path = path}).value();
  std::atomic<int> waiting = 0;
  for (int i = 0; i < kMaxWrites; ++i) {
    while (waiting >= kWaiting) waiting.wait(kWaiting);
    ++waiting;
    store->write(
        [i](Transaction& transaction) {
          transaction.set_setting("written " + std::to_string(i), std::string(500, 'x'));
          return base::Result<void>();
        },
        [&waiting, i](base::Result<void> kept) {
          if (kept && write(kAcknowledgements, &i, sizeof i) != sizeof i) _exit(1);
          --waiting;
          waiting.notify_one();
        });
  }
  _exit(2);
}

class WriterThatIsKilled : public testing::Environment {
 public:
  void SetUp() override {
    if (const char* path = std::getenv(kWriteTo)) write_until_killed(path);
  }
};

const auto* const kEnvironment = testing::AddGlobalTestEnvironment(new WriterThatIsKilled);

struct Child {
  pid_t pid = -1;
  int acknowledgements = -1;
};

Child start_writer(const std::filesystem::path& path) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], kAcknowledgements);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const auto write_to = std::string(kWriteTo) + '=' + path.string();
  std::vector<char*> environment;
  for (char** each = environ; *each != nullptr; ++each) environment.push_back(*each);
  environment.push_back(const_cast<char*>(write_to.c_str()));
  environment.push_back(nullptr);
  char name[] = "store_test";
  char* arguments[] = {name, nullptr};
  Child child{.acknowledgements = ends[0]};
  if (posix_spawn(&child.pid, "/proc/self/exe", &actions, nullptr, arguments, environment.data()) != 0) {
    throw std::runtime_error("posix_spawn");
  }
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  return child;
}

class KilledWriter : public InTemporaryFolder, public testing::WithParamInterface<int> {};

TEST_P(KilledWriter, LosesNothingThatItAcknowledged) {
  const auto child = start_writer(path_);
  std::vector<int> acknowledged;
  int number = 0;
  bool killed = false;
  while (read(child.acknowledgements, &number, sizeof number) == sizeof number) {
    acknowledged.push_back(number);
    if (killed || acknowledged.size() < static_cast<std::size_t>(GetParam())) continue;
    kill(child.pid, SIGKILL);
    killed = true;
  }
  close(child.acknowledgements);
  int status = 0;
  ASSERT_EQ(waitpid(child.pid, &status, 0), child.pid);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;

  const auto store = open_sqlite({.path = path_}).value();
  store->read([&](Reader& reader) {
    for (const int each : acknowledged) {
      EXPECT_TRUE(reader.find_setting("written " + std::to_string(each))) << each;
    }
  });
  SQLite::Database database(path_);
  EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
}

// Before, around and after checkpoints.
INSTANTIATE_TEST_SUITE_P(Writes, KilledWriter, testing::Values(1, 100, 3000, 10000));

}  // namespace
}  // namespace store
