// The engine's thread: runs what is posted, one after another, and wakes at an instant of the wall clock,
// also when that clock is set.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/time.h"

namespace engine {

class Loop {
 public:
  using Task = std::function<void()>;

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // `on_time` is called on the loop's thread when the instant given to wake_at has come, or when the wall
  // clock was set; `after` each time before it sleeps. Call once.
  void start(Task on_time, Task after);
  // Runs what was posted before, then ends the thread. Later posts are dropped.
  void stop();

  void post(Task task);  // any thread
  // Replaces the instant to wake at; nullopt: never. Only on the loop's thread.
  void wake_at(std::optional<base::Instant> at);
  bool on_loop_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

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
