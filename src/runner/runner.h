// What the engine knows of the runner: orders in, reports out. The real one speaks to another process
// (client.h).
#pragma once
#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace runner {

using base::Instant;
using base::Milliseconds;

// One try of one execution: what makes a start idempotent.
struct AttemptKey {
  base::ExecutionId execution;
  int attempt = 1;
  auto operator<=>(const AttemptKey&) const = default;
};

// Absent: as the runner itself. See task::Limits.
struct Limits {
  std::optional<std::int64_t> memory_bytes;
  std::optional<std::int64_t> cpu_s;
  std::optional<std::int64_t> open_files;
  std::optional<std::int64_t> processes;
  std::optional<std::int64_t> nice;
  bool operator==(const Limits&) const = default;
};

// The descriptors of StartRequest::files begin here.
inline constexpr int kFirstFile = 3;
inline constexpr std::size_t kMaxFiles = 32;

struct StartRequest {
  AttemptKey key;
  std::vector<std::string> argv;  // argv[0] is searched for in the PATH of env
  std::vector<std::string> env;   // "NAME=value", the whole environment
  std::string working_dir;        // empty: HOME of env, else the user's home, / where that can't be entered
  std::string run_as;             // empty: as the runner
  std::string stdin_text;
  // Contents that the job has open for reading as kFirstFile, kFirstFile + 1 and so on: in memory, never on a
  // disk, in no environment. No more than kMaxFiles.
  std::vector<std::string> files;
  Milliseconds timeout{0};  // 0: none
  Milliseconds kill_grace{10'000};
  std::uint64_t max_output_bytes = 10u << 20;
  bool kill_leftovers = true;  // kill_mode group; false: main
  Limits limits;
  std::string log_path;
  std::vector<std::string> masked;  // secrets: shown as *** in the output
  bool no_new_privs = false;        // setuid programs give the job nothing
};

struct Started {
  AttemptKey key;
  pid_t pid = 0;
  Instant started_at;
};

enum class EndCause { exited, signaled, timeout, cancelled, spawn_failed, lost };

struct Finished {
  AttemptKey key;
  EndCause cause = EndCause::exited;
  Instant started_at;
  Instant finished_at;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::string error;  // "spawn failed: working directory '/x': No such file or directory"
  std::int64_t cpu_ms = 0;
  std::int64_t max_rss_bytes = 0;
  std::uint64_t output_bytes = 0;
  std::uint64_t output_dropped_bytes = 0;
  bool pipes_cut = false;  // a grandchild held a pipe past the drain
  // The whole output as frames (log_frame.h) where it is small and came at the end: then there is no file. A
  // file costs more than the start of a process once many are made and deleted.
  std::string log;
};

struct OutputGrew {
  AttemptKey key;
  std::uint64_t output_bytes = 0;
};

using Event = std::variant<Started, Finished, OutputGrew>;

// All that the runner knows and was not told to forget. An attempt that is in neither list was never started.
struct Snapshot {
  std::vector<Started> running;
  std::vector<Finished> finished;
  std::string kill_level;  // what holds a job together: "cgroup", or "process tree: WHY" (cgroup.h)
};

// Called on a thread of the runner's client, in order; must not block.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_connected(Snapshot snapshot) = 0;
  virtual void on_disconnected(std::string why) = 0;
  virtual void on_events(std::span<const Event> events) = 0;
};

// Any thread; never blocks. What is ordered while there is no connection is dropped: the next snapshot tells.
class Runner {
 public:
  virtual ~Runner() = default;
  virtual void start(std::vector<StartRequest> requests) = 0;
  virtual void cancel(AttemptKey key) = 0;                     // TERM, after kill_grace KILL to everything
  virtual void acknowledge(std::vector<AttemptKey> keys) = 0;  // those ends are kept elsewhere now
  virtual void watch_output(AttemptKey key, bool watch) = 0;   // OutputGrew events, or none
};

}  // namespace runner

template <>
struct std::hash<runner::AttemptKey> {
  std::size_t operator()(const runner::AttemptKey& key) const noexcept {
    return std::hash<std::int64_t>{}(key.execution.value * 31 + key.attempt);
  }
};
