#include "engine/thread_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace engine {
namespace {

int checked(int descriptor, const char* what) {
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
  return descriptor;
}

}  // namespace

ThreadLoop::ThreadLoop()
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      timer_(checked(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")),
      posted_event_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  for (const int descriptor : {timer_, posted_event_}) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
  }
}

ThreadLoop::~ThreadLoop() {
  ThreadLoop::stop();
  for (const int descriptor : {epoll_, timer_, posted_event_}) close(descriptor);
}

void ThreadLoop::start(Task on_time, Task after) {
  thread_ =
      std::thread([this, on_time = std::move(on_time), after = std::move(after)] { run(on_time, after); });
}

void ThreadLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  eventfd_write(posted_event_, 1);
  if (thread_.joinable()) thread_.join();
}

void ThreadLoop::post(Task task) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    first = posted_.empty();
    posted_.push_back(std::move(task));
  }
  if (first) eventfd_write(posted_event_, 1);
}

void ThreadLoop::wake_at(std::optional<base::Instant> at) {
  if (at == armed_) return;
  armed_ = at;
  itimerspec spec{};
  if (at) {
    // an all-zero time would disarm the timer instead of firing at once
    const auto ms = std::max<std::int64_t>(base::to_unix_ms(*at), 1);
    spec.it_value.tv_sec = ms / 1000;
    spec.it_value.tv_nsec = ms % 1000 * 1'000'000;
  } else {
    // armed for ever, so that setting the clock still wakes
    spec.it_value.tv_sec = std::int64_t{1} << 40;
  }
  timerfd_settime(timer_, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, nullptr);
}

bool ThreadLoop::timer_came() {
  std::uint64_t count = 0;
  const auto got = read(timer_, &count, sizeof count);
  if (got == static_cast<ssize_t>(sizeof count)) {
    armed_.reset();
    return true;
  }
  if (errno == ECANCELED) {
    // the wall clock was set: arm anew against the new one
    const auto at = armed_;
    armed_ = base::Instant::max();
    wake_at(at);
    return true;
  }
  return false;
}

std::vector<ThreadLoop::Task> ThreadLoop::take_posted() {
  eventfd_t count = 0;
  eventfd_read(posted_event_, &count);
  const std::lock_guard lock(mutex_);
  return std::exchange(posted_, {});
}

void ThreadLoop::run(const Task& on_time, const Task& after) {
  armed_ = base::Instant::max();
  wake_at(std::nullopt);
  while (true) {
    epoll_event events[2];
    const int count = epoll_wait(epoll_, events, 2, -1);
    bool time_came = false;
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == timer_) time_came |= timer_came();
    }
    for (auto& task : take_posted()) task();
    if (time_came) on_time();
    after();
    const std::lock_guard lock(mutex_);
    if (stopping_ && posted_.empty()) return;
  }
}

}  // namespace engine
