#include "app/readiness.h"

namespace app {
namespace {

constexpr std::chrono::seconds kBetweenProbes{1};  // so that nobody has the database written by asking

std::string seconds(std::chrono::milliseconds time) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(time).count()) + " s";
}

}  // namespace

// For how long the oldest write has waited. Where none waits, one that changes nothing is sent along.
std::chrono::milliseconds Readiness::ask_database() {
  if (const auto waited = store_.oldest_wait(); waited.count() > 0) return waited;
  const auto now = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(probe_->mutex);
    if (now - probe_->asked_at < kBetweenProbes) return {};
    probe_->asked_at = now;
  }
  store_.write([](store::Transaction&) -> base::Result<void> { return {}; },
               [probe = probe_](const base::Result<void>& kept) {
                 const std::lock_guard lock(probe->mutex);
                 probe->failure = kept ? std::string() : kept.error().message;
               });
  return {};
}

std::string Readiness::database() {
  store_.read([](store::Reader& reader) { static_cast<void>(reader.find_setting("last_boot")); });
  if (const auto waited = ask_database(); waited >= kPatience) {
    return "a write has waited for " + seconds(waited) +
           ": another program holds the database, or its disk does not answer";
  }
  const std::lock_guard lock(probe_->mutex);
  return probe_->failure;
}

std::string Readiness::runner() {
  const auto state = engine_.state();
  if (!state.runner_connected) return "not connected: " + state.runner_problem;
  const auto silent = runner_.silent_for();
  return silent < kPatience
             ? std::string()
             : "connected, but has not answered for " + seconds(silent) + ": its process is stopped or stuck";
}

void Readiness::write_metrics(http::MetricWriter& writer) {
  const auto in_seconds = [](std::chrono::milliseconds time) {
    return static_cast<double>(time.count()) / 1e3;
  };
  writer.gauge("mini_scheduler_database_write_wait_seconds", "How long the oldest write has waited",
               in_seconds(ask_database()));
  writer.gauge("mini_scheduler_runner_silent_seconds", "How long the runner has owed an answer",
               in_seconds(runner_.silent_for()));
}

}  // namespace app
