// A loop that is a thread. Sleeps in epoll; the timer is of the wall clock and wakes also when that is set.
#pragma once
#include <mutex>
#include <thread>
#include <vector>

#include "engine/loop.h"

namespace engine {

class ThreadLoop : public Loop {
 public:
  ThreadLoop();  // throws std::system_error
  ~ThreadLoop() override;
  ThreadLoop(const ThreadLoop&) = delete;
  ThreadLoop& operator=(const ThreadLoop&) = delete;

  void start(Task on_time, Task after) override;
  void stop() override;
  void post(Task task) override;
  void wake_at(std::optional<base::Instant> at) override;

 private:
  void run(const Task& on_time, const Task& after);
  std::vector<Task> take_posted();
  bool timer_came();

  int epoll_ = -1;
  int timer_ = -1;
  int posted_event_ = -1;
  std::mutex mutex_;
  std::vector<Task> posted_;
  bool stopping_ = false;
  std::optional<base::Instant> armed_;
  std::thread thread_;
};

}  // namespace engine
