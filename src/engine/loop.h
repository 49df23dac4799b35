// Where the engine's own code runs: one thing after another, and at an instant of the wall clock. The real
// one is a thread (thread_loop.h); a simulation brings its own.
#pragma once
#include <functional>
#include <optional>

#include "base/time.h"

namespace engine {

class Loop {
 public:
  using Task = std::function<void()>;
  virtual ~Loop() = default;

  // `on_time` is called when the instant given to wake_at has come, or when the wall clock was set; `after`
  // each time before it sleeps. Call once.
  virtual void start(Task on_time, Task after) = 0;
  // Runs what was posted before, then ends. Later posts are dropped.
  virtual void stop() = 0;

  virtual void post(Task task) = 0;  // any thread
  // Replaces the instant to wake at; nullopt: never. Only from what runs on the loop.
  virtual void wake_at(std::optional<base::Instant> at) = 0;
};

}  // namespace engine
