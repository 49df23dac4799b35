#include "http/worker_pool.h"

#include <system_error>

#include "base/log.h"

namespace http {

WorkerPool::WorkerPool(int threads, std::size_t max_waiting)
    : max_threads_(static_cast<std::size_t>(threads)), max_waiting_(max_waiting) {
  start_thread();
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool WorkerPool::submit(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= max_waiting_) return false;
    queue_.push_back(std::move(work));
    if (queue_.size() > free_ && threads_.size() < max_threads_) {
      try {
        start_thread();
      } catch (const std::system_error& failure) {  // out of threads: the work waits for those that there are
        base::log::warning("http.thread_not_started", {{"why", failure.what()}});
      }
    }
  }
  changed_.notify_one();
  return true;
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void WorkerPool::start_thread() {
  threads_.emplace_back([this] { run(); });
}

void WorkerPool::run() {
  while (true) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      ++free_;
      changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      --free_;
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

}  // namespace http
