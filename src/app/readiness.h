// Whether the database takes writes and the runner answers. Nothing here waits: a question is sent along when
// somebody asks, and an answer that is owed for longer than kPatience is told at the next look.
#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "engine/engine.h"
#include "http/metrics.h"
#include "runner/client.h"
#include "store/store.h"

namespace app {

class Readiness {
 public:
  // All must outlive this.
  Readiness(store::Store& store, const engine::Engine& engine, runner::SocketRunner& runner)
      : store_(store), engine_(engine), runner_(runner) {}

  // What is wrong, or empty. Any thread.
  std::string database();
  std::string runner();
  void write_metrics(http::MetricWriter& writer);

  static constexpr std::chrono::milliseconds kPatience{3'000};

 private:
  // What the last empty write came to; it may end when this is gone.
  struct Probe {
    std::mutex mutex;
    std::chrono::steady_clock::time_point asked_at{};
    std::string failure;
  };
  std::chrono::milliseconds ask_database();

  store::Store& store_;
  const engine::Engine& engine_;
  runner::SocketRunner& runner_;
  const std::shared_ptr<Probe> probe_ = std::make_shared<Probe>();
};

}  // namespace app
