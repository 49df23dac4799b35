// A runner as a process of its own, spoken to through its client.
#pragma once
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "runner/client.h"
#include "runner/log_reader.h"
#include "runner/server.h"

namespace runner {

using base::ExecutionId;

inline constexpr std::chrono::seconds kPatience{30};  // a deadline for events, never a wait
inline constexpr Milliseconds kShortDrain{300};

class Reports : public Listener {
 public:
  void on_connected(Snapshot snapshot) override {
    change([&] {
      snapshot_ = std::move(snapshot);
      ++connections_;
    });
  }
  void on_disconnected(std::string) override {
    change([&] { ++disconnections_; });
  }
  void on_events(std::span<const Event> events) override {
    change([&] {
      for (const auto& event : events) {
        if (const auto* started = std::get_if<Started>(&event)) started_[started->key] = *started;
        if (const auto* finished = std::get_if<Finished>(&event)) finished_[finished->key] = *finished;
        if (std::holds_alternative<OutputGrew>(event)) ++growths_;
      }
    });
  }

  Snapshot connected(int times = 1) {
    wait([&] { return connections_ >= times; });
    return snapshot_;
  }
  void disconnected() {
    wait([&] { return disconnections_ > 0; });
  }
  Started started(AttemptKey key) {
    wait([&] { return started_.contains(key); });
    return started_[key];
  }
  Finished finished(AttemptKey key) {
    wait([&] { return finished_.contains(key); });
    return finished_[key];
  }
  std::string frames(AttemptKey key) {
    const std::lock_guard lock(mutex_);
    const auto found = finished_.find(key);
    return found == finished_.end() ? std::string() : found->second.log;
  }
  void grown(int times) {
    wait([&] { return growths_ >= times; });
  }

 private:
  template <class Action>
  void change(const Action& action) {
    const std::lock_guard lock(mutex_);
    action();
    changed_.notify_all();
  }
  template <class Condition>
  void wait(const Condition& condition) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, kPatience, condition));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Snapshot snapshot_;
  int connections_ = 0, disconnections_ = 0, growths_ = 0;
  std::map<AttemptKey, Started> started_;
  std::map<AttemptKey, Finished> finished_;
};

class RunnerTest : public testing::Test {
 protected:
  RunnerTest() {
    std::string pattern = testing::TempDir() + "runner_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    launch();
    connect();
  }
  ~RunnerTest() override {
    client_.reset();
    stop(SIGTERM);
    std::filesystem::remove_all(folder_);
  }

  void launch() {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    process_ = fork();
    if (process_ == 0) {
      RunnerOptions options;
      options.data_dir = folder_;
      options.drain = drain_;
      options.cgroup_parent = cgroup_parent_;
      options.ready_fd = ready[1];
      umask(0077);  // not what a job is to have
      _exit(run_runner(options));
    }
    close(ready[1]);
    char byte = 0;
    ASSERT_EQ(read(ready[0], &byte, 1), 1);
    close(ready[0]);
  }
  void stop(int signal) {
    if (process_ <= 0) return;
    kill(process_, signal);
    waitpid(process_, nullptr, 0);
    process_ = -1;
  }
  Snapshot connect() {
    reports_ = std::make_unique<Reports>();
    client_ = std::make_unique<SocketRunner>(ClientOptions{.data_dir = folder_, .program = "/bin/false"});
    client_->open(*reports_);
    return reports_->connected();
  }
  Snapshot reconnect() {
    client_.reset();
    return connect();
  }

  StartRequest request(std::vector<std::string> argv) {
    StartRequest made;
    made.key = {ExecutionId{next_id_++}, 1};
    made.argv = std::move(argv);
    made.env = {"PATH=/usr/bin:/bin", "MINI_SCHEDULER_EXECUTION_ID=" + base::to_string(made.key.execution),
                "MINI_SCHEDULER_ATTEMPT=1"};
    made.working_dir = "/";
    made.kill_grace = Milliseconds{200};
    made.log_path = (folder_ / "output" / (base::to_string(made.key.execution) + ".1.log")).string();
    return made;
  }
  StartRequest shell(const std::string& script) { return request({"/bin/sh", "-c", script}); }
  Finished run(const StartRequest& wanted) {
    client_->start({wanted});
    return reports_->finished(wanted.key);
  }
  LogReader log(const StartRequest& wanted) const {
    const auto frames = reports_->frames(wanted.key);
    return frames.empty() ? LogReader(wanted.log_path) : LogReader::of_frames(frames);
  }
  std::string output(const StartRequest& wanted, Selection selection = Selection::both) const {
    return log(wanted).read(selection, 0, 1u << 30);
  }
  // The script writes it as its own first word; comes by event, since the job was reported as started.
  std::string content(const std::string& name) const {
    std::ifstream in(folder_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  pid_t pid_in(const std::string& name) const {
    std::string text;
    while ((text = content(name)).empty() || text.back() != '\n') std::this_thread::yield();
    return std::stoi(text);
  }
  static bool is_alive(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string stat;
    return std::getline(in, stat) && stat.substr(stat.rfind(')') + 2, 1) != "Z";
  }
  static void wait_until_gone(pid_t pid) {
    while (is_alive(pid)) std::this_thread::yield();
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
  Milliseconds drain_ = kShortDrain;
  std::optional<std::filesystem::path> cgroup_parent_;
  pid_t process_ = -1;
  std::int64_t next_id_ = 1;
  std::unique_ptr<Reports> reports_;
  std::unique_ptr<SocketRunner> client_;
};

}  // namespace runner
